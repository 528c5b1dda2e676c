/*
 * mailing.h: one sending time: digests become letters in the outbox, one
 * transaction per unit: older letters to it that nobody accepted are withdrawn,
 * the new one is queued, its notices are recorded. A crash between two units
 * loses nothing and repeats nothing: the next run decides by state.
 */
#ifndef MAIL_MAILING_H
#define MAIL_MAILING_H

#include "mail/compose.h"

struct mailing_result {
	int letters, receipts, superseded;
	bool overtaken;      /* a letter was delivered while another was decided: to be decided again */
	int without_address; /* units that could not be written to: an alarm */
};

/* Called with each letter right after it was committed; may be NULL. Simulation writes files here. */
typedef int mailing_sink(void *context, const struct digest *d, const struct letter *l, struct err *e);

int mailing_run(const struct world *w, const struct judgement *j, const struct templates *t,
	struct moment now, mailing_sink *sink, void *context, struct mailing_result *r, struct err *e);

/* The letters that the sending time `sending` would decide if j, judged for its day, came true: what
 * opens and ends by then is counted, nothing is changed. */
int mailing_foresee(struct digests *out, const struct world *w, const struct judgement *j,
	struct moment sending, struct err *e);

/* The installation's secret, made at its first use. The caller frees; NULL on failure. */
char *mailing_secret(struct store *s, struct err *e);

/* The last sending time up to now. */
struct moment mailing_last_sending(const struct world *w, struct moment now);

/* P1: a waiting letter all of whose matters have ended is withdrawn at once, without another in its
 * place. After each reconciling. *superseded is counted up. */
int mailing_withdraw_ended(const struct world *w, int *superseded, struct err *e);

/* P1: what no server accepted before the last sending time up to now (or what a wrong clock dated
 * ahead) is withdrawn before anything else is done: after days off nothing stale is delivered. */
int mailing_withdraw_stale(const struct world *w, struct moment now, int *superseded, struct err *e);

#endif
