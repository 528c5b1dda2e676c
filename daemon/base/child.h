/*
 * child.h: one helper program run under watch: started with posix_spawn in a
 * process group of its own, its end seen through a pidfd in the event loop, its
 * deadline kept, the last line of what it said remembered within a bound. What
 * it writes to stderr is passed on to ours. The child inherits standard input
 * from /dev/null and no other descriptor.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include "base/err.h"

#include <event2/event.h>
#include <stdbool.h>

enum { CHILD_LINE_MOST = 512 }; /* bytes kept of one line */

struct child;

struct child_end {
	bool ok;               /* ended by itself with exit code 0 */
	int code;              /* exit code, or -1 if a signal ended it */
	bool missed_deadline;  /* killed by us for it */
	bool stopped;          /* ended because child_stop was asked for */
	long took_ms;
	const char *last_line; /* of its stdout; "" if it said nothing or the line was cut */
	const char *obituary;  /* why it ended: "exit code 3 after 0.2 s: no database …" */
};

/* Called once, from the loop; the child is freed after it returns. */
typedef void child_ended(void *context, const struct child_end *end);

/* argv[0] is the path of the program; argv ends with NULL. On failure -1 and nothing is called. */
int child_start(struct child **out, struct event_base *base, char *const argv[], int deadline_s,
	child_ended *ended, void *context, struct err *e);
int child_pid(const struct child *c);
/* Asks the child's group to end (SIGTERM), and ends it by force 10 s later; `ended` is still
 * called. */
void child_stop(struct child *c);

#endif
