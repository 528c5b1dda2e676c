/*
 * test_units.c: who acts for a unit on a day, who owes, who gets the letter:
 * the units of 2022 and their successors as conf/units-thanh-hoa.csv has them,
 * and invented ones for what that list does not hold.
 */
#include "register/defaults.h"
#include "register/submissions.h"
#include "register/units.h"
#include "register_world.h"

static int32_t date(int year, int month, int day)
{
	return day_from_civil(year, month, day);
}

static struct units *load(const struct register_world *w)
{
	struct units *u;
	struct err e;
	if (units_load(&u, w->store, &e) != 0)
		fail_msg("%s", e.text);
	return u;
}

/* A register with the shipped lists only. */
static int shipped_set_up(void **state)
{
	if (world_set_up(state) != 0)
		return -1;
	struct register_world *w = *state;
	struct err e;
	struct default_files files;
	if (store_exec(w->store, "DELETE FROM unit; DELETE FROM contact", &e) != 0)
		return -1;
	int rc = register_load_defaults(w->store, w->plan, "conf", w->today, &files, &e);
	if (rc != 0)
		print_error("%s\n", e.text);
	default_files_release(&files);
	return rc;
}

static char *codes(const struct unit **list, size_t count)
{
	struct buf b = {0};
	for (size_t i = 0; i < count; i++)
		buf_addf(&b, "%s%s", i ? " " : "", list[i]->code);
	free(list);
	return buf_take(&b);
}

static void assert_debtors(const struct register_world *w, const char *duty, int32_t day,
	const char *expected, const char *collector)
{
	struct units *u = load(w);
	const struct unit **list, *taker;
	size_t n = duty_debtors(u, w->plan, plan_duty(w->plan, duty), day, &list, &taker);
	char *owing = codes(list, n);
	assert_string_equal(owing, expected);
	assert_string_equal(taker ? taker->code : "", collector);
	free(owing);
	units_free(u);
}

static void reporting_units_of_today_and_then(void **state)
{
	struct register_world *w = *state;
	assert_debtors(w, "unit-report", date(2026, 12, 31),
		"bao-dai-ptth so-congthuong so-khcn so-noivu so-taichinh so-vhttdl", "so-nnmt");
	assert_debtors(w, "province-report", date(2026, 12, 31), "so-nnmt", "ubnd-tinh");
	/* In 2024 nobody had merged yet, and Sở Nội vụ carried nothing. */
	assert_debtors(w, "unit-report", date(2024, 12, 31),
		"bao-thanhhoa dai-ptth so-congthuong so-khcn so-khdt so-ldtbxh so-taichinh so-tnmt "
		"so-tttt "
		"so-vhttdl vp-ntm",
		"so-nnptnt");
	w->plan->readings.collector_reports = true;
	assert_debtors(w, "unit-report", date(2026, 12, 31),
		"bao-dai-ptth so-congthuong so-khcn so-nnmt so-noivu so-taichinh so-vhttdl", "");
}

static void communes_report_when_the_reading_says_so(void **state)
{
	struct register_world *w = *state;
	world_load(w, "units",
		"code,name,kind,parent,valid_from\n"
		"xa-14758,Phường Hàm Rồng,ward,ubnd-tinh,2025-07-01\n");
	w->plan->readings.communes_report = true;
	assert_debtors(w, "unit-report", date(2026, 12, 31),
		"bao-dai-ptth so-congthuong so-khcn so-noivu so-taichinh so-vhttdl xa-14758",
		"so-nnmt");
}

static void defaults_are_loaded_once(void **state)
{
	struct register_world *w = *state;
	struct default_files files;
	struct err e;
	assert_int_equal(
		register_load_defaults(w->store, w->plan, "conf", w->today, &files, &e), 0);
	assert_true(files.count >= 2);
	for (size_t i = 0; i < files.count; i++)
		assert_true(files.items[i].loaded_before);
	default_files_release(&files);
	assert_int_equal(
		register_load_defaults(w->store, w->plan, "/nowhere", w->today, &files, &e), -1);
	default_files_release(&files);
}

static void task_units_collapse(void **state)
{
	struct register_world *w = *state;
	struct units *u = load(w);
	const struct task *t = plan_task(w->plan, "environment");
	const struct unit *lead = task_lead(u, t, w->today), **list;
	assert_string_equal(lead->code, "so-nnmt");
	size_t n = task_coordinating(u, w->plan, t, w->today, &list);
	for (size_t i = 0; i < n; i++)
		assert_ptr_not_equal(list[i], lead); /* the lead wins */
	free(list);
	char *name = unit_display(lead, unit_by_code(u, "so-tnmt"));
	assert_string_equal(
		name, "Sở Nông nghiệp và Môi trường (trước đây: Sở Tài nguyên và Môi trường)");
	free(name);
	units_free(u);
}

