/*
 * plugin_case.c: see plugin_case.h. The case gets a configuration, a database and
 * a runner of its own in a temporary folder; the installation's are not touched.
 */
#include "ctl/plugin_case.h"

#include "base/file.h"
#include "base/mem.h"
#include "ctl/check_row.h"
#include "register/csv.h"
#include "register/defaults.h"
#include "rules/runner.h"
#include "rules/world.h"

#include <unistd.h>

enum { SETTINGS_BYTES_MOST = 64 * 1024, EXPECTED_MOST = 5000 };

/* A row of expected.csv. */
struct expected {
	int line;
	int32_t as_of;
	bool nothing, found;
	char **cells; /* as many as there are columns; "" is not compared */
};

struct plugin_case {
	const char *folder, *plugin_file;
	char *place; /* the temporary folder */
	char *database, *expected_file;
	int settings_line; /* of the written configuration: where settings.conf begins in it; 0: there is none */
	struct world world;
	struct plugin_info *plugin;
	struct arena arena;
	char **columns;
	size_t column_count;
	struct expected *rows;
	size_t row_count, row_capacity;
	struct plugin_case_result *result;
};

static char *in_case(const struct plugin_case *c, const char *name)
{
	return file_join(c->folder, name);
}

bool plugin_case_is(const char *folder)
{
	char *path = file_join(folder, "expected.csv");
	bool there = access(path, R_OK) == 0;
	free(path);
	return there;
}

