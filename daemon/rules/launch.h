/*
 * launch.h: runners that belong to another user. Under systemd langnghe-launcher,
 * a service with a user of its own, starts the runners; who needs one asks it over
 * a socket of whole messages, one connection for each runner:
 *
 *   asked:    the arguments, each ended by a NUL byte; with them the descriptor that is
 *             to be the runner's input and output
 *   answered: struct launch_reply; with it a descriptor of the process (pidfd)
 *   told:     struct launch_end, once the runner has ended
 *
 * Closing the connection (every copy of it), or its sending side, ends the runner by
 * force: it does not outlive who asked for it. Its number is given to no other process
 * before the connection is closed. Paths among the arguments are absolute: the
 * launcher lives in /.
 */
#ifndef RULES_LAUNCH_H
#define RULES_LAUNCH_H

#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>

/* In the environment of the daemon and its children: the launcher's socket. The unit file sets it. */
#define LAUNCHER_VARIABLE "LANGNGHE_LAUNCHER"

enum { LAUNCH_REQUEST_MOST = 32 * 1024 /* bytes; four paths and some words */, LAUNCH_WHY_MOST = 512 };

struct launch_reply {
	int32_t pid; /* 0: it was not started */
	char why[LAUNCH_WHY_MOST]; /* the sentence */
};

/* As in siginfo_t. */
struct launch_end {
	int32_t code; /* CLD_EXITED, CLD_KILLED or CLD_DUMPED */
	int32_t status; /* the exit code, or the signal's number */
};

struct launched {
	int connection, pidfd; /* the caller's to close */
	pid_t pid;
};

/* The launcher's socket, or NULL: runners are our own children. */
const char *launcher_socket(void);
/* As runner_spawn; waits at most some seconds for the launcher. */
int launch_start(struct launched *out, const char *socket, const char *const *arguments, int fd, struct err *e);
/* Asks for its end by force, without waiting for it. */
void launch_kill(int connection);
/* How it ended, once it has; waits at most some seconds for the launcher's word. */
int launch_end(int connection, struct launch_end *end, struct err *e);

#endif
