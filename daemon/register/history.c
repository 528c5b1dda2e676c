/*
 * history.c: writes and reads the table `change`, and knows how a row's key is
 * written in it: the key columns' values joined with '/'.
 */
#include "register/history.h"

#include "base/day.h"
#include "base/mem.h"
#include "base/table.h"
#include "register/import.h"

enum { VIET_NAM_OFFSET_S = 7 * 3600 };

_Static_assert((int)NOW_TEXT >= (int)MOMENT_TEXT, "room for a moment");

struct author author_now(const char *by)
{
	struct author who = {.by = by};
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	moment_iso(moment_from_unix(now.tv_sec, VIET_NAM_OFFSET_S), VIET_NAM_OFFSET_S, who.at);
	return who;
}

int history_write(struct store *s, const struct author *who, const char *kind, const char *key,
	const char *op, const char *column, const char *old, const char *new, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"INSERT INTO change (at, by, import_id, kind, key, op, column, old, new)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
		e);
	if (!st)
		return -1;
	stmt_text(st, 1, who->at);
	stmt_text(st, 2, who->by);
	if (who->import_id)
		stmt_int(st, 3, who->import_id);
	stmt_text(st, 4, kind);
	stmt_text(st, 5, key);
	stmt_text(st, 6, op);
	stmt_text(st, 7, column);
	stmt_text(st, 8, old);
	stmt_text(st, 9, new);
	return stmt_run(st, e);
}

int history_last(struct store *s, int64_t *id, struct err *e)
{
	struct stmt *st = store_stmt(s, "SELECT max(id) FROM change", e);
	if (!st || stmt_step(st, e) != 1)
		return -1;
	*id = col_int(st, 0);
	stmt_reset(st);
	return 0;
}

int key_columns(const struct kind *k)
{
	int n = 0;
	while ((size_t)n < k->column_count && k->columns[n].key)
		n++;
	return n;
}

char *key_condition(const struct kind *k, int first)
{
	struct buf sql = {0};
	for (int i = 0; i < key_columns(k); i++)
		buf_addf(&sql, "%s%s = ?%d", i ? " AND " : "", k->columns[i].name, first + i);
	return buf_take(&sql);
}

int key_bind(const struct kind *k, const char *key, struct stmt *st, int first, struct err *e)
{
	int count = key_columns(k);
	const char *p = key;
	for (int i = 0; i < count; i++) {
		const char *end = i + 1 < count ? strchr(p, '/') : p + strlen(p);
		if (!end || (i + 1 == count && !*p)) {
			struct buf form = {0};
			for (int j = 0; j < count; j++)
				buf_addf(&form, "%s%s", j ? "/" : "", k->columns[j].name);
			err_set(e, "\"%s\" is no key of %s: it is written %s", key, k->name,
				form.s);
			buf_release(&form);
			return -1;
		}
		char *part = xstrndup(p, (size_t)(end - p));
		if (k->columns[i].type == COLUMN_INT)
			stmt_int(st, first + i, strtoll(part, NULL, 10));
		else
			stmt_text(st, first + i, part);
		free(part);
		p = end + 1;
	}
	return 0;
}

int register_history(
	struct store *s, const struct kind *k, const char *key, struct table *t, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT at, by, op, column, old, new, import_id FROM change"
		" WHERE key = ?1 AND kind = ?2 ORDER BY id",
		e);
	if (!st)
		return -1;
	stmt_text(st, 1, key);
	stmt_text(st, 2, k->name);
	int rc;
	while ((rc = stmt_step(st, e)) == 1) {
		table_row(t);
		table_text(t, "at", col_text(st, 0));
		table_text(t, "by", col_text(st, 1));
		table_text(t, "column", col_text(st, 3));
		table_text(t, "old", col_text(st, 4));
		table_text(t, "new", col_text(st, 5));
		/* An entry about the whole row has no column: it says what happened in words. */
		if (!col_is_null(st, 3))
			continue;
		char *event = NULL;
		if (strcmp(col_text(st, 2), "add") == 0)
			event = col_is_null(st, 6) ? xstrdup("added")
						   : xasprintf("added by import %lld",
							     (long long)col_int(st, 6));
		else
			event = xasprintf("removed%s%s", col_is_null(st, 5) ? "" : ": ",
				col_is_null(st, 5) ? "" : col_text(st, 5));
		table_text(t, "new", event);
		free(event);
	}
	return rc;
}
