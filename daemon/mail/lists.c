/*
 * lists.c: the rows of a letter as an XLSX file: a sheet for each list, one row a
 * subject with a column per mark; sheets to fill in (an area's own rows, else the
 * cells that are asked for); the overview. Bytes are reproducible: the date of creation is the letter's.
 * libxlsxwriter writes to files only, so it gets one in memory: a crash leaves
 * nothing behind.
 */
#include "mail/draft.h"

#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { LIST_BYTES_MOST = 64 << 20, SHEET_NAME_MOST = 28, COLUMNS_MOST = 40 };

struct sheet {
	struct draft *d;
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *head, *text, *day, *bad, *ask;
	lxw_row_t row;
	lxw_col_t column, columns;
	int sheets;
};

static const char *words(struct sheet *s, enum phrase p)
{
	return phrase_text(s->d->templates, p, NULL, &s->d->arena);
}

/* Sheet names: at most 31 characters, none of []:*?/\, no two alike: "1 Hồ sơ môi trường". */
static const char *sheet_name(struct sheet *s, const char *title)
{
	char *name = arena_printf(&s->d->arena, "%d %s", ++s->sheets, title);
	size_t characters = 0;
	for (char *c = name; *c; c++) {
		if (strchr("[]:*?/\\'", *c))
			*c = ' ';
		characters += ((unsigned char)*c & 0xC0) != 0x80;
		if (characters > SHEET_NAME_MOST) {
			*c = 0;
			break;
		}
	}
	return name;
}

static void begin_sheet(struct sheet *s, const char *title)
{
	s->sheet = workbook_add_worksheet(s->book, sheet_name(s, title));
	s->row = 0;
	s->column = s->columns = 0;
	worksheet_freeze_panes(s->sheet, 1, 0);
	worksheet_set_landscape(s->sheet);
	worksheet_set_paper(s->sheet, 9); /* A4 */
	worksheet_fit_to_pages(s->sheet, 1, 0);
	worksheet_repeat_rows(s->sheet, 0, 0);
	if (s->d->world->settings->data_label)
		worksheet_set_header(s->sheet, arena_printf(&s->d->arena, "&C%s", s->d->world->settings->data_label));
}

static void head(struct sheet *s, const char *label, double width)
{
	worksheet_set_column(s->sheet, s->columns, s->columns, width, NULL);
	worksheet_write_string(s->sheet, 0, s->columns++, label, s->head);
}

static void head_of(struct sheet *s, enum phrase p, double width)
{
	head(s, words(s, p), width);
}

static void next_row(struct sheet *s)
{
	s->row++;
	s->column = 0;
}

static void cell(struct sheet *s, const char *text, lxw_format *format)
{
	lxw_col_t c = s->column++;
	if (text && *text)
		worksheet_write_string(s->sheet, s->row, c, clean_line(&s->d->arena, text), format);
	else
		worksheet_write_blank(s->sheet, s->row, c, format);
}

static void cell_number(struct sheet *s, int64_t n)
{
	worksheet_write_number(s->sheet, s->row, s->column++, (double)n, s->text);
}

static void cell_day(struct sheet *s, int32_t day)
{
	if (day == DAY_NONE) {
		cell(s, NULL, s->text);
		return;
	}
	struct civil c = day_to_civil(day);
	lxw_datetime when = {.year = c.year, .month = c.month, .day = c.day};
	worksheet_write_datetime(s->sheet, s->row, s->column++, &when, s->day);
}

static void end_sheet(struct sheet *s)
{
	if (s->columns > 0)
		worksheet_autofilter(s->sheet, 0, 0, s->row, (lxw_col_t)(s->columns - 1));
}

static const struct finding_mark *mark_of(const struct item *i, const char *id)
{
	const struct finding *f = i->judged ? i->judged->finding : NULL;
	for (size_t k = 0; f && k < f->mark_count; k++)
		if (strcmp(f->marks[k].id, id) == 0)
			return &f->marks[k];
	return NULL;
}

/* The plugin's own sentence says whether it is a thing that one has ("chưa có phương án…"). */
static bool is_had(const struct mark_info *info)
{
	static const char lacks[] = "chưa có";
	return strncmp(info->lacks, lacks, sizeof lacks - 1) == 0;
}

static void cell_mark(struct sheet *s, const struct item *i, const struct mark_info *info)
{
	static const enum phrase of[] = {[LN_OK] = PHRASE_MARK_OK,
		[LN_LACKS] = PHRASE_MARK_LACKS,
		[LN_UNKNOWN] = PHRASE_MARK_UNKNOWN,
		[LN_EXPIRED] = PHRASE_MARK_EXPIRED,
		[LN_WAITING] = PHRASE_MARK_WAITING};
	const struct finding_mark *m = mark_of(i, info->id);
	if (!m || m->state > LN_WAITING) {
		cell(s, NULL, s->text);
		return;
	}
	bool bad = m->state == LN_LACKS || m->state == LN_EXPIRED;
	enum phrase word = of[m->state];
	if (!is_had(info) && m->state == LN_OK)
		word = PHRASE_MARK_MET;
	else if (!is_had(info) && m->state == LN_LACKS)
		word = PHRASE_MARK_UNMET;
	cell(s, words(s, word), bad ? s->bad : m->state == LN_UNKNOWN ? s->ask : s->text);
}