static void routes(void **state)
{
	struct register_world *w = *state;
	world_load(w, "units",
		"code,name,kind,parent,valid_from,valid_to,successors\n"
		"a1,A một,commune,ubnd-tinh,,2020-12-31,a2\n"
		"a2,A hai,commune,ubnd-tinh,2021-01-01,2025-06-30,a3\n"
		"a3,A ba,commune,ubnd-tinh,2025-07-01,,\n"
		"b,B,commune,ubnd-tinh,,2025-06-30,b1|b2\nb1,B1,commune,,2025-07-01,,\n"
		"b2,B2,commune,,2025-07-01,,\n"
		"c,C,commune,a3,,2025-06-30,\n"
		"d,D,commune,,,2024-12-31,d1|d2\nd1,D1,commune,,,2025-06-30,d3\n"
		"d2,D2,commune,,,2025-06-30,d3\nd3,D3,commune,,2025-08-01,,\n");
	static const struct {
		const char *unit;
		int year, month;
		enum unit_route route;
		const char *acting;
	} cases[] = {
		{"a1", 2020, 6, ROUTE_SELF, "a1"},
		{"a1", 2022, 6, ROUTE_SUCCESSOR, "a2"},
		{"a1", 2026, 6, ROUTE_SUCCESSOR, "a3"},
		{"a3", 2024, 6, ROUTE_SUCCESSOR, "a2"}, /* not begun yet: who is at work */
		{"b", 2026, 6, ROUTE_SPLIT, "ubnd-tinh"},
		{"c", 2026, 6, ROUTE_ENDED, "a3"},
		{"d", 2026, 6, ROUTE_SUCCESSOR, "d3"}, /* split and joined again */
		{"d", 2025, 7, ROUTE_SUCCESSOR, "d3"}, /* no day is nobody's */
		{"d", 2025, 3, ROUTE_SPLIT, ""},
	};
	struct units *u = load(w);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct unit *out;
		enum unit_route route = unit_on(unit_by_code(u, cases[i].unit),
			date(cases[i].year, cases[i].month, 15), &out);
		assert_int_equal(route, cases[i].route);
		assert_string_equal(out ? out->code : "", cases[i].acting);
	}
	assert_true(unit_descends(unit_by_code(u, "d3"), unit_by_code(u, "d")));
	assert_false(unit_descends(unit_by_code(u, "d"), unit_by_code(u, "d3")));
	units_free(u);
}

static void circles_are_refused(void **state)
{
	struct register_world *w = *state;
	struct import_result r;
	world_try(w, "units",
		"code,name,kind,successors\na,A,commune,b\nb,B,commune,c\nc,C,commune,a\n", NULL,
		&r);
	assert_int_equal(r.rejected, 1);
	assert_string_equal(r.rejects[0].column, "successors");
	assert_non_null(strstr(r.rejects[0].reason, "circle"));
	assert_int_equal(r.number, 0);
	import_result_release(&r);
	world_try(w, "units", "code,name,kind,parent\na,A,commune,b\nb,B,commune,a\n", NULL, &r);
	assert_int_equal(r.rejected, 1);
	assert_string_equal(r.rejects[0].column, "parent");
	import_result_release(&r);
	struct err e;
	struct units *u;
	assert_int_equal(
		store_exec(w->store, "INSERT INTO unit (code, successors) VALUES ('z', 'z')", &e),
		0);
	assert_int_equal(units_load(&u, w->store, &e), -1);
	assert_non_null(strstr(e.text, "unit z"));
}

static void contacts_by_field(void **state)
{
	struct register_world *w = *state;
	world_load(w, "contacts",
		"unit,email,role,field,valid_to\n"
		"so-nnmt,a@x.example,leader,all,\nso-nnmt,b@x.example,focal,all,\n"
		"so-nnmt,c@x.example,officer,environment,\nso-nnmt,d@x.example,officer,ocop,\n"
		"so-nnmt,e@x.example,officer,environment,2026-01-31\n"
		"so-congthuong,l@x.example,leader,all,\nxa-14758,o@x.example,officer,ocop,\n");
	struct units *u = load(w);
	const struct contact *out[8];
	const struct unit *unit = unit_by_code(u, "so-nnmt");
	assert_int_equal(unit_contacts(u, unit, "environment", w->today, out, 8), 2);
	assert_string_equal(out[0]->email, "b@x.example");
	assert_string_equal(out[1]->email, "c@x.example");
	assert_int_equal(unit_contacts(u, unit, NULL, w->today, out, 8), 1);
	assert_int_equal(unit_contacts(u, unit, "environment", date(2026, 1, 5), out, 8), 3);
	assert_string_equal(unit_leader(u, unit, w->today)->email, "a@x.example");
	/* Only a leader, or only an officer of another field: somebody rather than nobody. */
	assert_int_equal(
		unit_contacts(u, unit_by_code(u, "so-congthuong"), "ocop", w->today, out, 8), 1);
	assert_int_equal(
		unit_contacts(u, unit_by_code(u, "xa-14758"), "reports", w->today, out, 8), 1);
	assert_int_equal(
		unit_contacts(u, unit_by_code(u, "xa-14797"), "reports", w->today, out, 8), 0);
	units_free(u);
}

