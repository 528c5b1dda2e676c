/*
 * migrations.c: the steps from an empty file to today's schema. The list is
 * append-only: a step that was ever released is never edited, a change is a new
 * step. PRAGMA user_version holds the number of the last step done; each step
 * and its number are committed together.
 */
#include "store/store_private.h"

extern const char schema_0001[]; /* schema/0001-register.sql: the register and its history */
extern const char schema_0002[]; /* schema/0002-alerts.sql */
extern const char schema_0003[]; /* schema/0003-outbox.sql */
extern const char schema_0004[]; /* schema/0004-doubt.sql */
extern const char schema_0005[]; /* schema/0005-undelivered.sql */
extern const char schema_0006[]; /* schema/0006-kept-findings.sql */
extern const char schema_0007[]; /* schema/0007-kept-reads.sql */
extern const char schema_0008[]; /* schema/0008-put-aside.sql */
extern const char schema_0009[]; /* schema/0009-plugin-file.sql */
extern const char schema_0010[]; /* schema/0010-kept-description.sql */

static const char *const steps[] = {schema_0001, schema_0002, schema_0003, schema_0004,
	schema_0005, schema_0006, schema_0007, schema_0008, schema_0009, schema_0010};

enum { STEP_COUNT = (int)(sizeof steps / sizeof steps[0]) };

int store_version(void)
{
	return STEP_COUNT;
}

/* Another program's database has tables, but not our mark. */
static int refuse_foreign(struct store *s, struct err *e)
{
	int64_t id, tables;
	if (store_pragma_int(s, "PRAGMA application_id", &id, e) != 0 ||
		store_pragma_int(s, "SELECT count(*) FROM sqlite_schema", &tables, e) != 0)
		return -1;
	if (id == STORE_APPLICATION_ID || (id == 0 && tables == 0))
		return 0;
	return err_set(e,
		"%s is a database of another program (application id %lld): name another file",
		s->path, (long long)id);
}

static int refuse_newer(struct store *s, int64_t version, struct err *e)
{
	if (version <= STEP_COUNT)
		return 0;
	return err_set(e,
		"database %s has version %lld, this program knows up to version %d: use the newer "
		"program",
		s->path, (long long)version, STEP_COUNT);
}

int migrations_check(struct store *s, struct err *e)
{
	int64_t version;
	if (refuse_foreign(s, e) != 0 ||
		store_pragma_int(s, "PRAGMA user_version", &version, e) != 0 ||
		refuse_newer(s, version, e) != 0)
		return -1;
	if (version < STEP_COUNT)
		return err_set(e,
			"database %s has version %lld, this program needs version %d: "
			"run langnghectl init",
			s->path, (long long)version, STEP_COUNT);
	return 0;
}

static int run_step(struct store *s, int step, struct err *e)
{
	char *number = sqlite3_mprintf("PRAGMA application_id = %d; PRAGMA user_version = %d",
		(int)STORE_APPLICATION_ID, step);
	int rc = !number ? err_set(e, "out of memory") : 0;
	if (rc == 0)
		rc = store_exec(s, steps[step - 1], e);
	if (rc == 0)
		rc = store_exec(s, number, e);
	sqlite3_free(number);
	return rc != 0 ? err_prefix(e, "schema step %d", step) : 0;
}

int migrations_run(struct store *s, struct err *e)
{
	for (;;) {
		/* Asked again inside the transaction: another program may be upgrading beside us.
		 */
		int64_t version;
		if (store_begin(s, e) != 0)
			return -1;
		if (refuse_foreign(s, e) != 0 ||
			store_pragma_int(s, "PRAGMA user_version", &version, e) != 0 ||
			refuse_newer(s, version, e) != 0)
			goto fail;
		if (version == STEP_COUNT) {
			store_rollback(s);
			return 0;
		}
		if (run_step(s, (int)version + 1, e) != 0 || store_commit(s, e) != 0)
			goto fail;
	}
fail:
	store_rollback(s);
	return -1;
}
