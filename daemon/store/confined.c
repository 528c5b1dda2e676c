/*
 * confined.c: the connection for code we do not trust. The authorizer asks not
 * only "is it reached through a view?" — the name SQLite gives it for that may
 * be a WITH of the stranger's own that is called like a view — but whether the
 * view itself reads this very column of this table: noted from the views as they
 * are, of each when a statement first names it.
 */
#include "store/confined.h"
#include "store/store_private.h"

#include "base/mem.h"

#include <time.h>

enum { STEPS_A_LOOK = 1000 }; /* instructions between two looks at the clock */

/* One column that one view reads from one table. A table of the database is noted with view "". */
struct grant {
	const char *view, *table, *column;
	bool read; /* a statement read it */
};

struct view {
	const char *name;
	bool noted; /* what it reads stands among the grants */
};

/* Kept in store->limit. */
struct confinement {
	bool locked, trusted;
	const char *noting; /* the view that is being noted, or NULL */
	int64_t deadline_ns; /* of the processor clock; 0 none */
	struct view *views;
	size_t view_count, view_capacity;
	struct grant *grants;
	size_t grant_count, grant_capacity;
	struct arena arena; /* of their names */
};

static const char *const functions[] = {"abs", "avg", "ceil", "ceiling", "char", "coalesce",
	"count", "date", "dense_rank", "first_value", "floor", "format", "glob", "group_concat",
	"ifnull", "iif", "instr", "julianday", "lag", "last_value", "lead", "length", "like",
	"lower", "ltrim", "max", "min", "nullif", "printf", "rank", "replace", "round",
	"row_number", "rtrim", "sign", "strftime", "substr", "substring", "sum", "total", "trim",
	"unicode", "upper", NULL};

static int64_t used_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool is_view(const char *name)
{
	return name && strncmp(name, "v_", 2) == 0;
}

