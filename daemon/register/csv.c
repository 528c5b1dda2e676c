/*
 * csv.c: reads and writes delimited text. One pass over what is in memory, no allocation per cell; every limit has a name in csv.h.
 */
#include "register/csv.h"

#include "base/file.h"
#include "base/text.h"

static const char bom[] = "\xEF\xBB\xBF";

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

/* The line of the first byte that is no UTF-8; lines are tried one by one. */
static int bad_line(const char *data, size_t size)
{
	int line = 1;
	for (size_t at = 0; at < size; line++) {
		const char *end = memchr(data + at, '\n', size - at);
		size_t n = end ? (size_t)(end - data) - at : size - at;
		if (!text_is_utf8(data + at, n))
			return line;
		at += n + 1;
	}
	return line;
}

static int check_bytes(const struct csv_reader *r, const char *name, struct err *e)
{
	const unsigned char *u = (const unsigned char *)r->data;
	if (r->size >= 2 && ((u[0] == 0xFF && u[1] == 0xFE) || (u[0] == 0xFE && u[1] == 0xFF)))
		return err_set(e, "%s is UTF-16: save it as \"CSV UTF-8\"", name);
	if (r->size >= 4 && memcmp(r->data, "PK\x03\x04", 4) == 0)
		return err_set(e, "%s is a spreadsheet file (XLSX), not CSV", name);
	if (r->size >= 4 && memcmp(r->data, "\xD0\xCF\x11\xE0", 4) == 0)
		return err_set(e,
			"%s is an older or a protected Office file: take the password off and save it as \"Excel Workbook (.xlsx)\"",
			name);
	if (memchr(r->data, '\0', r->size))
		return err_set(e,
			"%s holds zero bytes: it is no text file; save it as \"CSV UTF-8\"", name);
	if (!text_is_utf8(r->data, r->size))
		return err_set(e, "%s line %d is not UTF-8: save it as \"CSV UTF-8\"", name,
			bad_line(r->data, r->size));
	return 0;
}

/* Excel's own first line "sep=;" names the delimiter. */
static void skip_preface(struct csv_reader *r)
{
	if (r->size >= 3 && memcmp(r->data, bom, 3) == 0)
		r->at = 3;
	const char *p = r->data + r->at;
	if (strncasecmp(p, "sep=", 4) != 0 || !p[4] || !strchr(",;\t", p[4]) || !is_line_end(p[5]))
		return;
	r->delimiter = p[4];
	r->at += p[5] == '\r' && p[6] == '\n' ? 7 : 6;
	r->next_line++;
}

static int begin(struct csv_reader *r, const char *name, struct err *e)
{
	r->next_line = 1;
	if (check_bytes(r, name, e) != 0) {
		csv_close(r);
		return -1;
	}
	skip_preface(r);
	return 0;
}

int csv_open(struct csv_reader *r, const char *file, struct err *e)
{
	char *data;
	size_t size;
	if (file_read(file, CSV_FILE_BYTES_MAX, &data, &size, e) != 0)
		return -1;
	*r = (struct csv_reader){.data = data, .size = size};
	return begin(r, file, e);
}

int csv_open_text(
	struct csv_reader *r, const char *text, size_t size, const char *name, struct err *e)
{
	*r = (struct csv_reader){.data = xstrndup(text, size), .size = size};
	return begin(r, name, e);
}

/* The piece that follows the one that was read. False at the end. */
static bool next_piece(struct csv_reader *r)
{
	struct buf piece = {0};
	int rc = r->more ? r->more(r->source, &piece) : 0;
	r->failed |= rc < 0;
	if (rc != 1) {
		r->more = NULL;
		buf_release(&piece);
		return false;
	}
	free(r->data);
	r->size = piece.len;
	r->data = buf_take(&piece);
	r->at = 0;
	return true;
}

void csv_open_pieces(struct csv_reader *r, int (*more)(void *source, struct buf *piece), void *source, char delimiter)
{
	*r = (struct csv_reader){.data = xstrdup(""), .delimiter = delimiter, .next_line = 1, .more = more, .source = source};
	next_piece(r);
}

