/*
 * bare_letters.c: letters built by GMime and libxlsxwriter alone from content
 * that lies ready: no register, no template, no database, no check of the result.
 * What the daemon's own composing is measured against (tests/bench/compose.py).
 *
 *   bare_letters CONTENT
 *
 * CONTENT: records "TAG LENGTH\nBYTES\n"; a tag is one character, see enum tag.
 * Says "WALL_SECONDS PROCESSOR_SECONDS LETTERS BYTES"; reading CONTENT is not timed.
 */
#include <gmime/gmime.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum tag {
	LETTER = 'L', /* its Message-ID */
	FROM = 'F', /* NAME\tADDRESS, as TO and REPLY_TO */
	TO = 'T',
	REPLY_TO = 'R',
	SUBJECT = 'S',
	DATE = 'D', /* Unix seconds */
	HEADER = 'H', /* NAME\tVALUE */
	TEXT = 'P',
	HTML = 'M',
	CALENDAR = 'C', /* FILE\tBYTES */
	BOOK = 'B', /* FILE; its sheets follow */
	SHEET = 'N', /* NAME */
	WIDTH = 'W', /* of the next column */
	ROW = 'r',
	BLANK = 'b', /* cells: FORMAT, a digit, and the value */
	STRING = 's',
	NUMBER = 'n',
	DAY = 'd' /* YYYY-MM-DD */
};

enum format { PLAIN, HEAD, BAD, ASK, DATE_FORMAT, FORMATS };

struct record {
	int tag; /* an enum tag */
	char *text; /* ends in '\0' */
	size_t size;
};

static struct record *read_records(const char *path, size_t *count)
{
	FILE *f = fopen(path, "r");
	struct record *all = NULL;
	size_t n = 0, room = 0;
	struct record r;
	char tag;
	while (f && fscanf(f, "%c %zu", &tag, &r.size) == 2 && fgetc(f) == '\n') {
		r.tag = tag;
		r.text = malloc(r.size + 1);
		if (n == room)
			all = realloc(all, (room = room ? 2 * room : 1024) * sizeof *all);
		if (!all || !r.text || fread(r.text, 1, r.size, f) != r.size || fgetc(f) != '\n')
			abort();
		r.text[r.size] = '\0';
		all[n++] = r;
	}
	if (f)
		fclose(f);
	*count = n;
	return all;
}

/* ---- the XLSX file */

static void make_formats(lxw_workbook *book, lxw_format *formats[FORMATS])
{
	static const lxw_color_t colours[FORMATS] = {
		[HEAD] = 0xE7E6E6, [BAD] = 0xFBE5D6, [ASK] = 0xFFF2CC};
	for (int i = 0; i < FORMATS; i++) {
		lxw_format *f = formats[i] = workbook_add_format(book);
		format_set_border(f, LXW_BORDER_THIN);
		format_set_border_color(f, 0xBFBFBF);
		format_set_text_wrap(f);
		format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
		if (colours[i])
			format_set_bg_color(f, colours[i]);
	}
	format_set_bold(formats[HEAD]);
	format_set_num_format(formats[DATE_FORMAT], "dd/mm/yyyy");
}

static lxw_worksheet *begin_sheet(lxw_workbook *book, const char *name)
{
	lxw_worksheet *s = workbook_add_worksheet(book, name);
	worksheet_freeze_panes(s, 1, 0);
	worksheet_set_landscape(s);
	worksheet_set_paper(s, 9);
	worksheet_fit_to_pages(s, 1, 0);
	worksheet_repeat_rows(s, 0, 0);
	return s;
}

static void write_cell(lxw_worksheet *s, lxw_row_t row, lxw_col_t column, const struct record *r,
	lxw_format *formats[FORMATS])
{
	lxw_format *format = formats[r->text[0] - '0'];
	const char *value = r->text + 1;
	lxw_datetime day = {0};
	if (r->tag == STRING)
		worksheet_write_string(s, row, column, value, format);
	else if (r->tag == NUMBER)
		worksheet_write_number(s, row, column, strtod(value, NULL), format);
	else if (r->tag == DAY && sscanf(value, "%d-%d-%d", &day.year, &day.month, &day.day) == 3)
		worksheet_write_datetime(s, row, column, &day, format);
	else
		worksheet_write_blank(s, row, column, format);
}

/* The sheets from *r on, which is moved behind them. The caller frees. */
static char *make_book(const struct record **r, const struct record *end, size_t *size)
{
	int fd = memfd_create("bare-letters", MFD_CLOEXEC);
	char path[40];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	lxw_workbook_options options = {.constant_memory = LXW_FALSE};
	lxw_workbook *book = workbook_new_opt(path, &options);
	lxw_worksheet *s = NULL;
	lxw_format *formats[FORMATS];
	lxw_row_t row = 0;
	lxw_col_t column = 0, widths = 0;
	make_formats(book, formats);
	for (; *r < end && strchr("NWrbsnd", (*r)->tag); ++*r) {
		if ((*r)->tag == SHEET) {
			if (s)
				worksheet_autofilter(s, 0, 0, row - 1, (lxw_col_t)(widths - 1));
			s = begin_sheet(book, (*r)->text);
			row = widths = 0;
		} else if ((*r)->tag == WIDTH) {
			worksheet_set_column(s, widths, widths, strtod((*r)->text, NULL), NULL);
			widths++;
		} else if ((*r)->tag == ROW) {
			row++;
			column = 0;
		} else {
			write_cell(s, row - 1, column++, *r, formats);
		}
	}
	if (s)
		worksheet_autofilter(s, 0, 0, row - 1, (lxw_col_t)(widths - 1));
	off_t bytes = workbook_close(book) == LXW_NO_ERROR ? lseek(fd, 0, SEEK_END) : -1;
	char *all = bytes > 0 ? malloc((size_t)bytes) : NULL;
	if (!all || pread(fd, all, (size_t)bytes, 0) != bytes)
		abort();
	close(fd);
	*size = (size_t)bytes;
	return all;
}

