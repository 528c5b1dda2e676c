/*
 * test_plugins.c: the reporting plugin over small registers, through the real
 * runner. Each case is a state of the register and what must be said about it;
 * the cases of its README are among them.
 */
#include "plugin_said.h"

static const struct finding *find_due(
	const struct said *said, const char *rule, const char *unit, const char *period)
{
	char subject[80];
	snprintf(subject, sizeof subject, "unit:%s", unit);
	const struct finding *f = find(said, rule, subject, period);
	if (!f)
		fail_msg("nothing was said about %s %s %s", rule, unit, period);
	return f;
}

static void every_unit_owes_its_report(void **state)
{
	begin(*state, "", "SELECT 1");
	struct said said = ask(*state, "reporting", day(2026, 11, 20));
	const struct finding *f = find_due(&said, "unit-report", "so-khcn", "2026");
	assert_int_equal(f->required, 1);
	assert_int_equal(f->recorded, 0);
	assert_int_equal(f->last_day, day(2026, 12, 4)); /* "trước ngày 05/12" leaves the 5th out */
	assert_int_equal(f->done_on, DAY_NONE);
	assert_string_equal(f->duty, "unit-report");
	assert_string_equal(f->unit, "so-khcn");
	assert_false(f->not_applicable);
	/* the year before is still looked at, the one before that no longer */
	assert_int_equal(
		find_due(&said, "unit-report", "so-khcn", "2025")->last_day, day(2025, 12, 4));
	assert_null(find(&said, "unit-report", "unit:so-khcn", "2024"));
	/* the collector is listed, and owes nothing */
	assert_true(find_due(&said, "unit-report", "so-nnmt", "2026")->not_applicable);
	/* who is no more owes nothing of 2026 */
	assert_null(find(&said, "unit-report", "unit:so-tttt", "2026"));
	assert_null(find(&said, "province-report", "unit:ubnd-tinh", "2026"));
	forget(&said);
	said = ask(*state, "reporting", day(2023, 3, 1));
	find_due(&said, "unit-report", "so-tttt", "2023");
	assert_null(find(&said, "unit-report", "unit:so-tttt", "2022")); /* first cycle 2023 */
	forget(&said);
	said = ask(*state, "reporting", day(2032, 1, 20));
	assert_null(find(&said, "unit-report", "unit:so-khcn", "2031")); /* the plan has ended */
	forget(&said);
}

static void a_report_counts_from_its_day_on(void **state)
{
	begin(*state, "",
		"INSERT INTO submission (duty, unit, period, document_on, received_on, "
		"document_no, accepted)"
		" VALUES ('unit-report', 'so-khcn', '2026', '2026-12-02', NULL, '152/BC-SKHCN', 1),"
		" ('unit-report', 'so-congthuong', '2026', '2026-12-03', '2026-12-07', '9/BC', 1),"
		" ('unit-report', 'so-taichinh', '2026', '2026-12-01', '2026-12-01', '7/BC', 0),"
		" ('unit-report', 'so-noivu', '2026', '2026-12-01', NULL, NULL, NULL),"
		" ('unit-report', 'so-vhttdl', '2026', NULL, NULL, '5/BC', 1)");
	struct said said = ask(*state, "reporting", day(2026, 12, 1));
	assert_int_equal(find_due(&said, "unit-report", "so-khcn", "2026")->recorded, 0);
	forget(&said);
	said = ask(*state, "reporting", day(2026, 12, 10));
	const struct finding *f = find_due(&said, "unit-report", "so-khcn", "2026");
	assert_int_equal(f->recorded, 1);
	assert_int_equal(f->done_on, day(2026, 12, 2));
	assert_string_equal(f->document_no, "152/BC-SKHCN");
	/* written in time, received late: the day of receipt counts */
	assert_int_equal(
		find_due(&said, "unit-report", "so-congthuong", "2026")->done_on, day(2026, 12, 7));
	/* sent back is not handed in */
	assert_int_equal(find_due(&said, "unit-report", "so-taichinh", "2026")->recorded, 0);
	/* not said whether accepted: taken as handed in */
	assert_int_equal(find_due(&said, "unit-report", "so-noivu", "2026")->recorded, 1);
	/* recorded, but nobody knows when: neither done nor forgotten */
	f = find_due(&said, "unit-report", "so-vhttdl", "2026");
	assert_int_equal(f->recorded, 0);
	assert_said(f->detail, "chưa có ngày");
	forget(&said);
}

