/*
 * test_conf.c: wrong configurations. A table: which kind of file, its text, the
 * line that must be named and a word that the message must hold. Then: several
 * errors come in one run, and what is right but unusual is accepted.
 */
#include "base/file.h"
#include "base/mem.h"
#include "plan/calendar.h"
#include "plan/plan.h"
#include "plan/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum kind { SETTINGS, PLAN, CALENDAR };

/* The least that is accepted, one line each, so that a case's own text begins on the next. */
#define ADMIN "admin = { email = \"a@coquan.gov.vn\"; };"
#define MAIL(more) "mail = { reply_to = \"b@coquan.gov.vn\"; " more " };"
#define SMTP(more) MAIL("transport = \"smtp\"; " more)
#define BASE ADMIN " " MAIL("") "\n" /* line 1; the case begins on line 2 */

#define HEAD                                                                                       \
	"province = \"T\"; decision = \"1/QĐ\"; decision_long = \"Q\"; title = \"K\"; "           \
	"signed_on = \"2022-11-29\"; ends_on = \"2030-12-31\"; coordinator = \"so-a\";\n"
#define TASK_OF(id, number, more)                                                                  \
	"{ id = \"" id "\"; number = " number "; text = \"t\"; product = \"p\"; lead = \"so-b\"; " \
	"period = \"2022-2030\"; from_year = 2022; to_year = 2030; clause = \"c\"; " more " }"
#define TASKS "tasks = ( " TASK_OF("env", "3", "") " );\n"
#define TARGET_OF(id, text, word, comparator, value, more)                                         \
	"{ id = \"" id                                                                             \
	"\"; year = 2025; label = \"B\"; name = \"n\"; clause = \"c\"; text = \"" text             \
	"\"; word = \"" word "\"; comparator = \"" comparator "\"; value = \"" value               \
	"\"; measure = \"%\"; thing = \"x\"; " more " }"
#define TARGETS "targets = ();\n"
#define DUTY_OF(text, more)                                                                        \
	"{ id = \"r1\"; name = \"n\"; clause = \"c\"; text = \"" text                              \
	"\"; owed_by = [\"@reporting\"]; action = \"Đề nghị.\"; " more " }"
#define YEARLY "cadence = \"yearly-report\"; due_month = 12; due_day = 5; exclusive = true; "
#define DUTIES "duties = ();\n"
/* line 1 HEAD, 2 TASKS, then the rest */

#define FIXED                                                                                      \
	"{ on = \"2027-01-01\"; name = \"a\"; }, { from = \"2027-02-04\"; to = \"2027-02-10\"; "   \
	"name = \"b\"; }, { on = \"2027-04-16\"; name = \"c\"; }, { on = \"2027-04-30\"; name = "  \
	"\"d\"; }, { from = \"2027-09-01\"; to = \"2027-09-02\"; name = \"e\"; }"
#define YEAR(days, more)                                                                           \
	"years = ( { year = 2027; source = \"s\";\ndays_off = ( " FIXED ",\n" days " );\n" more    \
	" } );"
/* line 2 the feasts, 3 the days of the case, 4 more */

struct wrong {
	enum kind kind;
	const char *text;
	int line; /* 0: none is named */
	const char *word;
};

