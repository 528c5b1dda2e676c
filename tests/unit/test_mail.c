/*
 * test_mail.c: what letters say of each kind of item: composed, read back by an
 * independent parser and looked at for meaning. Whole letters: test_letters.c.
 */
#include "mail_read.h"

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
	assert_says(event, "description", "chậm nhất ngày 14/12/2025");
	assert_silent(event, "description", "{");
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

/* A cell says có and chưa có only of what one can have. */
static void a_cell_has_the_words_of_its_mark(void **state)
{
	(void)state;
	struct mark_info *waste = &environment_marks[2];
	const char *lacks[] = {waste->lacks, "còn cơ sở phải di dời"}, *good[] = {"có", "đạt"}, *bad[] = {"chưa có", "chưa đạt"};
	for (int i = 0; i < 2; i++) {
		waste->lacks = (char *)(uintptr_t)lacks[i];
		sample_digest(&s, "xa-16147", day_from_civil(2026, 12, 1));
		add_villages(&s, 5, ROLE_PLACE, "xa-16147");
		list_new(&s);
		json_t *o = letter_of("words-of-marks");
		int good_ones = 0, bad_ones = 0;
		for (int row = 1; row <= 5; row++) {
			const char *word = cell_of(o, "Điểm tập kết chất thải rắn", (size_t)row);
			good_ones += strcmp(word, good[i]) == 0;
			bad_ones += strcmp(word, bad[i]) == 0;
		}
		assert_int_equal(good_ones, 4);
		assert_int_equal(bad_ones, 1);
		json_decref(o);
	}
	waste->lacks = (char *)(uintptr_t)lacks[0];
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
		judged_of(i)->duty->name, "2026", STATUS_DUE_SOON, facts(i)->last_day, 6, DAY_NONE, DAY_NONE};
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_true_days),
		cmocka_unit_test(test_overdue),
		cmocka_unit_test(test_fallen),
		cmocka_unit_test(a_cell_has_the_words_of_its_mark),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_days_of_list),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_resolved),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_overview),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