static void a_setting_takes_undated_papers(void **state)
{
	begin(*state, "reporting = { undated_counts = true; };",
		"INSERT INTO submission (duty, unit, period, document_no) VALUES"
		" ('unit-report', 'so-vhttdl', '2026', '5/BC')");
	struct said said = ask(*state, "reporting", day(2026, 12, 10));
	const struct finding *f = find_due(&said, "unit-report", "so-vhttdl", "2026");
	assert_int_equal(f->recorded, 1);
	assert_int_equal(f->done_on, day(2026, 12, 4));
	forget(&said);
}

/* Báo and Đài became one on 01/06/2025; Sở TT&TT went into Sở KH&CN, which lived on. */
static void merged_units_have_reported_when_all_parts_have(void **state)
{
	begin(*state, "",
		"INSERT INTO submission (duty, unit, period, document_on, document_no) VALUES"
		" ('unit-report', 'dai-ptth', '2025', '2025-05-20', '11/BC-PTTH'),"
		" ('unit-report', 'so-tttt', '2025', '2025-02-20', '12/BC-STTTT'),"
		" ('unit-report', 'so-khdt', '2025', '2025-02-20', '13/BC'),"
		" ('unit-report', 'so-taichinh', '2025', '2025-12-01', '14/BC'),"
		" ('unit-plan', 'dai-ptth', 'once', '2023-03-01', '1/KH'),"
		" ('unit-plan', 'bao-thanhhoa', 'once', '2023-04-01', '2/KH')");
	struct said said = ask(*state, "reporting", day(2025, 12, 10));
	const struct finding *f = find_due(&said, "unit-report", "bao-dai-ptth", "2025");
	assert_int_equal(f->recorded, 0);
	assert_said(f->detail, "Đã có văn bản của Đài phát thanh và truyền hình Thanh Hóa");
	assert_said(f->detail, "còn thiếu phần của Báo Thanh Hóa");
	f = find_due(&said, "unit-report", "so-khcn", "2025");
	assert_int_equal(f->recorded, 0); /* its own part is still owed */
	assert_said(f->detail, "Sở Thông tin và Truyền thông");
	assert_int_equal(
		find_due(&said, "unit-report", "so-taichinh", "2025")->done_on, day(2025, 12, 1));
	/* R0 of both parts is R0 of the whole */
	f = find_due(&said, "unit-duties", "bao-dai-ptth", "once");
	assert_int_equal(f->marks[0].state, LN_OK);
	assert_int_equal(f->marks[1].state, LN_LACKS);
	forget(&said);
	world_sql(*state,
		"INSERT INTO submission (duty, unit, period, document_on, document_no) VALUES"
		" ('unit-report', 'bao-thanhhoa', '2025', '2025-05-25', '15/BC')");
	said = ask(*state, "reporting", day(2025, 12, 10));
	f = find_due(&said, "unit-report", "bao-dai-ptth", "2025");
	assert_int_equal(f->recorded, 1);
	assert_int_equal(f->done_on, day(2025, 5, 25));
	assert_string_equal(f->document_no, "15/BC");
	forget(&said);
	/* what was handed in for a year before counts for that year alone */
	said = ask(*state, "reporting", day(2026, 12, 1));
	assert_int_equal(find_due(&said, "unit-report", "bao-dai-ptth", "2026")->recorded, 0);
	forget(&said);
}

