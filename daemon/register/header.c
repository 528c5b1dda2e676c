/*
 * header.c: matches headings ignoring case, composition, marks and spaces.
 */
#include "register/header.h"

#include "base/text.h"

enum { UNMATCHED = -3 };

static int match(const struct kind *k, const char *cell)
{
	while (*cell == ' ')
		cell++;
	if (strncasecmp(cell, "#rev", 4) == 0 && cell[4 + strspn(cell + 4, " ")] == '\0')
		return HEADER_REV;
	if (*cell == '#')
		return HEADER_IGNORED;
	int found = UNMATCHED;
	char *fold = text_fold(cell);
	for (size_t i = 0; fold && i < k->column_count && found == UNMATCHED; i++) {
		char *name = text_fold(k->columns[i].name), *label = text_fold(k->columns[i].label);
		if (strcmp(fold, name) == 0 || strcmp(fold, label) == 0)
			found = (int)i;
		free(name);
		free(label);
	}
	free(fold);
	return found;
}

static int matched_with(const char *line, char delimiter, const struct kind *k)
{
	struct csv_reader csv;
	struct err ignored;
	int matched = 0;
	if (csv_open_text(&csv, line, strlen(line), "header", &ignored) != 0)
		return 0;
	csv_use_delimiter(&csv, delimiter);
	if (csv_next(&csv))
		for (size_t i = 0; i < csv.count; i++)
			matched += match(k, csv.cells[i]) >= 0;
	csv_close(&csv);
	return matched;
}

void header_find(struct csv_reader *csv, const struct kind *k)
{
	int most = 0, line = csv->next_line, best_line = line;
	size_t best = csv->at, at = csv->at;
	for (int i = 0; i < HEADER_ROWS_MOST && at < csv->size; i++, line++) {
		const char *end = memchr(csv->data + at, '\n', csv->size - at);
		size_t n = end ? (size_t)(end - csv->data) - at : csv->size - at;
		char *row = xstrndup(csv->data + at, n);
		int matched = matched_with(row, csv->delimiter, k);
		free(row);
		if (matched > most) {
			most = matched;
			best = at;
			best_line = line;
		}
		at += n + 1;
	}
	csv->at = best;
	csv->next_line = best_line;
}

static char best_delimiter(const struct csv_reader *csv, const struct kind *k)
{
	static const char delimiters[] = ",;\t";
	char best = ',';
	int most = -1;
	char *line = csv_peek(csv);
	for (const char *d = delimiters; *d; d++) {
		int matched = matched_with(line, *d, k);
		if (matched > most) {
			most = matched;
			best = *d;
		}
	}
	free(line);
	return best;
}

static void refuse_unknown(const struct kind *k, const char *cell, struct rejects *r)
{
	struct buf allowed = {0};
	for (size_t i = 0; i < k->column_count; i++)
		buf_addf(&allowed, "%s%s", i ? ", " : "", k->columns[i].name);
	rejects_add(r, cell, cell,
		"is no column of %s, allowed are: %s, their Vietnamese labels, and any "
		"that begins with '#'",
		k->name, allowed.s);
	buf_release(&allowed);
}

static void match_cells(
	struct header *h, const struct csv_reader *csv, const struct kind *k, struct rejects *r)
{
	h->count = csv->count;
	while (h->count && !*csv->cells[h->count - 1])
		h->count--; /* empty cells that a spreadsheet leaves at the end */
	for (size_t i = 0; i < h->count; i++) {
		h->cells[i] = xstrdup(csv->cells[i]);
		h->column_of[i] = match(k, csv->cells[i]);
		if (h->column_of[i] == UNMATCHED)
			refuse_unknown(k, csv->cells[i], r);
		for (size_t j = 0; j < i; j++)
			if (h->column_of[i] >= 0 && h->column_of[j] == h->column_of[i])
				rejects_add(r, csv->cells[i], csv->cells[i],
					"stands twice in the header: "
					"cells %zu and %zu are both %s",
					j + 1, i + 1, k->columns[h->column_of[i]].name);
	}
}

static bool has_column(const struct header *h, int column)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->column_of[i] == column)
			return true;
	return false;
}

int header_read(struct header *h, struct csv_reader *csv, const struct kind *k, struct rejects *r)
{
	if (!csv->delimiter)
		csv_use_delimiter(csv, best_delimiter(csv, k));
	rejects_begin_row(r, csv->next_line);
	if (!csv_next(csv)) {
		rejects_add(r, NULL, NULL,
			"the file is empty: its first row must name the columns of %s", k->name);
		return -1;
	}
	rejects_begin_row(r, csv->row);
	if (csv->problem)
		rejects_add(r, NULL, NULL, "%s", csv->problem);
	else
		match_cells(h, csv, k, r);
	for (size_t i = 0; i < k->column_count && r->in_row == 0; i++)
		if (k->columns[i].key && !k->coded && !has_column(h, (int)i))
			rejects_add(r, k->columns[i].name, NULL,
				"is missing in the header: it is part of the key "
				"of %s",
				k->name);
	return r->in_row ? -1 : 0;
}

void header_release(struct header *h)
{
	for (size_t i = 0; i < h->count; i++)
		free(h->cells[i]);
	h->count = 0;
}
