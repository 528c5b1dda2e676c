/*
 * test_plan.c: the decision as conf/plan-thanh-hoa.conf has it: its targets and
 * their words, its duties and their last days, and the working days around them.
 * Run from the root of the source tree.
 */
#include "base/mem.h"
#include "base/text.h"
#include "plan/calendar.h"
#include "plan/period.h"
#include "plan/plan.h"
#include "plan/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct fixture {
	struct plan *plan;
	struct calendar *calendar;
};

static void show(struct problems *p)
{
	for (size_t i = 0; i < p->count; i++)
		print_error("%s: %s\n", p->items[i].where, p->items[i].text);
	problems_release(p);
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);
	struct problems problems = {0};
	int rc = plan_load("conf/plan-thanh-hoa.conf", &f->plan, &problems);
	rc |= calendar_load("conf/calendar-vn.conf", &f->calendar, &problems);
	show(&problems);
	*state = f;
	return rc;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	plan_free(f->plan);
	calendar_free(f->calendar);
	free(f);
	return 0;
}

static int32_t date(const char *iso)
{
	int32_t day = DAY_NONE;
	assert_int_equal(day_parse_iso(iso, &day), 0);
	return day;
}

static void assert_date(int32_t day, const char *iso)
{
	char out[DAY_TEXT];
	assert_string_equal(day_iso(day, out), iso);
}

static void test_counts(void **state)
{
	const struct plan *p = ((struct fixture *)*state)->plan;
	int in_2025 = 0, in_2030 = 0;
	for (size_t i = 0; i < p->target_count; i++) {
		in_2025 += p->targets[i].year == 2025;
		in_2030 += p->targets[i].year == 2030;
	}
	assert_int_equal(in_2025, 13);
	assert_int_equal(in_2030, 12);
	assert_int_equal(p->target_count, 25);
	assert_int_equal(p->task_count, 9);
	assert_int_equal(p->duty_count, 10);
	assert_int_equal(p->solution_count, 7);
	assert_null(plan_target(p, "income", 2030));
	assert_string_equal(p->decision, "4182/QĐ-UBND");
	assert_date(p->signed_on, "2022-11-29");
	assert_date(p->ends_on, "2030-12-31");
	assert_date(plan_close_day(p, 2025), "2026-03-31");
}

