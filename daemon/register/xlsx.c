/*
 * xlsx.c: see xlsx.h. The workbook says which part is the sheet, the styles which
 * numbers are dates, the shared strings what most cells say; then the sheet passes
 * by once.
 */
#include "register/xlsx.h"

#include "base/day.h"
#include "register/csv.h"
#include "register/xlsx_parts.h"
#include "register/xlsx_styles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	HIDDEN_NAMED = 20,
	SERIAL_OF_1970 = 25569,
	DATE_MOST = 2958465, /* 31/12/9999 */
	PIECE_BYTES = 256 * 1024,
	FIRST_ROWS = 10, /* in the first piece: among them the heading is sought */
	ROW_BYTES = 400  /* of XML, about */
};

bool xlsx_is(const char *file)
{
	unsigned char head[4] = {0};
	FILE *f = fopen(file, "rbe");
	size_t n = f ? fread(head, 1, sizeof head, f) : 0;
	if (f)
		fclose(f);
	return n == sizeof head && memcmp(head, "PK\x03\x04", 4) == 0;
}

void xlsx_cell_name(size_t column, int row, char out[16])
{
	char letters[8];
	size_t n = 0;
	for (size_t c = column + 1; c > 0 && n < sizeof letters; c = (c - 1) / 26)
		letters[n++] = (char)('A' + (c - 1) % 26);
	size_t at = 0;
	while (n > 0)
		out[at++] = letters[--n];
	snprintf(out + at, 16 - at, "%d", row);
}

/* ---- which part is the sheet */

struct workbook {
	const char *wanted; /* NULL: the usual one or the first */
	const char *usual;
	char *name, *relation, *target;
	bool from_1904;
	struct buf names;
};

static void on_workbook(struct xlsx_reader *r, const char *name, const char **attributes)
{
	struct workbook *w = r->state;
	if (strcmp(name, "workbookPr") == 0) {
		const char *d = xlsx_attribute(attributes, "date1904");
		w->from_1904 = d && (strcmp(d, "1") == 0 || strcmp(d, "true") == 0);
	}
	if (strcmp(name, "sheet") != 0)
		return;
	const char *title = xlsx_attribute(attributes, "name"), *id = NULL;
	for (size_t i = 0; attributes[i]; i += 2) /* r:id, not sheetId */
		if (strcmp(attributes[i], "r:id") == 0 || strstr(attributes[i], ":id"))
			id = attributes[i + 1];
	if (!title || !id)
		return;
	buf_addf(&w->names, "%s\"%s\"", w->names.len ? ", " : "", title);
	bool usual = !w->wanted && w->usual && strcmp(w->usual, title) == 0;
	if (usual || (!w->relation && (!w->wanted || strcmp(w->wanted, title) == 0))) {
		free(w->name);
		free(w->relation);
		w->name = xstrdup(title);
		w->relation = xstrdup(id);
	}
}

static void on_relation(struct xlsx_reader *r, const char *name, const char **attributes)
{
	struct workbook *w = r->state;
	const char *id = xlsx_attribute(attributes, "Id"), *target = xlsx_attribute(attributes, "Target");
	if (strcmp(name, "Relationship") != 0 || !id || !target || strcmp(id, w->relation) != 0)
		return;
	free(w->target);
	w->target = *target == '/' ? xstrdup(target + 1) : xasprintf("xl/%s", target);
}

static int find_sheet(struct workbook *w, const struct xlsx_file *f, struct err *e)
{
	struct xlsx_reader book = {.state = w, .start = on_workbook}, relations = {.state = w, .start = on_relation};
	int rc = xlsx_part(f, "xl/workbook.xml", &book, e);
	if (rc == 0)
		err_set(e, "%s is no Excel workbook: save it as \"Excel Workbook (.xlsx)\"", f->path);
	if (rc <= 0)
		return -1;
	if (!w->relation)
		return err_set(e, "%s has no sheet \"%s\"; it has %s", f->path, w->wanted ? w->wanted : "",
			w->names.len ? w->names.s : "none");
	if (xlsx_part(f, "xl/_rels/workbook.xml.rels", &relations, e) < 0)
		return -1;
	return w->target ? 0 : err_set(e, "%s is damaged: its sheet \"%s\" is nowhere", f->path, w->name);
}

