/*
 * admin_letter.h: letters to the administrator: the look ahead on the eve of a
 * sending time, and the one that tries the way out. No unit's letter: it tells
 * no notices, and it goes out also while sending is held, for that is what it
 * may be about.
 */
#ifndef MAIL_ADMIN_LETTER_H
#define MAIL_ADMIN_LETTER_H

#include "mail/compose.h"

#include <jansson.h>

struct draft;

/* What one such letter is. */
struct admin_letter {
	enum letter_kind kind;
	const char *template; /* "preview": preview-subject.txt, preview.txt, preview.html */
	struct recipient to;  /* mail.redirect_to takes its place where it is set */
	json_t *view;         /* borrowed; from the draft that is handed in */
	size_t items;         /* for listings */
};

/* The letter as bytes, dated `now`. number: as outbox_next_number gave it. */
int admin_letter_make(struct letter *out, const struct admin_letter *what, struct draft *d,
	int64_t number, const char *secret, struct err *e);
/* A draft without items, for the view of such a letter; draft_release it. `digest` lives as long. */
void admin_draft_init(struct draft *d, struct digest *digest, struct unit *admin,
	enum letter_kind kind, const struct world *w, const struct templates *t, struct moment now);
/* Puts it into the outbox in a transaction of its own. */
int admin_letter_queue(const struct letter *l, const struct draft *d, int64_t number, struct err *e);

/* News for the administrator. */
struct admin_news {
	enum letter_kind kind;
	const char *template;
	const char *stamp; /* what it is about: told once for a stamp of this kind, also by a round that died over it */
	json_t *(*view)(struct draft *d, const void *about); /* the caller's */
	const void *about;
};
/* Queues a letter to admin.email, unless that was done or there is no such address. */
int admin_news_queue(const struct world *w, const struct templates *t, struct moment now, const struct admin_news *news,
	struct err *e);

/* langnghectl test-mail: queues a letter to `address` that says which way it went. *number: its id. */
int test_letter_queue(const struct world *w, const struct templates *t, const char *address,
	struct moment now, int64_t *number, struct err *e);

#endif