static void test_targets(void **state)
{
	const struct plan *p = ((struct fixture *)*state)->plan;
	static const struct {
		const char *id;
		int year;
		enum comparator comparator;
		const char *word;
		int64_t n, d;
		const char *unit;
	} cases[] = {
		{"restored-crafts", 2025, CMP_GE, "", 5, 1, "so-nnptnt"},
		{"restored-crafts", 2030, CMP_GE, "", 10, 1, "so-nnptnt"},
		{"restored-villages", 2025, CMP_GE, "", 5, 1, "so-nnptnt"},
		{"restored-villages", 2030, CMP_GE, "", 5, 1, "so-nnptnt"},
		{"tourism", 2025, CMP_GE, "", 5, 1, "so-nnptnt"},
		{"tourism", 2030, CMP_APPROX, "khoảng", 10, 1, "so-nnptnt"},
		{"effective", 2025, CMP_GT, "trên", 80, 100, "so-nnptnt"},
		{"effective", 2030, CMP_GT, "trên", 90, 100, "so-nnptnt"},
		{"trained", 2025, CMP_GE, "", 80, 100, "so-nnptnt"},
		{"trained", 2030, CMP_EQ, "", 100, 100, "so-nnptnt"},
		{"ocop", 2025, CMP_GE, "ít nhất", 50, 100, "vp-ntm"},
		{"ocop", 2030, CMP_GE, "ít nhất", 70, 100, "vp-ntm"},
		{"ip", 2025, CMP_GE, "ít nhất", 30, 100, "so-khcn"},
		{"ip", 2030, CMP_GE, "ít nhất", 50, 100, "so-khcn"},
		{"output-growth", 2025, CMP_APPROX, "khoảng", 10, 100, "so-nnptnt"},
		{"output-growth", 2030, CMP_APPROX, "khoảng", 10, 100, "so-nnptnt"},
		{"income", 2025, CMP_GE, "ít nhất", 15, 10, "so-nnptnt"},
		{"env-plan", 2025, CMP_EQ, "", 100, 100, "so-tnmt"},
		{"env-group", 2030, CMP_EQ, "", 100, 100, "so-tnmt"},
		{"env-infrastructure", 2025, CMP_EQ, "", 100, 100, "so-tnmt"},
		{"env-compliance", 2030, CMP_EQ, "", 100, 100, "so-tnmt"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct target *t = plan_target(p, cases[i].id, cases[i].year);
		assert_non_null(t);
		assert_int_equal(t->comparator, cases[i].comparator);
		assert_string_equal(t->word, cases[i].word);
		assert_int_equal(t->value_numerator, cases[i].n);
		assert_int_equal(t->value_denominator, cases[i].d);
		assert_string_equal(t->unit, cases[i].unit);
	}
	/* The two years word E differently, and that is not smoothed over. */
	assert_non_null(strstr(plan_target(p, "ip", 2025)->text, "quyền sở hữu trí tuệ"));
	assert_non_null(strstr(plan_target(p, "ip", 2030)->text, "sở hữu thương hiệu"));
}

static void test_tasks(void **state)
{
	const struct plan *p = ((struct fixture *)*state)->plan;
	static const struct {
		const char *id, *lead;
		size_t coordinating;
	} cases[] = {
		{"communication", "so-tttt", 4},
		{"training", "so-nnptnt", 6},
		{"environment", "so-tnmt", 5},
		{"science-technology", "so-khcn", 6},
		{"ocop", "vp-ntm", 2},
		{"trade-promotion", "so-congthuong", 5},
		{"raw-material", "so-nnptnt", 1},
		{"inspection", "so-nnptnt", 2},
		{"conferences", "so-nnptnt", 2},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char number[4] = {(char)('1' + (int)i), '\0'};
		const struct task *t = plan_task(p, cases[i].id);
		assert_non_null(t);
		assert_ptr_equal(t, plan_task(p, number));
		assert_string_equal(t->lead, cases[i].lead);
		assert_int_equal(t->coordinating_count, cases[i].coordinating);
	}
	assert_null(plan_task(p, "10"));
	assert_int_equal(plan_task(p, "9")->from_year, 2025);
	assert_string_equal(plan_task(p, "3")->period, "2022 -2030");
}

/* What people read is NFC, and every duty says what to do. */
static void test_texts(void **state)
{
	const struct plan *p = ((struct fixture *)*state)->plan;
	for (size_t i = 0; i < p->target_count; i++) {
		char *nfc = text_nfc(p->targets[i].text, true);
		assert_string_equal(nfc, p->targets[i].text);
		free(nfc);
	}
	for (size_t i = 0; i < p->duty_count; i++)
		assert_true(strlen(p->duties[i].action) > 40);
	for (size_t i = 0; i < p->solution_count; i++)
		assert_string_equal(p->solutions[i].unit, "so-nnptnt");
}

static void test_last_days(void **state)
{
	const struct fixture *f = *state;
	static const struct {
		const char *duty, *period, *last, *workday;
	} cases[] = {
		{"unit-report", "2026", "2026-12-04", "2026-12-04"},
		{"unit-report", "2027", "2027-12-04", "2027-12-03"}, /* a Saturday */
		{"unit-report", "2023", "2023-12-04", "2023-12-04"},
		{"unit-report", "2030", "2030-12-04", "2030-12-04"},
		{"province-report", "2025", "2025-12-14", "2025-12-12"}, /* a Sunday */
		{"province-report", "2026", "2026-12-14", "2026-12-14"},
		{"province-report", "2030", "2030-12-14", "2030-12-13"},
		{"media-items", "2026-Q1", "2026-03-31", "2026-03-31"},
		{"media-items", "2026-Q4", "2026-12-31", "2026-12-31"},
		{"training-classes", "2026", "2026-12-31", "2026-12-31"},
		{"workshops", "2028", "2028-12-31", "2028-12-29"},
		{"final-conference", "2030", "2030-12-31", "2030-12-31"},
		{"inspection-report", "2030", "2030-12-31", "2030-12-31"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct duty *d = plan_duty(f->plan, cases[i].duty);
		assert_non_null(d);
		int32_t last = duty_last_day(f->plan, d, cases[i].period);
		assert_date(last, cases[i].last);
		assert_date(calendar_on_or_before(f->calendar, last), cases[i].workday);
	}
	static const char *const undated[][2] = {
		{"unit-plan", "once"},
		{"named-leader", "once"},
		{"midterm-conference", "2025"},
		{"inspection-report", "2026"},
		{"unit-report", "2022"},
		{"unit-report", "2031"},
		{"unit-report", "2026-Q1"},
		{"media-items", "2026"},
		{"unit-report", "rubbish"},
	};
	for (size_t i = 0; i < COUNT(undated); i++)
		assert_int_equal(
			duty_last_day(f->plan, plan_duty(f->plan, undated[i][0]), undated[i][1]),
			DAY_NONE);
}

/* domain §1.5 no 1, 4: each reading moves a day or takes a period away. */
static void test_readings(void **state)
{
	const struct plan *original = ((struct fixture *)*state)->plan;
	struct plan p = *original;
	const struct duty *r1 = plan_duty(&p, "unit-report"),
			  *r2 = plan_duty(&p, "province-report");
	p.readings.deadline_inclusive = true;
	assert_date(duty_last_day(&p, r1, "2026"), "2026-12-05");
	assert_date(duty_last_day(&p, r2, "2026"), "2026-12-15");
	assert_false(duty_has_period(&p, r1, "2022"));
	p.readings.weekend_deadline_rolls = true;
	p.readings.deadline_inclusive = false;
	assert_int_equal(duty_last_day(&p, plan_duty(&p, "unit-report"), "2027"),
		day_from_civil(2027, 12, 6)); /* a Saturday moves to Monday */
	assert_int_equal(duty_last_day(&p, plan_duty(&p, "province-report"), "2025"),
		day_from_civil(2025, 12, 15)); /* a Sunday too */
	assert_int_equal(duty_last_day(&p, plan_duty(&p, "unit-report"), "2026"),
		day_from_civil(2026, 12, 4)); /* a Friday stays */
	p.readings.first_cycle = 2022;
	assert_true(duty_has_period(&p, r1, "2022"));
	p.readings.counts_by_reporting_window = true; /* no 18 */
	int32_t first, last;
	const struct duty *media = plan_duty(&p, "media-items"), *classes = plan_duty(&p, "training-classes");
	assert_int_equal(duty_span(&p, media, "2026-Q1", &first, &last), 0);
	assert_int_equal(first, day_from_civil(2025, 12, 15));
	assert_int_equal(last, day_from_civil(2026, 3, 14));
	assert_int_equal(duty_last_day(&p, media, "2026-Q4"), day_from_civil(2026, 12, 14));
	assert_int_equal(duty_span(&p, classes, "2026", &first, &last), 0);
	assert_int_equal(first, day_from_civil(2025, 12, 15));
	assert_int_equal(duty_last_day(&p, classes, "2026"), day_from_civil(2026, 12, 14));
	assert_int_equal(duty_last_day(&p, r1, "2026"), day_from_civil(2026, 12, 4)); /* no count */
	assert_int_equal(duty_span(&p, media, "2026", &first, &last), -1);
	int64_t value = -1;
	assert_int_equal(plan_reading(original, "first_cycle", &value), 0);
	assert_int_equal(value, 2023);
	assert_int_equal(plan_reading(original, "traditional_villages_count", &value), 0);
	assert_int_equal(value, 1);
	assert_int_equal(plan_reading(original, "commitment_counts", &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(plan_reading(original, "nothing", &value), -1);
}

static void test_due_texts(void **state)
{
	const struct plan *p = ((struct fixture *)*state)->plan;
	static const char *const cases[][3] = {
		{"unit-report", "2026", "trước ngày 05/12/2026"},
		{"province-report", "2026", "trước ngày 15/12/2026"},
		{"media-items", "2026-Q3", "trong quý III năm 2026"},
		{"workshops", "2026", "trong năm 2026"},
		{"midterm-conference", "2025", "Quyết định không ấn định thời hạn"},
		{"final-conference", "2030", "trong năm 2030"},
		{"unit-plan", "once", "Quyết định không ấn định thời hạn"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *text = duty_due_text(p, plan_duty(p, cases[i][0]), cases[i][1]);
		assert_string_equal(text, cases[i][2]);
		free(text);
	}
}

static void test_periods(void **state)
{
	const struct plan *p = ((struct fixture *)*state)->plan;
	static const struct {
		const char *period, *first, *last,
			*next; /* first NULL: no period; next NULL: none */
	} cases[] = {
		{"2026", "2026-01-01", "2026-12-31", "2027"},
		{"2026-Q1", "2026-01-01", "2026-03-31", "2026-Q2"},
		{"2026-Q4", "2026-10-01", "2026-12-31", "2027-Q1"},
		{"2026-H2", "2026-07-01", "2026-12-31", "2027-H1"},
		{"2028-02", "2028-02-01", "2028-02-29", "2028-03"},
		{"2026-12", "2026-12-01", "2026-12-31", "2027-01"},
		{"once", "2022-11-29", "2030-12-31", NULL},
		{"2026-Q5", NULL, NULL, NULL},
		{"2026-H3", NULL, NULL, NULL},
		{"2026-13", NULL, NULL, NULL},
		{"2026-00", NULL, NULL, NULL},
		{"2026-1", NULL, NULL, NULL},
		{"26", NULL, NULL, NULL},
		{"", NULL, NULL, NULL},
		{"2026-", NULL, NULL, NULL},
		{"2026-Q1x", NULL, NULL, NULL},
		{"9999", NULL, NULL, NULL},
		{"2026 ", NULL, NULL, NULL},
		{"Once", NULL, NULL, NULL},
		{"2200", NULL, NULL, NULL},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		int32_t first = 0, last = 0;
		char next[PERIOD_TEXT];
		int rc = period_span(p, cases[i].period, &first, &last);
		assert_int_equal(rc, cases[i].first ? 0 : -1);
		if (cases[i].first) {
			assert_date(first, cases[i].first);
			assert_date(last, cases[i].last);
		}
		assert_int_equal(period_next(cases[i].period, next), cases[i].next ? 0 : -1);
		if (cases[i].next)
			assert_string_equal(next, cases[i].next);
	}
	char out[PERIOD_TEXT];
	int32_t day = date("2026-09-30");
	assert_string_equal(period_of_day(CADENCE_QUARTERLY_COUNT, day, out), "2026-Q3");
	assert_string_equal(period_of_day(CADENCE_YEARLY_REPORT, day, out), "2026");
	assert_string_equal(period_of_day(CADENCE_ONCE, day, out), "once");
}

static void test_calendar(void **state)
{
	const struct calendar *c = ((struct fixture *)*state)->calendar;
	static const struct {
		const char *day;
		bool works;
	} cases[] = {
		{"2026-08-21", true},
		{"2026-08-22", true}, /* the swapped Saturday */
		{"2026-08-23", false},
		{"2026-08-29", false},
		{"2026-08-31", false},
		{"2026-09-01", false},
		{"2026-09-02", false},
		{"2026-09-03", true},
		{"2026-02-13", true},
		{"2026-02-16", false},
		{"2026-02-20", false},
		{"2026-02-23", true},
		{"2026-04-26", false},
		{"2026-04-27", false},
		{"2026-04-28", true},
		{"2026-11-24", true},
		{"2025-04-26", true},
		{"2025-05-02", false},
		{"2025-01-27", false},
		/* provisional years */
		{"2027-02-05", false},
		{"2027-02-09", false},
		{"2027-02-10", true},
		{"2027-04-16", false},
		{"2030-02-01", false},
		{"2030-02-05", false},
		{"2030-02-06", true},
		{"2027-09-01", false},
		{"2027-09-02", false},
		{"2027-09-03", true},
		{"2029-04-30", false},
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		if (calendar_is_workday(c, date(cases[i].day)) != cases[i].works)
			fail_msg("%s should %sbe a working day", cases[i].day,
				cases[i].works ? "" : "not ");
	assert_false(calendar_is_provisional(c, 2025));
	assert_false(calendar_is_provisional(c, 2026));
	assert_true(calendar_is_provisional(c, 2027));
	assert_true(calendar_is_provisional(c, 1950));
	assert_string_equal(calendar_day_off(c, date("2026-02-17")), "Tết Nguyên đán");
	assert_string_equal(calendar_day_off(c, date("2030-02-02")), "Tết Nguyên đán");
	assert_null(calendar_day_off(c, date("2026-03-07")));
	assert_null(calendar_day_off(c, date("2026-03-09")));
}

static void test_calendar_steps(void **state)
{
	const struct calendar *c = ((struct fixture *)*state)->calendar;
	assert_date(calendar_on_or_before(c, date("2026-02-22")), "2026-02-13");
	assert_date(calendar_on_or_after(c, date("2026-02-14")), "2026-02-23");
	assert_date(calendar_add_workdays(c, date("2026-02-13"), 1), "2026-02-23");
	assert_date(calendar_add_workdays(c, date("2026-02-23"), -1), "2026-02-13");
	assert_date(calendar_add_workdays(c, date("2026-02-14"), 0), "2026-02-14");
	assert_date(calendar_add_workdays(c, date("2026-08-21"), 1), "2026-08-22");
	assert_date(calendar_add_workdays(c, date("2026-12-04"), 10), "2026-12-18");
	assert_int_equal(calendar_workdays_between(c, date("2026-12-04"), date("2026-12-18")), 10);
	assert_int_equal(calendar_workdays_between(c, date("2026-12-18"), date("2026-12-04")), -10);
	assert_int_equal(calendar_workdays_between(c, date("2026-12-05"), date("2026-12-05")), 0);
	assert_date(calendar_first_workday_of_month(c, 2026, 1), "2026-01-02");
	assert_date(calendar_first_workday_of_month(c, 2026, 9), "2026-09-03");
	assert_date(calendar_first_workday_of_week(c, date("2026-09-04")), "2026-09-03");
	assert_date(calendar_first_workday_of_week(c, date("2026-12-06")), "2026-11-30");
	assert_date(calendar_first_workday_of_week(c, date("2026-02-18")), "2026-02-23");
}

static void test_packaged_settings(void **state)
{
	(void)state;
	struct problems problems = {0};
	struct settings *s = NULL, *sample = NULL;
	int rc = settings_load("conf/langnghed.conf", &s, &problems);
	rc |= settings_load("conf/sample/langnghed.conf", &sample, &problems);
	show(&problems);
	assert_int_equal(rc, 0);
	assert_string_equal(s->database, "/var/lib/langnghe/langnghe.db");
	assert_int_equal(s->mail.transport, TRANSPORT_MAILDIR);
	assert_true(s->mail.starttls_required);
	assert_null(s->data_label);
	assert_null(s->mail.redirect_to);
	assert_int_equal(s->utc_offset_s, 7 * 3600);
	assert_int_equal(s->schedule.send_at, 8 * 3600);
	assert_int_equal(s->reminders.yearly_report.count, 6);
	assert_int_equal(s->reminders.yearly_report.items[0], 30);
	assert_int_equal(s->reminders.protected_steps.items[2], 0);
	assert_int_equal(s->plugins.enabled_count, 11);
	const char *folder = strstr(s->units_dir, "/conf");
	assert_non_null(folder);
	assert_string_equal(folder, "/conf");
	assert_string_equal(sample->data_label, "DỮ LIỆU MÔ PHỎNG");
	assert_int_equal(sample->plugins.enabled_count, 11);
	assert_non_null(strstr(sample->database, "/build/sample/"));
	assert_non_null(strstr(sample->control_socket, "/build/sample/"));
	assert_non_null(strstr(sample->mail.maildir, "/build/sample/"));
	struct plan *plan = NULL;
	assert_int_equal(plan_load(sample->plan, &plan, &problems), 0);
	plan_free(plan);
	settings_free(s);
	settings_free(sample);
}

/* P10: nothing is written after the month that follows the last closing. */
static void the_plan_ends(void **state)
{
	(void)state;
	struct problems problems = {0};
	struct plan *p;
	assert_int_equal(plan_load("conf/plan-thanh-hoa.conf", &p, &problems), 0);
	assert_int_equal(plan_last_notice_day(p), day_from_civil(2031, 4, 30));
	plan_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_tasks),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_last_days),
		cmocka_unit_test(test_readings),
		cmocka_unit_test(test_due_texts),
		cmocka_unit_test(test_periods),
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_calendar_steps),
		cmocka_unit_test(test_packaged_settings),
		cmocka_unit_test(the_plan_ends),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
