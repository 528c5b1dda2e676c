/*
 * referrers.c: goes over the columns of type reference, as the table of kinds
 * has them. A removal is rare, so whole columns are read.
 */
#include "register/referrers.h"

#include "base/mem.h"
#include "register/history.h"

enum { SHOWN = 5 };

static bool may_name(const struct column *c, const struct kind *k)
{
	if (!c->ref)
		return false;
	if (strcmp(k->name, "units") == 0 &&
		(strcmp(c->ref, "commune") == 0 || strcmp(c->ref, "place") == 0))
		return true;
	return strcmp(c->ref, k->name) == 0;
}

static bool names_one(const char *refs, const struct keymap *keys)
{
	bool found = false;
	char *copy = xstrdup(refs);
	for (char *p = copy; p && !found;) {
		char *bar = strchr(p, '|');
		if (bar)
			*bar++ = '\0';
		found = keymap_get(keys, p) != NULL;
		p = bar;
	}
	free(copy);
	return found;
}

/* Adds the rows of kind `of` whose column names one of keys; rows that go too do not count. */
static int find_in_column(struct store *s, const struct kind *of, const struct column *c,
	bool same_kind, const struct keymap *keys, struct buf *found, int *count, struct err *e)
{
	struct buf sql = {0};
	buf_add(&sql, "SELECT ");
	for (int i = 0; i < key_columns(of); i++)
		buf_addf(&sql, "%s%s", i ? " || '/' || " : "", of->columns[i].name);
	buf_addf(&sql, ", %s FROM %s WHERE %s IS NOT NULL", c->name, of->table, c->name);
	struct stmt *st = store_prepare(s, sql.s, e);
	buf_release(&sql);
	if (!st)
		return -1;
	int rc;
	while ((rc = stmt_step(st, e)) == 1) {
		const char *key = col_text(st, 0);
		if (!names_one(col_text(st, 1), keys) || (same_kind && keymap_get(keys, key)))
			continue;
		if ((*count)++ < SHOWN)
			buf_addf(found, "%s%s %s (%s)", found->len ? ", " : "", of->name, key,
				c->name);
	}
	stmt_free(st);
	return rc;
}

int referrers_refuse(
	struct store *s, const struct kind *k, const struct keymap *keys, struct err *e)
{
	struct buf found = {0};
	int count = 0, rc = 0;
	const struct kind *of;
	for (size_t i = 0; rc == 0 && (of = kind_at(i)); i++)
		for (size_t j = 0; rc == 0 && j < of->column_count; j++)
			if (may_name(&of->columns[j], k))
				rc = find_in_column(
					s, of, &of->columns[j], of == k, keys, &found, &count, e);
	if (rc == 0 && count)
		rc = err_set(e,
			"it cannot be removed, other rows name it: %s%s: mend those first, or give "
			"it "
			"an ended_on instead",
			found.s, count > SHOWN ? ", …" : "");
	buf_release(&found);
	return rc;
}
