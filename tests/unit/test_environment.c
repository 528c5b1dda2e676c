/*
 * test_environment.c: the environment plugin over small registers, through the
 * real runner: papers of every kind, readings and settings that change what
 * counts, figures that nobody knows.
 */
#include "plugin_said.h"

#include <inttypes.h>

static const char *const village_columns = "code, name, kind, commune, env_plan_state, "
					   "env_plan_type, env_plan_submitted_on, env_plan_on,"
					   " env_plan_valid_to, env_group, env_drainage, "
					   "env_wastewater, env_solid_waste, pollution_risk,"
					   " reviewed_on";

/* One row of values for each: NAME gives the code. */
static void begin_villages(
	struct plugin_world *w, const char *settings, const char *values, const char *more)
{
	char *sql =
		xasprintf("INSERT INTO village (%s) VALUES %s; %s", village_columns, values, more);
	begin(w, settings, sql);
	free(sql);
}

static const struct finding_mark *mark(const struct said *said, const char *village, const char *id)
{
	char subject[80];
	snprintf(subject, sizeof subject, "village:%s", village);
	const struct finding *f = find(said, "village-environment", subject, "");
	for (size_t i = 0; f && i < f->mark_count; i++)
		if (strcmp(f->marks[i].id, id) == 0)
			return &f->marks[i];
	fail_msg("nothing was said about %s of %s", id, village);
	return NULL;
}

static void assert_target(const struct said *said, const char *id, const char *year, int64_t good,
	int64_t all, int64_t unknown)
{
	char *subject = xasprintf("target:%s", id);
	const struct finding *f = find(said, id, subject, year);
	if (!f)
		fail_msg("nothing was said about %s %s", id, year);
	if (f->numerator != good || f->denominator != all || f->unknown != unknown)
		fail_msg("%s %s: %" PRId64 "/%" PRId64 ", %" PRId64 " unknown; %" PRId64 "/%" PRId64
			 ", %" PRId64 " was expected",
			id, year, f->numerator, f->denominator, f->unknown, good, all, unknown);
	free(subject);
}

#define REST "1, 'yes', 'na', 'yes', 0, '2026-06-01'"

static const char *const plans =
	"('OK', 'Đủ', 'village', 'xa-1', 'approved', 'plan', '2024-01-02', '2024-02-01', "
	"'2029-02-01', " REST "),"
	"('OLD', 'Quá 5 năm', 'village', 'xa-1', 'approved', 'plan', NULL, '2020-02-01', "
	"NULL, " REST "),"
	"('EXP', 'Hết hạn', 'village', 'xa-1', 'approved', NULL, NULL, '2023-02-01', "
	"'2026-02-01', " REST "),"
	"('NONE', 'Chưa có', 'village', 'xa-1', 'none', NULL, NULL, NULL, NULL, " REST "),"
	"('DRAFT', 'Đang lập', 'village', 'xa-1', 'drafting', NULL, NULL, NULL, NULL, " REST "),"
	"('SENT', 'Đã trình', 'traditional_village', 'xa-1', 'submitted', 'plan', '2026-10-12', "
	"NULL, NULL, " REST "),"
	"('BACK', 'Trả lại', 'village', 'xa-1', 'returned', 'plan', '2026-09-01', NULL, NULL, " REST
	"),"
	"('CK', 'Cam kết', 'village', 'xa-1', 'approved', 'commitment', NULL, '2023-01-01', "
	"'2028-01-01', " REST "),"
	"('DA', 'Đề án', 'village', NULL, 'approved', 'scheme', NULL, '2023-01-01', "
	"'2028-01-01', " REST "),"
	"('NULL', 'Không rõ', 'village', 'xa-1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
	"NULL, NULL, NULL),"
	"('SITE', 'Điểm có nghề', 'craft_site', 'xa-1', 'none', NULL, NULL, NULL, NULL, " REST "),"
	"('NEW', 'Mới duyệt', 'village', 'xa-1', 'approved', 'plan', '2025-11-03', '2026-03-01', "
	"'2031-03-01', " REST ")";

