/*
 * test_mail.c: letters of every kind are composed, read back by an independent
 * parser (tests/mail_parse.py) and looked at for meaning.
 * With LANGNGHE_DUMP=FOLDER the sample letters are left there as .eml and .html.
 */
#include "mail_samples.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <jansson.h>

static struct sample s;

static int setup(void **state)
{
	(void)state;
	return sample_open(&s);
}

static int teardown(void **state)
{
	(void)state;
	sample_close(&s);
	return 0;
}

/* The letter as the independent parser sees it; fails the test if it finds a fault. */
static json_t *read_back(const struct letter *l, const char *name)
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

static void compose(struct letter *l)
{
	struct err e = {0};
	*l = (struct letter){0};
	if (compose_letter(l, &s.digest, &s.w, s.t, 12, "secret", NULL, s.now, &e) < 0)
		fail_msg("%s", e.text);
}

/* Composes the sample's digest and reads it back. */
static json_t *letter_of(const char *name)
{
	struct letter l;
	compose(&l);
	assert_true(l.size > 0);
	json_t *o = read_back(&l, name);
	json_object_set_new(o, "subject", json_string(l.subject));
	json_object_set_new(o, "worst", json_string(l.worst));
	letter_release(&l);
	return o;
}

static const char *text_in(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));
	return text ? text : "";
}

static void assert_says(const json_t *o, const char *key, const char *wanted)
{
	if (!strstr(text_in(o, key), wanted))
		fail_msg("\"%s\" is not said in the %s:\n%s", wanted, key, text_in(o, key));
}

/* It is said within the first five lines that are not the data label. */
static void assert_head_says(const json_t *o, const char *wanted)
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

static size_t letters_of(const char *t)
{
	size_t n = 0;
	for (; *t; t++)
		n += ((unsigned char)*t & 0xC0) != 0x80;
	return n;
}

static void test_due(void **state)
{
	(void)state;
	sample_digest(&s, "so-khcn", day_from_civil(2026, 11, 23));
	struct item *i = add_duty(&s, "unit-report", "so-khcn", day_from_civil(2026, 12, 4));
	i->named = unit_by_code(s.w.units, "so-tttt");
	snprintf(i->step.name, sizeof i->step.name, "before-14");
	json_t *o = letter_of("r1-due");
	assert_says(o, "subject", "[Còn 11 ngày]");
	assert_true(letters_of(text_in(o, "subject")) <= 80 + 19);
	assert_head_says(o, "thứ Sáu, 04/12/2026");
	assert_head_says(o, "còn 11 ngày");
	assert_head_says(o, "Sở Nông nghiệp và Môi trường");
	assert_head_says(o, "Nguyễn Thị Lan");
	assert_says(o, "text", "trước đây: Sở Thông tin và Truyền thông");
	assert_says(o, "text", "Lần nhắc: 2");
	assert_says(o, "text", "sample/unit-report/unit:so-khcn/2026");
	assert_says(o, "text", "không thay thế văn bản hành chính");
	assert_says(o, "text", "DỮ LIỆU MÔ PHỎNG");
	assert_says(o, "html", "DỮ LIỆU MÔ PHỎNG");
	json_t *events = json_object_get(o, "events");
	assert_int_equal(json_array_size(events), 1);
	assert_string_equal(text_in(json_array_get(events, 0), "day"), "2026-12-04");
	json_t *headers = json_object_get(o, "headers");
	assert_string_equal(text_in(headers, "X-Langnghe-Simulated"), "yes");
	assert_string_equal(text_in(headers, "X-Langnghe-Unit"), "so-khcn");
	assert_string_equal(text_in(headers, "Date"), "Mon, 23 Nov 2026 08:00:00 +0700");
	json_decref(o);
}

/* P4: the step is called before-1, the days left are two: what is said is two. */
static void test_true_days(void **state)
{
	(void)state;
	sample_digest(&s, "so-nnmt", day_from_civil(2025, 12, 12));
	struct item *i = add_duty(&s, "province-report", "so-nnmt", day_from_civil(2025, 12, 14));
	snprintf(i->step.name, sizeof i->step.name, "before-1");
	facts(i)->period = "2025";
	json_t *o = letter_of("r2-weekend");
	assert_says(o, "subject", "[Còn 2 ngày]");
	assert_head_says(o, "Chủ nhật, 14/12/2025");
	assert_head_says(o, "thứ Sáu, 12/12/2025");
	json_decref(o);
}