static void workbook_release(struct workbook *w)
{
	free(w->name);
	free(w->relation);
	free(w->target);
	buf_release(&w->names);
}

/* ---- the strings that cells share, one after the other, each with its NUL */

struct strings {
	struct buf text;
	uint32_t *starts;
	size_t count, capacity;
	bool within, phonetic;
};

static void on_string(struct xlsx_reader *r, const char *name, const char **attributes)
{
	struct strings *s = r->state;
	(void)attributes;
	if (strcmp(name, "si") == 0) {
		VEC_ROOM(s->starts, s->count, s->capacity);
		s->starts[s->count++] = (uint32_t)s->text.len;
	} else if (strcmp(name, "rPh") == 0) {
		s->phonetic = true;
	} else if (strcmp(name, "t") == 0) {
		s->within = s->count > 0 && !s->phonetic;
	}
}

static void on_string_end(struct xlsx_reader *r, const char *name)
{
	struct strings *s = r->state;
	if (strcmp(name, "t") == 0)
		s->within = false;
	else if (strcmp(name, "rPh") == 0)
		s->phonetic = false;
	else if (strcmp(name, "si") == 0)
		buf_add_n(&s->text, "", 1);
}

static void on_string_text(struct xlsx_reader *r, const char *text, size_t n)
{
	struct strings *s = r->state;
	if (!s->within)
		return;
	if (s->text.len + n > XLSX_TEXT_BYTES_MOST)
		xlsx_fail(r, "its texts are longer than 512 MiB");
	else
		buf_add_n(&s->text, text, n);
}

/* ---- the sheet */

struct sheet {
	struct strings strings;
	struct xlsx_styles styles;
	struct buf *out;     /* the piece that is being made */
	struct buf hidden;
	size_t hidden_count, written_bytes;
	bool from_1904;
	int row, written; /* the row at hand; lines written so far */
	size_t column, columns;
	bool any;         /* the row holds something */
	char type;        /* of the cell: n s b e i(nline) t(ext of a formula) */
	enum xlsx_format format;
	bool within, phonetic;
	struct buf cells[CSV_CELLS_MAX], value;
};

/* "C7" -> 2; SIZE_MAX for what is none. */
static size_t column_of(const char *ref)
{
	size_t c = 0;
	if (!ref || *ref < 'A' || *ref > 'Z')
		return SIZE_MAX;
	for (; *ref >= 'A' && *ref <= 'Z' && c < 100000; ref++)
		c = c * 26 + (size_t)(*ref - 'A' + 1);
	return c - 1;
}

static void begin_row(struct sheet *s, struct xlsx_reader *r, const char **attributes)
{
	const char *number = xlsx_attribute(attributes, "r"), *hidden = xlsx_attribute(attributes, "hidden");
	int row = number ? atoi(number) : s->row + 1;
	if (row <= s->row || row > XLSX_ROWS_MOST) {
		xlsx_fail(r, "its rows are out of order at row %d", row);
		return;
	}
	s->row = row;
	s->column = SIZE_MAX;
	s->any = false;
	if (hidden && (strcmp(hidden, "1") == 0 || strcmp(hidden, "true") == 0) &&
		s->hidden_count++ < HIDDEN_NAMED)
		buf_addf(&s->hidden, "%s%d", s->hidden.len ? ", " : "", row);
}

static void begin_cell(struct sheet *s, struct xlsx_reader *r, const char **attributes)
{
	const char *ref = xlsx_attribute(attributes, "r"), *type = xlsx_attribute(attributes, "t");
	const char *style = xlsx_attribute(attributes, "s");
	size_t at = ref ? column_of(ref) : s->column + 1, n = style ? (size_t)atoi(style) : 0;
	if (at == SIZE_MAX || (s->column != SIZE_MAX && at <= s->column)) {
		xlsx_fail(r, "its cells are out of order at row %d", s->row);
		return;
	}
	s->column = at;
	s->type = !type ? 'n' : strcmp(type, "inlineStr") == 0 ? 'i' : strcmp(type, "str") == 0 ? 't' : *type;
	s->format = n < s->styles.count ? (enum xlsx_format)s->styles.formats[n] : XLSX_PLAIN;
	buf_clear(&s->value);
}