static const struct {
	const char *village;
	enum ln_mark_state state;
	const char *detail; /* NULL: none */
} plan_cases[] = {
	{"OK", LN_OK, NULL},
	{"NEW", LN_OK, NULL},
	{"OLD", LN_EXPIRED, "đã hết hiệu lực từ ngày 31/01/2025"},
	{"EXP", LN_EXPIRED, "đã hết hiệu lực từ ngày 01/02/2026"},
	{"NONE", LN_LACKS, "UBND xã, phường lập, trình"},
	{"DRAFT", LN_LACKS, "đang lập, chưa trình"},
	{"SENT", LN_WAITING, "đã trình ngày 12/10/2026"},
	{"BACK", LN_LACKS, "bị trả lại"},
	{"CK", LN_LACKS, "mới có cam kết bảo vệ môi trường, cần nâng lên phương án"},
	{"DA", LN_LACKS, "mới có đề án"},
	{"NULL", LN_UNKNOWN, NULL},
};

static void a_plan_is_more_than_a_paper(void **state)
{
	begin_villages(*state, "", plans, "");
	struct said said = ask(*state, "environment", day(2026, 11, 20));
	for (size_t i = 0; i < sizeof plan_cases / sizeof *plan_cases; i++) {
		const struct finding_mark *m = mark(&said, plan_cases[i].village, "env-plan");
		if (m->state != plan_cases[i].state)
			fail_msg("%s: state %d", plan_cases[i].village, (int)m->state);
		if (plan_cases[i].detail)
			assert_said(m->detail, plan_cases[i].detail);
		else
			assert_null(m->detail);
	}
	/* whose move it is: the lead unit of today, not the Sở TN&MT of 2022 */
	assert_string_equal(mark(&said, "SENT", "env-plan")->waiting_for, "so-nnmt");
	assert_null(find(&said, "village-environment", "village:SITE", ""));
	assert_string_equal(find(&said, "village-environment", "village:OK", "")->name, "Đủ");
	assert_string_equal(find(&said, "village-environment", "village:OK", "")->place, "xa-1");
	assert_null(find(&said, "village-environment", "village:DA", "")->place);
	assert_target(&said, "env-plan", "2030", 2, 11, 1);
	/* at the end of 2025 EXP was still valid and NEW still on a desk */
	assert_target(&said, "env-plan", "2025", 2, 11, 1);
	forget(&said);
}

static void use_plan_with(struct plugin_world *w, const char *from, const char *to)
{
	char *text;
	size_t size;
	struct err e;
	char *path = xasprintf("%s-plan.conf", w->folder); /* begin() empties the folder itself */
	assert_int_equal(file_read("conf/plan-thanh-hoa.conf", 1 << 20, &text, &size, &e), 0);
	char *at = strstr(text, from);
	assert_non_null(at);
	struct buf b = {0};
	buf_add_n(&b, text, (size_t)(at - text));
	buf_add(&b, to);
	buf_add(&b, at + strlen(from));
	assert_int_equal(file_write_atomic(path, b.s, b.len, 0600, &e), 0);
	buf_release(&b);
	free(text);
	w->plan = path;
}

static void end_plan(struct plugin_world *w)
{
	unlink(w->plan);
	free((char *)(uintptr_t)w->plan);
	w->plan = NULL;
}

static const struct {
	const char *from, *to;
	int good, all;
} reading_cases[] = {
	{"commitment_counts = false", "commitment_counts = true", 3, 11},
	{"scheme_counts = false", "scheme_counts = true", 3, 11},
	{"traditional_villages_count = true", "traditional_villages_count = false", 2, 10},
	{"recognised_only = false", "recognised_only = true", 1, 2},
	{"plan_valid_years = 5", "plan_valid_years = 10", 3, 11},
};