static const struct wrong cases[] = {
	/* settings: syntax */
	{SETTINGS, BASE "plan = ;", 2, "syntax"},
	{SETTINGS, BASE "\nplan = \"a\"\nmail2 = {", 4, "syntax"},
	{SETTINGS, BASE "tên = 1;", 2, "syntax"},
	{SETTINGS, BASE "plan = \"a\";\nplan = \"b\";", 3, "duplicate"},
	{SETTINGS, BASE "@include \"/etc/passwd\"", 2, "@include"},
	{SETTINGS, BASE "reminders = { expiry = [1,]; };", 2, "syntax"},
	{SETTINGS, BASE "\nplan = \"a;\ncalendar = 5;\n", 3, "not closed"},
	{SETTINGS, BASE "\n/* plan = 5;\n\n", 3, "not closed"},
	/* settings: text */
	{SETTINGS, BASE "\n\ndata_label = \"D\xEF LIEU\";", 4, "UTF-8"},
	{SETTINGS, BASE "data_label = \"\\xff\";", 2, "UTF-8"},
	/* settings: type */
	{SETTINGS, BASE "database = 5;", 2, "text in quotes"},
	{SETTINGS, BASE "plugins = { wall_ms = \"30\"; };", 2, "whole number"},
	{SETTINGS, BASE "plugins = { wall_ms = 30.5; };", 2, "number with decimals"},
	{SETTINGS, BASE "plugins = 5;", 2, "group"},
	{SETTINGS, BASE "plugins = { enabled = \"reporting\"; };", 2, "array"},
	{SETTINGS, BASE "plugins = { enabled = [1, 2]; };", 2, "name"},
	{SETTINGS, BASE "plugins = { reporting = { x = [1]; }; };", 2, "plugins.reporting.x"},
	{SETTINGS, BASE "schedule = { send_at = 8; };", 2, "time of day"},
	{SETTINGS, BASE "reminders = { expiry = [\"a\"]; };", 2, "whole numbers"},
	/* settings: range */
	{SETTINGS, BASE "plugins = {\n wall_ms = 5;\n};", 3, "between 100 and 600000"},
	{SETTINGS, BASE "schedule = { send_at = \"25:00\"; };", 2, "08:00"},
	{SETTINGS, BASE "reminders = { unknown_months = [1, 13]; };", 2, "between 1 and 12"},
	{SETTINGS, BASE "reminders = { yearly_report = [7, 14]; };", 2, "smaller"},
	{SETTINGS, BASE "reminders = { overdue_workdays = [4, 1]; };", 2, "larger"},
	{SETTINGS, BASE "retention = { letters = 0; };", 2, "days that letters are kept"},
	{SETTINGS, BASE "retention = { letters = 3000000000; };", 2, "too large"},
	{SETTINGS, BASE "retention = { letters = 99999999999; };", 2, "too large"},
	{SETTINGS, BASE "retention = { letters = -4294967295; };", 2, "too large"},
	{SETTINGS, BASE "retention = { letters = 0xFFFFFFFF; };", 2, "too large"},
	{SETTINGS, BASE "retention = { letters = 3000000000L; };", 2, "between 30 and 36500"},
	{SETTINGS, BASE "retention = { letters = 99999999999999999999L; };", 2, "too large"},
	/* settings: unknown keys */
	{SETTINGS, BASE "databse = \"x\";", 2, "control_socket"},
	{SETTINGS, BASE "schedule = {\nsendat = \"08:00\"; };", 3, "send_at"},
	{SETTINGS, BASE "plugins = { wall = 30; };", 2, "wall_ms"},
	{SETTINGS, BASE "reminders = { years = 3; };", 2, "yearly_report"},
	/* settings: references between options */
	{SETTINGS, BASE "plugins = { enabled = [\"ocop\"];\nreporting = { x = 1; }; };", 3,
		"enabled"},
	{SETTINGS, BASE "plugins = { enabled = [\"ocop\", \"ocop\"]; };", 2, "twice"},
	{SETTINGS, BASE "plugins = { enabled = [\"rules\"]; };", 2, "rules"},
	{SETTINGS, BASE "timezone = \"Asia/Hanoi\";", 2, "Asia/Ho_Chi_Minh"},
	{SETTINGS, BASE "timezone = \"+7\";", 2, "+07:00"},
	{SETTINGS, BASE "web = { listen = \"8080\"; };", 2, "ADDRESS:PORT"},
	{SETTINGS, BASE "web = { public_url = \"langnghe\"; };", 2, "https://"},
	{SETTINGS, BASE "schedule = { check_at = \"09:00\"; };", 2, "send_at"},
	{SETTINGS, BASE "schedule = { late_until = \"07:00\"; };", 2, "late_until"},
	{SETTINGS, ADMIN "\nmail = { };", 2, "mail.reply_to is missing"},
	{SETTINGS, ADMIN "\nmail = { reply_to = \"\"; };", 2, "must not be empty"},
	{SETTINGS, ADMIN "\nmail = { reply_to = \"khong phai\"; };", 2, "e-mail"},
	{SETTINGS, MAIL(""), 0, "admin.email is missing"},
	{SETTINGS, ADMIN "\n" MAIL("transport = \"sendmail\";"), 2, "\"maildir\", \"smtp\""},
	{SETTINGS, ADMIN "\nmail = { reply_to = \"b@coquan.gov.vn\";\ntransport = \"smtp\"; };", 3,
		"needs mail.server"},
	{SETTINGS, ADMIN "\n" SMTP(""), 2, "mail.server"},
	{SETTINGS, ADMIN "\n" SMTP("server = \"localhost:0\";"), 2, "PORT"},
	{SETTINGS, ADMIN "\n" SMTP("server = \"mail.gov.vn\";\nstarttls = \"off\";"), 3,
		"starttls"},
	{SETTINGS, ADMIN "\n" SMTP("server = \"127.gov.vn\"; starttls = \"off\";"), 2, "starttls"},
	{SETTINGS, ADMIN "\n" SMTP("server = \"localhost\";\nfrom = \"x@so.example\";"), 3,
		".example"},
	{SETTINGS, ADMIN "\n" SMTP("server = \"localhost\"; user = \"u\";"), 2, "password_file"},
	{SETTINGS, "admin = {\nemail = \"a@b.EXAMPLE\"; };" SMTP("server = \"localhost\";"), 2,
		"admin.email"},
	/* plan: what is missing, mistyped, unknown */
	{PLAN, "province = 1;", 1, "text in quotes"},
	{PLAN, HEAD TARGETS DUTIES, 0, "tasks is missing"},
	{PLAN, HEAD "tasks = 5;\n" TARGETS DUTIES, 2, "list"},
	{PLAN, HEAD TASKS TARGETS DUTIES "readings = { first_cycle = true; };", 5, "whole number"},
	{PLAN, HEAD TASKS TARGETS DUTIES "readings = { inclusive = true; };", 5,
		"deadline_inclusive"},
	{PLAN, HEAD TASKS TARGETS DUTIES "readings = { close_on_month = 2; close_on_day = 30; };",
		5, "does not exist"},
	{PLAN, HEAD TASKS TARGETS DUTIES "goals = ();", 5, "targets"},
	/* plan: tasks */
	{PLAN,
		HEAD "tasks = (\n" TASK_OF("env", "3", "") ",\n" TASK_OF(
			"env", "4", "") ");" TARGETS DUTIES,
		4, "twice"},
	{PLAN,
		HEAD "tasks = (\n" TASK_OF("env", "3", "") ",\n" TASK_OF(
			"e2", "3", "") ");" TARGETS DUTIES,
		4, "number 3"},
	{PLAN, HEAD "tasks = (" TASK_OF("env", "0", "") ");\n" TARGETS DUTIES, 2,
		"between 1 and 99"},
	{PLAN, HEAD "tasks = (" TASK_OF("Env", "1", "") ");\n" TARGETS DUTIES, 2, "hyphens"},
	{PLAN,
		HEAD
		"tasks = (" TASK_OF("env", "1", "coordinating = [\"@all\"];") ");\n" TARGETS DUTIES,
		2, "@province"},
	/* plan: targets */
	{PLAN,
		HEAD TASKS
		"targets = (" TARGET_OF("b", "Trên 80%", "trên", "ge", "80", "") ");\n" DUTIES,
		3, "\"gt\""},
	{PLAN,
		HEAD TASKS
		"targets = (" TARGET_OF("b", "ít nhất 8%", "ít nhất", "gt", "8", "") ");\n" DUTIES,
		3, "\"ge\""},
	{PLAN,
		HEAD TASKS
		"targets = (" TARGET_OF("b", "khoảng 8%", "khoảng", "ge", "8", "") ");\n" DUTIES,
		3, "\"approx\""},
	{PLAN, HEAD TASKS "targets = (" TARGET_OF("b", "80%", "", "gt", "80", "") ");\n" DUTIES, 3,
		"without a word"},
	{PLAN, HEAD TASKS "targets = (" TARGET_OF("b", "80%", "hơn", "ge", "80", "") ");\n" DUTIES,
		3, "ít nhất"},
	{PLAN, HEAD TASKS "targets = (" TARGET_OF("b", "80%", "trên", "gt", "80", "") ");\n" DUTIES,
		3, "does not stand"},
	{PLAN, HEAD TASKS "targets = (" TARGET_OF("b", "8", "", "ge", "120", "") ");\n" DUTIES, 3,
		"100"},
	{PLAN, HEAD TASKS "targets = (" TARGET_OF("b", "8", "", "ge", "tám", "") ");\n" DUTIES, 3,
		"must be a number"},
	{PLAN,
		HEAD TASKS
		"targets = (" TARGET_OF("b", "8", "", "ge", "8", "task = \"x\";") ");\n" DUTIES,
		3, "no task of this plan: env"},
	{PLAN,
		HEAD TASKS "targets = (" TARGET_OF(
			"b", "8", "", "ge", "8", "approx_tolerance = 1;") ");\n" DUTIES,
		3, "approx_tolerance"},
	{PLAN,
		HEAD TASKS "targets = (" TARGET_OF("b", "8", "", "ge", "8", "") ",\n" TARGET_OF(
			"b", "8", "", "ge", "9", "") ");\n" DUTIES,
		4, "twice"},
	/* plan: duties */
	{PLAN,
		HEAD TASKS TARGETS
		"duties = (" DUTY_OF("trước ngày 05", YEARLY "task = \"no\";") ");",
		4, "no task"},
	{PLAN, HEAD TASKS TARGETS "duties = (" DUTY_OF("ngày 05", YEARLY) ");", 4, "exclusive"},
	{PLAN,
		HEAD TASKS TARGETS
		"duties = (" DUTY_OF("trước ngày 05", "cadence = \"yearly-report\"; "
						      "due_month = 12; due_day = 5;") ");",
		4, "exclusive must be true"},
	{PLAN, HEAD TASKS TARGETS "duties = (" DUTY_OF("x", "cadence = \"weekly\";") ");", 4,
		"quarterly-count"},
	{PLAN, HEAD TASKS TARGETS "duties = (" DUTY_OF("x", "") ");", 4, "cadence is missing"},
	{PLAN,
		HEAD TASKS TARGETS
		"duties = (" DUTY_OF("x", "cadence = \"yearly-report\"; due_month = 2; "
					  "due_day = 29;") ");",
		4, "no date of every year"},
	{PLAN, HEAD TASKS TARGETS "duties = (" DUTY_OF("x", "cadence = \"yearly-report\";") ");", 4,
		"dated = false"},
	{PLAN,
		HEAD TASKS TARGETS
		"duties = (" DUTY_OF("x", "cadence = \"yearly-count\"; required = 3; "
					  "upper = 1;") ");",
		4, "upper"},
	{PLAN,
		HEAD TASKS TARGETS
		"duties = (" DUTY_OF("x", "cadence = \"yearly-count\"; first_year = 2031;") ");",
		4, "between 2022 and 2030"},
	{PLAN,
		HEAD TASKS TARGETS
		"duties = (" DUTY_OF("x", "cadence = \"yearly-count\"; steps = [7, 30];") ");",
		4, "smaller"},
	/* calendar */
	{CALENDAR, "years = ( { year = 2027;\n", 2, "syntax"},
	{CALENDAR, "years = [1];", 1, "list"},
	{CALENDAR, "year = 2027;", 1, "years"},
	{CALENDAR, "years = (\n{ year = 27; source = \"s\"; days_off = (); } );", 2,
		"between 2000"},
	{CALENDAR, "years = (\n{ source = \"s\"; days_off = (); } );", 2, "year"},
	{CALENDAR, "years = ( { year = 20270000000; } );", 1, "too large"},
	{CALENDAR, "years = (\n{ year = 2027; source = \"s\"; days_off = (); } );", 2,
		"mùng 3 Tết"},
	{CALENDAR, YEAR("{ on = \"2027-02-30\"; name = \"x\"; }", ""), 3, "date that exists"},
	{CALENDAR, YEAR("{ on = \"2026-03-01\"; name = \"x\"; }", ""), 3, "not in the year"},
	{CALENDAR, YEAR("{ on = \"2027-01-01\"; name = \"x\"; }", ""), 3, "twice"},
	{CALENDAR, YEAR("{ from = \"2027-03-04\"; name = \"x\"; }", ""), 3, "either"},
	{CALENDAR, YEAR("{ from = \"2027-03-04\"; to = \"2027-03-01\"; name = \"x\"; }", ""), 3,
		"before"},
	{CALENDAR, YEAR("{ from = \"2027-03-01\"; to = \"2027-04-14\"; name = \"x\"; }", ""), 3,
		"in a row"},
	{CALENDAR, YEAR("{ on = \"2027-03-01\"; }", ""), 3, "name is missing"},
	{CALENDAR, YEAR("{ on = \"2027-03-01\"; name = \"x\"; why = 1; }", ""), 3, "unknown key"},
	{CALENDAR, YEAR("{ on = 20270301; name = \"x\"; }", ""), 3, "as text"},
	{CALENDAR, YEAR("{ on = \"2027-11-24\"; name = \"x\"; }", "worked = [\"2027-03-01\"];"), 4,
		"no Saturday"},
	{CALENDAR, YEAR("{ on = \"2027-11-27\"; name = \"x\"; }", "worked = [\"2027-11-27\"];"), 4,
		"as well"},
	{CALENDAR, YEAR("{ on = \"2027-11-24\"; name = \"x\"; }", "worked = [\"27/11/2027\"];"), 4,
		"2026-08-22"},
};