static void on_cell(struct xlsx_reader *r, const char *name, const char **attributes)
{
	struct sheet *s = r->state;
	if (strcmp(name, "row") == 0)
		begin_row(s, r, attributes);
	else if (strcmp(name, "c") == 0)
		begin_cell(s, r, attributes);
	else if (strcmp(name, "rPh") == 0)
		s->phonetic = true;
	else if (strcmp(name, "v") == 0 || (strcmp(name, "t") == 0 && s->type == 'i'))
		s->within = !s->phonetic;
}

static void on_cell_text(struct xlsx_reader *r, const char *text, size_t n)
{
	struct sheet *s = r->state;
	if (!s->within)
		return;
	if (s->value.len + n > CSV_CELL_BYTES_MAX)
		xlsx_fail(r, "a cell of row %d is longer than 32 KiB", s->row);
	else
		buf_add_n(&s->value, text, n);
}

/* Serial days: 1 is 01/01/1900, and there was a 29/02/1900 that never was; or 0 is 01/01/1904. */
static void put_date(const struct sheet *s, double serial, struct buf *out)
{
	char text[DAY_TEXT];
	double whole = floor(serial);
	if (whole < 1 || whole > DATE_MOST) {
		buf_addf(out, "%.15g", serial);
		return;
	}
	int32_t day = (int32_t)whole;
	if (s->from_1904)
		day += day_from_civil(1904, 1, 1);
	else
		day -= day < 60 ? SERIAL_OF_1970 - 1 : SERIAL_OF_1970;
	buf_add(out, day_iso(day, text));
}

/* As an exact decimal of 15 digits, as the spreadsheet shows it. Three decimals get a zero more, or they could be
 * read as thousands. */
static void put_number(const struct sheet *s, const char *text, struct buf *out)
{
	char *end, digits[64];
	double v = strtod(text, &end);
	if (end == text || *end || !isfinite(v)) {
		buf_add(out, text);
		return;
	}
	if (s->format == XLSX_DATE) {
		put_date(s, v, out);
		return;
	}
	if (s->format == XLSX_PERCENT)
		v *= 100;
	if (v == floor(v) && fabs(v) < 1e15) {
		buf_addf(out, "%.0f", v);
		return;
	}
	snprintf(digits, sizeof digits, "%.15g", v);
	if (strchr(digits, 'e'))
		snprintf(digits, sizeof digits, "%.12f", v);
	const char *point = strchr(digits, '.');
	buf_addf(out, "%s%s", digits, point && strlen(point + 1) == 3 ? "0" : "");
}

static void put_text(const char *text, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		buf_add_n(out, (unsigned char)text[i] < ' ' ? " " : &text[i], 1);
}

static void put_value(struct sheet *s, struct xlsx_reader *r, struct buf *out)
{
	const char *value = s->value.len ? s->value.s : "";
	if (s->type == 's') {
		size_t i = (size_t)strtoul(value, NULL, 10);
		if (i >= s->strings.count) {
			xlsx_fail(r, "row %d names a text that is not there", s->row);
			return;
		}
		const char *text = s->strings.text.s + s->strings.starts[i];
		put_text(text, strlen(text), out);
	} else if (s->type == 'n') {
		put_number(s, value, out);
	} else if (s->type == 'd') { /* ISO, perhaps with a time */
		put_text(value, strcspn(value, "T"), out);
	} else {
		put_text(value, s->value.len, out);
	}
}

static void end_cell(struct sheet *s, struct xlsx_reader *r)
{
	if (s->value.len == 0)
		return;
	if (s->column >= CSV_CELLS_MAX) {
		xlsx_fail(r, "row %d has more than 256 columns", s->row);
		return;
	}
	struct buf *out = &s->cells[s->column];
	buf_clear(out);
	put_value(s, r, out);
	s->any |= out->len > 0;
	if (out->len > 0 && s->column >= s->columns)
		s->columns = s->column + 1;
}

/* The row's line, after empty ones for the rows that the sheet leaves out. */
static void end_row(struct sheet *s, struct xlsx_reader *r)
{
	struct buf *text = s->out;
	size_t before = text->len;
	if (s->any) {
		for (; s->written + 1 < s->row; s->written++)
			buf_add(text, "\n");
		for (size_t i = 0; i < s->columns; i++) {
			if (i)
				buf_add_n(text, (const char[]){XLSX_DELIMITER}, 1);
			if (s->cells[i].len)
				csv_put(text, s->cells[i].s, XLSX_DELIMITER);
		}
		buf_add(text, "\n");
		s->written++;
	}
	for (size_t i = 0; i < s->columns; i++)
		buf_clear(&s->cells[i]);
	s->written_bytes += text->len - before;
	if (s->written_bytes > XLSX_TEXT_BYTES_MOST)
		xlsx_fail(r, "its rows are longer than 512 MiB");
}

