/*
 * letter_files.c: see letter_files.h. The page is the letter's own HTML part, so
 * that what is read here is what officers will see.
 */
#include "ctl/letter_files.h"

#include "base/day.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <gmime/gmime.h>
#include <unistd.h>

static const char page_head[] =
	"<!DOCTYPE html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">"
	"<meta name=\"viewport\" content=\"width=device-width\"><title>%s</title>"
	"<style>body{font:16px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
	"table{border-collapse:collapse;width:100%%}th,td{text-align:left;padding:.3em .6em;"
	"border-bottom:1px solid #ccc;vertical-align:top}th{background:#f2f2f2}"
	"pre{white-space:pre-wrap}</style></head><body>\n";

static void add_escaped(struct buf *b, const char *s)
{
	for (; s && *s; s++) {
		if (*s == '<')
			buf_add(b, "&lt;");
		else if (*s == '>')
			buf_add(b, "&gt;");
		else if (*s == '&')
			buf_add(b, "&amp;");
		else if (*s == '"')
			buf_add(b, "&quot;");
		else
			buf_add_n(b, s, 1);
	}
}

/* Words of the urgencies, in the order in which they are said. */
static const char *worst_vi(const char *worst)
{
	static const struct {
		const char *word, *vi;
	} words[] = {{"overdue", "quá hạn"}, {"due_now", "sắp đến hạn"},
		{"legal", "trái quy định pháp luật"}, {"expired", "hết hạn"},
		{"missed", "không đạt"}, {"short", "chưa đạt"}, {"at_risk", "có nguy cơ không đạt"},
		{"due_later", "chưa đến hạn"}, {"missing", "còn thiếu"},
		{"unknown", "chưa có số liệu"}, {"news", "thông tin"}};
	for (size_t i = 0; worst && i < sizeof words / sizeof *words; i++) {
		if (strcmp(words[i].word, worst) == 0)
			return words[i].vi;
	}
	return worst;
}

int letter_files_begin(struct letter_files *f, const char *folder, struct err *e)
{
	*f = (struct letter_files){.folder = folder};
	DIR *d = opendir(folder);
	if (!d && errno != ENOENT)
		return err_set(e, "--out: %s: %s", folder, strerror(errno));
	bool empty = true;
	for (struct dirent *entry; d && (entry = readdir(d));)
		empty &= strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (d)
		closedir(d);
	if (!empty)
		return err_set(
			e, "--out: %s is not empty; allowed: an empty or a new folder", folder);
	g_mime_init();
	return file_make_dirs(folder, e);
}

/* The first text part of the subtype ("html", "plain"), decoded. The caller frees with g_free. */
static char *text_of(GMimeMessage *message, const char *subtype)
{
	char *found = NULL;
	GMimePartIter *i = g_mime_part_iter_new(GMIME_OBJECT(message));
	do {
		GMimeObject *part = g_mime_part_iter_get_current(i);
		if (part && GMIME_IS_TEXT_PART(part) && !found) {
			GMimeContentType *type = g_mime_object_get_content_type(part);
			if (g_mime_content_type_is_type(type, "text", subtype))
				found = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
		}
	} while (!found && g_mime_part_iter_next(i));
	g_mime_part_iter_free(i);
	return found;
}

