/*
 * rehearse.h: the very code of a live round, run on a throwaway copy of the
 * database over any stretch of time. Nothing reaches the real database; every
 * letter counts as accepted the moment it is queued.
 */
#ifndef CTL_REHEARSE_H
#define CTL_REHEARSE_H

#include "ctl/command.h"
#include "mail/rounds.h"

struct rehearsal {
	struct world *world; /* the command's, its store now the copy */
	struct runner_set runners;
	struct templates *templates;
	char *folder, *database; /* of the copy */
};

/* Opens the world, copies the database, frees what is held there. 0, or the exit code after a line
 * on stderr; rehearsal_end may follow in any case. */
int rehearsal_begin(struct rehearsal *r, struct ctl *c);
/* Forgets what was done on `from` and later, so that those days are run again. */
int rehearsal_rewind(struct rehearsal *r, int32_t from, struct err *e);
/* Runs every round from `now` while before `end`. With first_send it stops after the first sending
 * time and writes down when that was; untouched if there was none. */
int rehearsal_run(struct rehearsal *r, struct moment now, struct moment end,
	struct moment *first_send, mailing_sink *sink, void *context, struct err *e);
void rehearsal_end(struct rehearsal *r);

/* The keys of simulate and preview, and a row of them. */
extern const char *const rehearsal_keys[];
void rehearsal_row(struct table *t, const struct digest *d, const struct letter *l);

#endif
