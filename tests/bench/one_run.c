/*
 * one_run.c: what one run of a plugin costs, beside other processes that answer
 * one question. Each round takes every one, in an order drawn anew (what one leaves
 * in the caches the next one pays), and prints their microseconds in a line, from
 * before the process is made until it is reaped:
 *
 *   a contained run of PLUGIN on SMALL and on LARGE (as the daemon starts it,
 *   one check, its end), bare_query on both, query.py on SMALL, and the contained
 *   run on SMALL once more with the process that a launcher (LANGNGHE_LAUNCHER) starts
 *
 *   one_run ROUNDS CONF PLUGIN SMALL LARGE BARE_QUERY QUERY.PY SQL
 */
#include "base/mem.h"
#include "rules/launch.h"
#include "rules/runner.h"
#include "store/store.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TODAY = 20777 /* 2026-11-20 */ };
/* The columns of a line. */
enum { OURS, OURS_LARGE, BARE, BARE_LARGE, PYTHON, LAUNCHED, KINDS };

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t contained_us(const struct settings *s, const struct plugin_info *plugin, const char *database)
{
	struct runner *r;
	struct findings found = {0};
	struct err e;
	int64_t start = now_us();
	if (runner_start(&r, s, database, plugin, &e) < 0 || runner_check(r, TODAY, &found, NULL, &e) < 0) {
		fprintf(stderr, "one_run: %s\n", e.text);
		exit(1);
	}
	findings_release(&found);
	runner_stop(r);
	return now_us() - start;
}

static int64_t launched_us(const struct settings *s, const struct plugin_info *plugin, const char *database, const char *launcher)
{
	setenv(LAUNCHER_VARIABLE, launcher, 1);
	int64_t us = contained_us(s, plugin, database);
	unsetenv(LAUNCHER_VARIABLE);
	return us;
}

/* Its answer is read to the end, and must be one. */
static int64_t spawned_us(char *const *argv)
{
	posix_spawn_file_actions_t files;
	char answer[1000];
	pid_t pid;
	int ends[2], status = -1;
	int64_t start = now_us();
	if (pipe2(ends, O_CLOEXEC) < 0)
		exit(1);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
	int rc = posix_spawn(&pid, argv[0], &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	close(ends[1]);
	size_t got = 0;
	for (ssize_t n; rc == 0 && (n = read(ends[0], answer + got, sizeof answer - got)) > 0;)
		got += (size_t)n;
	close(ends[0]);
	if (rc != 0 || waitpid(pid, &status, 0) < 0 || status != 0 || got == 0) {
		fprintf(stderr, "one_run: %s gave no answer\n", argv[0]);
		exit(1);
	}
	return now_us() - start;
}

static void shuffle(int order[KINDS])
{
	for (int i = 0; i < KINDS; i++)
		order[i] = i;
	for (int i = KINDS - 1; i > 0; i--) {
		int j = rand() % (i + 1), other = order[i];
		order[i] = order[j];
		order[j] = other;
	}
}

int main(int argc, char **argv)
{
	char *launcher = launcher_socket() ? xstrdup(launcher_socket()) : NULL;
	if (argc != 9 || !launcher)
		return 2;
	unsetenv(LAUNCHER_VARIABLE);
	const char *small = argv[4], *large = argv[5];
	char *bare[] = {argv[6], argv[4], argv[8], NULL}, *bare_large[] = {argv[6], argv[5], argv[8], NULL};
	char *python[] = {"/usr/bin/python3", argv[7], argv[4], argv[8], NULL};
	struct settings *s;
	struct store *stores[2];
	struct plugin_info *plugin;
	struct problems problems = {0};
	struct err e = {0};
	if (settings_load(argv[2], &s, &problems) < 0 || plugin_describe(s, argv[3], &plugin, &e) < 0) {
		fprintf(stderr, "one_run: %s\n", problems.count ? problems.items[0].text : e.text);
		return 1;
	}
	/* As in a round, which has the database open while its plugins run. */
	if (store_open(&stores[0], small, STORE_READ, &e) < 0 || store_open(&stores[1], large, STORE_READ, &e) < 0) {
		fprintf(stderr, "one_run: %s\n", e.text);
		return 1;
	}
	for (long rounds = strtol(argv[1], NULL, 10); rounds > 0; rounds--) {
		int order[KINDS];
		int64_t us[KINDS];
		shuffle(order);
		for (int i = 0; i < KINDS; i++)
			us[order[i]] = order[i] == OURS	     ? contained_us(s, plugin, small)
				       : order[i] == OURS_LARGE ? contained_us(s, plugin, large)
				       : order[i] == BARE	     ? spawned_us(bare)
				       : order[i] == BARE_LARGE ? spawned_us(bare_large)
				       : order[i] == PYTHON	     ? spawned_us(python)
								: launched_us(s, plugin, small, launcher);
		for (int i = 0; i < KINDS; i++)
			printf("%lld%c", (long long)us[i], i + 1 < KINDS ? ' ' : '\n');
	}
	for (int i = 0; i < 2; i++)
		store_close(stores[i]);
	problems_release(&problems);
	plugin_info_free(plugin);
	settings_free(s);
	free(launcher);
	return 0;
}
