/*
 * job.h: what the daemon knows of one helper program: when it wants to run next
 * and why, how often it failed, and when it is tried again. A helper that ends
 * well says its next moment in its last line, "next MOMENT reason" or "next
 * never". One that fails is tried again after 1 min, 2, 4 … up to 6 h. Times are
 * seconds since the epoch, of whichever clock the daemon runs on.
 */
#ifndef BASE_JOB_H
#define BASE_JOB_H

#include "base/child.h"

#include <stdint.h>

#define JOB_NEVER INT64_MAX

enum { JOB_FIRST_DELAY_S = 60, JOB_LONGEST_DELAY_S = 6 * 3600, OBITUARIES_KEPT = 16 };

struct job {
	const char *name; /* "langnghe-round" */
	int64_t due; /* next run; JOB_NEVER */
	char reason[64]; /* why then */
	int failures; /* since it last ended well */
	int runs; /* since the daemon began */
	int64_t last_run; /* 0: not yet */
	long last_ms;
};

enum job_news {
	JOB_FINE,
	JOB_FAILED, /* failed, and it is time to say so: the 1st, 2nd, 4th, 8th … time in a row */
	JOB_FAILED_AGAIN, /* failed, not said again */
	JOB_RECOVERED /* ended well after failures, which are in *failures */
};

/* Takes in how a run ended that was asked for moment `asked`, at `now`. failures and why (room for
 * CHILD_LINE_MOST) say what to log. A next moment that is not after `asked` is a failure. */
enum job_news job_ended(struct job *j, const struct child_end *end, int64_t asked, int64_t now,
	int offset_s, int *failures, char *why);
/* The program could not even be started. */
enum job_news job_not_started(struct job *j, int64_t now);

/* The last deaths, newest overwriting oldest. */
struct obituaries {
	struct obituary {
		int64_t at;
		const char *name;
		char *why;
	} items[OBITUARIES_KEPT];
	int count; /* ever added */
};

void obituaries_add(struct obituaries *o, int64_t at, const char *name, const char *why);
/* The i-th newest, 0 … ; NULL past the last kept. */
const struct obituary *obituaries_newest(const struct obituaries *o, int i);
void obituaries_release(struct obituaries *o);

#endif