static bool has(const char *const *list, const char *name)
{
	for (; *list; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

/* Our views show columns under the names they have in their tables. */
static void note_reading(struct confinement *c, const char *view, const char *column)
{
	for (size_t i = 0; i < c->grant_count; i++) {
		struct grant *g = &c->grants[i];
		if (!g->read && strcmp(g->column, column) == 0 && strcmp(g->view, view) == 0)
			g->read = true;
	}
}

static bool may_read(
	const struct confinement *c, const char *table, const char *column, const char *view)
{
	for (size_t i = 0; view && i < c->grant_count; i++) {
		const struct grant *g = &c->grants[i];
		if (strcmp(g->view, view) == 0 && strcmp(g->table, table) == 0 &&
			strcmp(g->column, column) == 0)
			return true;
	}
	return false;
}

/* What takes no column at all (count(*)) asks with column "" and without the view's name. How many
 * rows there are is told for every table that a view shows, and of a WITH of the stranger's own,
 * which has the name of no table. */
static bool may_count(const struct confinement *c, const char *table)
{
	static const char *const built_in[] = {
		"sqlite_", "pragma_", "dbstat", "json_", "fts", NULL};
	bool known = false;
	for (size_t i = 0; built_in[i]; i++)
		if (sqlite3_strnicmp(table, built_in[i], (int)strlen(built_in[i])) == 0)
			return false;
	for (size_t i = 0; i < c->grant_count; i++)
		if (sqlite3_stricmp(c->grants[i].table, table) == 0) {
			known = true;
			if (*c->grants[i].view)
				return true;
		}
	return !known;
}

/* Noting what the views read. */

static void add_grant(struct confinement *c, const char *view, const char *table, const char *column)
{
	VEC_ROOM(c->grants, c->grant_count, c->grant_capacity);
	c->grants[c->grant_count++] = (struct grant){view, arena_strdup(&c->arena, table),
		arena_strdup(&c->arena, column), false};
}

static void note(struct confinement *c, int action, const char *table, const char *column, const char *view)
{
	if (action == SQLITE_READ && !is_view(table) && column && *column && view &&
		strcmp(view, c->noting) == 0)
		add_grant(c, c->noting, table, column);
}

/* first and second mean what the action says; view is the innermost view or WITH being read. */
static int authorize(void *context, int action, const char *first, const char *second,
	const char *database, const char *view)
{
	struct confinement *c = context;
	if (c->noting) {
		note(c, action, first, second, view);
		return SQLITE_OK;
	}
	if (!c->locked || c->trusted)
		return SQLITE_OK;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return second && has(functions, second) ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_READ:
		if (!first || !second || (database && strcmp(database, "main") != 0))
			return SQLITE_DENY;
		if (!*second)
			return may_count(c, first) ? SQLITE_OK : SQLITE_DENY;
		if (is_view(first))
			note_reading(c, first, second);
		/* A WITH may be called v_something too: it shows nothing but what it may read
		 * itself. */
		return is_view(first) || may_read(c, first, second, view) ? SQLITE_OK : SQLITE_DENY;
	default: /* SQLite's list, which grows: what is not named here is refused */
		return SQLITE_DENY;
	}
}

/* Tables and views by their names. */
static int list_views(struct store *s, struct err *e)
{
	struct confinement *c = s->limit;
	struct stmt *st = store_prepare(s,
		"SELECT name, type = 'view' AND substr(name, 1, 2) = 'v_' FROM sqlite_master"
		" WHERE type IN ('table', 'view')",
		e);
	int rc = st ? 0 : -1;
	while (st && (rc = stmt_step(st, e)) == 1)
		if (col_int(st, 1) == 0) {
			add_grant(c, "", col_text(st, 0), "");
		} else {
			VEC_ROOM(c->views, c->view_count, c->view_capacity);
			c->views[c->view_count++] = (struct view){arena_strdup(&c->arena, col_text(st, 0)), false};
		}
	stmt_free(st);
	return rc;
}

static int note_view(struct store *s, struct view *v, struct err *e)
{
	struct confinement *c = s->limit;
	char *sql = xasprintf("SELECT * FROM \"%s\"", v->name);
	c->noting = v->name;
	struct stmt *st = store_prepare(s, sql, e);
	c->noting = NULL;
	v->noted = st != NULL;
	stmt_free(st);
	free(sql);
	return st ? 0 : -1;
}

/* A statement reaches a view only by its name, and counts the rows of a table by the table's, which is the
 * view's without "v_"; so what is not noted here is refused. */
int confined_expect(struct store *s, const char *sql, struct err *e)
{
	struct confinement *c = s->limit;
	if (!c->locked || c->trusted || c->noting)
		return 0;
	for (size_t i = 0; i < c->view_count; i++)
		if (!c->views[i].noted && strcasestr(sql, c->views[i].name + strlen("v_")) &&
			note_view(s, &c->views[i], e) < 0)
			return -1;
	return 0;
}

void confined_release(struct confinement *c)
{
	if (!c)
		return;
	free(c->views);
	free(c->grants);
	arena_release(&c->arena);
	free(c);
}

static int look_at_clock(void *context)
{
	const struct confinement *c = context;
	return c->deadline_ns && !c->trusted && used_ns() > c->deadline_ns;
}

/* path as the file name of a URI. */
static char *uri_of(const char *path)
{
	struct buf b = {0};
	buf_add(&b, "file:");
	for (const char *p = path; *p; p++)
		buf_addf(&b, strchr("%?#", *p) ? "%%%02X" : "%c", (unsigned char)*p);
	/* The index beside the log is mapped so that a stray pointer cannot damage it. */
	buf_add(&b, "?mode=ro&readonly_shm=1");
	return buf_take(&b);
}

static bool answers(sqlite3 *db)
{
	sqlite3_busy_timeout(db, STORE_BUSY_MS);
	return sqlite3_exec(db, "SELECT count(*) FROM sqlite_master", NULL, NULL, NULL) ==
	       SQLITE_OK;
}

/* With the index read-only, if it is in a state that can be read so; else as any reader. */
static int open_reading(sqlite3 **out, const char *path, struct err *e)
{
	const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
	char *uri = uri_of(path);
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(uri, &db, flags | SQLITE_OPEN_URI, NULL);
	free(uri);
	if (rc != SQLITE_OK || !answers(db)) {
		sqlite3_close(db);
		db = NULL;
		rc = sqlite3_open_v2(path, &db, flags, NULL);
	}
	if (rc != SQLITE_OK || !answers(db)) {
		err_set(e, "cannot read the database %s: %s", path,
			db ? sqlite3_errmsg(db) : "no memory");
		sqlite3_close(db);
		return -1;
	}
	*out = db;
	return 0;
}

static int harden(struct store *s, struct err *e)
{
	static const struct {
		int limit, value;
	} limits[] = {
		{SQLITE_LIMIT_LENGTH, CONFINED_VALUE_MOST},
		{SQLITE_LIMIT_SQL_LENGTH, CONFINED_SQL_MOST},
		{SQLITE_LIMIT_ATTACHED, 0},
		{SQLITE_LIMIT_EXPR_DEPTH, CONFINED_DEPTH_MOST},
		{SQLITE_LIMIT_COMPOUND_SELECT, CONFINED_SELECTS_MOST},
		{SQLITE_LIMIT_VDBE_OP, CONFINED_OPS_MOST},
		{SQLITE_LIMIT_TRIGGER_DEPTH, 1},
	};
	if (store_exec(s,
		    "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;"
		    "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON",
		    e) < 0)
		return -1;
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		sqlite3_limit(s->db, limits[i].limit, limits[i].value);
	return migrations_check(s, e);
}

int confined_open(struct store **out, const char *path, int memory_mib, struct err *e)
{
	sqlite3 *db;
	if (open_reading(&db, path, e) < 0)
		return -1;
	struct store *s = store_wrap(db, path);
	sqlite3_hard_heap_limit64((sqlite3_int64)memory_mib << 20);
	unsigned char seed;
	sqlite3_randomness(sizeof seed, &seed); /* opens its source now, not behind a filter */
	s->limit = xcalloc(1, sizeof *s->limit);
	if (harden(s, e) < 0 || list_views(s, e) < 0) {
		store_close(s);
		return -1;
	}
	sqlite3_set_authorizer(db, authorize, s->limit);
	sqlite3_progress_handler(db, STEPS_A_LOOK, look_at_clock, s->limit);
	*out = s;
	return 0;
}

void confined_lock(struct store *s)
{
	struct confinement *c = s->limit;
	c->locked = true;
}

void confined_limit(struct store *s, int limit_ms)
{
	struct confinement *c = s->limit;
	c->deadline_ns = limit_ms ? used_ns() + (int64_t)limit_ms * 1000000 : 0;
}

void confined_trust(struct store *s, bool trusted)
{
	struct confinement *c = s->limit;
	c->trusted = trusted;
}

char *confined_reads(const struct store *s)
{
	const struct confinement *c = s->limit;
	struct buf b = {0};
	for (size_t i = 0; i < c->grant_count; i++)
		if (c->grants[i].read)
			buf_addf(&b, "|%s.%s", c->grants[i].table, c->grants[i].column);
	buf_add(&b, "|");
	return buf_take(&b);
}

const char *const *confined_functions(void)
{
	return functions;
}

int confined_parameters(const struct stmt *st)
{
	return sqlite3_bind_parameter_count(st->handle);
}

const char *confined_parameter_name(const struct stmt *st, int i)
{
	return sqlite3_bind_parameter_name(st->handle, i);
}

const char *confined_message(const struct store *s)
{
	return sqlite3_errmsg(s->db);
}

bool confined_is_over(const struct store *s)
{
	const struct confinement *c = s->limit;
	return c->deadline_ns && used_ns() > c->deadline_ns;
}

bool confined_has_view(const struct store *s, const char *name)
{
	const struct confinement *c = s->limit;
	for (size_t i = 0; i < c->view_count; i++)
		if (strcmp(c->views[i].name, name) == 0)
			return true;
	return false;
}
