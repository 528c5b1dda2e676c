/*
 * test_mail.c: letters of every kind are composed, read back by an independent
 * parser (tests/mail_parse.py) and looked at for meaning.
 * With LANGNGHE_DUMP=FOLDER the sample letters are left there as .eml and .html.
 */
#include "mail_samples.h"

#include "mail/message.h"
#include "mail/preview.h"

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

static void assert_silent(const json_t *o, const char *key, const char *unwanted)
{
	if (strstr(text_in(o, key), unwanted))
		fail_msg("\"%s\" is said in the %s:\n%s", unwanted, key, text_in(o, key));
}

/* No letter asks twice in one breath: "Đề nghị: Đề nghị …". */
static void assert_asks_once(const json_t *o)
{
	static const char *const twice[] = {"ề nghị: Đề nghị", "ề nghị: đề nghị", "ề nghị Đề nghị",
		"ề nghị đề nghị", "ề nghị: Kính đề nghị", "ề nghị kính đề nghị"};
	for (size_t i = 0; i < sizeof twice / sizeof *twice; i++) {
		assert_silent(o, "text", twice[i]);
		assert_silent(o, "html", twice[i]);
	}
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
	assert_asks_once(o);
	letter_release(&l);
	return o;
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

/* The column of a list's sheet, as the parser prints its cells, in the row-th line after the head.
 */
static const char *cell_of(const json_t *o, const char *column, size_t row)
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
	/* In a calendar it stands on the day on which somebody looks. */
	json_t *event = json_array_get(json_object_get(o, "events"), 0);
	assert_string_equal(text_in(event, "day"), "2025-12-12");
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
	/* The last letter was of 30/11, when it was not overdue yet. */
	assert_says(o, "text", "đã quá hạn từ ngày 05/12/2026");
	assert_says(o, "html", "đã quá hạn từ ngày 05/12/2026");
	assert_silent(o, "text", "Không có việc mới");
	json_decref(o);
}

/* What ran over is said once, in the first letter after it did. */
static void test_fallen(void **state)
{
	(void)state;
	static const struct {
		int last_letter; /* of December 2026 */
		const char *step;
		bool told;
	} cases[] = {{4, "overdue-1", true}, {4, "overdue-4", true}, {5, "overdue-1", true},
		{7, "overdue-4", false}, {8, "overdue-7", false}};
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		sample_digest(&s, "so-khcn", day_from_civil(2026, 12, 10));
		struct item *i =
			add_duty(&s, "unit-report", "so-khcn", day_from_civil(2026, 12, 4));
		snprintf(i->step.name, sizeof i->step.name, "%s", cases[k].step);
		s.digest.last_letter = day_from_civil(2026, 12, cases[k].last_letter);
		json_t *o = letter_of("fallen");
		bool told = strstr(text_in(o, "text"), "đã quá hạn từ ngày 05/12/2026") != NULL;
		bool nothing = strstr(text_in(o, "text"), "Không có việc mới") != NULL;
		assert_int_equal(told, cases[k].told);
		assert_int_equal(nothing, !cases[k].told);
		json_decref(o);
	}
}

static void test_lists(void **state)
{
	(void)state;
	sample_digest(&s, "so-nnmt", day_from_civil(2026, 12, 1));
	add_villages(&s, 40, ROLE_LEAD, "xa-16147");
	list_new(&s);
	s.items[0].named = unit_by_code(s.w.units, "so-tnmt");
	json_t *o = letter_of("lead-40-villages");
	assert_says(o, "subject", "40 làng nghề");
	assert_head_says(o, "40 làng nghề");
	assert_head_says(o, "chưa có phương án bảo vệ môi trường");
	assert_says(o, "text", "… và 10 làng nghề khác");
	assert_says(o, "text", "1. [mới]");
	assert_says(o, "text", "việc của: quý đơn vị (hồ sơ đang chờ xử lý)");
	assert_string_equal(cell_of(o, "Việc của", 1), "quý đơn vị (chỉ đạo, đôn đốc)");
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
	/* 13/12 is a Sunday: the Friday before it, wherever a day is shown. */
	assert_head_says(o, "thứ Sáu, 11/12/2026");
	assert_silent(o, "text", "13/12/2026");
	assert_silent(o, "html", "13/12/2026");
	assert_says(o, "text",
		"thôn 2: chưa có phương án bảo vệ môi trường; chưa có điểm tập kết "
		"chất thải rắn – việc của: quý đơn vị – chậm nhất 11/12/2026");
	assert_says(o, "text", "việc của: Sở Nông nghiệp và Môi trường");
	assert_says(o, "html", "Việc của: Sở Nông nghiệp và Môi trường");
	assert_string_equal(cell_of(o, "Chậm nhất", 4), "2026-12-11 00:00:00");
	assert_string_equal(cell_of(o, "Việc của", 4), "quý đơn vị");
	assert_string_equal(cell_of(o, "Việc của", 5), "Sở Nông nghiệp và Môi trường");
	assert_string_equal(cell_of(o, "Chậm nhất", 5), "");
	assert_int_equal(json_object_size(json_object_get(o, "sheets")), 2);
	json_decref(o);
}

