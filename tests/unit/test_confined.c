/*
 * test_confined.c: the table of statements that code we do not trust may not
 * run, and of those it may. Endless ones are interrupted; nothing that is not
 * published comes out, and nothing grows without bound.
 */
#include "plugin_world.h"

#include "store/confined.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

static const char *const forbidden[] = {
	/* writing, in every dress */
	"INSERT INTO village (code) VALUES ('X')",
	"UPDATE village SET name = 'X'",
	"DELETE FROM village",
	"INSERT INTO v_village (code) VALUES ('X')",
	"CREATE TABLE t (a)",
	"CREATE TEMP TABLE t (a)",
	"CREATE TEMP VIEW v_x AS SELECT * FROM meta",
	"CREATE VIEW v_x AS SELECT * FROM meta",
	"CREATE TEMP TRIGGER g AFTER INSERT ON village BEGIN SELECT 1; END",
	"CREATE VIRTUAL TABLE temp.f USING fts5(a)",
	"CREATE INDEX i ON village (name)",
	"DROP VIEW v_village",
	"ALTER TABLE village RENAME TO t",
	"REINDEX",
	"ANALYZE",
	"VACUUM",
	"VACUUM INTO '/tmp/langnghe-stolen.db'",
	/* transactions are the host's */
	"BEGIN",
	"BEGIN IMMEDIATE",
	"COMMIT",
	"ROLLBACK",
	"SAVEPOINT s",
	/* other files, other settings */
	"ATTACH '/etc/passwd' AS other",
	"ATTACH ':memory:' AS other",
	"DETACH main",
	"PRAGMA query_only = OFF",
	"PRAGMA writable_schema = ON",
	"PRAGMA temp_store_directory = '/tmp'",
	"PRAGMA table_info(meta)",
	"SELECT * FROM pragma_table_info('meta')",
	"SELECT * FROM pragma_database_list",
	"SELECT * FROM dbstat",
	"SELECT load_extension('/tmp/x.so')",
	"SELECT readfile('/etc/passwd')",
	"SELECT writefile('/tmp/x', 'y')",
	"SELECT fts3_tokenizer('simple')",
	"SELECT randomblob(1000000000)",
	"SELECT zeroblob(1000000000)",
	"SELECT sqlite_version()",
	/* what is not published */
	"SELECT value FROM meta",
	"SELECT * FROM contact",
	"SELECT email FROM contact",
	"SELECT count(*) FROM contact",
	"SELECT 1 FROM meta",
	"SELECT 1 FROM META",
	"SELECT count(*) FROM sqlite_master",
	"SELECT count(*) FROM SQLITE_SCHEMA",
	"SELECT count(*) FROM pragma_table_list",
	"SELECT count(*) FROM dbstat",
	"SELECT count(*) FROM main.contact",
	"SELECT sql FROM sqlite_master",
	"SELECT * FROM sqlite_schema",
	"SELECT * FROM sqlite_temp_master",
	"SELECT rev FROM v_village",
	"SELECT name FROM village",
	"SELECT rev FROM village",
	"SELECT * FROM extension",
	"SELECT * FROM import",
	"SELECT * FROM change",
	/* the same through a detour */
	"SELECT (SELECT value FROM meta) FROM v_village",
	"SELECT code FROM v_village WHERE EXISTS (SELECT 1 FROM meta WHERE value LIKE 's%')",
	"SELECT code FROM v_village UNION SELECT value FROM meta",
	"SELECT code FROM v_village ORDER BY (SELECT value FROM meta)",
	"SELECT * FROM v_village JOIN meta",
	"SELECT * FROM (SELECT value FROM meta)",
	"WITH v_x AS (SELECT value FROM meta) SELECT * FROM v_x",
	"WITH v_village AS (SELECT value FROM meta) SELECT * FROM v_village",
	"WITH v_village AS (SELECT rev FROM village) SELECT * FROM v_village",
	"WITH v_unit AS (SELECT email FROM contact) SELECT email FROM v_unit",
	"WITH v_village AS MATERIALIZED (SELECT * FROM contact) SELECT * FROM v_village",
	"WITH v_unit AS (SELECT name FROM village) SELECT * FROM v_unit",
	"SELECT sum((SELECT length(value) FROM meta)) OVER () FROM v_village",
	/* more than one, or none */
	"SELECT 1; DELETE FROM village",
	"",
	"-- nothing",
};