static void test_overdue(void **state)
{
	(void)state;
	sample_digest(&s, "so-khcn", day_from_civil(2026, 12, 7));
	add_duty(&s, "unit-report", "so-khcn", day_from_civil(2026, 12, 4));
	s.items[0].reminder = 6;
	add_target(&s, "ip", 2030, STATUS_AT_RISK, 20, 88, 0);
	json_t *o = letter_of("r1-overdue");
	assert_says(o, "subject", "[Làng nghề][Quá hạn 3 ngày]");
	assert_says(o, "subject", "(+1 việc)");
	assert_says(o, "text", "hạn này đã qua");
	assert_string_equal(text_in(o, "worst"), "overdue");
	assert_head_says(o, "đã quá hạn 3 ngày");
	assert_head_says(o, "Nếu đã gửi");
	json_decref(o);
}

static void test_lists(void **state)
{
	(void)state;
	sample_digest(&s, "so-nnmt", day_from_civil(2026, 12, 1));
	add_villages(&s, 40, ROLE_LEAD, "xa-16147");
	for (size_t k = 0; k < 40; k++)
		if (s.items[k].first_told == DAY_NONE)
			s.changes[s.digest.change_count++] =
				(struct change){CHANGE_NEW, s.items[k].alert, s.items[k].name, ""};
	s.items[0].named = unit_by_code(s.w.units, "so-tnmt");
	json_t *o = letter_of("lead-40-villages");
	assert_says(o, "subject", "40 làng nghề");
	assert_head_says(o, "40 làng nghề");
	assert_head_says(o, "chưa có phương án bảo vệ môi trường");
	assert_says(o, "text", "… và 10 làng nghề khác");
	assert_says(o, "text", "1. [mới]");
	assert_says(o, "text", "chờ quý đơn vị xử lý");
	json_t *sheet =
		json_object_get(json_object_get(o, "sheets"), "1 Hồ sơ môi trường của làng ");
	if (!sheet)
		sheet = json_object_iter_value(json_object_iter(json_object_get(o, "sheets")));
	assert_int_equal(json_array_size(sheet), 41);
	char *cells = json_dumps(json_array_get(sheet, 1), 0);
	assert_non_null(strstr(cells, "chưa có"));
	free(cells);
	json_decref(o);

	sample_digest(&s, "xa-16147", day_from_civil(2026, 12, 1));
	s.digest.last_letter = DAY_NONE;
	add_villages(&s, 12, ROLE_PLACE, "xa-16147");
	s.digest.unknown_cells = 3;
	o = letter_of("commune-12-villages");
	assert_head_says(o, "Kính gửi: UBND xã Thọ Long");
	assert_head_says(o, "12 làng nghề trên địa bàn");
	assert_head_says(o, "13/12/2026");
	assert_says(o, "text", "việc của: Sở Nông nghiệp và Môi trường");
	assert_int_equal(json_object_size(json_object_get(o, "sheets")), 2);
	json_decref(o);
}

static void test_targets(void **state)
{
	(void)state;
	sample_digest(&s, "so-nnmt", day_from_civil(2026, 12, 1));
	struct item *i = add_target(&s, "ocop", 2030, STATUS_AT_RISK, 425, 1000, 120);
	judged_of(i)->trend = (struct trend){2.4, 6.9, 51.3, 4};
	add_target(&s, "effective", 2030, STATUS_AT_RISK, 70, 88, 0);
	add_target(&s, "restored-crafts", 2030, STATUS_SHORT, 6, 1, 0);
	add_target(&s, "income", 2025, STATUS_MISSED, 12, 10, 0);
	add_target(&s, "env-plan", 2030, STATUS_AT_RISK, 20, 65, 6)->role = ROLE_COORDINATING;
	add_target(&s, "env-group", 2030, STATUS_AT_RISK, 37, 65, 6)->role = ROLE_COORDINATING;
	json_t *o = letter_of("targets");
	assert_says(o, "subject", "[Nguy cơ không đạt] 42,5% / ít nhất 70%");
	assert_says(o, "text", "ít nhất 70%");
	assert_says(o, "text", "trên 90%");
	assert_says(o, "text", "275 cơ sở (27,5 điểm %)");
	assert_says(o, "text", "42,5% đến 54,5%");
	assert_says(o, "text", "chốt ngày 22/10/2026");
	assert_says(o, "text", "[PHỐI HỢP] Nhiệm vụ số 3: 2 chỉ tiêu");
	json_decref(o);
}