/* The letter as a page. The caller frees. */
static char *page_of(const struct letter *l)
{
	struct buf b = {0};
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(l->bytes, l->size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	char *html = message ? text_of(message, "html") : NULL;
	char *plain = message && !html ? text_of(message, "plain") : NULL;
	if (html) {
		buf_add(&b, html);
	} else {
		buf_addf(&b, page_head, "Thư");
		buf_add(&b, "<pre>");
		add_escaped(&b, plain ? plain : "");
		buf_add(&b, "</pre></body></html>\n");
	}
	g_free(html);
	g_free(plain);
	if (message)
		g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
	return buf_take(&b);
}

/* "DAY/UNIT" or "DAY/UNIT-receipt", a number behind it when a unit gets several of a kind. */
static char *name_of(const struct letter_files *f, const struct digest *d)
{
	char day[DAY_TEXT];
	char unit[64];
	size_t n = 0;
	for (const char *p = d->unit ? d->unit->code : "admin"; *p && n + 1 < sizeof unit; p++)
		unit[n++] = g_ascii_isalnum(*p) || *p == '-' ? *p : '_';
	unit[n] = '\0';
	const char *kind = d->kind == LETTER_RECEIPT ? "-receipt" : "";
	char *name = xasprintf("%s/%s%s", day_iso(d->day, day), unit, kind);
	for (int i = 2;; i++) {
		char *file = xasprintf("%s/%s.eml", f->folder, name);
		bool taken = access(file, F_OK) == 0;
		free(file);
		if (!taken)
			return name;
		free(name);
		name = xasprintf("%s/%s%s-%d", day, unit, kind, i);
	}
}

static int write_file(const struct letter_files *f, const char *name, const char *ending,
	const void *data, size_t size, struct err *e)
{
	char *path = xasprintf("%s/%s%s", f->folder, name, ending);
	FILE *out = fopen(path, "we");
	int rc = 0;
	if (!out || fwrite(data, 1, size, out) != size)
		rc = err_set(e, "%s cannot be written: %s", path, strerror(errno));
	if (out && fclose(out) != 0 && rc == 0)
		rc = err_set(e, "%s cannot be written: %s", path, strerror(errno));
	free(path);
	return rc;
}

static void add_index_row(
	struct letter_files *f, const struct digest *d, const struct letter *l, const char *name)
{
	char day[DAY_TEXT];
	struct buf *b = &f->rows;
	buf_addf(b, "<tr><td>%s %s</td><td>", day_weekday_vi(d->day), day_vi(d->day, day));
	add_escaped(b, d->unit ? d->unit->name : "");
	buf_addf(b, "</td><td><a href=\"%s.html\">", name);
	add_escaped(b, l->subject);
	buf_add(b, "</a></td><td>");
	add_escaped(b, d->kind == LETTER_RECEIPT ? "biên nhận" : worst_vi(l->worst));
	buf_addf(b, "</td><td>%zu</td><td><a href=\"%s.eml\">eml</a></td></tr>\n", l->items, name);
	f->count++;
}

int letter_files_add(
	struct letter_files *f, const struct digest *d, const struct letter *l, struct err *e)
{
	char day[DAY_TEXT];
	char *folder = file_join(f->folder, day_iso(d->day, day));
	int rc = file_make_dirs(folder, e);
	free(folder);
	if (rc < 0)
		return -1;
	char *name = name_of(f, d);
	char *page = page_of(l);
	rc = write_file(f, name, ".eml", l->bytes, l->size, e);
	if (rc == 0)
		rc = write_file(f, name, ".html", page, strlen(page), e);
	if (rc == 0)
		add_index_row(f, d, l, name);
	free(page);
	free(name);
	return rc;
}

int letter_files_end(struct letter_files *f, const char *title, struct err *e)
{
	struct buf b = {0};
	struct buf safe_title = {0};
	add_escaped(&safe_title, title);
	buf_addf(&b, page_head, safe_title.s ? safe_title.s : "");
	buf_addf(&b, "<h1>%s</h1>\n", safe_title.s ? safe_title.s : "");
	buf_release(&safe_title);
	if (f->count == 0) {
		buf_add(&b, "<p>Không có thư nào trong khoảng thời gian này.</p>\n");
	} else {
		buf_addf(&b,
			"<p>%zu thư.</p>\n<table><thead><tr><th>Ngày gửi</th><th>Đơn vị</th>"
			"<th>Tiêu đề</th><th>Việc cấp bách nhất</th><th>Số "
			"mục</th><th>Tệp</th></tr></thead>"
			"<tbody>\n",
			f->count);
		buf_add(&b, f->rows.s);
		buf_add(&b, "</tbody></table>\n");
	}
	buf_add(&b, "</body></html>\n");
	int rc = write_file(f, "index", ".html", b.s, b.len, e);
	buf_release(&b);
	return rc;
}

void letter_files_release(struct letter_files *f)
{
	buf_release(&f->rows);
}