static void an_extension_moves_the_last_day(void **state)
{
	begin(*state, "",
		"INSERT INTO extension (duty, unit, period, until, document_no, by, at) VALUES"
		" ('unit-report', 'so-khcn', '2026', '2026-12-20', '77/UBND', 'test', "
		"'2026-12-01')");
	struct said said = ask(*state, "reporting", day(2026, 12, 10));
	const struct finding *f = find_due(&said, "unit-report", "so-khcn", "2026");
	assert_int_equal(f->last_day, day(2026, 12, 20));
	assert_said(f->detail, "77/UBND");
	assert_int_equal(find_due(&said, "unit-report", "so-congthuong", "2026")->last_day,
		day(2026, 12, 4));
	assert_said(find_due(&said, "province-report", "so-nnmt", "2026")->list,
		"Sở Khoa học và Công nghệ: chưa có báo cáo, còn 10 ngày (ngày cuối cùng đúng hạn: "
		"20/12/2026, đã được lùi)");
	forget(&said);
}

static void the_province_report_lists_who_still_owes(void **state)
{
	begin(*state, "",
		"INSERT INTO submission (duty, unit, period, document_on) VALUES"
		" ('unit-report', 'so-khcn', '2026', '2026-12-02')");
	struct said said = ask(*state, "reporting", day(2026, 12, 7));
	const struct finding *f = find_due(&said, "province-report", "so-nnmt", "2026");
	assert_int_equal(f->last_day, day(2026, 12, 14));
	assert_int_equal(f->recorded, 0);
	assert_null(strstr(f->list, "Sở Khoa học và Công nghệ"));
	assert_null(strstr(f->list, "Sở Nông nghiệp"));
	assert_said(f->list, "Sở Công Thương: chưa có báo cáo, quá hạn 3 ngày");
	forget(&said);
	said = ask(*state, "reporting", day(2026, 12, 4));
	assert_said(find_due(&said, "province-report", "so-nnmt", "2026")->list,
		"Sở Công Thương: chưa có báo cáo, đến hạn hôm nay");
	forget(&said);
}

static void undated_duties_are_missing_never_late(void **state)
{
	begin(*state, "",
		"INSERT INTO activity (code, kind, held_on) VALUES ('HD-1', 'inspection_report', "
		"'2026-06-15')");
	struct said said = ask(*state, "reporting", day(2026, 12, 31));
	const struct finding *f = find_due(&said, "inspection-report", "so-nnmt", "2026");
	assert_int_equal(f->mark_count, 1);
	assert_int_equal(f->marks[0].state, LN_OK);
	assert_said(f->marks[0].detail, "15/06/2026");
	assert_int_equal(f->last_day, DAY_NONE);
	assert_string_equal(f->duty, "inspection-report");
	assert_null(find(&said, "inspection-report", "unit:so-nnmt", "2025"));
	f = find_due(&said, "unit-duties", "so-khcn", "once");
	assert_int_equal(f->mark_count, 2);
	assert_int_equal(f->marks[0].state, LN_LACKS);
	assert_int_equal(f->marks[1].state, LN_LACKS);
	assert_string_equal(f->duty, "unit-plan");
	forget(&said);
	said = ask(*state, "reporting", day(2026, 6, 14));
	assert_int_equal(
		find_due(&said, "inspection-report", "so-nnmt", "2026")->marks[0].state, LN_LACKS);
	forget(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_unit_owes_its_report),
		cmocka_unit_test(a_report_counts_from_its_day_on),
		cmocka_unit_test(a_setting_takes_undated_papers),
		cmocka_unit_test(merged_units_have_reported_when_all_parts_have),
		cmocka_unit_test(an_extension_moves_the_last_day),
		cmocka_unit_test(the_province_report_lists_who_still_owes),
		cmocka_unit_test(undated_duties_are_missing_never_late),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