static void readings_change_what_counts(void **state)
{
	struct plugin_world *w = *state;
	for (size_t i = 0; i < sizeof reading_cases / sizeof *reading_cases; i++) {
		use_plan_with(w, reading_cases[i].from, reading_cases[i].to);
		begin_villages(w, "", plans,
			"INSERT INTO recognition (code, kind, villages, recognised_on, valid_to, "
			"status) VALUES"
			" ('CN-1', 'village', 'OK|NONE', '2015-01-01', NULL, 'recognised'),"
			" ('CN-2', 'village', 'EXP', '2015-01-01', '2018-01-01', 'recognised'),"
			" ('CN-3', 'village', 'BACK', '2015-01-01', NULL, 'revoked'),"
			" ('CN-4', 'traditional_craft', 'DRAFT', '2015-01-01', NULL, "
			"'recognised')");
		struct said said = ask(w, "environment", day(2026, 11, 20));
		assert_target(&said, "env-plan", "2030", reading_cases[i].good,
			reading_cases[i].all, reading_cases[i].to[0] == 'r' ? 0 : 1);
		forget(&said);
		end_plan(w);
	}
}

static void a_setting_makes_waiting_missing(void **state)
{
	begin_villages(*state, "environment = { count_waiting_as_missing = true; };", plans, "");
	struct said said = ask(*state, "environment", day(2026, 11, 20));
	const struct finding_mark *m = mark(&said, "SENT", "env-plan");
	assert_int_equal(m->state, LN_LACKS);
	assert_null(m->waiting_for);
	forget(&said);
}

static void unknown_is_never_missing(void **state)
{
	static const char *const all[] = {"env-plan", "env-group", "env-drainage", "env-wastewater",
		"env-solid-waste", "review", "compliance", "relocation", "pollution-project"};
	begin_villages(*state, "", plans, "");
	struct said said = ask(*state, "environment", day(2026, 11, 20));
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		assert_int_equal(mark(&said, "NULL", all[i])->state, LN_UNKNOWN);
	assert_int_equal(
		mark(&said, "OK", "env-wastewater")->state, LN_OK); /* not applicable is fine */
	assert_target(&said, "env-group", "2030", 10, 11, 1);
	assert_target(&said, "env-infrastructure", "2030", 10, 11, 1);
	/* nobody knows of one establishment: none is invented, and the target says of how many
	 * places */
	assert_target(&said, "env-compliance", "2030", 0, 0, 0);
	assert_said(find(&said, "env-compliance", "target:env-compliance", "2030")->source,
		"12 chưa có số liệu");
	forget(&said);
}

static void an_empty_register_is_unknown(void **state)
{
	begin(*state, "", "SELECT 1");
	struct said said = ask(*state, "environment", day(2026, 11, 20));
	assert_int_equal(said.set.count, 9); /* 2 × 4 targets, and what is asked for instead */
	assert_string_equal(said.set.items[8].rule, "village-list");
	assert_int_equal(said.set.items[8].marks[0].state, LN_LACKS);
	assert_target(&said, "env-plan", "2025", 0, 0, 0);
	assert_target(&said, "env-compliance", "2030", 0, 0, 0);
	assert_int_equal(said.set.items[0].figures_on, DAY_NONE);
	forget(&said);
}

#define V(code)                                                                                    \
	"('" code                                                                                  \
	"', 'Làng', 'village', 'xa-1', 'approved', 'plan', NULL, '2024-01-01', NULL, " REST ")"
#define E(code, village, good) "('" code "', '" village "', " good ", 'none', NULL, NULL)"

/* L: the list covers; S: the sums know of more; Y: sums only, nothing known of compliance; H: only
 * households; Z: none at all, known; N: nothing known. */
