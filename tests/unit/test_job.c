/*
 * test_job.c: when a helper runs next, how failures space out, which deaths are
 * kept; a child's deadline, last words and bounds.
 */
#include "base/child.h"
#include "base/job.h"
#include "base/json_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { OFFSET_S = 7 * 3600 };

static enum job_news end_with(struct job *j, const char *line, int64_t now)
{
	char why[CHILD_LINE_MOST];
	int failures;
	struct child_end end = {
		.ok = line != NULL, .last_line = line ? line : "", .obituary = "exit code 1"};
	return job_ended(j, &end, now, now, OFFSET_S, &failures, why);
}

static void test_next(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		enum job_news news;
		int64_t due;
		const char *reason;
	} cases[] = {
		{"next never", JOB_FINE, JOB_NEVER, ""},
		{"next 1970-01-01T07:30:00+07:00 check", JOB_FINE, 1800, "check"},
		{"next 1970-01-01T07:30:00+07:00", JOB_FINE, 1800, ""},
		{"next 1970-01-01T07:00:00+07:00 send", JOB_FAILED, 60, "retry"},
		{"next 1969-12-31T07:00:00+07:00 send", JOB_FAILED, 60, "retry"},
		{"next tomorrow", JOB_FAILED, 60, "retry"},
		{"never", JOB_FAILED, 60, "retry"},
		{"", JOB_FAILED, 60, "retry"},
		{"next 1970-01-01T07:30:00+07:00-and-a-very-long-word-that-is-no-moment x",
			JOB_FAILED, 60, "retry"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct job j = {.name = "langnghe-round"};
		assert_int_equal(end_with(&j, cases[i].line, 0), cases[i].news);
		assert_true(j.due == cases[i].due);
		assert_string_equal(j.reason, cases[i].reason);
	}
}

static void test_delays_grow(void **state)
{
	(void)state;
	static const int64_t minutes[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360};
	struct job j = {.name = "langnghe-post"};
	int said = 0;
	for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
		said += end_with(&j, NULL, 1000) == JOB_FAILED;
		assert_int_equal(j.due - 1000, minutes[i] * 60);
	}
	assert_int_equal(said, 4); /* the 1st, 2nd, 4th and 8th time */
	assert_int_equal(end_with(&j, "next never", 1000), JOB_RECOVERED);
	assert_int_equal(end_with(&j, "next never", 1000), JOB_FINE);
	assert_int_equal(j.failures, 0);
}

static void test_obituaries(void **state)
{
	(void)state;
	struct obituaries o = {0};
	assert_null(obituaries_newest(&o, 0));
	for (int i = 0; i < OBITUARIES_KEPT + 5; i++)
		obituaries_add(&o, i, "langnghe-post", "x");
	assert_int_equal(obituaries_newest(&o, 0)->at, OBITUARIES_KEPT + 4);
	assert_int_equal(obituaries_newest(&o, OBITUARIES_KEPT - 1)->at, 5);
	assert_null(obituaries_newest(&o, OBITUARIES_KEPT));
	obituaries_release(&o);
}

static void test_json_text(void **state)
{
	(void)state;
	struct buf b = {0};
	json_member(&b, "a", "“đúc đồng” \"x\"\\\n");
	assert_string_equal(b.s, "\"a\":\"“đúc đồng” \\\"x\\\"\\\\\\u000a\"");
	buf_clear(&b);
	json_member(&b, "b", "cut \xC4");
	assert_string_equal(b.s, "\"b\":\"cut ?\"");
	buf_clear(&b);
	json_member(&b, "c", NULL);
	assert_string_equal(b.s, "\"c\":null");
	buf_release(&b);
}

struct seen {
	struct event_base *base;
	int calls, code;
	bool ok, missed, stopped;
	char line[CHILD_LINE_MOST], obituary[CHILD_LINE_MOST * 2];
};

static void on_ended(void *context, const struct child_end *end)
{
	struct seen *s = context;
	s->calls++;
	s->ok = end->ok;
	s->code = end->code;
	s->missed = end->missed_deadline;
	s->stopped = end->stopped;
	snprintf(s->line, sizeof s->line, "%s", end->last_line);
	snprintf(s->obituary, sizeof s->obituary, "%s", end->obituary);
	event_base_loopbreak(s->base);
}

static struct seen run_shell(const char *script, int deadline_s, bool stop)
{
	char *argv[] = {"/bin/sh", "-c", (char *)(uintptr_t)script, NULL};
	struct seen s = {.base = event_base_new()};
	struct child *c;
	struct err e;
	assert_int_equal(child_start(&c, s.base, argv, deadline_s, on_ended, &s, &e), 0);
	if (stop)
		child_stop(c);
	event_base_dispatch(s.base);
	event_base_free(s.base);
	assert_int_equal(s.calls, 1);
	return s;
}

static void test_child(void **state)
{
	(void)state;
	struct seen s = run_shell("echo one; printf 'two'", 10, false);
	assert_true(s.ok);
	assert_string_equal(s.line, "two");
	s = run_shell("exit 3", 10, false);
	assert_false(s.ok);
	assert_int_equal(s.code, 3);
	s = run_shell("kill -9 $$", 10, false);
	assert_int_equal(s.code, -1);
	assert_non_null(strstr(s.obituary, "signal 9"));
	s = run_shell("sleep 100", 1, false);
	assert_true(s.missed);
	assert_false(s.ok);
	s = run_shell("sleep 100", 10, true);
	assert_true(s.stopped);
	/* A line longer than is kept says nothing, however much came before. */
	s = run_shell("echo first; head -c 100000 /dev/zero | tr '\\0' x; echo", 10, false);
	assert_string_equal(s.line, "");
	/* A grandchild that keeps the pipe open does not hold the end up. */
	s = run_shell("sleep 100 & echo done", 10, false);
	assert_string_equal(s.line, "done");
	/* Nothing of ours is inherited. */
	s = run_shell("for f in /proc/$$/fd/*; do printf '%s ' ${f##*/}; done", 10, false);
	assert_memory_equal(s.line, "0 1 2 ", 6);
	assert_null(strstr(s.line, " 4")); /* 3 is the shell's own look into the folder */
}

static void test_missing_program(void **state)
{
	(void)state;
	char *argv[] = {"/nonexistent/langnghe-round", NULL};
	struct event_base *base = event_base_new();
	struct child *c;
	struct err e;
	assert_int_equal(child_start(&c, base, argv, 1, on_ended, NULL, &e), -1);
	assert_non_null(strstr(e.text, "/nonexistent/langnghe-round"));
	event_base_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_delays_grow),
		cmocka_unit_test(test_obituaries),
		cmocka_unit_test(test_json_text),
		cmocka_unit_test(test_child),
		cmocka_unit_test(test_missing_program),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