static const char *const allowed[] = {
	"SELECT * FROM v_village",
	"SELECT count(*) FROM v_village",
	"SELECT count(*) FROM v_establishment WHERE village = 'TH-1'",
	"SELECT v.name, count(e.code) FROM v_village v LEFT JOIN v_establishment e ON e.village = "
	"v.code"
	" GROUP BY v.code HAVING count(e.code) >= 0 ORDER BY lower(v.name)",
	"SELECT name FROM v_village WHERE code IN (SELECT village FROM v_village_year WHERE year > "
	"2020)",
	"WITH good AS (SELECT code FROM v_village WHERE env_plan_state = 'approved')"
	" SELECT count(*) FROM good",
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT "
	"sum(i) FROM n",
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT "
	"count(*) FROM n",
	"SELECT name, row_number() OVER (ORDER BY code) FROM v_village",
	"SELECT strftime('%Y', reviewed_on), coalesce(max(code), '') FROM v_village GROUP BY 1",
	"SELECT code FROM v_village WHERE instr('|' || 'TH-1|TH-2' || '|', '|' || code || '|') > 0",
	"SELECT duty, unit, period FROM v_submission UNION ALL SELECT kind, unit, held_on FROM "
	"v_activity",
	"SELECT * FROM v_unit, v_recognition, v_product, v_ip_right, v_zone, v_project, "
	"v_difficulty,"
	" v_figure, v_target_result LIMIT 1",
};

static struct store *open_confined(const struct plugin_world *w, bool lock)
{
	struct store *s;
	struct err e;
	if (confined_open(&s, w->database, 64, &e) < 0)
		fail_msg("%s", e.text);
	if (lock)
		confined_lock(s);
	return s;
}

static void forbidden_statements_are_refused(void **state)
{
	struct store *s = open_confined(*state, true);
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
		struct err e = {0};
		struct stmt *st = store_prepare(s, forbidden[i], &e);
		if (st && stmt_run(st, &e) == 0)
			fail_msg("ran: %s", forbidden[i]);
		assert_true(e.text[0]);
		stmt_free(st);
	}
	store_close(s);
	assert_int_equal(access("/tmp/langnghe-stolen.db", F_OK), -1);
}

static void questions_over_the_views_are_answered(void **state)
{
	struct store *s = open_confined(*state, true);
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
		struct err e = {0};
		struct stmt *st = store_prepare(s, allowed[i], &e);
		if (!st || stmt_run(st, &e) < 0)
			fail_msg("%s: %s", allowed[i], e.text);
		stmt_free(st);
	}
	store_close(s);
}

static void an_endless_query_is_interrupted(void **state)
{
	static const char *const endless[] = {
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) "
		"FROM n",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000000)"
		" SELECT a.i FROM n a, n b WHERE a.i + b.i < 0",
	};
	for (size_t i = 0; i < 2; i++) {
		struct store *s = open_confined(*state, true);
		struct timespec from, to;
		struct err e = {0};
		confined_limit(s, 200);
		struct stmt *st = store_prepare(s, endless[i], &e);
		if (!st)
			fail_msg("%s", e.text);
		clock_gettime(CLOCK_MONOTONIC, &from);
		assert_int_equal(stmt_run(st, &e), -1);
		clock_gettime(CLOCK_MONOTONIC, &to);
		assert_in_range(to.tv_sec - from.tv_sec, 0, 2);
		stmt_free(st);
		/* and the next one within its limit runs again */
		confined_limit(s, 0);
		st = store_prepare(s, "SELECT count(*) FROM v_village", &e);
		assert_int_equal(stmt_step(st, &e), 1);
		assert_int_equal(col_int(st, 0), 2);
		stmt_free(st);
		store_close(s);
	}
}

static void huge_values_are_refused(void **state)
{
	static const char *const huge[] = {
		"SELECT replace(printf('%1000000s', ''), ' ', 'xxxxxxxx')",
		"SELECT printf('%2000000s', 'x')",
		"SELECT group_concat(code || printf('%900000s', 'x')) FROM v_village",
	};
	struct store *s = open_confined(*state, true);
	for (size_t i = 0; i < sizeof huge / sizeof *huge; i++) {
		struct err e = {0};
		struct stmt *st = store_prepare(s, huge[i], &e);
		const char *text = st && stmt_step(st, &e) == 1 ? col_text(st, 0) : NULL;
		assert_true(!text || strlen(text) <= 1000000);
		stmt_free(st);
	}
	store_close(s);
}