static void lists_win_where_they_cover(void **state)
{
	begin_villages(*state, "", V("L") "," V("S") "," V("Y") "," V("H") "," V("Z") "," V("N"),
		"INSERT INTO establishment (code, village, environment_compliant, relocation,"
		" relocation_due_on, ended_on) VALUES " E("1", "L", "1") "," E("2", "L", "0") "," E(
			"3", "L", "NULL") "," E("4", "S",
			"1") ", ('5', 'L', 0, 'none', NULL, '2026-05-01'),"
			     " ('6', NULL, 0, 'none', NULL, NULL);"
			     "INSERT INTO village_year (village, year, establishments, "
			     "establishments_compliant,"
			     " craft_households, figures_on) VALUES ('L', 2025, 3, 3, 20, "
			     "'2025-12-15'),"
			     " ('S', 2025, 10, 7, NULL, '2025-12-15'), ('S', 2024, 12, 2, NULL, "
			     "'2024-12-15'),"
			     " ('Y', 2025, 4, NULL, NULL, '2025-12-14'), ('H', 2025, NULL, NULL, "
			     "6, NULL),"
			     " ('Z', 2026, 0, 0, NULL, '2026-10-31')");
	struct said said = ask(*state, "environment", day(2026, 11, 20));
	assert_target(&said, "env-compliance", "2030", 1 + 7, 3 + 10 + 4 + 6, 1 + 4 + 6);
	/* at the end of 2025: establishment 5 still there, Z not yet known */
	assert_target(&said, "env-compliance", "2025", 1 + 7, 4 + 10 + 4 + 6, 1 + 4 + 6);
	assert_said(mark(&said, "L", "compliance")->detail,
		"1/3 cơ sở chưa đáp ứng; 1 cơ sở chưa có số liệu");
	assert_int_equal(mark(&said, "L", "compliance")->state, LN_LACKS);
	assert_said(mark(&said, "S", "compliance")->detail, "3/10 cơ sở chưa đáp ứng");
	assert_int_equal(mark(&said, "Y", "compliance")->state, LN_UNKNOWN);
	assert_int_equal(mark(&said, "Z", "compliance")->state, LN_OK);
	assert_int_equal(mark(&said, "H", "compliance")->state, LN_UNKNOWN);
	assert_int_equal(mark(&said, "N", "compliance")->state, LN_UNKNOWN);
	assert_int_equal(find(&said, "env-compliance", "target:env-compliance", "2030")->figures_on,
		day(2026, 10, 31));
	assert_int_equal(find(&said, "env-compliance", "target:env-compliance", "2025")->figures_on,
		day(2025, 12, 15));
	forget(&said);
}

/* H4 names the establishments of all places, H1-H3 the villages alone. S: its list; Y: its sums; H:
 * its households; N: nothing known; ENDED: gone. */