static char folder[] = "/tmp/langnghe-conf-XXXXXX";

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	struct err e;
	return file_remove_tree(folder, &e);
}

/* Loads text as a file of this kind; returns what plan_load and the like return. */
static int load(enum kind kind, const char *text, size_t size, struct problems *problems)
{
	struct err e;
	char *path = file_join(folder, "test.conf");
	assert_int_equal(file_write_atomic(path, text, size, 0600, &e), 0);
	struct settings *settings = NULL;
	struct plan *plan = NULL;
	struct calendar *calendar = NULL;
	int rc = -1;
	switch (kind) {
	case SETTINGS:
		rc = settings_load(path, &settings, problems);
		break;
	case PLAN:
		rc = plan_load(path, &plan, problems);
		break;
	case CALENDAR:
		rc = calendar_load(path, &calendar, problems);
		break;
	}
	assert_int_equal(rc == 0, settings || plan || calendar);
	assert_int_equal(rc == 0, problems->count == 0);
	settings_free(settings);
	plan_free(plan);
	calendar_free(calendar);
	free(path);
	return rc;
}

/* Whether some problem stands at the line and holds the word. */
static bool is_reported(const struct problems *p, int line, const char *word)
{
	char *where = line ? xasprintf("%s/test.conf:%d", folder, line)
			   : xasprintf("%s/test.conf", folder);
	bool found = false;
	for (size_t i = 0; i < p->count; i++)
		found = found || (strcmp(p->items[i].where, where) == 0 &&
					 strstr(p->items[i].text, word) != NULL);
	free(where);
	return found;
}