static void submissions_and_extensions(void **state)
{
	struct register_world *w = *state;
	struct err e;
	struct submission sub = {.duty = "unit-report",
		.unit = "so-khcn",
		.period = "2026",
		.document_on = date(2026, 12, 1),
		.received_on = DAY_NONE,
		.document_no = "152/BC-SKHCN",
		.by = "tester"};
	assert_int_equal(submission_record(w->store, w->plan, &sub, &e), 0);
	assert_asked(
		w, "SELECT document_no FROM v_submission WHERE period = '2026'", "152/BC-SKHCN");
	char *before = world_ask(w, "SELECT count(*) FROM change");
	assert_int_equal(submission_record(w->store, w->plan, &sub, &e), 0); /* twice the same */
	assert_asked(w, "SELECT count(*) FROM change", before);
	free(before);

	struct submission wrong = sub;
	wrong.duty = "unit-reports";
	assert_int_equal(submission_record(w->store, w->plan, &wrong, &e), -1);
	assert_non_null(strstr(e.text, "media-items"));
	wrong = sub;
	wrong.unit = "so-khong-co";
	assert_int_equal(submission_record(w->store, w->plan, &wrong, &e), -1);
	assert_non_null(strstr(e.text, "so-khong-co"));
	wrong = sub;
	wrong.period = "2026-Q3";
	assert_int_equal(submission_record(w->store, w->plan, &wrong, &e), -1);
	assert_non_null(strstr(e.text, "2026-Q3"));
	wrong = sub;
	wrong.received_on = date(2026, 11, 1);
	assert_int_equal(submission_record(w->store, w->plan, &wrong, &e), -1);
	assert_non_null(strstr(e.text, "received_on"));

	assert_int_equal(submission_take_back(w->store, w->plan, "unit-report", "so-khcn", "2026",
				 "tester", "", &e),
		-1); /* a note is needed */
	assert_int_equal(submission_take_back(w->store, w->plan, "unit-report", "so-khcn", "2026",
				 "tester", "nhầm đơn vị", &e),
		0);
	assert_asked(w, "SELECT count(*) FROM v_submission WHERE period = '2026'", "0");
	assert_asked(w,
		"SELECT old FROM change WHERE key = 'unit-report/so-khcn/2026'"
		" AND column = 'document_no' AND op = 'remove'",
		"152/BC-SKHCN");

	int32_t until;
	char *number;
	assert_int_equal(submission_extend(w->store, w->plan, "unit-report", "so-khcn", "2026",
				 date(2026, 12, 4), "15/UBND", "tester", &e),
		-1);
	assert_non_null(strstr(e.text, "2026-12-04"));
	assert_int_equal(submission_extend(w->store, w->plan, "unit-report", "so-khcn", "2026",
				 date(2026, 12, 20), "15/UBND", "tester", &e),
		0);
	assert_int_equal(submission_extended_to(
				 w->store, "unit-report", "so-khcn", "2026", &until, &number, &e),
		0);
	assert_int_equal(until, date(2026, 12, 20));
	assert_string_equal(number, "15/UBND");
	free(number);
	assert_int_equal(submission_extended_to(
				 w->store, "unit-report", "so-khcn", "2027", &until, NULL, &e),
		0);
	assert_int_equal(until, DAY_NONE);
}

int main(void)
{
#define SHIPPED(f) cmocka_unit_test_setup_teardown(f, shipped_set_up, world_tear_down)
#define OWN(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
	const struct CMUnitTest tests[] = {
		SHIPPED(reporting_units_of_today_and_then),
		SHIPPED(communes_report_when_the_reading_says_so),
		SHIPPED(defaults_are_loaded_once),
		SHIPPED(task_units_collapse),
		OWN(routes),
		OWN(circles_are_refused),
		OWN(contacts_by_field),
		OWN(submissions_and_extensions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
