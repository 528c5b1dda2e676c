/*
 * rounds.h: one round as the daemon, a simulation and the tests run it. What is
 * due is decided from the moment handed in and from what the store says was
 * done already, so that a round after days off does what was missed, once.
 */
#ifndef MAIL_ROUNDS_H
#define MAIL_ROUNDS_H

#include "mail/mailing.h"

struct round_work {
	bool check;   /* judge and reconcile */
	bool send;    /* decide and queue letters */
	bool preview; /* the administrator's letter about tomorrow */
};

struct round_result {
	struct round_work done;
	struct mailing_result mailing;
	size_t findings;
	int failed_plugins;
	struct moment next;  /* the next moment of the calendar */
	const char *reason;  /* "check" "send" "preview" */
};

enum { PREVIEW_OFF = -1 }; /* settings.schedule.preview_at: none (simulations) */

/* What is due at `now` (P15: 08:00 on working days; a missed time at once before 16:30; at once even
 * outside when the next sending time would lie after a last day). force_check: after a poke. */
int round_due(const struct world *w, struct moment now, bool force_check, struct round_work *out,
	struct moment *next, const char **reason, struct err *e);
/* The first sending time after m. */
struct moment round_next_send(const struct world *w, struct moment m);
/* Does it. runners is kept between rounds by simulations; a live round passes a zeroed one and stops
 * it after. sink and context as in mailing_run. */
int round_run(const struct world *w, struct runner_set *runners, const struct templates *t,
	struct moment now, bool force_check, mailing_sink *sink, void *context, struct round_result *r,
	struct err *e);

#endif
