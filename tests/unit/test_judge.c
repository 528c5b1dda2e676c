/*
 * test_judge.c: statuses of targets and things, case by case: the words of the
 * decision ("trên", "ít nhất", "khoảng", 100%) compared exactly, what nobody
 * knows, and the years (policy P10). Run from the top of the tree.
 */
#include "rules/world.h"
#include "unit_folder.h"

static struct world w;

static int32_t on(int year, int month, int day)
{
	return day_from_civil(year, month, day);
}

static int set_up(void **state)
{
	struct problems problems = {0};
	struct err e;
	if (folder_make(state) < 0)
		fail_msg("no folder");
	const struct folder *f = *state;
	if (world_open_files(&w, "conf/sample/langnghed.conf", &problems) < 0)
		fail_msg("%s: %s", problems.items[0].where, problems.items[0].text);
	if (store_open(&w.store, f->database, STORE_CREATE, &e) < 0)
		fail_msg("%s", e.text);
	return 0;
}

static int tear_down(void **state)
{
	world_close(&w);
	return folder_remove(state);
}

struct target_case {
	const char *what, *target;
	int year;
	int64_t n, d, unknown;
	int32_t figures_on, today;
	enum status status;
};

static void judge_one(const struct target_case *c, struct judgement *j)
{
	static struct rule_info rule = {.id = "share", .title = "t", .kind = LN_SHORT};
	static struct plugin_info plugin = {.name = "case", .run = "case", .rules = &rule, .rule_count = 1};
	struct err e;
	char period[8];
	snprintf(period, sizeof period, "%d", c->year);
	struct finding *f = arena_alloc(&j->arena, sizeof *f);
	*f = (struct finding){.rule = "share", .subject = "target:x", .name = "x",
		.period = arena_strdup(&j->arena, period), .target = c->target, .numerator = c->n,
		.denominator = c->d, .unknown = c->unknown, .figures_on = c->figures_on,
		.last_day = DAY_NONE, .done_on = DAY_NONE, .since = DAY_NONE, .act_by = DAY_NONE,
		.valid_to = DAY_NONE};
	j->today = c->today;
	j->watch_from = DAY_NONE;
	if (judge_finding(j, &w, &plugin, f, &e) < 0)
		fail_msg("%s: %s", c->what, e.text);
}

static void judge_all(const struct target_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct judgement j = {0};
		judge_one(&cases[i], &j);
		if (j.items[0].status != cases[i].status)
			fail_msg("%s: %s; expected %s", cases[i].what, status_vi(j.items[0].status),
				status_vi(cases[i].status));
		judgement_release(&j);
	}
}

static void words_are_exact(void **state)
{
	(void)state;
	const int32_t in = on(2025, 11, 30), now = on(2025, 12, 20);
	const struct target_case cases[] = {
		{"trên 80%: exactly 80", "effective", 2025, 80, 100, 0, in, now, STATUS_SHORT},
		{"trên 80%: 80,01", "effective", 2025, 8001, 10000, 0, in, now, STATUS_MET},
		{"ít nhất 50%: exactly 50", "ocop", 2025, 50, 100, 0, in, now, STATUS_MET},
		{"ít nhất 50%: 49,99", "ocop", 2025, 4999, 10000, 0, in, now, STATUS_SHORT},
		{"100%: all", "env-plan", 2025, 88, 88, 0, in, now, STATUS_MET},
		{"100%: one lacks", "env-plan", 2025, 87, 88, 0, in, now, STATUS_SHORT},
		{"100%: one unknown", "env-plan", 2025, 87, 88, 1, in, now, STATUS_SHORT},
		{"no village: 0/0", "env-plan", 2025, 0, 0, 0, in, now, STATUS_UNKNOWN},
		{"nothing is known", "env-plan", 2025, 0, 88, 88, in, now, STATUS_UNKNOWN},
		{"a huge register", "ocop", 2025, INT64_MAX / 4, INT64_MAX / 2, 0, in, now, STATUS_SHORT},
	};
	judge_all(cases, sizeof cases / sizeof *cases);
}

/* P10 */
static void a_year_is_judged_on_its_own_figures(void **state)
{
	(void)state;
	const int32_t old = on(2024, 12, 1), own = on(2025, 11, 30);
	const struct target_case cases[] = {
		{"reached years before", "ocop", 2030, 80, 100, 0, old, on(2026, 11, 26), STATUS_ON_TRACK},
		{"not reached years before", "ocop", 2030, 42, 100, 0, old, on(2026, 11, 26), STATUS_ON_TRACK},
		{"reached by last year's figures", "ocop", 2025, 60, 100, 0, old, on(2025, 6, 1),
			STATUS_ON_TRACK},
		{"the same, the year over", "ocop", 2025, 60, 100, 0, old, on(2026, 1, 1), STATUS_UNKNOWN},
		{"the same, closed", "ocop", 2025, 60, 100, 0, old, on(2026, 4, 1), STATUS_UNKNOWN},
		{"reached by its own", "ocop", 2025, 60, 100, 0, own, on(2026, 1, 1), STATUS_MET},
		{"the same, closed", "ocop", 2025, 60, 100, 0, own, on(2026, 4, 1), STATUS_MET},
		{"below, on last year's figures", "ocop", 2025, 42, 100, 0, old, on(2025, 1, 1), STATUS_SHORT},
		{"the same, the year over", "ocop", 2025, 42, 100, 0, old, on(2026, 1, 1), STATUS_UNKNOWN},
		{"below, on its own", "ocop", 2025, 42, 100, 0, own, on(2026, 3, 31), STATUS_SHORT},
		{"the same, closed", "ocop", 2025, 42, 100, 0, own, on(2026, 4, 1), STATUS_MISSED},
	};
	judge_all(cases, sizeof cases / sizeof *cases);
}

/* What is missing, counted in things. */
static void the_gap_is_in_things(void **state)
{
	(void)state;
	const struct {
		struct target_case c;
		int64_t gap;
	} cases[] = {
		{{"trên 80% of 10 needs 9", "effective", 2025, 8, 10, 0, 0, on(2025, 12, 1), 0}, 1},
		{{"ít nhất 50% of 11 needs 6", "ocop", 2025, 4, 11, 0, 0, on(2025, 12, 1), 0}, 2},
		{{"100% of 88", "env-plan", 2025, 80, 88, 3, 0, on(2025, 12, 1), 0}, 8},
		{{"reached", "ocop", 2025, 6, 11, 0, 0, on(2025, 12, 1), 0}, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct judgement j = {0};
		judge_one(&cases[i].c, &j);
		if (j.items[0].gap_things != cases[i].gap)
			fail_msg("%s: %lld missing", cases[i].c.what, (long long)j.items[0].gap_things);
		assert_int_equal(j.items[0].range_low, cases[i].c.n);
		assert_int_equal(j.items[0].range_high, cases[i].c.n + cases[i].c.unknown);
		judgement_release(&j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_exact),
		cmocka_unit_test(a_year_is_judged_on_its_own_figures),
		cmocka_unit_test(the_gap_is_in_things),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
