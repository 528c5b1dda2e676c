/*
 * export_xlsx.c: a kind's rows as a spreadsheet; see export_sheet.h.
 */
#include "register/export_sheet.h"

#include "register/export_rows.h"

#include "base/day.h"
#include "base/mem.h"
#include "register/xlsx.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	EMPTY_ROWS = 200,     /* drop-downs reach this far below the last row */
	WIDTH_LEAST = 8,
	WIDTH_MOST = 40
};

static size_t characters(const char *s)
{
	size_t n = 0;
	for (; *s; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

static double width_of(const struct column *c)
{
	size_t n = characters(c->label) + 2;
	bool narrow = c->type == COLUMN_DAY || c->type == COLUMN_INT || c->type == COLUMN_BOOL || c->type == COLUMN_NUMBER;
	n = !narrow && n < 18 ? 18 : n;
	n = strcmp(c->name, "name") == 0 || strcmp(c->name, "text") == 0 ? WIDTH_MOST : n;
	return (double)(n < WIDTH_LEAST ? WIDTH_LEAST : n > WIDTH_MOST ? WIDTH_MOST : n);
}

static void put_headings(struct export_sheet *b)
{
	const struct kind *k = b->kind;
	for (size_t i = 0; i < k->column_count; i++) {
		const struct column *c = &k->columns[i];
		lxw_col_t at = (lxw_col_t)i;
		worksheet_set_column(b->sheet, at, at, width_of(c), c->type == COLUMN_DAY ? b->day : b->text);
		worksheet_write_string(b->sheet, b->top, at, c->label, b->head);
	}
	lxw_row_col_options hidden = {.hidden = LXW_TRUE};
	lxw_col_t rev = (lxw_col_t)k->column_count;
	worksheet_set_column_opt(b->sheet, rev, rev, WIDTH_LEAST, NULL, &hidden);
	worksheet_write_string(b->sheet, b->top, rev, "#rev", b->head);
	lxw_col_t kept = 0; /* the key, and the name where it follows */
	while (kept < k->column_count && (k->columns[kept].key || strcmp(k->columns[kept].name, "name") == 0))
		kept++;
	worksheet_freeze_panes(b->sheet, b->top + 1, kept);
	worksheet_set_landscape(b->sheet);
	worksheet_set_paper(b->sheet, 9); /* A4 */
}

static void put_day(struct export_sheet *b, lxw_col_t at, const char *text)
{
	int32_t day;
	if (day_parse_iso(text, &day) < 0 || day < day_from_civil(1900, 3, 1)) {
		worksheet_write_string(b->sheet, b->row, at, text, b->text);
		return;
	}
	struct civil c = day_to_civil(day);
	lxw_datetime when = {.year = c.year, .month = c.month, .day = c.day};
	worksheet_write_datetime(b->sheet, b->row, at, &when, b->day);
}

static const char *label_of(const struct column *c, const char *word)
{
	for (size_t i = 0; c->words[i]; i++)
		if (strcmp(c->words[i], word) == 0)
			return c->word_labels[i];
	return word;
}

/* What an officer may have to say: not the key, and not the end that a row seldom has. */
static bool is_asked(const struct column *c)
{
	static const char *const seldom[] = {"ended_on", "end_reason", "source", NULL};
	for (size_t i = 0; seldom[i]; i++)
		if (strcmp(c->name, seldom[i]) == 0)
			return false;
	return !c->key;
}

static void put_cell(struct export_sheet *b, struct stmt *st, size_t i)
{
	const struct column *c = &b->kind->columns[i];
	lxw_col_t at = (lxw_col_t)i;
	if (col_is_null(st, (int)i)) {
		if (b->empty && is_asked(c))
			worksheet_write_blank(b->sheet, b->row, at, c->type == COLUMN_DAY ? b->empty_day : b->empty);
		return;
	}
	const char *text = col_text(st, (int)i);
	switch (c->type) {
	case COLUMN_BOOL:
		worksheet_write_string(b->sheet, b->row, at, col_int(st, (int)i) ? "có" : "không", b->text);
		return;
	case COLUMN_INT:
		worksheet_write_number(b->sheet, b->row, at, (double)col_int(st, (int)i), b->number);
		return;
	case COLUMN_NUMBER:
		worksheet_write_number(b->sheet, b->row, at, strtod(text, NULL), b->number);
		return;
	case COLUMN_DAY:
		put_day(b, at, text);
		return;
	case COLUMN_WORD:
		worksheet_write_string(b->sheet, b->row, at, label_of(c, text), b->text);
		return;
	case COLUMN_TEXT:
	case COLUMN_PERIOD:
	case COLUMN_REF:
	case COLUMN_REFS:
	case COLUMN_PLACE:
		worksheet_write_string(b->sheet, b->row, at, text, b->text);
		return;
	}
}

/* Values to choose from stand on a hidden sheet, a column for each list: in the rule itself the library has room for
 * 255 bytes only. The unknown can be chosen where it may be said. */
static const char *const yes_no[] = {"có", "không", "không rõ", NULL};

static const char *const *list_of(const struct column *c)
{
	return c->type == COLUMN_BOOL ? yes_no : c->type == COLUMN_WORD ? c->word_labels : NULL;
}

static size_t length_of(const char *const *list)
{
	size_t n = 0;
	while (list[n])
		n++;
	return n;
}

static void put_lists(struct export_sheet *b)
{
	bool more = true;
	for (lxw_row_t row = 0; more; row++) {
		more = false;
		for (size_t i = 0; i < b->kind->column_count; i++) {
			const char *const *list = list_of(&b->kind->columns[i]);
			if (!list || row >= length_of(list))
				continue;
			worksheet_write_string(b->lists, row, (lxw_col_t)i, list[row], b->text);
			more = true;
		}
	}
	worksheet_hide(b->lists);
}

static void put_drop_down(struct export_sheet *b, lxw_col_t at, const char *const *list)
{
	char column[16], *letters = column;
	xlsx_cell_name(at, 1, column);
	letters[strcspn(letters, "1")] = '\0';
	char *range = xasprintf("='%s'!$%s$1:$%s$%zu", b->lists->name, letters, letters, length_of(list));
	lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_LIST_FORMULA,
		.value_formula = range,
		.error_title = "Giá trị không hợp lệ",
		.error_message = "Chọn một giá trị trong danh sách; để trống nếu không thay đổi.",
		.error_type = LXW_VALIDATION_ERROR_TYPE_WARNING};
	worksheet_data_validation_range(b->sheet, b->top + 1, at, b->row + EMPTY_ROWS, at, &rule);
	free(range);
}

static void put_drop_downs(struct export_sheet *b)
{
	put_lists(b);
	for (size_t i = 0; i < b->kind->column_count; i++) {
		const char *const *list = list_of(&b->kind->columns[i]);
		if (list)
			put_drop_down(b, (lxw_col_t)i, list);
	}
}

static void make_formats(struct export_sheet *b, bool mark_empty)
{
	b->head = workbook_add_format(b->book);
	b->text = workbook_add_format(b->book);
	b->day = workbook_add_format(b->book);
	b->number = workbook_add_format(b->book);
	format_set_bold(b->head);
	format_set_text_wrap(b->head);
	format_set_align(b->head, LXW_ALIGN_VERTICAL_CENTER);
	format_set_bg_color(b->head, 0xEEEEEE);
	format_set_border(b->head, LXW_BORDER_THIN);
	format_set_num_format(b->day, "dd/mm/yyyy");
	format_set_num_format(b->text, "@");
	if (!mark_empty)
		return;
	b->empty = workbook_add_format(b->book);
	b->empty_day = workbook_add_format(b->book);
	lxw_format *marked[] = {b->empty, b->empty_day};
	for (size_t i = 0; i < 2; i++) {
		format_set_bg_color(marked[i], 0xFFF2CC);
		format_set_border(marked[i], LXW_BORDER_THIN);
		format_set_border_color(marked[i], 0xBFBFBF);
	}
	format_set_num_format(b->empty_day, "dd/mm/yyyy");
}

void export_sheet_begin(struct export_sheet *b, lxw_workbook *book, const struct kind *k, const char *title)
{
	*b = (struct export_sheet){.book = book, .kind = k};
	char *lists = xasprintf("Danh mục %s", k->name); /* a sheet's name has 31 characters at most */
	b->sheet = workbook_add_worksheet(book, k->label);
	b->lists = workbook_add_worksheet(book, lists);
	free(lists);
	make_formats(b, title != NULL);
	if (title) {
		lxw_format *bold = workbook_add_format(book);
		format_set_bold(bold);
		worksheet_write_string(b->sheet, 0, 0, title, bold);
		b->top = 2;
	}
	b->row = b->top;
	put_headings(b);
}

void export_sheet_row(struct export_sheet *b, struct stmt *row)
{
	int rev = (int)b->kind->column_count;
	b->row++;
	for (size_t i = 0; i < b->kind->column_count; i++)
		put_cell(b, row, i);
	if (!col_is_null(row, rev))
		worksheet_write_number(b->sheet, b->row, (lxw_col_t)rev, (double)col_int(row, rev), NULL);
}

void export_sheet_end(struct export_sheet *b)
{
	put_drop_downs(b);
	worksheet_autofilter(b->sheet, b->top, 0, b->row, (lxw_col_t)(b->kind->column_count - 1));
}

static int put_rows(struct export_sheet *b, struct export_rows *x, struct err *e)
{
	int rc;
	while ((rc = export_next(x, e)) == 1) {
		if (b->row + 1 >= LXW_ROW_MAX)
			return err_set(e, "%s has more rows than a sheet: export it as CSV", b->kind->name);
		export_sheet_row(b, x->row);
	}
	return rc;
}

int export_xlsx(struct store *s, const struct kind *k, const char *unit, const char *file, struct err *e)
{
	struct export_rows x;
	struct export_sheet b;
	lxw_workbook_options options = {.constant_memory = LXW_TRUE};
	if (export_open(&x, s, k, unit, e) < 0)
		return -1;
	lxw_workbook *book = workbook_new_opt(file, &options);
	export_sheet_begin(&b, book, k, NULL);
	int rc = put_rows(&b, &x, e);
	export_close(&x);
	export_sheet_end(&b);
	lxw_error failed = workbook_close(book);
	if (rc == 0 && failed)
		rc = err_set(e, "%s could not be written: %s", file, lxw_strerror(failed));
	return rc;
}