/* The day of most rows is shown; of the others one clause is said, where it matters. */
static void test_days_of_list(void **state)
{
	(void)state;
	static const struct {
		int apart; /* rows whose day is apart_on; all others: 16/12/2026 */
		int month, day;
		const char *head, *clause; /* NULL: none */
	} cases[] = {
		{0, 12, 16, "chậm nhất thứ Tư, 16/12/2026 (còn 30 ngày).", NULL},
		{1, 9, 30, "chậm nhất thứ Tư, 16/12/2026 (còn 30 ngày)",
			"; riêng 1 làng nghề đã quá hạn xử lý (30/09/2026)"},
		{44, 9, 30, "chậm nhất thứ Tư, 30/09/2026 (đã qua 47 ngày)",
			"; riêng 10 làng nghề chậm nhất 16/12/2026"},
		{27, 11, 30, "chậm nhất thứ Tư, 16/12/2026 (còn 30 ngày)",
			"; riêng 27 làng nghề chậm nhất 30/11/2026"},
		{5, 12, 31, "chậm nhất thứ Tư, 16/12/2026 (còn 30 ngày).", NULL},
	};
	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
		sample_digest(&s, "so-nnmt", day_from_civil(2026, 11, 16));
		add_villages(&s, 54, ROLE_LEAD, "xa-16147");
		for (int k = 0; k < 54; k++) {
			s.items[k].act_by = day_from_civil(2026, 12, 16);
			if (k < cases[c].apart)
				s.items[k].act_by =
					day_from_civil(2026, cases[c].month, cases[c].day);
			facts(&s.items[k])->marks = make_marks(&s, LN_LACKS, LN_OK, LN_OK);
			judged_of(&s.items[k])->lacks = 1;
		}
		json_t *o = letter_of("lead-54-villages");
		assert_head_says(o, cases[c].head);
		assert_says(o, "html", cases[c].head);
		if (cases[c].clause) {
			assert_head_says(o, cases[c].clause);
			assert_says(o, "html", cases[c].clause);
		} else {
			assert_silent(o, "text", "riêng");
		}
		json_decref(o);
	}
	/* One village is called by its name. */
	sample_digest(&s, "xa-16147", day_from_civil(2026, 11, 16));
	add_villages(&s, 1, ROLE_PLACE, "xa-16147");
	list_new(&s);
	json_t *o = letter_of("commune-1-village");
	assert_head_says(o,
		"xử lý “Làng nghề chiếu cói thôn 1”: chưa có phương án bảo vệ môi trường; "
		"chưa có tổ chức tự quản về bảo vệ môi trường.");
	json_decref(o);

	/* What waits for another unit has no day of the reader's, late or not. */
	sample_digest(&s, "xa-16147", day_from_civil(2026, 11, 16));
	add_villages(&s, 2, ROLE_PLACE, "xa-16147");
	for (int k = 0; k < 2; k++) {
		s.items[k].act_by = day_from_civil(2026, 9, 30);
		facts(&s.items[k])->marks = make_marks(&s, LN_WAITING, LN_OK, LN_OK);
		judged_of(&s.items[k])->lacks = 0;
		judged_of(&s.items[k])->unknowns = 0;
	}
	o = letter_of("all-waiting");
	assert_head_says(o, "Thời hạn: không phải làm gì thêm; hồ sơ đã trình");
	assert_silent(o, "text", "quá hạn xử lý");
	json_decref(o);
}

static void test_expiry(void **state)
{
	(void)state;
	sample_digest(&s, "so-nnmt", day_from_civil(2026, 12, 1));
	add_certificate(&s, 1, "Chiếu cói Nga Sơn", day_from_civil(2026, 11, 20));
	add_certificate(&s, 2, "Nước mắm Ba Làng", day_from_civil(2026, 12, 20))->first_told =
		s.digest.day - 60;
	add_certificate(&s, 3, "Bánh gai Tứ Trụ", day_from_civil(2027, 2, 26));
	list_new(&s);
	json_t *o = letter_of("expiry");
	assert_says(o, "subject", "[Hết hạn] 1 sản phẩm, 2 sắp hết hạn");
	assert_head_says(o, "3 sản phẩm (1 đã hết hạn, 2 sắp hết hạn)");
	/* The first that runs out counts: 20/12 is a Sunday. */
	assert_head_says(o, "thứ Sáu, 18/12/2026 (còn 17 ngày) đối với sản phẩm đến hạn sớm nhất");
	assert_says(o, "text", "có giá trị đến 20/12/2026, còn 19 ngày – chậm nhất 18/12/2026");
	assert_string_equal(cell_of(o, "Chậm nhất", 2), "2026-12-18 00:00:00");
	json_decref(o);
}