static void test_wrong_files(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct wrong *w = &cases[i];
		struct problems p = {0};
		if (load(w->kind, w->text, strlen(w->text), &p) == -1 &&
			is_reported(&p, w->line, w->word)) {
			problems_release(&p);
			continue;
		}
		failed++;
		print_error("case %zu: expected line %d, \"%s\" in:\n%s\ngot:\n", i, w->line,
			w->word, w->text);
		for (size_t k = 0; k < p.count; k++)
			print_error("  %s: %s\n", p.items[k].where, p.items[k].text);
		problems_release(&p);
	}
	assert_int_equal(failed, 0);
}

static void test_all_errors_in_one_run(void **state)
{
	(void)state;
	static const char text[] = "databse = 1;\n"
				   "admin = { email = \"a@coquan.gov.vn\"; nam = \"x\"; };\n"
				   "mail = { transport = \"pigeon\"; };\n"
				   "plugins = { wall_ms = 1; cpu_ms = \"a\"; };\n"
				   "retention = { letters = 4000000000; };\n"
				   "timezone = \"Mars\";\n";
	struct problems p = {0};
	assert_int_equal(load(SETTINGS, text, sizeof text - 1, &p), -1);
	assert_true(is_reported(&p, 1, "databse"));
	assert_true(is_reported(&p, 2, "nam"));
	assert_true(is_reported(&p, 3, "maildir"));
	assert_true(is_reported(&p, 3, "reply_to"));
	assert_true(is_reported(&p, 4, "wall_ms"));
	assert_true(is_reported(&p, 4, "cpu_ms"));
	assert_true(is_reported(&p, 5, "4000000000"));
	assert_true(is_reported(&p, 6, "Mars"));
	problems_release(&p);
}

