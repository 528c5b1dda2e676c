/*
 * table.c: listings for people and for programs. Cells are kept by type, so that
 * JSON gets numbers as numbers; the aligned table prints the same values as text.
 * JSON is written as jansson writes it, without building its tree first, and row by
 * row where nobody needs the rows any more: the check of a province is megabytes of it.
 */
#include "base/table.h"

#include "base/day.h"
#include "base/mem.h"
#include "base/text.h"

#include <utf8proc.h>

enum {
	CELL_WIDTH_MOST = 60,
	RATIO_SCALE = 1000,
	THOUSANDTHS_TEXT = 32,
	NULL_BYTES = 4, /* "null" */
	STREAM_BYTES = 64 * 1024 /* written at once */
};

__extension__ typedef __int128 wide; /* a numerator times the scale must not wrap */

enum cell_type { CELL_NULL, CELL_TEXT, CELL_INT, CELL_BOOL, CELL_THOUSANDTHS };

struct cell {
	enum cell_type type;
	int64_t number; /* INT, BOOL, THOUSANDTHS; TEXT: where it begins in the table's texts */
	size_t length; /* of a text */
};

struct table {
	const char *const *keys;
	size_t columns, rows, capacity; /* capacity in rows */
	size_t next; /* the column that is likely to be set next */
	struct cell *cells; /* row by row */
	struct buf texts; /* of all cells that are kept, each with its NUL */
	struct buf *heads; /* of JSON: what precedes each cell, with the null of an empty one */
	struct buf line; /* of JSON: not yet written */
	FILE *stream; /* rows go there as JSON when they are whole and are forgotten; NULL: they are kept */
	struct last *lasts; /* stream: by column */
};

/* The text that a column had last, and how it is written behind its head: most say the same for many rows. */
struct last {
	struct buf text, json;
	bool known; /* it had one */
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
	for (size_t i = 0; i < t->columns; i++) {
		if (t->heads)
			buf_release(&t->heads[i]);
		if (t->lasts) {
			buf_release(&t->lasts[i].text);
			buf_release(&t->lasts[i].json);
		}
	}
	free(t->heads);
	free(t->lasts);
	buf_release(&t->line);
	buf_release(&t->texts);
	free(t->cells);
	free(t);
}

static const char *text_of(const struct table *t, const struct cell *c)
{
	return t->texts.s + c->number;
}

/* The row that is set now, or was last. */
static struct cell *row_of(const struct table *t)
{
	return t->cells + (t->stream ? 0 : t->rows - 1) * t->columns;
}

/* "1.5", "-0.25", all digits that it has and no more. */
static char *thousandths_text(int64_t n, char out[THOUSANDTHS_TEXT])
{
	uint64_t size = n < 0 ? -(uint64_t)n : (uint64_t)n;
	int length = snprintf(out, THOUSANDTHS_TEXT, "%s%llu.%03u", n < 0 ? "-" : "",
		(unsigned long long)(size / RATIO_SCALE), (unsigned)(size % RATIO_SCALE));
	while (out[length - 1] == '0')
		out[--length] = '\0';
	if (out[length - 1] == '.')
		out[--length] = '\0';
	return out;
}