static void test_unknown(void **state)
{
	(void)state;
	sample_digest(&s, "so-gddt", day_from_civil(2026, 12, 1));
	s.digest.unit = unit_by_code(s.w.units, "so-khcn");
	add_target(&s, "ip", 2030, STATUS_UNKNOWN, 0, 0, 0);
	add_target(&s, "trained", 2030, STATUS_UNKNOWN, 0, 0, 0);
	for (int k = 0; k < 3; k++) {
		char subject[40];
		snprintf(subject, sizeof subject, "village:TH-%04d", k + 1);
		struct item *i = add_item(&s, subject, NULL, RULE_ENVIRONMENT, STATUS_UNKNOWN,
			URGENCY_UNKNOWN, ROLE_LEAD);
		i->name = "Làng nghề rèn";
		facts(i)->marks = make_marks(&s, LN_UNKNOWN, LN_UNKNOWN, LN_UNKNOWN);
		facts(i)->mark_count = 3;
		judged_of(i)->unknowns = 3;
	}
	s.digest.unknown_cells = 11;
	json_t *o = letter_of("all-unknown");
	assert_says(o, "subject", "[Chưa có số liệu] 11 ô");
	assert_head_says(o, "11 ô chưa có số liệu");
	json_t *sheets = json_object_get(o, "sheets");
	assert_int_equal(json_object_size(sheets), 1);
	assert_int_equal(json_array_size(json_object_iter_value(json_object_iter(sheets))), 12);
	json_decref(o);
}

static void add_overview(int n)
{
	static const char *const names[] = {"Sở Công Thương", "Sở Tài chính",
		"Sở Khoa học và Công nghệ", "Sở Giáo dục và Đào tạo", "Văn phòng UBND tỉnh"};
	for (int k = 0; k < n; k++) {
		int32_t last = k < 3 ? day_from_civil(2026, 12, 4) : day_from_civil(2026, 12, 31);
		s.rows[k] = (struct overview_row){names[k % 5],
			k < 3 ? "Báo cáo tình hình, kết quả triển khai, thực hiện Kế hoạch"
			      : "Lớp tập huấn",
			"2026", last < s.digest.day ? STATUS_OVERDUE : STATUS_DUE_SOON, last,
			last - s.digest.day, k % 3 ? s.digest.day - 5 : DAY_NONE};
	}
	s.digest.overview = s.rows;
	s.digest.overview_count = (size_t)n;
}

static void test_overview(void **state)
{
	(void)state;
	sample_digest(&s, "so-nnmt", day_from_civil(2026, 12, 7));
	add_overview(9);
	json_t *o = letter_of("monday-overview");
	assert_says(o, "subject", "[Tổng hợp] 3 việc quá hạn, 6 việc sắp đến hạn");
	assert_head_says(o, "đôn đốc 9 việc");
	assert_says(o, "text", "Sở Công Thương");
	json_decref(o);

	sample_digest(&s, "so-nnmt", day_from_civil(2026, 12, 8));
	struct item *i = add_duty(&s, "province-report", "so-nnmt", day_from_civil(2026, 12, 14));
	facts(i)->list = "Sở Công Thương: chưa gửi\nSở Tài chính: đã gửi ngày 03/12/2026";
	add_overview(3);
	o = letter_of("r2-with-debtors");
	assert_head_says(o, "còn 6 ngày");
	assert_head_says(o, "UBND tỉnh");
	assert_says(o, "text", "- Sở Công Thương: chưa gửi");
	assert_says(o, "text", "QUÁ HẠN 4 ngày");
	json_decref(o);
}

static void test_receipt(void **state)
{
	(void)state;
	sample_digest(&s, "so-khcn", day_from_civil(2026, 12, 2));
	struct item *i = add_duty(&s, "unit-report", "so-khcn", day_from_civil(2026, 12, 4));
	i->status = STATUS_DONE;
	facts(i)->done_on = day_from_civil(2026, 12, 1);
	s.digest.kind = LETTER_RECEIPT;
	s.digest.submission_no = "152/BC-SKHCN";
	json_t *o = letter_of("receipt");
	assert_says(o, "subject", "[Đã ghi nhận]");
	assert_says(o, "text", "152/BC-SKHCN");
	assert_says(o, "text", "đúng hạn");
	json_decref(o);
}

/* Every kind, once with the facts a finding always has and nothing else, once without its finding.
 */
