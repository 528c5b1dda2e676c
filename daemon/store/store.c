/*
 * store.c: the connection to the one SQLite file and its statements. It owns
 * the handle and every cached statement; transactions, errors in words and the
 * small table `meta` live here, the schema in migrations.c, and the connection
 * for code that is not trusted in confined.c.
 */
#include "store/store_private.h"

#include "base/day.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_BUCKETS = 64, SQL_SHOWN = 160 };

static const char *const read_pragmas =
	"PRAGMA query_only = ON; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
	"PRAGMA temp_store = MEMORY";
/* The limit, 4 MiB: a write-ahead log that an import made large does not stay so. */
static const char *const write_pragmas =
	"PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 4194304; PRAGMA synchronous = FULL;"
	"PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY";

int store_fail(struct store *s, const char *sql, struct err *e)
{
	const char *what = sqlite3_errmsg(s->db);
	if (!sql)
		return err_set(e, "database %s: %s", s->path, what);
	return err_set(e, "database %s: %s (in: %.*s)", s->path, what, SQL_SHOWN, sql);
}

struct store *store_wrap(sqlite3 *db, const char *path)
{
	struct store *s = xcalloc(1, sizeof *s);
	s->db = db;
	s->path = xstrdup(path);
	s->bucket_count = FIRST_BUCKETS;
	s->buckets = xcalloc(s->bucket_count, sizeof *s->buckets);
	return s;
}

/* Makes the file with our mode; SQLite gives -wal and -shm the mode of the file itself. */
static int create_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0)
		return err_set(e, "cannot create %s: %s", path, strerror(errno));
	if (fchmod(fd, 0640) != 0) {
		int code = errno;
		close(fd);
		return err_set(e, "cannot set the mode of %s: %s", path, strerror(code));
	}
	close(fd);
	return 0;
}

static int prepare_file(const char *path, enum store_mode mode, struct err *e)
{
	struct stat st;
	if (stat(path, &st) == 0) {
		if (!S_ISREG(st.st_mode))
			return err_set(e, "%s is not a regular file: name a database file", path);
		return 0;
	}
	if (errno != ENOENT)
		return err_set(e, "cannot open the database %s: %s", path, strerror(errno));
	if (mode != STORE_CREATE)
		return err_set(e, "there is no database %s: run langnghectl init", path);
	return create_file(path, e);
}

static int set_up(struct store *s, enum store_mode mode, struct err *e)
{
	int persist = 1;
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* Plans do not depend on what is bound: else a statement near a partial index is compiled anew at
	 * every use. */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
	sqlite3_file_control(s->db, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
	if (mode == STORE_READ)
		return store_exec(s, read_pragmas, e) != 0 ? -1 : migrations_check(s, e);
	/* Looked at before anything is written: a foreign or newer file is left untouched. */
	if (mode != STORE_CREATE && migrations_check(s, e) != 0)
		return -1;
	if (store_exec(s, write_pragmas, e) != 0)
		return -1;
	if (mode == STORE_SCRATCH)
		return store_exec(s, "PRAGMA synchronous = OFF", e);
	return mode == STORE_CREATE ? migrations_run(s, e) : 0;
}

int store_open(struct store **out, const char *path, enum store_mode mode, struct err *e)
{
	if (prepare_file(path, mode, e) != 0)
		return -1;
	sqlite3 *db = NULL;
	int flags = mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int rc = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK) {
		err_set(e, "cannot open the database %s: %s", path,
			db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
		sqlite3_close(db);
		return -1;
	}
	struct store *s = store_wrap(db, path);
	if (set_up(s, mode, e) != 0) {
		store_close(s);
		return -1;
	}
	*out = s;
	return 0;
}

/* What was written moves into the file itself: the log stays when the file is closed, and every
 * reader would index all of it again. Waits for nobody: what a reader still needs stays in the log
 * for the next writer. A store that wrote nothing touches nothing. */
static void empty_log(sqlite3 *db)
{
	if (sqlite3_total_changes64(db) == 0)
		return;
	sqlite3_busy_timeout(db, 0);
	sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->bucket_count; i++)
		while (s->buckets[i]) {
			struct stmt *st = s->buckets[i];
			s->buckets[i] = st->next;
			stmt_free(st);
		}
	empty_log(s->db);
	sqlite3_close_v2(s->db);
	free(s->buckets);
	confined_release(s->limit);
	free(s->path);
	free(s);
}