/* What the marks and the finding add in words. */
static const char *details(struct sheet *s, const struct item *i)
{
	const struct finding *f = i->judged ? i->judged->finding : NULL;
	if (!f)
		return i->summary;
	struct buf b = {0};
	for (size_t k = 0; k < f->mark_count; k++)
		if (f->marks[k].detail)
			buf_addf(&b, "%s%s", b.len ? "; " : "", f->marks[k].detail);
	if (f->detail)
		buf_addf(&b, "%s%s", b.len ? "; " : "", f->detail);
	const char *text = b.len ? arena_strdup(&s->d->arena, b.s) : NULL;
	buf_release(&b);
	return text;
}

static const struct rule_info *rule_of(const struct block *b)
{
	return b->items[0]->judged ? b->items[0]->judged->rule : NULL;
}

static void list_sheet(struct sheet *s, const struct block *b)
{
	const struct rule_info *rule = rule_of(b);
	size_t marks = rule ? rule->mark_count : 0;
	marks = marks > COLUMNS_MOST ? COLUMNS_MOST : marks;
	begin_sheet(s, item_title(s->d, b->items[0]));
	head_of(s, PHRASE_COL_NUMBER, 5);
	head_of(s, PHRASE_COL_CODE, 12);
	head_of(s, PHRASE_COL_NAME, 38);
	head_of(s, PHRASE_COL_PLACE, 18);
	for (size_t m = 0; m < marks; m++)
		head(s, rule->marks[m].label, 14);
	if (b->kind == BLOCK_EXPIRY) {
		head_of(s, PHRASE_COL_VALID_TO, 13);
		head_of(s, PHRASE_COL_STATUS, 22);
	}
	head_of(s, PHRASE_COL_DETAIL, 34);
	head_of(s, PHRASE_COL_MOVE, 26);
	head_of(s, PHRASE_COL_ACT_BY, 13);
	head_of(s, PHRASE_COL_NEW, 7);
	head_of(s, PHRASE_COL_REMINDER, 9);
	head_of(s, PHRASE_COL_KEY, 44);
	for (size_t i = 0; i < b->count; i++) {
		const struct item *item = b->items[i];
		const struct finding *f = item->judged ? item->judged->finding : NULL;
		next_row(s);
		cell_number(s, (int64_t)i + 1);
		cell(s, subject_code(item_subject(item)), s->text);
		cell(s, item->name, s->text);
		cell(s, item_place(s->d, item), s->text);
		for (size_t m = 0; m < marks; m++)
			cell_mark(s, item, &rule->marks[m]);
		if (b->kind == BLOCK_EXPIRY) {
			bool over = item->status == STATUS_EXPIRED;
			cell_day(s, f ? f->valid_to : DAY_NONE);
			cell(s, words(s, over ? PHRASE_STATUS_EXPIRED_ON : PHRASE_STATUS_VALID_TO),
				over ? s->bad : s->text);
		}
		cell(s, details(s, item), s->text);
		cell(s, item_move(s->d, item), s->text);
		cell_day(s, item_act_by(s->d, item));
		cell(s, item->first_told == DAY_NONE ? words(s, PHRASE_NEW_MARK) : NULL, s->text);
		cell_number(s, item->reminder);
		cell(s, item->key, s->text);
	}
	end_sheet(s);
}

/* One row for each cell that is asked for, with room for the answer. */
static void ask_rows(struct sheet *s, const struct item *i, int64_t *number)
{
	const struct rule_info *rule = i->judged ? i->judged->rule : NULL;
	size_t marks = rule && i->kind == LN_MISSING ? rule->mark_count : 0;
	for (size_t m = 0; m < (marks ? marks : 1); m++) {
		const struct finding_mark *mark = marks ? mark_of(i, rule->marks[m].id) : NULL;
		if (marks && (!mark || mark->state != LN_UNKNOWN))
			continue;
		next_row(s);
		cell_number(s, ++*number);
		cell(s, subject_code(item_subject(i)), s->text);
		cell(s, i->name, s->text);
		cell(s, item_place(s->d, i), s->text);
		cell(s, marks ? rule->marks[m].label : item_title(s->d, i), s->text);
		cell(s, words(s, PHRASE_FILL_HERE), s->ask);
		cell(s, NULL, s->ask);
		cell(s, i->key, s->text);
	}
}