static void differs(struct plugin_case *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void differs(struct plugin_case *c, const char *format, ...)
{
	struct plugin_case_result *r = c->result;
	va_list ap;
	va_start(ap, format);
	VEC_ROOM(r->differences, r->difference_count, r->capacity);
	r->differences[r->difference_count++] = xvasprintf(format, ap);
	va_end(ap);
}

/* ---- the case's own installation */

/* name = "value"; with what a string of libconfig must escape. */
static void add_text(struct buf *b, const char *name, const char *value)
{
	buf_addf(b, "%s = \"", name);
	for (const char *p = value; *p; p++)
		buf_addf(b, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
	buf_add(b, "\";\n");
}

static int lines_of(const struct buf *b)
{
	int n = 0;
	for (size_t i = 0; i < b->len; i++)
		n += b->s[i] == '\n';
	return n;
}

static int add_settings(struct buf *b, struct plugin_case *c, struct err *e)
{
	char *path = in_case(c, "settings.conf"), *text = NULL;
	size_t size;
	int rc = 0;
	if (access(path, F_OK) == 0)
		rc = file_read(path, SETTINGS_BYTES_MOST, &text, &size, e);
	if (text) {
		buf_addf(b, "%s = {\n", c->plugin->name);
		c->settings_line = lines_of(b) + 1;
		buf_addf(b, "%s\n};\n", text);
	}
	free(text);
	free(path);
	return rc;
}

static int write_conf(struct plugin_case *c, const char *conf, const struct settings *s,
	struct err *e)
{
	struct buf b = {0};
	char *own_plan = in_case(c, "plan.conf"), *plan = realpath(own_plan, NULL);
	add_text(&b, "database", c->database);
	add_text(&b, "plan", plan ? plan : s->plan);
	add_text(&b, "calendar", s->calendar);
	add_text(&b, "templates", s->templates);
	buf_add(&b, "admin = { email = \"case@langnghe.example\"; };\n"
		    "mail = { reply_to = \"case@langnghe.example\"; };\nplugins = {\n");
	add_text(&b, "directory", s->plugins.directory);
	buf_addf(&b, "enabled = [\"%s\"];\nwall_ms = %d;\ncpu_ms = %d;\nmemory_mib = %d;\n"
		     "output_mib = %d;\nfindings = %d;\n",
		c->plugin->name, s->plugins.wall_ms, s->plugins.cpu_ms, s->plugins.memory_mib, s->plugins.output_mib,
		s->plugins.findings);
	int rc = add_settings(&b, c, e);
	buf_add(&b, "};\n");
	if (rc == 0)
		rc = file_write_atomic(conf, b.s, b.len, 0600, e);
	buf_release(&b);
	free(plan);
	free(own_plan);
	return rc;
}

/* The first problem, where the author of the case wrote it. */
static int tell(const struct plugin_case *c, const char *conf, struct problems *problems, struct err *e)
{
	if (problems->count == 0)
		return 0;
	const struct problem *p = &problems->items[0];
	size_t n = strlen(conf);
	bool ours = strncmp(p->where, conf, n) == 0 && p->where[n] == ':';
	long line = ours ? strtol(p->where + n + 1, NULL, 10) : 0;
	char *file = in_case(c, "settings.conf");
	if (c->settings_line > 0 && line >= c->settings_line)
		err_set(e, "%s:%ld: %s", file, line - c->settings_line + 1, p->text);
	else
		err_set(e, "%s: %s", p->where, p->text);
	free(file);
	problems_release(problems);
	return -1;
}

/* Says the first refused cell of a register file. */
static int load_kind(struct plugin_case *c, const struct kind *k, struct err *e)
{
	char *name = xasprintf("%s.csv", k->name), *path = in_case(c, name);
	struct import_options options = {.by = "plugin test", .accept_ending = true,
		.today = c->rows[0].as_of};
	struct import_result r = {0};
	int rc = access(path, F_OK) < 0 ? 0
					: import_file(c->world.store, c->world.plan, k, path, &options,
						&r, e);
	if (rc == 0 && r.rejected > 0)
		rc = r.reject_count == 0
			     ? err_set(e, "%s: %lld rows are refused", path, (long long)r.rejected)
			     : err_set(e, "%s:%d: %s '%s': %s", path, r.rejects[0].row,
				       r.rejects[0].column, r.rejects[0].value, r.rejects[0].reason);
	import_result_release(&r);
	free(path);
	free(name);
	return rc;
}

static int load_register(struct plugin_case *c, const char *units_folder, struct err *e)
{
	struct default_files files = {0};
	if (store_open(&c->world.store, c->database, STORE_CREATE, e) < 0)
		return -1;
	int rc = register_load_defaults(c->world.store, c->world.plan, units_folder,
		c->rows[0].as_of, &files, e);
	default_files_release(&files);
	for (size_t i = 0; rc == 0 && kind_at(i); i++)
		rc = load_kind(c, kind_at(i), e);
	return rc == 0 ? world_open_store(&c->world, c->database, STORE_READ, e) : -1;
}

static int open_case(struct plugin_case *c, const struct settings *s, struct err *e)
{
	struct problems problems = {0};
	char *conf = file_join(c->place, "langnghed.conf");
	int rc = plugin_describe(s, c->plugin_file, &c->plugin, e);
	if (rc == 0)
		rc = write_conf(c, conf, s, e);
	if (rc == 0) {
		world_open_files(&c->world, conf, &problems);
		if (problems.count == 0)
			plugin_check_settings(c->plugin, c->world.settings, &problems);
		rc = tell(c, conf, &problems, e);
	}
	free(conf);
	return rc == 0 ? load_register(c, s->units_dir, e) : -1;
}

/* ---- expected.csv */

static bool is_check_key(const char *name)
{
	for (size_t i = 0; check_keys[i]; i++)
		if (strcmp(check_keys[i], name) == 0)
			return true;
	return false;
}

static int take_header(struct plugin_case *c, const struct csv_reader *csv, struct err *e)
{
	bool dated = false;
	c->columns = arena_alloc(&c->arena, csv->count * sizeof *c->columns);
	for (size_t i = 0; i < csv->count; i++) {
		const char *name = csv->cells[i];
		dated |= strcmp(name, "as_of") == 0;
		if (*name != '#' && strcmp(name, "as_of") != 0 && !is_check_key(name))
			return err_set(e,
				"%s:%d: column '%s'; allowed: as_of, the keys of check --json, and "
				"#… for notes",
				c->expected_file, csv->row, name);
		c->columns[c->column_count++] = arena_strdup(&c->arena, name);
	}
	return dated ? 0
		     : err_set(e, "%s:%d: the column as_of is missing: the day that is judged",
			       c->expected_file, csv->row);
}

static int take_row(struct plugin_case *c, const struct csv_reader *csv, struct err *e)
{
	struct expected row = {.line = csv->row, .as_of = DAY_NONE};
	if (csv->problem)
		return err_set(e, "%s:%d: %s", c->expected_file, csv->row, csv->problem);
	bool says = false;
	row.cells = arena_alloc(&c->arena, c->column_count * sizeof *row.cells);
	for (size_t i = 0; i < c->column_count; i++) {
		const char *cell = i < csv->count ? csv->cells[i] : "";
		row.cells[i] = arena_strdup(&c->arena, cell);
		if (strcmp(c->columns[i], "as_of") == 0) {
			if (day_parse_any(cell, &row.as_of) < 0)
				return err_set(e, "%s:%d: as_of '%s' is no date; allowed: 2026-12-01",
					c->expected_file, csv->row, cell);
		} else if (*c->columns[i] != '#' && *cell) {
			says = true;
			row.nothing |= strcmp(c->columns[i], "rule") == 0 &&
				       strcmp(cell, "nothing") == 0;
		}
	}
	if (!says)
		return err_set(e,
			"%s:%d: the row expects nothing in particular; say at least a rule, or "
			"'nothing' as the rule",
			c->expected_file, csv->row);
	VEC_ROOM(c->rows, c->row_count, c->row_capacity);
	c->rows[c->row_count++] = row;
	return 0;
}

static int read_expected(struct plugin_case *c, struct err *e)
{
	struct csv_reader csv;
	if (csv_open(&csv, c->expected_file, e) < 0)
		return -1;
	if (!csv.delimiter) {
		char *header = csv_peek(&csv);
		csv_use_delimiter(&csv, strchr(header, ';')	  ? ';'
					: strchr(header, '\t') ? '\t'
							       : ',');
		free(header);
	}
	int rc = csv_next(&csv) ? take_header(c, &csv, e)
				: err_set(e, "%s: it is empty", c->expected_file);
	while (rc == 0 && csv_next(&csv))
		rc = c->row_count < EXPECTED_MOST
			     ? take_row(c, &csv, e)
			     : err_set(e, "%s:%d: more than %d rows", c->expected_file, csv.row,
				       EXPECTED_MOST);
	csv_close(&csv);
	if (rc == 0 && c->row_count == 0)
		rc = err_set(e, "%s: no row; a day without findings is a row whose rule is 'nothing'",
			c->expected_file);
	return rc;
}

/* ---- comparing */

static bool cell_is(const struct table *t, size_t row, const char *key, const char *wanted)
{
	char *is = table_cell(t, row, key);
	bool same = strcmp(wanted, "-") == 0 ? is == NULL : is && strcmp(is, wanted) == 0;
	free(is);
	return same;
}

static bool is_compared(const struct plugin_case *c, const struct expected *x, size_t column)
{
	return *c->columns[column] != '#' && strcmp(c->columns[column], "as_of") != 0 &&
	       *x->cells[column] != '\0';
}

enum { SUBJECT_WEIGHT = 100 }; /* a row about the same subject is nearer than any other */

/* How well the row agrees; *all: in every cell that is compared. */
static int agreement(
	const struct plugin_case *c, const struct expected *x, const struct table *t, size_t row, bool *all)
{
	int same = 0;
	*all = true;
	for (size_t i = 0; i < c->column_count; i++) {
		if (!is_compared(c, x, i))
			continue;
		if (cell_is(t, row, c->columns[i], x->cells[i]))
			same += strcmp(c->columns[i], "subject") == 0 ? SUBJECT_WEIGHT : 1;
		else
			*all = false;
	}
	return same;
}

/* "status is unknown, expected missing; lacks is none, expected env-plan" */
static char *disagreement(
	const struct plugin_case *c, const struct expected *x, const struct table *t, size_t row)
{
	struct buf b = {0};
	for (size_t i = 0; i < c->column_count; i++) {
		if (!is_compared(c, x, i) || cell_is(t, row, c->columns[i], x->cells[i]))
			continue;
		char *is = table_cell(t, row, c->columns[i]);
		buf_addf(&b, "%s%s is %s%s%s, expected %s", b.len ? "; " : "", c->columns[i],
			is ? "'" : "none", is ? is : "", is ? "'" : "", x->cells[i]);
		free(is);
	}
	return buf_take(&b);
}

static const char *expected_subject(const struct plugin_case *c, const struct expected *x)
{
	for (size_t i = 0; i < c->column_count; i++)
		if (strcmp(c->columns[i], "subject") == 0)
			return x->cells[i];
	return "";
}

static void miss(struct plugin_case *c, const struct expected *x, const struct table *t, bool *taken)
{
	int best = 0;
	size_t nearest = 0;
	for (size_t i = 0; i < table_rows(t); i++) {
		bool all;
		int same = taken[i] ? 0 : agreement(c, x, t, i, &all);
		if (same > best) {
			best = same;
			nearest = i;
		}
	}
	const char *subject = expected_subject(c, x);
	if (best == 0 || (*subject && best < SUBJECT_WEIGHT)) {
		differs(c, "expected.csv:%d: no such finding%s%s", x->line, *subject ? " about " : "",
			subject);
		return;
	}
	char *key = table_cell(t, nearest, "key"), *what = disagreement(c, x, t, nearest);
	taken[nearest] = true; /* said here, not once more as unexpected */
	differs(c, "expected.csv:%d: %s: %s", x->line, key, what);
	free(what);
	free(key);
}

/* Rows in their order take what agrees with them: the more particular ones stand first. */
static void match(struct plugin_case *c, int32_t as_of, const struct table *t, bool *taken)
{
	for (size_t x = 0; x < c->row_count; x++) {
		struct expected *row = &c->rows[x];
		if (row->as_of != as_of || row->nothing)
			continue;
		for (size_t i = 0; i < table_rows(t) && !row->found; i++) {
			if (!taken[i])
				agreement(c, row, t, i, &row->found);
			taken[i] |= row->found;
		}
	}
}

/* Whether the file says of this rule, or of all, what is found. */
static bool is_named(const struct plugin_case *c, const char *rule)
{
	for (size_t x = 0; x < c->row_count; x++) {
		if (c->rows[x].nothing)
			return true;
		for (size_t i = 0; i < c->column_count; i++)
			if (strcmp(c->columns[i], "rule") == 0 &&
				strcmp(c->rows[x].cells[i], rule) == 0)
				return true;
	}
	return false;
}

static void compare(struct plugin_case *c, const struct judgement *j)
{
	struct table *t = table_new(check_keys);
	bool *taken = xcalloc(j->count + 1, sizeof *taken);
	for (size_t i = 0; i < j->count; i++)
		check_row(t, &c->world, &j->items[i], j->today);
	match(c, j->today, t, taken);
	for (size_t x = 0; x < c->row_count; x++)
		if (c->rows[x].as_of == j->today && !c->rows[x].nothing && !c->rows[x].found)
			miss(c, &c->rows[x], t, taken);
	for (size_t i = 0; i < j->count; i++) {
		char day[DAY_TEXT];
		const struct judged *g = &j->items[i];
		if (!taken[i] && !g->before_watch && is_named(c, g->rule->id) && !status_is_good(g->status))
			differs(c, "on %s not expected: %s: %s", day_iso(j->today, day),
				g->key, g->summary);
	}
	free(taken);
	table_free(t);
}

static int judge_day(struct plugin_case *c, struct runner *r, int32_t as_of, struct err *e)
{
	int32_t watched = day_from_civil(day_year(c->rows[0].as_of), 1, 1);
	struct judgement j = {.today = as_of, .watch_from = watched};
	struct findings set = {0};
	int rc = runner_check(r, as_of, &set, NULL, e);
	for (size_t i = 0; rc == 0 && i < set.count; i++)
		rc = judge_finding(&j, &c->world, c->plugin, &set.items[i], e);
	if (rc == 0)
		compare(c, &j);
	judgement_release(&j);
	findings_release(&set);
	return rc;
}

/* Each day that the file names, once. */
static int judge_days(struct plugin_case *c, struct err *e)
{
	struct runner *r = NULL;
	int rc = runner_start(&r, c->world.settings, c->database, c->plugin, e);
	for (size_t i = 0; rc == 0 && i < c->row_count; i++) {
		bool done = false;
		for (size_t k = 0; k < i; k++)
			done |= c->rows[k].as_of == c->rows[i].as_of;
		if (!done)
			rc = judge_day(c, r, c->rows[i].as_of, e);
	}
	runner_stop(r);
	return rc;
}

int plugin_case_run(struct plugin_case_result *out, const struct settings *s, const char *file,
	const char *folder, struct err *e)
{
	struct plugin_case c = {.folder = folder, .plugin_file = file, .result = out};
	const char *temporary = getenv("TMPDIR");
	struct err ignored;
	*out = (struct plugin_case_result){0};
	c.place = xasprintf("%s/langnghe-XXXXXX", temporary && *temporary ? temporary : "/tmp");
	if (!mkdtemp(c.place)) {
		err_set(e, "no folder for a case: %s: %m", c.place);
		free(c.place);
		return -1;
	}
	c.database = file_join(c.place, "case.db");
	c.expected_file = in_case(&c, "expected.csv");
	int rc = read_expected(&c, e);
	if (rc == 0)
		rc = open_case(&c, s, e);
	if (rc == 0)
		rc = judge_days(&c, e);
	out->rows = (int)c.row_count;
	if (rc < 0)
		plugin_case_release(out);
	plugin_info_free(c.plugin);
	world_close(&c.world);
	file_remove_tree(c.place, &ignored);
	free(c.rows);
	free(c.expected_file);
	free(c.database);
	free(c.place);
	arena_release(&c.arena);
	return rc;
}

void plugin_case_release(struct plugin_case_result *r)
{
	for (size_t i = 0; i < r->difference_count; i++)
		free(r->differences[i]);
	free(r->differences);
	*r = (struct plugin_case_result){0};
}