/* The copy must be on the disk before anybody relies on it. */
static int sync_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0) {
		err_set(e, "cannot write %s to the disk: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

int store_copy(struct store *s, const char *path, struct err *e)
{
	struct err ignored;
	struct stmt *st = store_prepare(s, "VACUUM INTO ?1", e);
	if (!st)
		return -1;
	/* query_only refuses VACUUM INTO too; the handle itself stays read-only meanwhile. */
	bool read_only = sqlite3_db_readonly(s->db, "main") == 1;
	int rc = read_only ? store_exec(s, "PRAGMA query_only = OFF", e) : 0;
	if (rc == 0)
		rc = create_file(path, e);
	if (rc == 0) {
		stmt_text(st, 1, path);
		rc = stmt_run(st, e);
		if (rc == 0)
			rc = sync_file(path, e);
		if (rc != 0)
			unlink(path);
	}
	stmt_free(st);
	if (read_only)
		(void)store_exec(s, "PRAGMA query_only = ON", &ignored);
	return rc;
}

int store_begin(struct store *s, struct err *e)
{
	struct stmt *st = store_stmt(s, "BEGIN IMMEDIATE", e);
	return st ? stmt_run(st, e) : -1;
}

int store_commit(struct store *s, struct err *e)
{
	struct stmt *st = store_stmt(s, "COMMIT", e);
	return st ? stmt_run(st, e) : -1;
}

void store_rollback(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

int store_exec(struct store *s, const char *sql, struct err *e)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : store_fail(s, sql, e);
}

int64_t store_changes(struct store *s)
{
	return sqlite3_changes64(s->db);
}

int64_t store_last_id(struct store *s)
{
	return sqlite3_last_insert_rowid(s->db);
}

int store_pragma_int(struct store *s, const char *pragma, int64_t *out, struct err *e)
{
	struct stmt *st = store_prepare(s, pragma, e);
	if (!st)
		return -1;
	int rc = stmt_step(st, e);
	if (rc == 1)
		*out = col_int(st, 0);
	else if (rc == 0)
		rc = err_set(e, "database %s: no answer to %s", s->path, pragma);
	stmt_free(st);
	return rc == 1 ? 0 : -1;
}

/* Statements. */

static uint64_t hash_text(const char *s)
{
	uint64_t h = 1469598103934665603u;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h;
}

static void grow_buckets(struct store *s)
{
	size_t count = s->bucket_count * 2;
	struct stmt **buckets = xcalloc(count, sizeof *buckets);
	for (size_t i = 0; i < s->bucket_count; i++)
		while (s->buckets[i]) {
			struct stmt *st = s->buckets[i];
			s->buckets[i] = st->next;
			st->next = buckets[st->hash % count];
			buckets[st->hash % count] = st;
		}
	free(s->buckets);
	s->buckets = buckets;
	s->bucket_count = count;
}

static struct stmt *prepare(struct store *s, const char *sql, unsigned flags, struct err *e)
{
	sqlite3_stmt *handle = NULL;
	const char *tail = NULL;
	if (s->limit && confined_expect(s, sql, e) < 0)
		return NULL;
	if (sqlite3_prepare_v3(s->db, sql, -1, flags, &handle, &tail) != SQLITE_OK) {
		store_fail(s, sql, e);
		return NULL;
	}
	if (!handle || (tail && tail[strspn(tail, " \t\r\n;")])) {
		sqlite3_finalize(handle);
		err_set(e, "exactly one SQL statement is expected: %.*s", SQL_SHOWN, sql);
		return NULL;
	}
	struct stmt *st = xcalloc(1, sizeof *st);
	st->store = s;
	st->handle = handle;
	return st;
}

struct stmt *store_stmt(struct store *s, const char *sql, struct err *e)
{
	uint64_t hash = hash_text(sql);
	for (struct stmt *st = s->buckets[hash % s->bucket_count]; st; st = st->next) {
		if (st->hash != hash || strcmp(sqlite3_sql(st->handle), sql) != 0)
			continue;
		if (sqlite3_stmt_busy(st->handle)) {
			err_set(e, "statement used inside itself: %.*s", SQL_SHOWN, sql);
			return NULL;
		}
		sqlite3_reset(st->handle);
		sqlite3_clear_bindings(st->handle);
		return st;
	}
	struct stmt *st = prepare(s, sql, SQLITE_PREPARE_PERSISTENT, e);
	if (!st)
		return NULL;
	if (s->stmt_count++ == s->bucket_count)
		grow_buckets(s);
	st->hash = hash;
	st->next = s->buckets[hash % s->bucket_count];
	s->buckets[hash % s->bucket_count] = st;
	return st;
}

struct stmt *store_prepare(struct store *s, const char *sql, struct err *e)
{
	return prepare(s, sql, 0, e);
}

void stmt_free(struct stmt *st)
{
	if (!st)
		return;
	sqlite3_finalize(st->handle);
	free(st);
}

void stmt_text(struct stmt *st, int i, const char *value)
{
	sqlite3_bind_text(st->handle, i, value, -1, SQLITE_TRANSIENT);
}

void stmt_int(struct stmt *st, int i, int64_t value)
{
	sqlite3_bind_int64(st->handle, i, value);
}

void stmt_real(struct stmt *st, int i, double value)
{
	sqlite3_bind_double(st->handle, i, value);
}

void stmt_null(struct stmt *st, int i)
{
	sqlite3_bind_null(st->handle, i);
}

void stmt_blob(struct stmt *st, int i, const void *data, size_t size)
{
	sqlite3_bind_blob64(st->handle, i, data, size, SQLITE_TRANSIENT);
}

void stmt_day(struct stmt *st, int i, int32_t day)
{
	char text[DAY_TEXT];
	if (day == DAY_NONE)
		sqlite3_bind_null(st->handle, i);
	else
		sqlite3_bind_text(st->handle, i, day_iso(day, text), -1, SQLITE_TRANSIENT);
}

int stmt_step(struct stmt *st, struct err *e)
{
	int rc = sqlite3_step(st->handle);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		store_fail(st->store, sqlite3_sql(st->handle), e);
	sqlite3_reset(st->handle);
	return rc == SQLITE_DONE ? 0 : -1;
}

void stmt_reset(struct stmt *st)
{
	sqlite3_reset(st->handle);
}

int stmt_run(struct stmt *st, struct err *e)
{
	int rc;
	do
		rc = stmt_step(st, e);
	while (rc == 1);
	return rc;
}

const char *col_text(struct stmt *st, int i)
{
	return (const char *)sqlite3_column_text(st->handle, i);
}

int64_t col_int(struct stmt *st, int i)
{
	return sqlite3_column_int64(st->handle, i);
}

bool col_is_null(struct stmt *st, int i)
{
	return sqlite3_column_type(st->handle, i) == SQLITE_NULL;
}

int32_t col_day(struct stmt *st, int i)
{
	const char *text = col_text(st, i);
	if (!text || !*text)
		return DAY_NONE;
	if (strcmp(text, st->day_text) == 0)
		return st->day;
	int32_t day;
	if (day_parse_iso(text, &day) < 0)
		return DAY_NONE;
	memcpy(st->day_text, text, DAY_TEXT);
	st->day = day;
	return day;
}

const void *col_blob(struct stmt *st, int i, size_t *size)
{
	const void *data = sqlite3_column_blob(st->handle, i);
	*size = (size_t)sqlite3_column_bytes(st->handle, i);
	return data;
}

int col_count(struct stmt *st)
{
	return sqlite3_column_count(st->handle);
}

const char *col_name(struct stmt *st, int i)
{
	return sqlite3_column_name(st->handle, i);
}

bool col_is_int(struct stmt *st, int i)
{
	return sqlite3_column_type(st->handle, i) == SQLITE_INTEGER;
}

bool col_is_number(struct stmt *st, int i)
{
	int type = sqlite3_column_type(st->handle, i);
	return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

double col_real(struct stmt *st, int i)
{
	return sqlite3_column_double(st->handle, i);
}

/* Small facts. */

char *store_meta(struct store *s, const char *key)
{
	struct err ignored;
	struct stmt *st = store_stmt(s, "SELECT value FROM meta WHERE key = ?1", &ignored);
	if (!st)
		return NULL;
	stmt_text(st, 1, key);
	char *value = stmt_step(st, &ignored) == 1 ? xstrdup(col_text(st, 0)) : NULL;
	stmt_reset(st);
	return value;
}

int store_set_meta(struct store *s, const char *key, const char *value, struct err *e)
{
	struct stmt *st = store_stmt(s,
		value ? "INSERT INTO meta (key, value) VALUES (?1, ?2)"
			" ON CONFLICT (key) DO UPDATE SET value = excluded.value"
		      : "DELETE FROM meta WHERE key = ?1",
		e);
	if (!st)
		return -1;
	stmt_text(st, 1, key);
	if (value)
		stmt_text(st, 2, value);
	return stmt_run(st, e);
}
