/*
 * trail.c: see trail.h. The history of an added row says only that it was added;
 * what it said then is what later entries call the old value, else what stands
 * in the row still.
 */
#include "ctl/trail.h"

#include "alerts/alert.h"
#include "base/mem.h"

#include <jansson.h>

static const char *const keys[] = {"at", "event", "detail", "hash", NULL};

/* What a submission is known by; in the order in which it is told. */
enum { DOCUMENT_NO, DOCUMENT_ON, RECEIVED_ON, TOLD_COLUMNS };
static const char *const columns[TOLD_COLUMNS] = {"document_no", "document_on", "received_on"};

/* One adding of the row. */
struct added {
	char *values[TOLD_COLUMNS];
	bool settled[TOLD_COLUMNS]; /* a later entry told what it was, or that nothing tells it */
};

struct addings {
	struct added *items;
	size_t count, capacity;
};

static void addings_release(struct addings *a)
{
	for (size_t i = 0; i < a->count; i++) {
		for (int k = 0; k < TOLD_COLUMNS; k++)
			free(a->items[i].values[k]);
	}
	free(a->items);
}

static void settle(struct added *a, int column, const char *value)
{
	if (a->settled[column])
		return;
	a->settled[column] = true;
	a->values[column] = xstrdup(value);
}

/* One entry of the row's history. */
static void take_entry(struct addings *a, const char *op, const char *column, const char *old)
{
	if (strcmp(op, "add") == 0) {
		VEC_ROOM(a->items, a->count, a->capacity);
		a->items[a->count++] = (struct added){0};
		return;
	}
	if (a->count == 0)
		return;
	struct added *last = &a->items[a->count - 1];
	bool gone = !column && strcmp(op, "remove") == 0;
	for (int k = 0; k < TOLD_COLUMNS; k++) {
		if (gone || (column && strcmp(column, columns[k]) == 0))
			settle(last, k, gone ? NULL : old);
	}
}

static int load_history(struct addings *a, struct store *s, const char *key, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT op, column, old FROM change WHERE kind = 'submissions' AND key = ?1"
		" ORDER BY id",
		e);
	int rc;
	if (!st)
		return -1;
	stmt_text(st, 1, key);
	while ((rc = stmt_step(st, e)) == 1)
		take_entry(a, col_text(st, 0), col_text(st, 1), col_text(st, 2));
	return rc;
}

/* What the last adding said and nobody changed since stands in the row. */
static int load_row(struct addings *a, struct store *s, const char *duty, const char *unit,
	const char *period, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT document_no, document_on, received_on FROM v_submission"
		" WHERE duty = ?1 AND unit = ?2 AND period = ?3",
		e);
	if (!st)
		return -1;
	stmt_text(st, 1, duty);
	stmt_text(st, 2, unit);
	stmt_text(st, 3, period);
	int rc = stmt_step(st, e);
	for (int k = 0; rc == 1 && a->count > 0 && k < TOLD_COLUMNS; k++)
		settle(&a->items[a->count - 1], k, col_text(st, k));
	stmt_reset(st);
	return rc < 0 ? -1 : 0;
}

/* " (Lê Thị B)" of "old -> new (Lê Thị B)" where old and new are empty. */
static const char *author_of(const char *detail)
{
	static const char arrow[] = " -> ";
	return strncmp(detail, arrow, sizeof arrow - 1) == 0 ? detail + sizeof arrow - 1 : detail;
}

static void tell_added(struct buf *b, const struct added *a, const char *detail)
{
	char *const *v = a->values;
	if (v[DOCUMENT_NO] || v[DOCUMENT_ON])
		buf_addf(b, "%s%s%s", v[DOCUMENT_NO] ? v[DOCUMENT_NO] : "document",
			v[DOCUMENT_ON] ? " of " : "", v[DOCUMENT_ON] ? v[DOCUMENT_ON] : "");
	if (v[RECEIVED_ON])
		buf_addf(b, "%sreceived %s", b->len ? ", " : "", v[RECEIVED_ON]);
	if (b->len == 0)
		buf_add(b, "no document and no date");
	buf_add(b, author_of(detail));
}

/* "-> new" where nothing was known before, "old" where nothing is known after. */
static void tell_change(struct buf *b, const char *detail)
{
	static const char nothing_after[] = " ->  (";
	const char *rest = author_of(detail);
	const char *cut = strstr(rest, nothing_after);
	if (cut)
		buf_addf(b, "%.*s (%s", (int)(cut - rest), rest, cut + sizeof nothing_after - 1);
	else
		buf_add(b, rest);
}

static json_t *rows_of(struct table *t)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	table_json(t, out);
	json_t *rows = fclose(out) == 0 ? json_loadb(text, size, 0, NULL) : NULL;
	free(text);
	return rows;
}

/* The table again, its entries of the register in words. */
static struct table *retell(const json_t *rows, const struct addings *a)
{
	struct table *t = table_new(keys);
	size_t added = 0, i;
	json_t *row;
	json_array_foreach(rows, i, row)
	{
		const char *event = json_string_value(json_object_get(row, "event"));
		const char *detail = json_string_value(json_object_get(row, "detail"));
		struct buf told = {0};
		bool of_register =
			event && detail &&
			(strncmp(event, "set ", 4) == 0 || strncmp(event, "remove", 6) == 0);
		table_row(t);
		table_text(t, "at", json_string_value(json_object_get(row, "at")));
		table_text(t, "event", event);
		table_text(t, "hash", json_string_value(json_object_get(row, "hash")));
		if (event && detail && strcmp(event, "add") == 0 && added < a->count)
			tell_added(&told, &a->items[added++], detail);
		else if (of_register)
			tell_change(&told, detail);
		table_text(t, "detail", told.s ? told.s : detail);
		buf_release(&told);
	}
	return t;
}

int trail_table(const struct world *w, const char *duty, const char *unit, const char *period,
	struct table **out, struct err *e)
{
	struct table *bare;
	struct addings addings = {0};
	if (duty_trail(w, duty, unit, period, &bare, e) < 0)
		return -1;
	char *key = xasprintf("%s/%s/%s", duty, unit, period);
	int rc = load_history(&addings, w->store, key, e);
	if (rc == 0)
		rc = load_row(&addings, w->store, duty, unit, period, e);
	json_t *rows = rc == 0 ? rows_of(bare) : NULL;
	if (rc == 0 && !rows)
		rc = err_set(e, "no memory for the trail");
	if (rc == 0)
		*out = retell(rows, &addings);
	json_decref(rows);
	table_free(bare);
	free(key);
	addings_release(&addings);
	return rc;
}
