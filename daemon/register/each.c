/*
 * each.c: see each.h. Table and column names come from the rows of kinds.c, never
 * from outside.
 */
#include "register/each.h"

#include "base/mem.h"

int register_each(struct store *s, const struct kind *k, register_row_seen *seen, void *context,
	struct err *e)
{
	struct buf sql = {0};
	buf_add(&sql, "SELECT ");
	for (size_t i = 0; i < k->column_count; i++)
		buf_addf(&sql, "%s%s", i ? ", " : "", k->columns[i].name);
	buf_addf(&sql, " FROM %s ORDER BY ", k->table);
	bool first = true;
	for (size_t i = 0; i < k->column_count; i++) {
		if (!k->columns[i].key)
			continue;
		buf_addf(&sql, "%s%s", first ? "" : ", ", k->columns[i].name);
		first = false;
	}
	struct stmt *st = store_prepare(s, sql.s, e);
	buf_release(&sql);
	if (!st)
		return -1;
	struct register_row row = {.kind = k, .stmt = st};
	int rc, stopped = 0;
	while ((rc = stmt_step(st, e)) == 1 && !stopped)
		stopped = seen(context, &row, e);
	stmt_free(st);
	return stopped ? stopped : rc < 0 ? -1 : 0;
}

const char *register_cell(const struct register_row *row, const char *column)
{
	for (size_t i = 0; i < row->kind->column_count; i++) {
		if (strcmp(row->kind->columns[i].name, column) == 0)
			return col_text(row->stmt, (int)i);
	}
	return NULL;
}
