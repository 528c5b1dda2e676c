/*
 * preview.h: the administrator's letter on the eve of a sending time: how many
 * letters go out, to whom, the worst item of each, and how to stop them.
 */
#ifndef MAIL_PREVIEW_H
#define MAIL_PREVIEW_H

#include "mail/mailing.h"

/* The digests of the next sending time after now, as if its day's check had found what is known now. */
int preview_digests(const struct world *w, struct runner_set *runners, struct moment now,
	struct digests *out, struct judgement *j, struct moment *sending, struct err *e);
/* The letter to the administrator about the digests of `sending`. */
int preview_compose(struct letter *out, const struct world *w, const struct templates *t,
	const struct digests *digests, struct moment now, struct moment sending, int64_t number,
	const char *secret, struct err *e);
/* Queues the letter to the administrator; nothing is queued when no letter is to go. */
int preview_queue(const struct world *w, struct runner_set *runners, const struct templates *t,
	struct moment now, struct err *e);

#endif