static void test_accepted(void **state)
{
	(void)state;
	static const struct {
		enum kind kind;
		const char *text;
	} good[] = {
		{SETTINGS, BASE},
		{SETTINGS, "\xEF\xBB\xBF" BASE}, /* a BOM */
		{SETTINGS, BASE "# 99999999999999 and @include\n// 99999999999\n/* 3000000000\n*/"},
		{SETTINGS, BASE "data_label = \"số 99999999999 \\\" 3000000000 # @include\";"},
		{SETTINGS, BASE "retention = { letters = 400L; };"},
		{SETTINGS, BASE "timezone = \"+07:00\";"},
		{SETTINGS, BASE "timezone = \"Asia/Saigon\";"},
		{SETTINGS, BASE "reminders = { expiry = []; };"},
		{SETTINGS,
			BASE "plugins = { enabled = [\"ocop\"]; ocop = { a1234567890123 = 5; b = "
			     "true; c = \"x\"; }; };"},
		{SETTINGS, ADMIN MAIL("server = \"127.0.0.1:2525\"; starttls = \"off\";")},
		{SETTINGS, ADMIN MAIL("server = \"[::1]:25\"; starttls = \"off\";")},
		{SETTINGS, ADMIN MAIL("server = \"mail.thanhhoa.gov.vn:587\";")},
		{SETTINGS, "admin = { email = \"a@b.example\"; };" MAIL("server = \"localhost\";")},
		{PLAN, HEAD TASKS TARGETS DUTIES},
		{PLAN, HEAD TASKS "targets = (" TARGET_OF(
			       "b", "Trên 80%", "trên", "gt", "80", "") ");" DUTIES},
		{PLAN, HEAD TASKS TARGETS "duties = (" DUTY_OF("trước ngày 05", YEARLY) ");"},
		{CALENDAR, "years = ();"},
		{CALENDAR, YEAR("{ on = \"2027-11-24\"; name = \"x\"; }",
				   "worked = [\"2027-11-27\"];")},
	};
	for (size_t i = 0; i < COUNT(good); i++) {
		struct problems p = {0};
		int rc = load(good[i].kind, good[i].text, strlen(good[i].text), &p);
		for (size_t k = 0; k < p.count; k++)
			print_error("%s: %s\n", p.items[k].where, p.items[k].text);
		problems_release(&p);
		if (rc)
			fail_msg("refused: %s", good[i].text);
	}
}

