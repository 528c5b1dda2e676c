/*
 * spawn.c: see spawn.h.
 */
#include "rules/spawn.h"

#include "base/mem.h"
#include "plan/settings.h"

#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Only what a sanitizer's run-time library reads: nothing of ours is in a runner's environment. */
static void copy_environment(char *out[4])
{
	static const char *const names[] = {"ASAN_OPTIONS=", "UBSAN_OPTIONS=", NULL};
	int n = 0;
	out[n++] = xstrdup("LC_ALL=C.UTF-8");
	for (char **v = environ; v && *v; v++)
		for (int i = 0; names[i] && n < 3; i++)
			if (strncmp(*v, names[i], strlen(names[i])) == 0)
				out[n++] = xstrdup(*v);
	out[n] = NULL;
}

static int spawn(pid_t *pid, const char *path, char *const argv[], int fd)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t all, none;
	char *env[4];
	sigfillset(&all);
	sigemptyset(&none);
	copy_environment(env);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, fd, STDOUT_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	int rc = posix_spawn(pid, path, &files, &attributes, argv, env);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	for (int i = 0; env[i]; i++)
		free(env[i]);
	return rc;
}

int runner_spawn(pid_t *pid, const char *const *arguments, int fd, struct err *e)
{
	char *folder = settings_libexec(), *argv[SPAWN_ARGUMENTS_MOST + 2];
	char *path = xasprintf("%s/langnghe-runner", folder);
	int n = 0;
	argv[n++] = path;
	for (; *arguments && n <= SPAWN_ARGUMENTS_MOST; arguments++)
		argv[n++] = (char *)(uintptr_t)*arguments; /* posix_spawn does not write to it */
	argv[n] = NULL;
	int rc = spawn(pid, path, argv, fd);
	if (rc != 0)
		err_set(e, "%s cannot be started: %s", path, strerror(rc));
	free(path);
	free(folder);
	return rc != 0 ? -1 : 0;
}