/* ---- the message */

static GMimeObject *new_part(const char *type, const char *subtype, const void *bytes, size_t size)
{
	GMimePart *part = g_mime_part_new_with_type(type, subtype);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, size);
	GMimeDataWrapper *content =
		g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	g_object_unref(stream);
	g_mime_part_set_content(part, content);
	g_object_unref(content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
	if (strcmp(type, "text") == 0)
		g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	return GMIME_OBJECT(part);
}

static void take_part(GMimeMultipart *into, GMimeObject *part, const char *file)
{
	if (file) {
		g_mime_object_set_disposition(part, GMIME_DISPOSITION_ATTACHMENT);
		g_mime_part_set_filename(GMIME_PART(part), file);
	}
	g_mime_multipart_add(into, part);
	g_object_unref(part);
}

/* The text before the tab; *rest is what follows it. */
static char *cut(const struct record *r, char **rest)
{
	char *tab = strchr(r->text, '\t');
	*tab = '\0';
	*rest = tab + 1;
	return r->text;
}

static void add_address(InternetAddressList *list, const struct record *r)
{
	char *email, *name = cut(r, &email);
	InternetAddress *a = internet_address_mailbox_new(*name ? name : NULL, email);
	internet_address_set_charset(a, "utf-8");
	internet_address_list_add(list, a);
	g_object_unref(a);
}

static void set_header(GMimeMessage *m, const struct record *r)
{
	char *value, *name;
	GDateTime *date;
	switch (r->tag) {
	case FROM:
		add_address(g_mime_message_get_from(m), r);
		break;
	case TO:
		add_address(g_mime_message_get_to(m), r);
		break;
	case REPLY_TO:
		add_address(g_mime_message_get_reply_to(m), r);
		break;
	case SUBJECT:
		g_mime_message_set_subject(m, r->text, "utf-8");
		break;
	case DATE:
		date = g_date_time_new_from_unix_utc(atoll(r->text));
		g_mime_message_set_date(m, date);
		g_date_time_unref(date);
		break;
	default:
		name = cut(r, &value);
		g_mime_object_append_header(GMIME_OBJECT(m), name, value, "utf-8");
	}
}

/* The letter that begins at *r, which is moved behind it; its size. */
static size_t make_letter(const struct record **r, const struct record *end)
{
	static const char sheet[] = "vnd.openxmlformats-officedocument.spreadsheetml.sheet";
	GMimeMessage *m = g_mime_message_new(FALSE);
	GMimeMultipart *both = g_mime_multipart_new_with_subtype("alternative");
	GMimeMultipart *mixed = g_mime_multipart_new_with_subtype("mixed");
	char *book = NULL, *bytes;
	size_t size;
	g_mime_message_set_message_id(m, (*r)++->text);
	while (*r < end && strchr("FTRSDH", (*r)->tag))
		set_header(m, (*r)++);
	take_part(mixed, GMIME_OBJECT(both), NULL);
	while (*r < end && (*r)->tag != LETTER) {
		const struct record *part = (*r)++;
		if (part->tag == TEXT || part->tag == HTML) {
			take_part(both,
				new_part("text", part->tag == TEXT ? "plain" : "html", part->text,
					part->size),
				NULL);
		} else if (part->tag == CALENDAR) {
			const char *file = cut(part, &bytes);
			take_part(mixed, new_part("text", "calendar", bytes, strlen(bytes)), file);
		} else {
			book = make_book(r, end, &size);
			take_part(mixed, new_part("application", sheet, book, size), part->text);
		}
	}
	g_mime_message_set_mime_part(m, GMIME_OBJECT(mixed));
	g_object_unref(mixed);
	GMimeFormatOptions *format = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	GMimeStream *out = g_mime_stream_mem_new();
	g_mime_object_write_to_stream(GMIME_OBJECT(m), format, out);
	size = (size_t)g_mime_stream_length(out);
	g_object_unref(out);
	g_mime_format_options_free(format);
	g_object_unref(m);
	free(book);
	return size;
}

static double seconds(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	size_t count = 0, letters = 0, bytes = 0;
	struct record *all = argc == 2 ? read_records(argv[1], &count) : NULL;
	if (!count || all[0].tag != LETTER)
		return 2;
	const struct record *r = all;
	double wall = seconds(CLOCK_MONOTONIC), processor = seconds(CLOCK_PROCESS_CPUTIME_ID);
	g_mime_init();
	for (; r < all + count; letters++)
		bytes += make_letter(&r, all + count);
	printf("%.6f %.6f %zu %zu\n", seconds(CLOCK_MONOTONIC) - wall,
		seconds(CLOCK_PROCESS_CPUTIME_ID) - processor, letters, bytes);
	for (size_t i = 0; i < count; i++)
		free(all[i].text);
	free(all);
}
