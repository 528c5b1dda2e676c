/*
 * mail_read.h: a sample letter composed and read back by the independent parser
 * (tests/mail_parse.py), for the tests that look at what it says. Each program
 * has one sample, `s`.
 * With LANGNGHE_DUMP=FOLDER the sample letters are left there as .eml and .html.
 */
#ifndef TEST_MAIL_READ_H
#define TEST_MAIL_READ_H

#include "mail_samples.h"

#include "mail/message.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <jansson.h>

static struct sample s;

static inline int setup(void **state)
{
	(void)state;
	return sample_open(&s);
}

static inline int teardown(void **state)
{
	(void)state;
	sample_close(&s);
	return 0;
}

/* The letter as the independent parser sees it; fails the test if it finds a fault. */
static inline json_t *read_back(const struct letter *l, const char *name)
{
	struct err e;
	const char *dump = getenv("LANGNGHE_DUMP");
	char *path = xasprintf("%s/%s.eml", dump ? dump : s.folder, name);
	char *out_path = xasprintf("%s/%s.json", s.folder, name);
	assert_int_equal(file_write_atomic(path, l->bytes, l->size, 0644, &e), 0);
	char *command = xasprintf("/usr/bin/python3 tests/mail_parse.py %s > %s", path, out_path);
	assert_int_equal(system(command), 0);
	json_error_t error;
	json_t *o = json_load_file(out_path, 0, &error);
	assert_non_null(o);
	if (dump) {
		char *html_path = xasprintf("%s/%s.html", dump, name);
		char *text_path = xasprintf("%s/%s.txt", dump, name);
		const char *html = json_string_value(json_object_get(o, "html"));
		const char *text = json_string_value(json_object_get(o, "text"));
		assert_int_equal(file_write_atomic(html_path, html, strlen(html), 0644, &e), 0);
		char *whole = xasprintf("%s\n\n%s", l->subject, text);
		assert_int_equal(file_write_atomic(text_path, whole, strlen(whole), 0644, &e), 0);
		free(whole);
		free(text_path);
		free(html_path);
	}
	free(command);
	free(out_path);
	free(path);
	return o;
}

static inline void compose(struct letter *l)
{
	struct err e = {0};
	*l = (struct letter){0};
	if (compose_letter(l, &s.digest, &s.w, s.t, 12, "secret", NULL, s.now, &e) < 0)
		fail_msg("%s", e.text);
}

static inline const char *text_in(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));
	return text ? text : "";
}

static inline void assert_says(const json_t *o, const char *key, const char *wanted)
{
	if (!strstr(text_in(o, key), wanted))
		fail_msg("\"%s\" is not said in the %s:\n%s", wanted, key, text_in(o, key));
}

static inline void assert_silent(const json_t *o, const char *key, const char *unwanted)
{
	if (strstr(text_in(o, key), unwanted))
		fail_msg("\"%s\" is said in the %s:\n%s", unwanted, key, text_in(o, key));
}

/* No letter asks twice in one breath: "Đề nghị: Đề nghị …". */
static inline void assert_asks_once(const json_t *o)
{
	static const char *const twice[] = {"ề nghị: Đề nghị", "ề nghị: đề nghị", "ề nghị Đề nghị",
		"ề nghị đề nghị", "ề nghị: Kính đề nghị", "ề nghị kính đề nghị"};
	for (size_t i = 0; i < sizeof twice / sizeof *twice; i++) {
		assert_silent(o, "text", twice[i]);
		assert_silent(o, "html", twice[i]);
	}
}

/* Composes the sample's digest and reads it back. */
static inline json_t *letter_of(const char *name)
{
	struct letter l;
	compose(&l);
	assert_true(l.size > 0);
	json_t *o = read_back(&l, name);
	json_object_set_new(o, "subject", json_string(l.subject));
	json_object_set_new(o, "worst", json_string(l.worst));
	assert_asks_once(o);
	letter_release(&l);
	return o;
}

/* It is said within the first five lines that are not the data label. */
static inline void assert_head_says(const json_t *o, const char *wanted)
{
	const char *text = strstr(text_in(o, "text"), "Kính gửi");
	assert_non_null(text);
	size_t n = 0;
	for (int line = 0; line < 5; line++)
		n += strcspn(text + n, "\n") + 1;
	char *head = xstrndup(text, n);
	if (!strstr(head, wanted))
		fail_msg("\"%s\" is not said in the first five lines:\n%s", wanted, head);
	free(head);
}

/* The column of a list's sheet, as the parser prints its cells, in the row-th line after the head.
 */
static inline const char *cell_of(const json_t *o, const char *column, size_t row)
{
	const json_t *sheets = json_object_get(o, "sheets");
	const json_t *sheet = json_object_iter_value(json_object_iter((json_t *)sheets));
	size_t k;
	json_t *head;
	json_array_foreach(
		json_array_get(sheet, 0), k, head) if (strcmp(json_string_value(head), column) == 0)
	{
		const char *cell = json_string_value(json_array_get(json_array_get(sheet, row), k));
		return cell ? cell : "";
	}
	fail_msg("the sheet has no column \"%s\"", column);
	return "";
}

static inline size_t letters_of(const char *t)
{
	size_t n = 0;
	for (; *t; t++)
		n += ((unsigned char)*t & 0xC0) != 0x80;
	return n;
}

static inline void add_overview(int n)
{
	static const char *const names[] = {"Sở Công Thương", "Sở Tài chính",
		"Sở Khoa học và Công nghệ", "Sở Giáo dục và Đào tạo", "Văn phòng UBND tỉnh"};
	for (int k = 0; k < n; k++) {
		int32_t last = k < 3 ? day_from_civil(2026, 12, 4) : day_from_civil(2026, 12, 31);
		s.rows[k] = (struct overview_row){names[k % 5],
			k < 3 ? "Báo cáo tình hình, kết quả triển khai, thực hiện Kế hoạch"
			      : "Lớp tập huấn",
			"2026", last < s.digest.day ? STATUS_OVERDUE : STATUS_DUE_SOON, last,
			last - s.digest.day, k % 3 ? s.digest.day - 5 : DAY_NONE, DAY_NONE};
	}
	s.digest.overview = s.rows;
	s.digest.overview_count = (size_t)n;
}

#endif
