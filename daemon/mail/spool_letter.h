/*
 * spool_letter.h: the letter to the administrator about a file that was dropped into
 * import.directory: what was loaded, or what is wrong in it.
 */
#ifndef MAIL_SPOOL_LETTER_H
#define MAIL_SPOOL_LETTER_H

#include "mail/compose.h"
#include "register/spool.h"

struct spool_letters {
	const struct world *world;
	const struct templates *templates;
	struct moment now;
};

/* A spool's `tell`; context is a struct spool_letters. Told once for a stamp. */
int spool_letter_queue(void *context, const struct spool_outcome *o, struct err *e);

#endif
