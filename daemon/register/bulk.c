/*
 * bulk.c: indexes set aside and made again. Table names come from the table of
 * kinds, never from outside.
 */
#include "register/bulk.h"

#include "base/mem.h"

enum { BULK_ROWS = 20000 }; /* below this, keeping an index costs less than asking */

static int count_rows(struct store *s, const char *table, int64_t *out, struct err *e)
{
	char *sql = xasprintf("SELECT count(*) FROM %s", table);
	struct stmt *st = store_prepare(s, sql, e);
	int rc = st ? stmt_step(st, e) : -1;
	if (rc == 1)
		*out = col_int(st, 0);
	stmt_free(st);
	free(sql);
	return rc == 1 ? 0 : -1;
}

int bulk_begin(struct bulk *b, struct store *s, const char *table, size_t coming, struct err *e)
{
	int64_t there;
	if (coming < BULK_ROWS)
		return 0;
	if (count_rows(s, table, &there, e) != 0)
		return -1;
	if ((uint64_t)there > coming)
		return 0;
	struct stmt *st = store_stmt(s,
		"SELECT name, sql FROM sqlite_schema"
		" WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL",
		e);
	if (!st)
		return -1;
	stmt_text(st, 1, table);
	struct buf drop = {0};
	int rc;
	while ((rc = stmt_step(st, e)) == 1 && b->count < BULK_INDEXES_MAX) {
		b->sql[b->count++] = xstrdup(col_text(st, 1));
		buf_addf(&drop, "DROP INDEX %s;", col_text(st, 0));
	}
	stmt_reset(st);
	if (rc >= 0)
		rc = drop.len ? store_exec(s, drop.s, e) : 0;
	buf_release(&drop);
	return rc;
}

int bulk_end(struct bulk *b, struct store *s, struct err *e)
{
	for (size_t i = 0; i < b->count; i++)
		if (store_exec(s, b->sql[i], e) != 0)
			return -1;
	return 0;
}

void bulk_release(struct bulk *b)
{
	for (size_t i = 0; i < b->count; i++)
		free(b->sql[i]);
	*b = (struct bulk){.count = 0};
}