static void craft_sites_count_for_h4_only(void **state)
{
	struct plugin_world *w = *state;
	const char *villages = V("L") "," V("S") "," V("Y") "," V("H") "," V("N") "," V("ENDED");
	const char *more =
		"UPDATE village SET kind = 'craft_site' WHERE code <> 'L';"
		"UPDATE village SET ended_on = '2026-06-30' WHERE code = 'ENDED';"
		"INSERT INTO establishment (code, village, environment_compliant, relocation,"
		" relocation_due_on, figures_on) VALUES ('1', 'L', 1, 'none', NULL, '2025-10-31'),"
		" ('2', 'S', 1, 'none', NULL, '2026-09-30'),"
		" ('3', 'S', 0, 'required', '2020-01-01', '2025-11-30'),"
		" ('4', 'S', NULL, 'none', NULL, '2027-01-01'),"
		" ('5', 'ENDED', 1, 'none', NULL, '2026-10-31');"
		"INSERT INTO village_year (village, year, establishments, establishments_compliant,"
		" craft_households) VALUES ('Y', 2025, 10, 7, NULL), ('H', 2025, NULL, NULL, 6)";
	for (int recognised_only = 0; recognised_only < 2; recognised_only++) {
		/* the reading is about H1-H3 */
		if (recognised_only)
			use_plan_with(w, "recognised_only = false", "recognised_only = true");
		begin_villages(w, "", villages, more);
		struct said said = ask(w, "environment", day(2026, 11, 20));
		int held = recognised_only ? 0 : 1;
		assert_target(&said, "env-plan", "2030", held, held, 0);
		assert_target(&said, "env-group", "2030", held, held, 0);
		assert_target(&said, "env-infrastructure", "2030", held, held, 0);
		assert_target(&said, "env-compliance", "2030", 1 + 1 + 7, 1 + 3 + 10 + 6, 1 + 6);
		assert_target(
			&said, "env-compliance", "2025", 1 + 1 + 7 + 1, 1 + 3 + 10 + 6 + 1, 1 + 6);
		forget(&said);
	}
	end_plan(w);
	begin_villages(w, "", villages, more);
	struct said said = ask(w, "environment", day(2026, 11, 20));
	assert_null(find(&said, "village-environment", "village:S", ""));
	/* the newest cut-off day of what was counted, not of what ended or is still to come */
	const struct finding *f = find(&said, "env-compliance", "target:env-compliance", "2030");
	assert_int_equal(f->figures_on, day(2026, 9, 30));
	assert_said(f->source, "2 làng nghề, điểm có nghề theo danh sách cơ sở, 1 theo số liệu "
			       "tổng hợp năm, 1 theo số hộ làm nghề, 1 chưa có số liệu");
	f = find(&said, "env-compliance", "target:env-compliance", "2025");
	assert_int_equal(f->figures_on, day(2025, 11, 30));
	forget(&said);
	/* sites alone are no list of villages */
	begin_villages(w, "", V("S"), "UPDATE village SET kind = 'craft_site'");
	said = ask(w, "environment", day(2026, 11, 20));
	assert_int_equal(
		find(&said, "village-list", "task:environment", "")->marks[0].state, LN_LACKS);
	forget(&said);
}

static void relocations_are_counted_not_listed(void **state)
{
	begin_villages(*state, "", V("LATE") "," V("SOON") "," V("FAR") "," V("OPEN") "," V("DONE"),
		"INSERT INTO establishment (code, village, environment_compliant, relocation,"
		" relocation_due_on) VALUES ('1', 'LATE', 1, 'required', '2026-11-19'),"
		" ('2', 'LATE', 1, 'required', '2026-06-30'), ('3', 'SOON', 1, 'required', "
		"'2026-11-20'),"
		" ('4', 'FAR', 1, 'required', '2028-01-01'), ('5', 'OPEN', 1, 'required', NULL),"
		" ('8', 'OPEN', 1, 'required', NULL),"
		" ('6', 'DONE', 1, 'done', '2020-01-01'), ('7', 'DONE', 1, 'none', NULL)");
	struct said said = ask(*state, "environment", day(2026, 11, 20));
	assert_int_equal(mark(&said, "LATE", "relocation")->state, LN_LACKS);
	assert_said(mark(&said, "LATE", "relocation")->detail,
		"2 cơ sở quá thời hạn di dời (sớm nhất ngày 30/06/2026)");
	assert_int_equal(
		find(&said, "village-environment", "village:LATE", "")->act_by, day(2026, 6, 30));
	assert_int_equal(mark(&said, "SOON", "relocation")->state, LN_LACKS);
	assert_int_equal(mark(&said, "FAR", "relocation")->state, LN_OK);
	assert_int_equal(find(&said, "village-environment", "village:FAR", "")->act_by, DAY_NONE);
	assert_said(mark(&said, "OPEN", "relocation")->detail,
		"2 cơ sở phải di dời, chưa xác định thời hạn");
	assert_int_equal(mark(&said, "DONE", "relocation")->state, LN_OK);
	forget(&said);
	begin_villages(*state, "environment = { relocation_notice_days = 3650; };", V("FAR"),
		"INSERT INTO establishment (code, village, relocation, relocation_due_on) VALUES"
		" ('4', 'FAR', 'required', '2028-01-01')");
	said = ask(*state, "environment", day(2026, 11, 20));
	assert_int_equal(mark(&said, "FAR", "relocation")->state, LN_LACKS);
	forget(&said);
}

