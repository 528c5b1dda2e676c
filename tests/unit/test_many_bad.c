/*
 * test_many_bad.c: judgement after judgement with plugins that misbehave beside
 * one that does not. Each of them fails each time with its name in the sentence;
 * the good one says the same throughout; no descriptor, no process and no memory
 * is left over. $CHECKS (200): how many checks of bad plugins.
 */
#include "plugin_world.h"

#include "rules/judge.h"
#include "rules/world.h"

#include <errno.h>
#include <sys/wait.h>

#if defined __SANITIZE_ADDRESS__
#define WITH_ASAN 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifndef WITH_ASAN
#define WITH_ASAN 0
#endif

enum { CHECKS_USUAL = 200, PAGES_MORE_MOST = 512 }; /* 2 MiB */

/* The quick ones: those that have to be waited for are in test_runner.c. Under AddressSanitizer some would be let
 * (sandbox.h), and are left out. */
static const char *const bad[] = {"segfault", "aborter", "leaver", "wise-forger", "mumbler", "unknown-rule",
	"far-future", "thief", "failer", "twice", "odd-result", "subject-form", "chatterbox", "ghost-village",
	"ghost-target", "ghost-place",
#if !WITH_ASAN
	"forger", "forker", "fork-bomb", "opener", "writer", "caller", "killer", "starter", "thread", "limit-lifter",
	"log-writer", "stubborn", "deep", "tracer", "shadow-reader", "password-reader"
#endif
};
enum { BAD = sizeof bad / sizeof *bad };

static long resident_pages(void)
{
	long size = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "re");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld %ld", &size, &resident), 2);
	fclose(f);
	return resident;
}

/* One judgement: what the good plugin said, as text. */
static char *judge_all(const struct world *w, int32_t today)
{
	struct judgement j;
	struct runner_set runners = {0};
	struct buf said = {0};
	struct err e;
	if (judgement_make(&j, w, &runners, today, NULL, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(j.run_count, BAD + 1);
	for (size_t i = 0; i < j.run_count; i++) {
		const struct plugin_run *run = &j.runs[i];
		char *prefix = xasprintf("plugin %s: ", run->plugin->name);
		if (strcmp(run->plugin->name, "good") == 0) {
			if (!run->complete)
				fail_msg("%s", run->error);
		} else if (run->complete || !run->error || strncmp(run->error, prefix, strlen(prefix)) != 0) {
			fail_msg("%s: %s", run->plugin->name, run->error ? run->error : "it was believed");
		}
		free(prefix);
	}
	for (size_t i = 0; i < j.count; i++)
		buf_addf(&said, "%s|%s|%s\n", j.items[i].key, j.items[i].finding->name,
			j.items[i].finding->marks[0].detail);
	judgement_release(&j);
	runner_set_stop(&runners);
	return buf_take(&said);
}

static void nothing_is_left_over(void **state)
{
	const struct plugin_world *made = *state;
	const char *text = getenv("CHECKS");
	long checks = text ? atol(text) : CHECKS_USUAL, done = 0;
	int32_t today = day_from_civil(2026, 12, 4);
	struct world w;
	struct problems problems = {0};
	if (world_open(&w, made->conf, STORE_READ, &problems) < 0)
		fail_msg("%s: %s", problems.items[0].where, problems.items[0].text);
	char *first = judge_all(&w, today);
	assert_string_equal(first, "good/rule/village:TH-1/|Làng Một|04/12/2026, 3, chữ\n"
				   "good/rule/village:TH-2/|Làng Hai|04/12/2026, 3, chữ\n");
	free(judge_all(&w, today)); /* what is made once is made by now */
	int files = open_files();
	long pages = resident_pages();
	for (; done < checks; done += BAD) {
		char *again = judge_all(&w, today);
		assert_string_equal(again, first);
		free(again);
		assert_int_equal(open_files(), files);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
		assert_int_equal(errno, ECHILD);
	}
	long more = resident_pages() - pages;
	print_message("%ld checks of %d plugins: %d descriptors before and after, %ld pages more\n", done, BAD,
		files, more);
	if (!WITH_ASAN) /* it keeps what was freed */
		assert_true(more <= PAGES_MORE_MOST);
	free(first);
	problems_release(&problems);
	world_close(&w);
}

static int set_up(void **state)
{
	static struct plugin_world world;
	struct buf enabled = {0};
	buf_add(&enabled, "\"good\"");
	for (size_t i = 0; i < BAD; i++)
		buf_addf(&enabled, ", \"%s\"", bad[i]);
	world_make_usual(&world, enabled.s);
	buf_release(&enabled);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	world_remove(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_left_over)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