static void unknown_sheet(struct sheet *s)
{
	int64_t number = 0;
	bool begun = false;
	for (size_t k = 0; k < s->d->digest->item_count; k++) {
		const struct item *i = &s->d->digest->items[k];
		if (!item_asks(i))
			continue;
		if (!begun) {
			begin_sheet(s, words(s, PHRASE_SHEET_UNKNOWN));
			head_of(s, PHRASE_COL_NUMBER, 5);
			head_of(s, PHRASE_COL_CODE, 12);
			head_of(s, PHRASE_COL_NAME, 38);
			head_of(s, PHRASE_COL_PLACE, 18);
			head_of(s, PHRASE_COL_MATTER, 34);
			head_of(s, PHRASE_COL_VALUE, 22);
			head_of(s, PHRASE_FILL_HELP, 34);
			head_of(s, PHRASE_COL_KEY, 44);
			begun = true;
		}
		ask_rows(s, i, &number);
	}
	if (begun)
		end_sheet(s);
}

static void overview_sheet(struct sheet *s)
{
	begin_sheet(s, words(s, PHRASE_SHEET_OVERVIEW));
	head_of(s, PHRASE_COL_NUMBER, 5);
	head_of(s, PHRASE_COL_UNIT, 40);
	head_of(s, PHRASE_COL_MATTER, 48);
	head_of(s, PHRASE_COL_PERIOD, 18);
	head_of(s, PHRASE_COL_LAST_DAY, 13);
	head_of(s, PHRASE_COL_STATUS, 20);
	head_of(s, PHRASE_COL_LAST_NOTICE, 13);
	for (size_t i = 0; i < s->d->overview_count; i++) {
		const struct overview_row *r = &s->d->overview[i];
		next_row(s);
		cell_number(s, (int64_t)i + 1);
		cell(s, r->unit_name, s->text);
		cell(s, r->duty_name, s->text);
		cell(s, period_words(s->d, r->period), s->text);
		cell_day(s, r->last_day);
		cell(s, status_vi(r->status), r->days_left < 0 ? s->bad : s->text);
		cell_day(s, r->last_notice);
	}
	end_sheet(s);
}

static lxw_format *new_format(struct sheet *s, lxw_color_t background)
{
	lxw_format *f = workbook_add_format(s->book);
	format_set_border(f, LXW_BORDER_THIN);
	format_set_border_color(f, 0xBFBFBF);
	format_set_text_wrap(f);
	format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
	if (background)
		format_set_bg_color(f, background);
	return f;
}

static void make_formats(struct sheet *s)
{
	s->head = new_format(s, 0xE7E6E6);
	format_set_bold(s->head);
	s->text = new_format(s, 0);
	s->bad = new_format(s, 0xFBE5D6);
	s->ask = new_format(s, 0xFFF2CC);
	s->day = new_format(s, 0);
	format_set_num_format(s->day, "dd/mm/yyyy");
}

static void set_properties(struct sheet *s)
{
	lxw_doc_properties properties = {
		.title = (char *)words(s, PHRASE_SHEET_FILE),
		.author = (char *)words(s, PHRASE_SHEET_AUTHOR),
		.created = (time_t)moment_to_unix(s->d->now, s->d->world->settings->utc_offset_s),
	};
	workbook_set_properties(s->book, &properties);
}

static int write_book(struct draft *d, const char *path, struct err *e)
{
	lxw_workbook_options options = {.constant_memory = LXW_FALSE};
	struct sheet s = {.d = d, .book = workbook_new_opt(path, &options)};
	if (!s.book)
		return err_set(e, "the list %s could not be begun", path);
	make_formats(&s);
	set_properties(&s);
	for (size_t k = 0; k < d->block_count; k++)
		if (d->blocks[k].kind == BLOCK_MISSING || d->blocks[k].kind == BLOCK_EXPIRY)
			list_sheet(&s, &d->blocks[k]);
	int filled = lists_fill_in(d, s.book, e);
	if (draft_asks(d) && !d->fill_sheets)
		unknown_sheet(&s);
	if (d->overview_count > 0)
		overview_sheet(&s);
	lxw_error rc = workbook_close(s.book);
	if (filled < 0)
		return -1;
	if (rc != LXW_NO_ERROR)
		return err_set(e, "the list %s could not be written: %s", path, lxw_strerror(rc));
	return 0;
}

/* The whole of the file behind fd. */
static int read_all(int fd, char **bytes, size_t *size, struct err *e)
{
	off_t end = lseek(fd, 0, SEEK_END);
	if (end <= 0 || end > LIST_BYTES_MOST)
		return err_set(e, "the list has %lld bytes: at most %d are allowed", (long long)end,
			LIST_BYTES_MOST);
	char *all = xmalloc((size_t)end);
	size_t done = 0;
	while (done < (size_t)end) {
		ssize_t n = pread(fd, all + done, (size_t)end - done, (off_t)done);
		if (n <= 0) {
			free(all);
			return err_set(e, "the list cannot be read back: %m");
		}
		done += (size_t)n;
	}
	*bytes = all;
	*size = (size_t)end;
	return 0;
}

int lists_make(struct draft *d, char **bytes, size_t *size, struct err *e)
{
	int fd = memfd_create("langnghe-list", MFD_CLOEXEC);
	if (fd < 0)
		return err_set(e, "no memory file can be made for the list: %m");
	char path[40];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int rc = write_book(d, path, e);
	if (rc == 0)
		rc = read_all(fd, bytes, size, e);
	close(fd);
	return rc;
}
