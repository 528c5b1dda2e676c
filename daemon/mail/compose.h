/*
 * compose.h: a digest becomes the bytes of one e-mail: subject, plain text and
 * HTML from conf/templates/vi/, the unit's rows as XLSX, deadlines as .ics. The
 * same digest gives the same bytes (boundaries and Message-ID come from the
 * letter's number and the installation's secret).
 */
#ifndef MAIL_COMPOSE_H
#define MAIL_COMPOSE_H

#include "alerts/digest.h"
#include "rules/world.h"

struct templates;
/* Reads and parses every template of the folder; all errors with file:line. */
int templates_load(struct templates **out, const char *folder, struct problems *problems);
void templates_free(struct templates *t);

struct recipient {
	const char *email, *name; /* name may be NULL */
};

struct letter {
	char *bytes;            /* the whole message, CRLF, 7-bit, lines <= 998 */
	size_t size;
	char *message_id;       /* without angle brackets */
	char *subject;          /* decoded, for listings */
	char *worst;            /* urgency of the worst item, for listings: "overdue" … */
	char *steps;            /* "key step;key step" of its items, for listings and comparisons */
	size_t items;
	struct recipient *recipients; /* settings.mail.redirect_to already applied */
	size_t recipient_count;
};

/* number: the letter's number (outbox_next_number). thread: Message-ID of the unit's first letter of
 * the year, or NULL. recipient_count 0: the unit has no living address; the letter is kept so that
 * it can be looked at, and the caller records an alarm. */
int compose_letter(struct letter *out, const struct digest *d, const struct world *w,
	const struct templates *t, int64_t number, const char *secret, const char *thread,
	struct moment now, struct err *e);
void letter_release(struct letter *l);

/* The stable Message-ID of letter `number`, without angle brackets: nobody else can make it. from: an
 * address, for its domain. The caller frees. */
char *compose_message_id(int64_t number, const char *secret, const char *from);

/* Whom a digest goes to: contacts of the unit for the fields its items have. Returns the count. */
size_t compose_recipients(const struct digest *d, const struct world *w, struct arena *a,
	struct recipient **out);

#endif