static void add_json_text(struct buf *b, const char *s, size_t length)
{
	static const char named[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
	const char *end = s + length;
	buf_add_n(b, "\"", 1);
	for (;;) {
		const char *plain = s;
		while (s < end && (unsigned char)*s >= 0x20 && *s != '"' && *s != '\\')
			s++;
		buf_add_n(b, plain, (size_t)(s - plain));
		if (s == end)
			break;
		const char *at = strchr(named, *s);
		if (at)
			buf_addf(b, "\\%c", names[at - named]);
		else
			buf_addf(b, "\\u%04X", (unsigned)*s);
		s++;
	}
	buf_add_n(b, "\"", 1);
}

static void add_json_cell(struct buf *b, const struct table *t, const struct cell *c)
{
	char digits[THOUSANDTHS_TEXT];
	switch (c->type) {
	case CELL_NULL:
		break; /* with its head */
	case CELL_TEXT:
		add_json_text(b, text_of(t, c), c->length);
		break;
	case CELL_INT:
		buf_addf(b, "%lld", (long long)c->number);
		break;
	case CELL_BOOL:
		buf_add(b, c->number ? "true" : "false");
		break;
	case CELL_THOUSANDTHS:
		buf_add(b, thousandths_text(c->number, digits));
		break;
	}
}

static void make_heads(struct table *t)
{
	if (t->heads)
		return;
	t->heads = xcalloc(t->columns, sizeof *t->heads);
	for (size_t i = 0; i < t->columns; i++) {
		buf_add(&t->heads[i], i ? ", " : "{");
		add_json_text(&t->heads[i], t->keys[i], strlen(t->keys[i]));
		buf_add(&t->heads[i], ": null");
	}
}

static void add_json_row(struct buf *b, const struct table *t, const struct cell *row, bool first)
{
	buf_add(b, first ? "\n " : ",\n ");
	for (size_t i = 0; i < t->columns; i++) {
		bool nothing = row[i].type == CELL_NULL;
		if (t->stream && row[i].type == CELL_TEXT) {
			buf_add_n(b, t->lasts[i].json.s, t->lasts[i].json.len);
			continue;
		}
		buf_add_n(b, t->heads[i].s, t->heads[i].len - (nothing ? 0 : NULL_BYTES));
		if (!nothing)
			add_json_cell(b, t, &row[i]);
	}
	buf_add_n(b, "}", 1);
}

/* To the stream once there is enough to be worth a call. */
static void flush_line(struct buf *line, FILE *out, size_t enough)
{
	if (line->len == 0 || line->len < enough)
		return;
	fwrite(line->s, 1, line->len, out);
	buf_clear(line);
}

static void stream_row(struct table *t)
{
	add_json_row(&t->line, t, t->cells, t->rows == 1);
	flush_line(&t->line, t->stream, STREAM_BYTES);
}

void table_stream(struct table *t, FILE *out)
{
	t->stream = out;
	t->lasts = xcalloc(t->columns, sizeof *t->lasts);
	make_heads(t);
	fputs("[", out);
}

void table_json(struct table *t, FILE *out)
{
	if (t->stream) {
		if (t->rows)
			stream_row(t);
	} else {
		make_heads(t);
		fputs("[", out);
		for (size_t r = 0; r < t->rows; r++) {
			add_json_row(&t->line, t, t->cells + r * t->columns, r == 0);
			flush_line(&t->line, out, STREAM_BYTES);
		}
	}
	flush_line(&t->line, out, 0);
	fputs(t->rows ? "\n]\n" : "]\n", out);
}

void table_row(struct table *t)
{
	if (t->stream && t->rows)
		stream_row(t);
	if (t->rows == t->capacity && !(t->stream && t->capacity)) {
		t->capacity = t->capacity ? t->capacity * 2 : 16;
		t->cells = xrealloc(t->cells, t->capacity * t->columns * sizeof *t->cells);
	}
	t->rows++;
	t->next = 0;
	struct cell *row = row_of(t);
	for (size_t i = 0; i < t->columns; i++)
		row[i] = (struct cell){0};
}

/* The cell of the last row, emptied. Rows are mostly filled in the order of the columns. */
static struct cell *cell_of(struct table *t, const char *key)
{
	for (size_t k = 0; t->rows && k < t->columns; k++) {
		size_t i = (t->next + k) % t->columns;
		if (t->keys[i] != key && strcmp(t->keys[i], key) != 0)
			continue;
		t->next = i + 1;
		struct cell *c = row_of(t) + i;
		*c = (struct cell){0};
		return c;
	}
	fprintf(stderr, "table: no column \"%s\"\n", key);
	abort();
}

/* What is not UTF-8 is kept as far as it is ASCII. */
static void add_utf8(struct buf *b, const char *s, size_t n)
{
	size_t at = b->len;
	buf_add_n(b, s, n);
	if (text_is_utf8(s, n))
		return;
	for (; at < b->len; at++)
		if ((unsigned char)b->s[at] >= 0x80)
			b->s[at] = '?';
}

/* The streamed row's text is written at once, unless it is what was written last. */
static void set_last(struct table *t, size_t column, const char *value, size_t n)
{
	struct last *last = &t->lasts[column];
	const struct buf *head = &t->heads[column];
	if (last->known && last->text.len == n && memcmp(last->text.s, value, n) == 0)
		return;
	last->known = true;
	buf_clear(&last->text);
	add_utf8(&last->text, value, n);
	buf_clear(&last->json);
	buf_add_n(&last->json, head->s, head->len - NULL_BYTES);
	add_json_text(&last->json, last->text.s, n);
}

void table_text(struct table *t, const char *key, const char *value)
{
	struct cell *c = cell_of(t, key);
	if (!value)
		return;
	c->type = CELL_TEXT;
	c->length = strlen(value);
	if (t->stream) {
		set_last(t, (size_t)(c - t->cells), value, c->length);
		return;
	}
	c->number = (int64_t)t->texts.len;
	add_utf8(&t->texts, value, c->length);
	buf_add_n(&t->texts, "", 1);
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

/* One line; cut: of at most CELL_WIDTH_MOST columns. The caller frees. */
static char *cell_line(const struct table *t, const struct cell *c, bool cut)
{
	char digits[THOUSANDTHS_TEXT];
	switch (c->type) {
	case CELL_NULL:
		return xstrdup("");
	case CELL_INT:
		return xasprintf("%lld", (long long)c->number);
	case CELL_BOOL:
		return xstrdup(c->number ? "yes" : "no");
	case CELL_THOUSANDTHS:
		return xstrdup(thousandths_text(c->number, digits));
	case CELL_TEXT:
		break;
	}
	char *line = text_nfc(text_of(t, c), true);
	if (!line || !cut || text_width(line) <= CELL_WIDTH_MOST)
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
	char *shorter = xasprintf("%.*s…", (int)end, line);
	free(line);
	return shorter;
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

char *table_cell(const struct table *t, size_t row, const char *key)
{
	char digits[THOUSANDTHS_TEXT];
	size_t i = 0;
	while (t->keys[i] && strcmp(t->keys[i], key) != 0)
		i++;
	if (!t->keys[i] || row >= t->rows)
		return NULL;
	const struct cell *c = t->cells + row * t->columns + i;
	switch (c->type) {
	case CELL_NULL:
		return NULL;
	case CELL_TEXT:
		return xstrdup(text_of(t, c));
	case CELL_INT:
		return xasprintf("%lld", (long long)c->number);
	case CELL_BOOL:
		return xstrdup(c->number ? "yes" : "no");
	case CELL_THOUSANDTHS:
		return xstrdup(thousandths_text(c->number, digits));
	}
	return NULL;
}

void table_print(const struct table *t, FILE *out, bool cut)
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
		lines[i] = cell_line(t, &t->cells[i], cut);
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