static void on_cell_end(struct xlsx_reader *r, const char *name)
{
	struct sheet *s = r->state;
	if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
		s->within = false;
	else if (strcmp(name, "rPh") == 0)
		s->phonetic = false;
	else if (strcmp(name, "c") == 0)
		end_cell(s, r);
	else if (strcmp(name, "row") == 0)
		end_row(s, r);
}

/* ---- the whole */

struct xlsx {
	struct xlsx_file file;
	struct workbook book;
	struct sheet sheet;
	struct xlsx_reader reader; /* of the sheet */
	bool whole, ended;
	struct err why;
};

static int read_strings(struct xlsx *x, struct err *e)
{
	struct xlsx_reader r = {
		.state = &x->sheet.strings, .start = on_string, .end = on_string_end, .text = on_string_text};
	return xlsx_part(&x->file, "xl/sharedStrings.xml", &r, e) < 0 ? -1 : 0;
}

static int begin_sheet(struct xlsx *x, struct err *e)
{
	x->sheet.column = SIZE_MAX;
	x->sheet.from_1904 = x->book.from_1904;
	x->reader = (struct xlsx_reader){.state = &x->sheet, .start = on_cell, .end = on_cell_end, .text = on_cell_text};
	int rc = xlsx_part_begin(&x->file, x->book.target, &x->reader, e);
	if (rc == 0)
		return err_set(e, "%s is damaged: its part %s is not there", x->file.path, x->book.target);
	return rc < 0 ? -1 : 0;
}

int xlsx_open(struct xlsx **out, const char *file, const char *sheet, const char *usual, bool whole, struct err *e)
{
	struct xlsx *x = xcalloc(1, sizeof *x);
	x->book.wanted = sheet;
	x->book.usual = usual;
	x->whole = whole;
	int rc = xlsx_archive_open(&x->file, file, e);
	if (rc == 0)
		rc = find_sheet(&x->book, &x->file, e);
	if (rc == 0)
		rc = xlsx_styles_read(&x->sheet.styles, &x->file, e);
	if (rc == 0)
		rc = read_strings(x, e);
	if (rc == 0)
		rc = begin_sheet(x, e);
	if (rc != 0) {
		xlsx_close(x);
		x = NULL;
	}
	*out = x;
	return rc;
}

int xlsx_more(void *xlsx, struct buf *text)
{
	struct xlsx *x = xlsx;
	struct sheet *s = &x->sheet;
	s->out = text;
	int rc = x->ended ? 0 : 1;
	while (rc == 1 && (x->whole || text->len < PIECE_BYTES || s->written < FIRST_ROWS))
		rc = xlsx_part_step(&x->file, &x->reader, &x->why);
	x->ended = rc != 1;
	return rc < 0 ? -1 : text->len > 0;
}

const char *xlsx_why(const struct xlsx *x)
{
	return x->why.text;
}

const char *xlsx_sheet_name(const struct xlsx *x)
{
	return x->book.name;
}

const char *xlsx_hidden(const struct xlsx *x, size_t *count)
{
	*count = x->sheet.hidden_count;
	return x->sheet.hidden.len ? x->sheet.hidden.s : "";
}

size_t xlsx_rows_guess(const struct xlsx *x)
{
	return xlsx_part_size(&x->file, x->book.target) / ROW_BYTES;
}

void xlsx_close(struct xlsx *x)
{
	if (!x)
		return;
	xlsx_part_end(&x->reader);
	xlsx_archive_close(&x->file);
	for (size_t i = 0; i < CSV_CELLS_MAX; i++)
		buf_release(&x->sheet.cells[i]);
	buf_release(&x->sheet.value);
	buf_release(&x->sheet.hidden);
	buf_release(&x->sheet.strings.text);
	free(x->sheet.strings.starts);
	xlsx_styles_release(&x->sheet.styles);
	workbook_release(&x->book);
	free(x);
}