void csv_close(struct csv_reader *r)
{
	free(r->data);
	r->data = NULL;
	r->size = r->at = r->count = 0;
}

void csv_use_delimiter(struct csv_reader *r, char delimiter)
{
	r->delimiter = delimiter;
}

char *csv_peek(const struct csv_reader *r)
{
	bool quoted = false;
	size_t end = r->at;
	while (end < r->size && is_line_end(r->data[end]))
		end++;
	size_t start = end;
	for (; end < r->size && (quoted || !is_line_end(r->data[end])); end++)
		if (r->data[end] == '"')
			quoted = !quoted;
	return xstrndup(r->data + start, end - start);
}

/* Counts a line end at *p and steps over it; "\r\n" is one. */
static char *skip_line_end(struct csv_reader *r, char *p)
{
	r->next_line++;
	return p + (p[0] == '\r' && p[1] == '\n' ? 2 : 1);
}

/* Unquotes in place what follows an opening quote. Returns the first byte after the closing one. */
static char *read_quoted(struct csv_reader *r, char *p)
{
	char *end = r->data + r->size, *to = p;
	for (; p < end; p++) {
		if (*p == '"' && p[1] != '"')
			break;
		if (*p == '"')
			p++;
		else if (*p == '\n' || (*p == '\r' && p[1] != '\n'))
			r->next_line++;
		*to++ = *p;
	}
	if (p >= end) {
		r->problem = "a quoted cell is never closed: a closing quotation mark is missing";
		*to = '\0';
		return end;
	}
	p++;
	*to = '\0';
	return p;
}

/* Reads the cell at p. Returns the byte that ended it: a delimiter, a line end or the NUL. */
static char *read_cell(struct csv_reader *r, char *p)
{
	char *cell = p;
	if (*p == '"') {
		cell = ++p;
		p = read_quoted(r, p);
		if (*p && *p != r->delimiter && !is_line_end(*p))
			r->problem = "text stands after the closing quotation mark of a cell";
	}
	while (*p && *p != r->delimiter && !is_line_end(*p))
		p++;
	if (r->count == CSV_CELLS_MAX) {
		r->problem = "the row has more than 256 cells";
		return p;
	}
	r->cells[r->count++] = cell;
	if (p - cell > CSV_CELL_BYTES_MAX)
		r->problem = "a cell is longer than 32 KiB";
	return p;
}

static bool is_blank(const struct csv_reader *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->cells[i][strspn(r->cells[i], " \t")])
			return false;
	return !r->problem;
}

/* Goes on at the next line. */
static char *skip_rest_of_line(struct csv_reader *r, char *p)
{
	while (*p && !is_line_end(*p))
		p++;
	return *p ? skip_line_end(r, p) : p;
}

static void read_record(struct csv_reader *r)
{
	r->row = r->next_line;
	r->count = 0;
	r->problem = NULL;
	for (char *p = r->data + r->at;;) {
		p = read_cell(r, p);
		char ended_by = *p;
		char *after = ended_by == '\0' ? p : p + 1;
		if (is_line_end(ended_by))
			after = skip_line_end(r, p);
		/* A cell that broke a rule hides where the next one begins: leave the row here. */
		else if (r->problem)
			after = skip_rest_of_line(r, after);
		*p = '\0';
		r->at = (size_t)(after - r->data);
		if (ended_by != r->delimiter || r->problem)
			break;
		p = after;
	}
}

bool csv_next(struct csv_reader *r)
{
	do {
		if (r->at >= r->size && !next_piece(r))
			return false;
		read_record(r);
	} while (is_blank(r));
	return true;
}

void csv_put(struct buf *out, const char *cell, char delimiter)
{
	char special[] = {delimiter, '"', '\n', '\r', '\0'};
	size_t n = strlen(cell);
	if (cell[strcspn(cell, special)] == '\0' &&
		(!n || (cell[0] != ' ' && cell[n - 1] != ' '))) {
		buf_add_n(out, cell, n);
		return;
	}
	buf_add(out, "\"");
	for (const char *p = cell; *p; p++)
		buf_add_n(out, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1);
	buf_add(out, "\"");
}