static void test_resolved(void **state)
{
	(void)state;
	sample_digest(&s, "xa-16147", day_from_civil(2026, 12, 7));
	add_news(&s, "village:TH-0001", "Làng nghề chiếu cói thôn 1", "resolved");
	add_news(&s, "village:TH-0002", "Làng nghề rèn thôn 2", "ended");
	json_t *o = letter_of("resolved");
	assert_head_says(o, "không có việc mới; 2 việc đã xong");
	assert_says(o, "text", "thôn 1 – Hồ sơ môi trường của làng nghề: đã hoàn thành");
	assert_says(o, "text", "thôn 2 – Hồ sơ môi trường của làng nghề: đối tượng đã kết thúc");
	json_decref(o);

	/* What comes over from another unit has its day in its own row. */
	sample_digest(&s, "so-khcn", day_from_civil(2026, 12, 1));
	snprintf(add_duty(&s, "unit-report", "so-khcn", day_from_civil(2026, 12, 4))->step.name,
		STEP_TEXT, "inherited");
	o = letter_of("inherited");
	assert_head_says(o, "theo từng việc dưới đây");
	assert_says(o, "text", "hạn 04/12/2026");
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
	list_new(&s);
	json_t *o = letter_of("targets");
	assert_says(o, "subject", "[Nguy cơ không đạt] 42,5% / ít nhất 70%");
	assert_says(o, "text", "ít nhất 70%");
	assert_says(o, "text", "trên 90%");
	assert_says(o, "text", "275 cơ sở (27,5 điểm %)");
	assert_says(o, "text", "42,5% đến 54,5%");
	assert_says(o, "text", "chốt ngày 22/10/2026");
	assert_says(o, "text", "[PHỐI HỢP] Nhiệm vụ số 3: 2 chỉ tiêu");
	json_decref(o);

	sample_digest(&s, "so-congthuong", day_from_civil(2026, 12, 1));
	add_target(&s, "ocop", 2030, STATUS_AT_RISK, 425, 1000, 120)->role = ROLE_COORDINATING;
	add_target(&s, "env-plan", 2030, STATUS_AT_RISK, 20, 65, 6)->role = ROLE_COORDINATING;
	list_new(&s);
	o = letter_of("targets-coordinating");
	assert_says(o, "subject", "[Phối hợp] 1 chỉ tiêu chưa bảo đảm");
	assert_head_says(o, "phối hợp thực hiện chỉ tiêu “cơ sở ngành nghề nông thôn có sản phẩm");
	/* The others are named, not the reader himself. */
	assert_says(o, "text", "Cùng phối hợp: Sở Khoa học và Công nghệ; Sở Tài chính");
	assert_head_says(o, "chủ trì: Sở Nông nghiệp và Môi trường");
	assert_head_says(o, "31/12/2030");
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
	list_new(&s);
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
	s.rows[s.digest.overview_count++] = (struct overview_row){s.digest.unit->name,
		judged_of(i)->duty->name, "2026", STATUS_DUE_SOON, facts(i)->last_day, 6, DAY_NONE};
	o = letter_of("r2-with-debtors");
	assert_head_says(o, "còn 6 ngày");
	assert_head_says(o, "UBND tỉnh");
	/* Who owes stands in the overview, which is there: not a second time. */
	assert_says(o, "text", "1. Sở Công Thương – Báo cáo");
	assert_says(o, "text", "QUÁ HẠN 4 ngày");
	assert_says(o, "text", "xem bảng tổng hợp trong thư này");
	assert_silent(o, "text", "- Sở Công Thương: chưa gửi");
	assert_silent(o, "html", "Sở Công Thương: chưa gửi");
	/* The last letter was of 01/12, when the three were in time. */
	assert_says(o, "text", "Các đơn vị khác chuyển sang quá hạn: 3 việc");
	assert_silent(o, "text", "Không có việc mới");
	const char *first = strstr(text_in(o, "text"), "TỔNG HỢP: 3");
	assert_non_null(first);
	assert_null(strstr(first + 1, "TỔNG HỢP: 3"));
	json_decref(o);

	/* No overview today: the list is the only place. */
	s.digest.overview = NULL;
	s.digest.overview_count = 0;
	o = letter_of("r2-without-overview");
	assert_says(o, "text", "- Sở Công Thương: chưa gửi");
	assert_silent(o, "text", "xem bảng tổng hợp");
	json_decref(o);
}