/* Transport "smtp": what is wrong with its options is told where they stand. */
static void test_smtp_options(void **state)
{
	(void)state;
	static const struct {
		const char *text, *why; /* NULL: nothing is wrong */
	} files[] = {
		{ADMIN SMTP("server = \"127.0.0.1:2525\"; starttls = \"off\";"), NULL},
		{ADMIN SMTP("server = \"[::1]:25\"; starttls = \"off\";"), "number of IPv6"},
		{ADMIN SMTP("server = \"mail.thanhhoa.gov.vn:587\";"), NULL},
		{ADMIN SMTP(""), "needs mail.server"},
		{ADMIN SMTP("server = \"localhost:0\";"), "PORT"},
		{ADMIN SMTP("server = \"mail.gov.vn\"; starttls = \"off\";"), "only for a server"},
		{ADMIN SMTP("server = \"localhost\"; user = \"u\";"), "password_file"},
		{ADMIN SMTP("server = \"localhost\"; from = \"x@so.example\";"), ".example"},
	};
	for (size_t i = 0; i < COUNT(files); i++) {
		struct problems p = {0};
		int rc = load(SETTINGS, files[i].text, strlen(files[i].text), &p);
		assert_int_equal(rc, files[i].why ? -1 : 0);
		assert_true(!files[i].why || is_reported(&p, 1, files[i].why));
		assert_int_equal(p.count, files[i].why ? 1 : 0);
		problems_release(&p);
	}
}

