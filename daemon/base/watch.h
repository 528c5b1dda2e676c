/*
 * watch.h: the daemon's watch over its two helper programs. One cycle runs
 * langnghe-round (judges, decides, queues letters) and then langnghe-post
 * (delivers them); each says when it wants to run next, and nothing happens
 * until the earlier of the two moments, a poke, or a clock that is set.
 *
 * The time is asked only here: a real clock is slept through; a stepped one
 * stands still while a helper is at work and then jumps to the next moment.
 */
#ifndef BASE_WATCH_H
#define BASE_WATCH_H

#include "base/err.h"
#include "base/job.h"
#include "base/mem.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

enum { WATCH_ROUND, WATCH_POST, WATCH_JOBS };
enum { WATCH_DEADLINE_S = 600, WATCH_JUMP_S = 86400 };

struct watch_clock {
	bool stepped;
	int64_t now,
		end; /* stepped: where it stands, and where the watch ends (JOB_NEVER: nowhere) */
};

enum { WATCH_PRIORITIES = 3 }; /* of the event base: everything else has the middle one */

struct watch;

/* The watch is over: asked to stop, at the end of a stepped clock (0), or unable to go on (3). */
typedef void watch_over(void *context, int exit_code);

struct watch_options {
	struct event_base *base;
	const char *conf; /* handed to the helpers; borrowed */
	const char *programs[WATCH_JOBS]; /* their paths; borrowed */
	struct watch_clock clock;
	int offset_s; /* of the plan's time zone */
	watch_over *over;
	void *context;
};

/* Begins with a first cycle as soon as the loop runs. */
int watch_new(struct watch **out, const struct watch_options *options, struct err *e);
void watch_free(struct watch *w);
/* Something was changed by hand: a cycle at once, or right after the one at work. */
void watch_poke(struct watch *w);
void watch_set_offset(struct watch *w, int offset_s);
/* Ends the helper at work, then calls `over`. */
void watch_stop(struct watch *w);
/* Members of a JSON object, without its braces: since, clock, now, doing, next, reason, children,
 * obituaries. */
void watch_status(const struct watch *w, struct buf *b);

#endif
