/*
 * one_run.c: what one run of a plugin costs, beside other processes that answer
 * one question. Each round takes every one in turn, so that all meet the same
 * weather, and prints their microseconds in a line, from before the process is
 * made until it is reaped:
 *
 *   a contained run of PLUGIN on SMALL and on LARGE (as the daemon starts it,
 *   one check, its end), bare_query on both, query.py on SMALL
 *
 *   one_run ROUNDS CONF PLUGIN SMALL LARGE BARE_QUERY QUERY.PY SQL
 */
#include "base/mem.h"
#include "rules/runner.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TODAY = 20777 /* 2026-11-20 */ };

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

int main(int argc, char **argv)
{
	if (argc != 9)
		return 2;
	const char *small = argv[4], *large = argv[5];
	char *bare[] = {argv[6], argv[4], argv[8], NULL}, *bare_large[] = {argv[6], argv[5], argv[8], NULL};
	char *python[] = {"/usr/bin/python3", argv[7], argv[4], argv[8], NULL};
	struct settings *s;
	struct plugin_info *plugin;
	struct problems problems = {0};
	struct err e = {0};
	if (settings_load(argv[2], &s, &problems) < 0 || plugin_describe(s, argv[3], &plugin, &e) < 0) {
		fprintf(stderr, "one_run: %s\n", problems.count ? problems.items[0].text : e.text);
		return 1;
	}
	for (long rounds = strtol(argv[1], NULL, 10); rounds > 0; rounds--) {
		int64_t a = contained_us(s, plugin, small), b = spawned_us(bare), c = spawned_us(python),
			d = contained_us(s, plugin, large), f = spawned_us(bare_large);
		printf("%lld %lld %lld %lld %lld\n", (long long)a, (long long)d, (long long)b, (long long)f, (long long)c);
	}
	problems_release(&problems);
	plugin_info_free(plugin);
	settings_free(s);
	return 0;
}
