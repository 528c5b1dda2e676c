/*
 * spawn.h: the exec of langnghe-runner, by who needs one, or by langnghe-launcher
 * for him.
 */
#ifndef RULES_SPAWN_H
#define RULES_SPAWN_H

#include "base/err.h"

#include <sys/types.h>

enum { SPAWN_ARGUMENTS_MOST = 8 };

/* arguments: what follows the program's name, ended by NULL, at most SPAWN_ARGUMENTS_MOST. fd becomes its standard
 * input and output and stays the caller's; of all other descriptors it gets standard error alone. No signal is blocked
 * or handled in it, nothing of our environment is in its own. *pid: a child of the caller, to be waited for. */
int runner_spawn(pid_t *pid, const char *const *arguments, int fd, struct err *e);

#endif
