/*
 * export.c: a kind's rows as CSV that a Vietnamese spreadsheet opens right: BOM,
 * keys as headings, #rev last. Importing it again changes nothing.
 */
#include "register/import.h"

#include "base/mem.h"
#include "register/csv.h"
#include "register/export_rows.h"
#include "register/history.h"

static int read_keys(struct store *s, const char *sql, const char *unit, const struct scope *in,
	struct keymap *out, struct err *e)
{
	struct stmt *st = store_stmt(s, sql, e);
	if (!st)
		return -1;
	if (unit)
		stmt_text(st, 1, unit);
	int rc;
	while ((rc = stmt_step(st, e)) == 1) {
		const char *place = unit ? NULL : col_text(st, 1);
		const char *village = unit || col_count(st) < 3 ? NULL : col_text(st, 2);
		if (unit || (place && keymap_get(&in->places, place)) ||
			(village && keymap_get(&in->villages, village)))
			keymap_add(out, col_text(st, 0), 1, NULL);
	}
	return rc;
}

static int scope_init(
	struct scope *sc, struct store *s, const struct kind *k, const char *unit, struct err *e)
{
	*sc = (struct scope){.unit = unit};
	if (!unit)
		return 0;
	keymap_add(&sc->places, unit, 1, NULL);
	if (read_keys(s,
		    "SELECT code FROM unit WHERE parent = ?1 AND kind IN ('commune', 'ward')"
		    " AND EXISTS (SELECT 1 FROM unit WHERE code = ?1 AND kind = 'district')",
		    unit, sc, &sc->places, e) != 0)
		return -1;
	if (read_keys(s, "SELECT code, commune FROM village", NULL, sc, &sc->villages, e) != 0)
		return -1;
	if (strcmp(k->name, "products") != 0)
		return 0;
	return read_keys(s, "SELECT code, commune, village FROM establishment", NULL, sc,
		&sc->establishments, e);
}

static void scope_release(struct scope *sc)
{
	keymap_release(&sc->places);
	keymap_release(&sc->villages);
	keymap_release(&sc->establishments);
}

static const struct keymap *keys_of(const struct scope *sc, const char *ref)
{
	if (strcmp(ref, "villages") == 0)
		return &sc->villages;
	if (strcmp(ref, "establishments") == 0)
		return &sc->establishments;
	if (strcmp(ref, "units") == 0 || strcmp(ref, "commune") == 0 || strcmp(ref, "place") == 0)
		return &sc->places;
	return NULL;
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

static bool belongs(const struct scope *sc, const struct kind *k, struct stmt *st)
{
	if (!sc->unit)
		return true;
	if (strcmp(k->name, "units") == 0)
		return keymap_get(&sc->places, col_text(st, 0)) != NULL;
	for (size_t i = 0; i < k->column_count; i++) {
		const struct keymap *keys =
			k->columns[i].ref ? keys_of(sc, k->columns[i].ref) : NULL;
		if (keys && !col_is_null(st, (int)i) && names_one(col_text(st, (int)i), keys))
			return true;
	}
	return false;
}

/* Text that a spreadsheet would take for a formula gets an apostrophe; import takes it off again.
 */
static void put_text(struct buf *line, const char *text)
{
	if (!*text || !strchr("=+-@", *text)) {
		csv_put(line, text, ',');
		return;
	}
	char *guarded = xasprintf("'%s", text);
	csv_put(line, guarded, ',');
	free(guarded);
}

/* "1.234" could be read as thousands: a zero more makes it plain. */
static void put_number(struct buf *line, const char *text)
{
	const char *point = strchr(text, '.');
	buf_add(line, text);
	if (point && strlen(point + 1) == 3)
		buf_add(line, "0");
}

static void put_cell(struct buf *line, const struct column *c, struct stmt *st, int i)
{
	if (col_is_null(st, i))
		return;
	const char *text = col_text(st, i);
	switch (c->type) {
	case COLUMN_BOOL:
		buf_add(line, col_int(st, i) ? "yes" : "no");
		return;
	case COLUMN_NUMBER:
		put_number(line, text);
		return;
	case COLUMN_INT:
	case COLUMN_DAY:
		buf_add(line, text);
		return;
	case COLUMN_TEXT:
	case COLUMN_WORD:
	case COLUMN_PERIOD:
	case COLUMN_REF:
	case COLUMN_REFS:
	case COLUMN_PLACE:
		put_text(line, text);
		return;
	}
}

static struct stmt *select_rows(struct store *s, const struct kind *k, struct err *e)
{
	struct buf sql = {0};
	buf_add(&sql, "SELECT ");
	for (size_t i = 0; i < k->column_count; i++)
		buf_addf(&sql, "%s, ", k->columns[i].name);
	buf_addf(&sql, "rev FROM %s ORDER BY ", k->table);
	for (int i = 0; i < key_columns(k); i++)
		buf_addf(&sql, "%s%s", i ? ", " : "", k->columns[i].name);
	struct stmt *st = store_prepare(s, sql.s, e);
	buf_release(&sql);
	return st;
}

int export_open(struct export_rows *x, struct store *s, const struct kind *k, const char *unit, struct err *e)
{
	*x = (struct export_rows){.kind = k};
	if (scope_init(&x->scope, s, k, unit, e) == 0)
		x->row = select_rows(s, k, e);
	if (x->row)
		return 0;
	export_close(x);
	return -1;
}

int export_next(struct export_rows *x, struct err *e)
{
	int rc;
	do
		rc = stmt_step(x->row, e);
	while (rc == 1 && !belongs(&x->scope, x->kind, x->row));
	return rc;
}

void export_close(struct export_rows *x)
{
	stmt_free(x->row);
	scope_release(&x->scope);
	*x = (struct export_rows){0};
}

static int write_rows(struct export_rows *x, FILE *out, struct err *e)
{
	const struct kind *k = x->kind;
	struct buf line = {0};
	buf_add(&line, "\xEF\xBB\xBF");
	for (size_t i = 0; i < k->column_count; i++)
		buf_addf(&line, "%s,", k->columns[i].name);
	buf_add(&line, "#rev\r\n");
	fwrite(line.s, 1, line.len, out);
	int rc;
	while ((rc = export_next(x, e)) == 1) {
		buf_clear(&line);
		for (size_t i = 0; i < k->column_count; i++) {
			put_cell(&line, &k->columns[i], x->row, (int)i);
			buf_add(&line, ",");
		}
		buf_addf(&line, "%lld\r\n", (long long)col_int(x->row, (int)k->column_count));
		fwrite(line.s, 1, line.len, out);
	}
	buf_release(&line);
	if (rc == 0 && (fflush(out) != 0 || ferror(out)))
		rc = err_set(e, "the export of %s could not be written whole: is the disk full?",
			k->name);
	return rc;
}

int export_csv(struct store *s, const struct kind *k, const char *unit, FILE *out, struct err *e)
{
	struct export_rows x;
	if (export_open(&x, s, k, unit, e) < 0)
		return -1;
	int rc = write_rows(&x, out, e);
	export_close(&x);
	return rc;
}