/* Bytes that are no text at all must be refused, never crash. */
static void test_rubbish(void **state)
{
	(void)state;
	static const char nul[] = "plan = \"a\0b\";";
	struct problems p = {0};
	assert_int_equal(load(SETTINGS, nul, sizeof nul - 1, &p), -1);
	assert_true(is_reported(&p, 1, "NUL"));
	problems_release(&p);
	for (int kind = SETTINGS; kind <= CALENDAR; kind++) {
		uint32_t seed = 1;
		for (int round = 0; round < 300; round++) {
			char bytes[200];
			for (size_t i = 0; i < sizeof bytes; i++) {
				static const char some[] =
					"abc={}()[]\";,\n0123456789L#/*\\@. \t-+x";
				seed = seed * 1664525 + 1013904223;
				bytes[i] = some[(seed >> 16) % (sizeof some - 1)];
			}
			struct problems q = {0};
			assert_int_equal(load((enum kind)kind, bytes, sizeof bytes, &q), -1);
			problems_release(&q);
		}
	}
	struct settings *s = NULL;
	assert_int_equal(settings_load("/nonexistent/langnghed.conf", &s, &p), -1);
	assert_int_equal(p.count, 1);
	problems_release(&p);
}

static void test_values(void **state)
{
	(void)state;
	static const char text[] = BASE
		"database = \"data/x.db\"; plan = \"/abs/p.conf\"; import = { directory = \"in\"; "
		"};\n"
		"data_label = \"Du\xCC\x9B\xCC\x83 lie\xCC\xA3\xCC\x82u\";\n"
		"plugins = { enabled = [\"ocop\"]; ocop = {\n warn_months = 6; strict = true;\n "
		"label = \"x\"; }; };";
	struct err e;
	struct problems p = {0};
	struct settings *s = NULL;
	char *path = file_join(folder, "values.conf");
	assert_int_equal(file_write_atomic(path, text, sizeof text - 1, 0600, &e), 0);
	assert_int_equal(settings_load(path, &s, &p), 0);
	char *database = file_join(folder, "data/x.db"), *in = file_join(folder, "in");
	assert_string_equal(s->database, database);
	assert_non_null(strstr(s->calendar, "/calendar-vn.conf"));
	assert_string_equal(s->import_directory, in);
	assert_string_equal(s->plan, "/abs/p.conf");
	assert_string_equal(s->units_dir, folder);
	assert_string_equal(s->data_label, "Dữ liệu");
	assert_string_equal(s->mail.from, s->mail.reply_to);
	assert_int_equal(s->plugins.value_count, 3);
	const struct plugin_setting *v = s->plugins.values;
	assert_string_equal(v[0].plugin, "ocop");
	assert_string_equal(v[0].key, "warn_months");
	assert_true(v[0].type == PLUGIN_SETTING_INT && v[0].number == 6 && v[0].line == 5);
	assert_true(v[1].type == PLUGIN_SETTING_BOOL && v[1].number == 1 && v[1].line == 5);
	assert_true(v[2].type == PLUGIN_SETTING_TEXT && v[2].line == 6);
	assert_string_equal(v[2].text, "x");
	settings_free(s);
	free(database);
	free(in);
	free(path);
}

/* What is not said is what the plugins of this version need. */
static void test_default_plugins(void **state)
{
	(void)state;
	struct err e;
	struct problems p = {0};
	struct settings *s = NULL;
	char *path = file_join(folder, "default.conf");
	assert_int_equal(file_write_atomic(path, BASE, sizeof BASE - 1, 0600, &e), 0);
	assert_int_equal(settings_load(path, &s, &p), 0);
	static const char *const groups[] = {"reporting", "environment", "communication", "training",
		"science-technology", "ocop", "trade-promotion", "raw-material", "inspection", "conferences",
		"preservation"};
	size_t count = sizeof groups / sizeof *groups;
	assert_int_equal(s->plugins.enabled_count, count);
	for (size_t i = 0; i < count; i++) {
		bool found = false;
		for (size_t k = 0; k < count; k++)
			found |= strcmp(s->plugins.enabled[k], groups[i]) == 0;
		assert_true(found);
	}
	settings_free(s);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_files),
		cmocka_unit_test(test_all_errors_in_one_run),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_smtp_options),
		cmocka_unit_test(test_rubbish),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_default_plugins),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