static void test_bare(void **state)
{
	(void)state;
	static const enum status statuses[] = {STATUS_NOT_DUE, STATUS_DUE_SOON, STATUS_DUE_TODAY,
		STATUS_OVERDUE, STATUS_LAPSED, STATUS_AT_RISK, STATUS_SHORT, STATUS_MISSED,
		STATUS_MISSING, STATUS_EXPIRING, STATUS_EXPIRED, STATUS_UNKNOWN, STATUS_DONE,
		STATUS_MET, STATUS_IN_ORDER};
	static const char *const steps[] = {"before-7", "lost", "resolved", "inherited"};
	for (size_t k = 0; k < sizeof statuses / sizeof *statuses; k++) {
		for (int rule = 0; rule < 5; rule++) {
			sample_digest(&s, "xa-16147", day_from_civil(2026, 12, 1));
			for (size_t n = 0; n < 4; n++)
				for (int bare = 0; bare < 2; bare++) {
					struct item *i = add_item(&s, "village:TH-0001", NULL, rule,
						statuses[k], URGENCY_MISSING, ROLE_PLACE);
					snprintf(i->step.name, sizeof i->step.name, "%s", steps[n]);
					if (bare)
						i->judged = NULL;
				}
			struct letter l;
			compose(&l);
			if (!strstr(l.subject, "[Làng nghề]["))
				fail_msg(
					"%s, rule %d: %s", status_vi(statuses[k]), rule, l.subject);
			letter_release(&l);
		}
	}
	sample_digest(&s, "xa-16147", day_from_civil(2026, 12, 1));
	struct letter l;
	compose(&l);
	letter_release(&l);
}

/* Text from outside stays text: no header, no tag, no line of its own. */
static void test_hostile(void **state)
{
	(void)state;
	static const char *const names[] = {"x\r\nBcc: y@z\r\n\r\nbody", "<b>\"x\"</b>&'",
		"=HYPERLINK(\"http://x\")",
		"\xE2\x80\xAE"
		"lật\xFF"
		"\x01",
		"{{key}} {{{raw}}} {{#a}}"};
	sample_digest(&s, "xa-16147", day_from_civil(2026, 12, 1));
	add_villages(&s, 5, ROLE_PLACE, "xa-16147");
	for (int k = 0; k < 5; k++) {
		s.items[k].name = names[k];
		facts(&s.items[k])->detail = names[4 - k];
	}
	facts(&s.items[0])->list = names[0];
	s.changes[0] = (struct change){CHANGE_WORSE, 1, names[0], names[0]};
	s.digest.change_count = 1;
	json_t *o = letter_of("hostile");
	json_t *header_names = json_object_get(o, "header_names");
	size_t k;
	json_t *name;
	json_array_foreach(header_names, k, name)
		assert_string_not_equal(json_string_value(name), "Bcc");
	assert_null(strstr(text_in(o, "html"), "<b>\"x\""));
	assert_says(o, "html", "&lt;b&gt;&quot;x&quot;&lt;/b&gt;&amp;&#39;");
	assert_null(strstr(text_in(o, "text"), "\nBcc:"));
	assert_null(strstr(text_in(o, "text"), "\xE2\x80\xAE"));
	assert_says(o, "text", "{{key}} {{{raw}}}");
	json_decref(o);
}

static void test_same_bytes(void **state)
{
	(void)state;
	sample_digest(&s, "so-nnmt", day_from_civil(2026, 12, 1));
	add_villages(&s, 40, ROLE_LEAD, "xa-16147");
	add_duty(&s, "province-report", "so-nnmt", day_from_civil(2026, 12, 14));
	struct letter a, b;
	compose(&a);
	sleep(1); /* a time of day must not get into the workbook; zip stamps have two seconds */
	compose(&b);
	assert_int_equal(a.size, b.size);
	assert_memory_equal(a.bytes, b.bytes, a.size);
	assert_string_equal(a.message_id, b.message_id);
	assert_non_null(strstr(a.message_id, "12."));
	letter_release(&a);
	letter_release(&b);
}

static void test_rehearsal(void **state)
{
	(void)state;
	sample_digest(&s, "so-khcn", day_from_civil(2026, 11, 23));
	add_duty(&s, "unit-report", "so-khcn", day_from_civil(2026, 12, 4));
	s.w.settings->mail.redirect_to = xstrdup("thu@dien-tap.example");
	json_t *o = letter_of("rehearsal");
	assert_int_equal(json_array_size(json_object_get(o, "to")), 1);
	assert_string_equal(json_string_value(json_array_get(json_object_get(o, "to"), 0)),
		"thu@dien-tap.example");
	assert_says(json_object_get(o, "headers"), "X-Langnghe-Original-To", "lan@khcn.example");
	free(s.w.settings->mail.redirect_to);
	s.w.settings->mail.redirect_to = NULL;
	json_decref(o);

	sample_digest(&s, "so-gddt", day_from_civil(2026, 11, 23));
	add_duty(&s, "unit-report", "so-gddt", day_from_civil(2026, 12, 4));
	struct letter l;
	compose(&l);
	assert_int_equal(l.recipient_count, 0);
	letter_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_true_days),
		cmocka_unit_test(test_overdue),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_overview),
		cmocka_unit_test(test_receipt),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_rehearsal),
	};
	return cmocka_run_group_tests_name("mail", tests, setup, teardown);
}
