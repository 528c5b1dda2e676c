/*
 * undelivered.h: letters that every address refused (P23). The unit was not
 * told, so whoever coordinates the plan gets a line about it, once; what is open
 * goes anew when the unit's contacts change (outbox_supersede).
 */
#ifndef MAIL_UNDELIVERED_H
#define MAIL_UNDELIVERED_H

#include "alerts/digest.h"

/* Adds the lines not told yet to the coordinator's digest of `now`, a new one where it has none. None
 * out of hours (P15), and none about the coordinator's own letters: it would not get them either. */
int undelivered_add(struct digests *digests, const struct world *w, struct moment now, struct err *e);
/* The digest's lines were told in letter `number`. In the caller's transaction. */
int undelivered_record(const struct digest *d, struct store *s, int64_t number, struct err *e);
/* What letter `number` told was not told after all. In the caller's transaction. */
int undelivered_return(struct store *s, int64_t number, struct err *e);

#endif