/* The outbox lists the letter with its subject and gives it back for reading. */
static void check_outbox(const struct letter *l, int64_t number)
{
	struct err e = {0};
	struct table *t = NULL;
	char *text = NULL, *listing = NULL;
	size_t size;
	assert_int_equal(store_begin(s.w.store, &e), 0);
	assert_int_equal(outbox_queue(s.w.store, l, &s.digest, number, s.now, false, &e), 0);
	assert_int_equal(store_commit(s.w.store, &e), 0);
	assert_int_equal(outbox_table(s.w.store, NULL, 7 * 3600, &t, &e), 0);
	FILE *out = open_memstream(&listing, &size);
	table_json(t, out);
	fclose(out);
	table_free(t);
	json_t *rows = json_loads(listing, 0, NULL);
	assert_string_equal(text_in(json_array_get(rows, 0), "subject_line"), l->subject);
	/* The keys that were there before keep their places: the new one is the last. */
	assert_non_null(strstr(strstr(listing, "\"sent_at\""), "\"subject_line\""));
	json_decref(rows);
	free(listing);

	assert_int_equal(message_read(l->bytes, l->size, &text, &e), 0);
	char *subject = xasprintf("\nSubject: %s\n", l->subject);
	if (!strstr(text, subject))
		fail_msg("not the subject \"%s\":\n%s", l->subject, text);
	assert_int_equal(strncmp(text, "From: ", 6), 0);
	assert_non_null(strstr(text, "\nTo: "));
	assert_non_null(strstr(text, "\nDate: Mon, 07 Dec 2026 "));
	assert_non_null(strstr(text, "\n\n*** DỮ LIỆU MÔ PHỎNG ***\n"));
	assert_null(strchr(text, '\r'));
	assert_null(strstr(text, "<p"));
	free(subject);
	free(text);
	assert_int_equal(message_read("nothing\r\n", 9, &text, &e), -1);
}

/* The administrator's look ahead: each letter with what it holds. */
static void test_preview(void **state)
{
	(void)state;
	struct err e = {0};
	struct letter l = {0};
	sample_digest(&s, "so-nnmt", day_from_civil(2026, 12, 7));
	add_overview(9);
	struct digest three[3] = {s.digest, s.digest, s.digest};
	three[1].items = s.items;
	struct item *i = add_duty(&s, "unit-report", "so-khcn", day_from_civil(2026, 12, 4));
	i->summary = "Báo cáo năm 2026: quá hạn 4 ngày";
	three[1].item_count = 1;
	three[2].unit = unit_by_code(s.w.units, "so-khcn");
	three[2].item_count = 1;
	three[2].overview_count = 0;
	struct digests digests = {.items = three, .count = 3};
	struct moment sending = {day_from_civil(2026, 12, 8), 8 * 3600};
	s.now.second = 16 * 3600;
	assert_int_equal(
		preview_compose(&l, &s.w, s.t, &digests, s.now, sending, 13, "secret", &e), 0);
	assert_int_equal(strncmp(l.subject, "[DỮ LIỆU MÔ PHỎNG][Làng nghề][Xem trước] 3 thư",
				 strlen("[DỮ LIỆU MÔ PHỎNG][Làng nghề][Xem trước] 3 thư")),
		0);
	json_t *o = read_back(&l, "preview");
	assert_silent(o, "text", "0 nội dung");
	assert_says(o, "text", "Sở Nông nghiệp và Môi trường: bảng tổng hợp");
	assert_says(o, "text", "1 nội dung và bảng tổng hợp; nặng nhất: Báo");
	assert_says(o, "text", "Sở Khoa học và Công nghệ: 1 nội dung; nặng nhất: Báo cáo");
	assert_says(o, "html", ">bảng tổng hợp<");
	assert_says(o, "html", "DỮ LIỆU MÔ PHỎNG");
	json_decref(o);
	check_outbox(&l, 13);
	letter_release(&l);
	s.now.second = 8 * 3600;
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
		cmocka_unit_test(test_fallen),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_days_of_list),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_resolved),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_overview),
		cmocka_unit_test(test_receipt),
		cmocka_unit_test(test_preview),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_rehearsal),
	};
	return cmocka_run_group_tests_name("mail", tests, setup, teardown);
}
