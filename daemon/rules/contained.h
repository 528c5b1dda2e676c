/*
 * contained.h: the parent's side of one langnghe-runner process: started with
 * nothing but its pipe, listened to within limits of wall time and of processor
 * time (read from the child's own clock, so the child cannot move them), ended
 * by force if need be, and always reaped.
 */
#ifndef RULES_CONTAINED_H
#define RULES_CONTAINED_H

#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct contained {
	pid_t pid;
	int pidfd;
	int fd; /* both directions, not blocking */
	int launcher; /* the connection to langnghe-launcher that keeps it; -1: it is our own child */
	clockid_t processor;
};

#define CONTAINED_NONE ((struct contained){.pidfd = -1, .fd = -1, .launcher = -1})

/* When to give up: made by contained_limits just before asking. */
struct contained_limits {
	int64_t until_ms; /* monotonic clock */
	int64_t processor_ns; /* the child's processor clock */
	int wall_ms, cpu_ms;
};

/* arguments: what follows the program's name, ended by NULL. Where a launcher is named (rules/launch.h) it is asked
 * for the process, which then is another user's; one that cannot be reached is an error. */
int contained_start(struct contained *c, const char *const *arguments, struct err *e);
struct contained_limits contained_limits(const struct contained *c, int wall_ms, int cpu_ms);
/* Up to n bytes: >0, 0 the end, -1 a limit was passed or the pipe broke (e says which). */
ssize_t contained_read(
	struct contained *c, void *room, size_t n, const struct contained_limits *l, struct err *e);
int contained_write(struct contained *c, const void *bytes, size_t n,
	const struct contained_limits *l, struct err *e);
/* Whether something can be read right now. */
int contained_spoke(const struct contained *c);
/* Waits until one of n can be read or has passed a limit; its index. An entry whose fd is below 0 is left out; at
 * least one is not. -1: waiting is impossible. */
int contained_first(const struct contained *const *all, const struct contained_limits *limits, int n, struct err *e);
/* After its pipe ended: waits a moment for the process, ends it if it lingers. Returns its exit
 * code if it ended by itself with one, else -1; says how it ended in e. */
int contained_obituary(struct contained *c, struct err *e);
/* Asks the system to end it and does not wait for that: before several are stopped. */
void contained_kill(const struct contained *c);
/* Ends it by force if it lives, and closes the pipe. */
void contained_stop(struct contained *c);

#endif
