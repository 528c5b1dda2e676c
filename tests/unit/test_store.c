/*
 * test_store.c: from an empty file to today's schema and back again, databases
 * that are not ours or too new, readers beside writers, statements and meta.
 */
#include "store/store.h"
#include "unit_folder.h"

static void new_file_gets_the_whole_schema(void **state)
{
	struct folder *f = *state;
	struct store *s;
	struct err e;
	assert_int_equal(store_open(&s, f->database, STORE_CREATE, &e), 0);
	struct stmt *st = store_stmt(s,
		"SELECT count(*) FROM sqlite_schema WHERE type = 'view'"
		" AND name IN "
		"('v_village','v_village_year','v_recognition','v_establishment','v_product',"
		" 'v_ip_right','v_zone','v_project','v_activity','v_difficulty','v_submission','v_"
		"unit',"
		" 'v_figure','v_target_result')",
		&e);
	assert_non_null(st);
	assert_int_equal(stmt_step(st, &e), 1);
	assert_int_equal(col_int(st, 0), 14);
	stmt_reset(st);
	store_close(s);
	struct stat file;
	assert_int_equal(stat(f->database, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0640);
	/* A second time nothing is done, and the others open it. */
	assert_int_equal(store_open(&s, f->database, STORE_CREATE, &e), 0);
	store_close(s);
	assert_int_equal(store_open(&s, f->database, STORE_READ, &e), 0);
	assert_int_equal(store_exec(s, "DELETE FROM unit", &e), -1);
	store_close(s);
}

static void set_version(struct folder *f, int version)
{
	struct store *s;
	struct err e;
	char sql[64];
	assert_int_equal(store_open(&s, f->database, STORE_CREATE, &e), 0);
	snprintf(sql, sizeof sql, "PRAGMA user_version = %d", version);
	assert_int_equal(store_exec(s, sql, &e), 0);
	store_close(s);
}

static void other_versions_are_refused(void **state)
{
	struct folder *f = *state;
	struct store *s;
	struct err e;
	char ours[16];
	snprintf(ours, sizeof ours, "version %d", store_version());
	assert_int_equal(store_open(&s, f->database, STORE_WRITE, &e), -1);
	assert_non_null(strstr(e.text, "langnghectl init"));
	set_version(f, 99);
	for (int mode = STORE_READ; mode <= STORE_SCRATCH; mode++) {
		assert_int_equal(store_open(&s, f->database, (enum store_mode)mode, &e), -1);
		assert_non_null(strstr(e.text, "version 99"));
		assert_non_null(strstr(e.text, ours));
	}
}

static void older_version_asks_for_init(void **state)
{
	struct folder *f = *state;
	struct store *s;
	struct err e;
	set_version(f, store_version() - 1);
	assert_int_equal(store_open(&s, f->database, STORE_READ, &e), -1);
	assert_non_null(strstr(e.text, "langnghectl init"));
}

static void foreign_database_is_left_alone(void **state)
{
	struct folder *f = *state;
	struct store *s;
	struct err e;
	set_version(f, 1);
	assert_int_equal(unlink(f->database), 0);
	char *wal = xasprintf("%s-wal", f->database), *shm = xasprintf("%s-shm", f->database);
	unlink(wal);
	unlink(shm);
	free(wal);
	free(shm);
	char *command = xasprintf("sqlite3 %s 'CREATE TABLE theirs (a)'", f->database);
	int rc = system(command);
	free(command);
	if (rc != 0)
		skip();
	assert_int_equal(store_open(&s, f->database, STORE_CREATE, &e), -1);
	assert_non_null(strstr(e.text, "another program"));
}

static void a_copy_is_whole(void **state)
{
	struct folder *f = *state;
	struct store *s, *c;
	struct err e;
	char *path = xasprintf("%s.copy", f->database);
	assert_int_equal(store_open(&s, f->database, STORE_CREATE, &e), 0);
	assert_int_equal(store_set_meta(s, "watch_from", "2026-01-05", &e), 0);
	assert_int_equal(store_copy(s, path, &e), 0);
	assert_int_equal(store_copy(s, path, &e), -1); /* never over another file */
	assert_int_equal(store_open(&c, path, STORE_SCRATCH, &e), 0);
	char *value = store_meta(c, "watch_from");
	assert_string_equal(value, "2026-01-05");
	free(value);
	assert_int_equal(store_set_meta(c, "watch_from", NULL, &e), 0);
	assert_null(store_meta(c, "watch_from"));
	value = store_meta(s, "watch_from");
	assert_non_null(value);
	free(value);
	store_close(c);
	store_close(s);
	free(path);
}

static void statements_are_shared_and_guarded(void **state)
{
	struct folder *f = *state;
	struct store *s;
	struct err e;
	char text[] = "SELECT ?1";
	assert_int_equal(store_open(&s, f->database, STORE_CREATE, &e), 0);
	struct stmt *a = store_stmt(s, "SELECT ?1", &e);
	stmt_day(a, 1, DAY_NONE);
	assert_int_equal(stmt_step(a, &e), 1);
	assert_true(col_is_null(a, 0));
	assert_null(store_stmt(s, text, &e)); /* in use */
	stmt_reset(a);
	assert_ptr_equal(store_stmt(s, text, &e), a); /* the same text, another pointer */
	stmt_day(a, 1, day_from_civil(2026, 12, 4));
	assert_int_equal(stmt_step(a, &e), 1);
	assert_string_equal(col_text(a, 0), "2026-12-04");
	assert_int_equal(col_day(a, 0), day_from_civil(2026, 12, 4));
	assert_int_equal(stmt_step(a, &e), 0);
	assert_null(store_stmt(s, "SELECT 1; SELECT 2", &e));
	assert_null(store_stmt(s, "SELECT nothing", &e));
	assert_non_null(strstr(e.text, "nothing"));
	for (int i = 0; i < 300; i++) { /* more texts than there are buckets at first */
		char sql[32];
		snprintf(sql, sizeof sql, "SELECT %d", i);
		struct stmt *st = store_stmt(s, sql, &e);
		assert_int_equal(stmt_step(st, &e), 1);
		assert_int_equal(col_int(st, 0), i);
		stmt_reset(st);
	}
	store_rollback(s); /* outside a transaction */
	store_close(s);
}

static void a_reader_goes_on_beside_a_writer(void **state)
{
	struct folder *f = *state;
	struct store *w, *r;
	struct err e;
	assert_int_equal(store_open(&w, f->database, STORE_CREATE, &e), 0);
	assert_int_equal(store_open(&r, f->database, STORE_READ, &e), 0);
	assert_int_equal(store_begin(w, &e), 0);
	assert_int_equal(store_set_meta(w, "held", "yes", &e), 0);
	assert_null(store_meta(r, "held"));
	assert_int_equal(store_commit(w, &e), 0);
	char *value = store_meta(r, "held");
	assert_string_equal(value, "yes");
	free(value);
	store_close(w);
	value = store_meta(r, "held"); /* the -wal stays for readers without a writer */
	assert_string_equal(value, "yes");
	free(value);
	store_close(r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, folder_make, folder_remove)
	const struct CMUnitTest tests[] = {
		TEST(new_file_gets_the_whole_schema),
		TEST(other_versions_are_refused),
		TEST(older_version_asks_for_init),
		TEST(foreign_database_is_left_alone),
		TEST(a_copy_is_whole),
		TEST(statements_are_shared_and_guarded),
		TEST(a_reader_goes_on_beside_a_writer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
