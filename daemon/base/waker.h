/*
 * waker.h: sleeping until a moment of the wall clock. A timer descriptor on
 * CLOCK_REALTIME that the kernel cancels when the clock is set, so that no
 * polling is needed: whoever is woken asks the clock anew. Between moments
 * nothing runs.
 */
#ifndef BASE_WAKER_H
#define BASE_WAKER_H

#include "base/err.h"

#include <event2/event.h>
#include <stdint.h>

struct waker;

/* The moment has come, or the clock was set (which, the callee finds out with wall_clock_s). */
typedef void waker_called(void *context);

int waker_new(struct waker **out, struct event_base *base, waker_called *called, void *context,
	struct err *e);
void waker_free(struct waker *w);
/* Arms it for unix_s, instead of what it was armed for. INT64_MAX: only a clock that is set wakes.
 */
int waker_arm(struct waker *w, int64_t unix_s, struct err *e);

/* Seconds since the epoch, from clock_gettime: time() may still show the second before right after
 * a timer went off. */
int64_t wall_clock_s(void);
/* Seconds since boot, time asleep included: steady when the wall clock is set. */
int64_t steady_clock_s(void);

#endif