#define RISK(code, reviewed)                                                                       \
	"('" code "', 'Làng', 'village', NULL, 'none', NULL, NULL, NULL, NULL, 0, 'no',"          \
	" 'no', 'no', 1, '" reviewed "')"

static void projects_and_reviews(void **state)
{
	begin_villages(*state, "",
		RISK("A", "2026-01-01") "," RISK("B", "2025-05-21") "," RISK(
			"C", "2025-05-19") "," RISK("AA", "2027-01-01"),
		"INSERT INTO project (code, kind, villages, approved_on, planned_approval_on) "
		"VALUES"
		" ('1', 'treatment', 'X|A', '2026-03-01', NULL), ('2', 'model', 'B', '2026-03-01', "
		"NULL),"
		" ('3', 'treatment', 'C', NULL, '2027-06-30'), ('4', 'treatment', 'AA', "
		"'2027-01-01', NULL)");
	struct said said = ask(*state, "environment", day(2026, 11, 20));
	assert_int_equal(mark(&said, "A", "pollution-project")->state, LN_OK);
	assert_int_equal(
		mark(&said, "B", "pollution-project")->state, LN_LACKS); /* of another kind */
	assert_int_equal(mark(&said, "C", "pollution-project")->state, LN_LACKS);
	assert_said(mark(&said, "C", "pollution-project")->detail, "dự kiến ngày 30/06/2027");
	assert_int_equal(
		mark(&said, "AA", "pollution-project")->state, LN_LACKS); /* approved later */
	assert_int_equal(mark(&said, "B", "review")->state, LN_OK); /* 18 months less a day ago */
	assert_int_equal(mark(&said, "C", "review")->state, LN_LACKS);
	assert_said(mark(&said, "C", "review")->detail, "19/05/2025");
	assert_target(&said, "env-infrastructure", "2030", 0, 4, 0);
	forget(&said);
}

static void ended_villages_are_out(void **state)
{
	begin_villages(*state, "", V("A") "," V("B"),
		"UPDATE village SET ended_on = '2026-06-30' WHERE code = 'B'");
	struct said said = ask(*state, "environment", day(2026, 11, 20));
	assert_null(find(&said, "village-environment", "village:B", ""));
	assert_target(&said, "env-plan", "2030", 1, 1, 0);
	assert_target(&said, "env-plan", "2025", 2, 2, 0);
	forget(&said);
	said = ask(*state, "environment", day(2026, 6, 29));
	assert_non_null(find(&said, "village-environment", "village:B", ""));
	forget(&said);
}

/* Every row says what to do, in a sentence, and cites its article. */
static void every_row_has_its_action_and_law(void **state)
{
	begin(*state, "", "SELECT 1");
	struct said said = ask(*state, "environment", day(2026, 11, 20));
	for (size_t i = 0; i < said.plugin->rule_count; i++) {
		const struct rule_info *r = &said.plugin->rules[i];
		assert_said(r->action, "Đề nghị");
		const char *law = r->task ? "Điều 56" : "danh mục làng nghề";
		assert_said(r->action, law);
		for (size_t k = 0; k < r->mark_count; k++) {
			assert_said(r->marks[k].action, r->task ? law : "4182/QĐ-UBND");
			assert_int_equal(r->marks[k].action[strlen(r->marks[k].action) - 1], '.');
		}
	}
	forget(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_is_more_than_a_paper),
		cmocka_unit_test(readings_change_what_counts),
		cmocka_unit_test(a_setting_makes_waiting_missing),
		cmocka_unit_test(unknown_is_never_missing),
		cmocka_unit_test(an_empty_register_is_unknown),
		cmocka_unit_test(lists_win_where_they_cover),
		cmocka_unit_test(craft_sites_count_for_h4_only),
		cmocka_unit_test(relocations_are_counted_not_listed),
		cmocka_unit_test(projects_and_reviews),
		cmocka_unit_test(ended_villages_are_out),
		cmocka_unit_test(every_row_has_its_action_and_law),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
