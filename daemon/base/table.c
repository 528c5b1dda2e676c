/*
 * table.c: listings for people and for programs. Cells are kept by type, so that
 * JSON gets numbers as numbers; the aligned table prints the same values as text.
 */
#include "base/table.h"

#include "base/day.h"
#include "base/mem.h"
#include "base/text.h"

#include <jansson.h>
#include <utf8proc.h>

enum { CELL_WIDTH_MOST = 60, RATIO_SCALE = 1000, REAL_DIGITS = 15 };

__extension__ typedef __int128 wide; /* a numerator times the scale must not wrap */

enum cell_type { CELL_NULL, CELL_TEXT, CELL_INT, CELL_BOOL, CELL_THOUSANDTHS };

struct cell {
	enum cell_type type;
	int64_t number; /* INT, BOOL, THOUSANDTHS */
	char *text;
};

struct table {
	const char *const *keys;
	size_t columns, rows, capacity; /* capacity in rows */
	struct cell *cells; /* row by row */
};

struct table *table_new(const char *const *keys)
{
	struct table *t = xcalloc(1, sizeof *t);
	t->keys = keys;
	while (keys[t->columns])
		t->columns++;
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->rows * t->columns; i++)
		free(t->cells[i].text);
	free(t->cells);
	free(t);
}

void table_row(struct table *t)
{
	if (t->rows == t->capacity) {
		t->capacity = t->capacity ? t->capacity * 2 : 16;
		t->cells = xrealloc(t->cells, t->capacity * t->columns * sizeof *t->cells);
	}
	struct cell *row = t->cells + t->rows * t->columns;
	for (size_t i = 0; i < t->columns; i++)
		row[i] = (struct cell){0};
	t->rows++;
}

/* The cell of the last row, emptied. */
static struct cell *cell_of(struct table *t, const char *key)
{
	for (size_t i = 0; t->rows && i < t->columns; i++) {
		if (strcmp(t->keys[i], key) != 0)
			continue;
		struct cell *c = t->cells + (t->rows - 1) * t->columns + i;
		free(c->text);
		*c = (struct cell){0};
		return c;
	}
	fprintf(stderr, "table: no column \"%s\"\n", key);
	abort();
}

void table_text(struct table *t, const char *key, const char *value)
{
	struct cell *c = cell_of(t, key);
	if (!value)
		return;
	c->type = CELL_TEXT;
	c->text = xstrdup(value);
	if (!text_is_utf8(c->text, strlen(c->text)))
		for (char *p = c->text; *p; p++)
			if ((unsigned char)*p >= 0x80)
				*p = '?';
}

void table_int(struct table *t, const char *key, int64_t value)
{
	struct cell *c = cell_of(t, key);
	c->type = CELL_INT;
	c->number = value;
}

void table_bool(struct table *t, const char *key, bool value)
{
	struct cell *c = cell_of(t, key);
	c->type = CELL_BOOL;
	c->number = value;
}

void table_day(struct table *t, const char *key, int32_t day)
{
	char iso[DAY_TEXT];
	table_text(t, key, day == DAY_NONE ? NULL : day_iso(day, iso));
}

/* Cut downwards, as everywhere: a value is never shown as reached when it is not. */
void table_ratio(struct table *t, const char *key, int64_t numerator, int64_t denominator)
{
	struct cell *c = cell_of(t, key);
	if (denominator == 0)
		return;
	wide scaled = (wide)numerator * RATIO_SCALE;
	int64_t thousandths = (int64_t)(scaled / denominator);
	if (scaled % denominator != 0 && (numerator < 0) != (denominator < 0))
		thousandths--;
	bool whole = thousandths % RATIO_SCALE == 0;
	c->type = whole ? CELL_INT : CELL_THOUSANDTHS;
	c->number = whole ? thousandths / RATIO_SCALE : thousandths;
}

size_t table_rows(const struct table *t)
{
	return t->rows;
}