static void the_hosts_own_statements_still_run(void **state)
{
	struct store *s = open_confined(*state, true);
	struct err e = {0};
	confined_trust(s, true);
	assert_int_equal(store_exec(s, "BEGIN", &e), 0);
	struct stmt *st = store_stmt(s, "SELECT count(*) FROM extension", &e);
	assert_non_null(st);
	assert_int_equal(stmt_step(st, &e), 1);
	stmt_reset(st);
	assert_int_equal(store_exec(s, "ROLLBACK", &e), 0);
	/* trusted with reading, never with writing */
	assert_int_equal(store_exec(s, "DELETE FROM village", &e), -1);
	confined_trust(s, false);
	assert_null(store_prepare(s, "SELECT * FROM extension", &e));
	store_close(s);
}

/* A writer in a process of its own, as there is one beside a runner: inserts one row a byte. */
static pid_t start_writer(const struct plugin_world *w, int pipe, int other_end)
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	close(other_end);
	struct store *s;
	struct err e;
	char byte = store_open(&s, w->database, STORE_WRITE, &e) == 0 ? '+' : '-';
	while (byte == '+' && read(pipe, &byte, 1) == 1) {
		if (store_exec(s, "INSERT INTO zone (code) VALUES (hex(randomblob(8)))", &e) < 0)
			byte = '-';
		if (write(pipe, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

static int count_zones(struct stmt *st)
{
	struct err e = {0};
	if (stmt_step(st, &e) != 1)
		fail_msg("%s", e.text);
	int n = (int)col_int(st, 0);
	stmt_reset(st);
	return n;
}

/* What a writer commits meanwhile is seen; a transaction of the reader's sees none of it. */
static void a_writer_beside_is_no_trouble(void **state)
{
	const struct plugin_world *w = *state;
	int pipe[2];
	char byte = '+';
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pipe), 0);
	pid_t pid = start_writer(w, pipe[1], pipe[0]);
	close(pipe[1]);
	struct store *s = open_confined(w, true);
	struct err e = {0};
	for (int i = 0; i < 50; i++) {
		struct stmt *st = store_prepare(s, "SELECT count(*) FROM v_zone", &e);
		confined_trust(s, true);
		assert_int_equal(store_exec(s, "BEGIN", &e), 0);
		confined_trust(s, false);
		assert_int_equal(count_zones(st), i);
		assert_int_equal(write(pipe[0], &byte, 1), 1);
		assert_int_equal(read(pipe[0], &byte, 1), 1);
		assert_int_equal(byte, '+');
		assert_int_equal(count_zones(st), i);
		stmt_free(st);
		confined_trust(s, true);
		assert_int_equal(store_exec(s, "ROLLBACK", &e), 0);
		confined_trust(s, false);
	}
	store_close(s);
	close(pipe[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	world_sql(w, "DELETE FROM zone");
}

/* No writer has the file open, the log is gone: a simulation's copy, a backup. */
static void a_file_at_rest_is_readable(void **state)
{
	const struct plugin_world *w = *state;
	struct store *s;
	struct err e = {0};
	char *copy =
		xasprintf("%s/copy #1%%20?.db", w->folder); /* a name that a URI would misread */
	assert_int_equal(store_open(&s, w->database, STORE_READ, &e), 0);
	assert_int_equal(store_copy(s, copy, &e), 0);
	store_close(s);
	if (confined_open(&s, copy, 64, &e) < 0)
		fail_msg("%s", e.text);
	confined_lock(s);
	struct stmt *st = store_prepare(s, "SELECT count(*) FROM v_village", &e);
	assert_int_equal(stmt_step(st, &e), 1);
	assert_int_equal(col_int(st, 0), 2);
	stmt_free(st);
	store_close(s);
	assert_int_equal(confined_open(&s, "/nowhere.db", 64, &e), -1);
	assert_non_null(strstr(e.text, "/nowhere.db"));
	free(copy);
}

static int set_up(void **state)
{
	static struct plugin_world world;
	world_make(&world);
	world_sql(&world,
		"INSERT INTO village (code, name) VALUES ('TH-1', 'Làng Một'), ('TH-2', 'Làng "
		"Hai');"
		"INSERT INTO contact (unit, email) VALUES ('so', 'bi-mat@langnghe.example');"
		"INSERT INTO meta (key, value) VALUES ('test-secret', 's3cret')");
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	world_remove(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forbidden_statements_are_refused),
		cmocka_unit_test(questions_over_the_views_are_answered),
		cmocka_unit_test(an_endless_query_is_interrupted),
		cmocka_unit_test(huge_values_are_refused),
		cmocka_unit_test(the_hosts_own_statements_still_run),
		cmocka_unit_test(a_writer_beside_is_no_trouble),
		cmocka_unit_test(a_file_at_rest_is_readable),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
