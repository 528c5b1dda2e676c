/*
 * plugin_letter.h: tells the administrator of a plugin or rule that is put aside:
 * one letter for each series of failures.
 */
#ifndef MAIL_PLUGIN_LETTER_H
#define MAIL_PLUGIN_LETTER_H

#include "mail/compose.h"

/* Queues what is not told yet. Nothing where admin.email is not set. */
int plugin_letters_queue(const struct world *w, const struct templates *t, struct moment now, struct err *e);

#endif