static json_t *cell_json(const struct cell *c)
{
	switch (c->type) {
	case CELL_NULL:
		return json_null();
	case CELL_TEXT:
		return json_string(c->text);
	case CELL_INT:
		return json_integer(c->number);
	case CELL_BOOL:
		return json_boolean(c->number);
	case CELL_THOUSANDTHS:
		return json_real((double)c->number / RATIO_SCALE);
	}
	return json_null();
}

void table_json(const struct table *t, FILE *out)
{
	fputs("[", out);
	for (size_t r = 0; r < t->rows; r++) {
		json_t *row = json_object();
		for (size_t i = 0; i < t->columns; i++)
			json_object_set_new(
				row, t->keys[i], cell_json(&t->cells[r * t->columns + i]));
		fputs(r ? ",\n " : "\n ", out);
		json_dumpf(row, out, JSON_REAL_PRECISION(REAL_DIGITS));
		json_decref(row);
	}
	fputs(t->rows ? "\n]\n" : "]\n", out);
}

/* One line of at most CELL_WIDTH_MOST columns. The caller frees. */
static char *cell_line(const struct cell *c)
{
	switch (c->type) {
	case CELL_NULL:
		return xstrdup("");
	case CELL_INT:
		return xasprintf("%lld", (long long)c->number);
	case CELL_BOOL:
		return xstrdup(c->number ? "yes" : "no");
	case CELL_THOUSANDTHS:
		return xasprintf("%.*g", REAL_DIGITS, (double)c->number / RATIO_SCALE);
	case CELL_TEXT:
		break;
	}
	char *line = text_nfc(c->text, true);
	if (!line || text_width(line) <= CELL_WIDTH_MOST)
		return line ? line : xstrdup("?");
	size_t width = 0, end = 0;
	for (;;) {
		utf8proc_int32_t code;
		utf8proc_ssize_t n =
			utf8proc_iterate((const utf8proc_uint8_t *)line + end, -1, &code);
		int w = n > 0 ? utf8proc_charwidth(code) : 0;
		if (n <= 0 || width + (size_t)w > CELL_WIDTH_MOST - 1)
			break;
		width += (size_t)w;
		end += (size_t)n;
	}
	char *cut = xasprintf("%.*s…", (int)end, line);
	free(line);
	return cut;
}

static void print_padded(FILE *out, const char *s, size_t width, bool right, bool last)
{
	int pad = (int)(width - text_width(s));
	if (right)
		fprintf(out, "%*s%s", pad, "", s);
	else
		fprintf(out, "%s%*s", s, last ? 0 : pad, "");
	fputs(last ? "\n" : "  ", out);
}

void table_print(const struct table *t, FILE *out)
{
	if (t->rows == 0) {
		fputs("(none)\n", out);
		return;
	}
	size_t cells = t->rows * t->columns, last = 0;
	char **lines = xcalloc(cells, sizeof *lines);
	size_t *widths = xcalloc(t->columns, sizeof *widths); /* 0: left out */
	bool *numbers = xcalloc(t->columns, sizeof *numbers);
	for (size_t i = 0; i < cells; i++) {
		size_t column = i % t->columns, width;
		lines[i] = cell_line(&t->cells[i]);
		width = text_width(lines[i]);
		if (width && widths[column] == 0)
			widths[column] = text_width(t->keys[column]);
		if (width > widths[column])
			widths[column] = width;
		if (t->cells[i].type == CELL_INT || t->cells[i].type == CELL_THOUSANDTHS)
			numbers[column] = true;
	}
	for (size_t i = 0; i < t->columns; i++)
		if (widths[i])
			last = i;
	for (size_t i = 0; i < t->columns; i++)
		if (widths[i])
			print_padded(out, t->keys[i], widths[i], numbers[i], i == last);
	for (size_t i = 0; i < cells; i++) {
		size_t column = i % t->columns;
		if (widths[column])
			print_padded(
				out, lines[i], widths[column], numbers[column], column == last);
		free(lines[i]);
	}
	free(lines);
	free(widths);
	free(numbers);
}
