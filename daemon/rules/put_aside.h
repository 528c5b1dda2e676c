/*
 * put_aside.h: a plugin or rule that failed three times in a row is not run again
 * before a pause is over: 10 minutes, doubled with each further failure, at most 6
 * hours. A new file, or `reload`, has it tried at once. Only the rounds of the
 * service put aside; checks by hand and simulations always try.
 */
#ifndef RULES_PUT_ASIDE_H
#define RULES_PUT_ASIDE_H

#include "rules/judge.h"

enum { PUT_ASIDE_FAILURES = 3 };

/* When a plugin with so many failures in a row, the last one at `now`, is tried again. False: it is not put aside. */
bool put_aside_until(int64_t failures, struct moment now, struct moment *next);
/* Whether the plugin is put aside at `now`, and its file is still the one that failed. */
bool put_aside_is(const struct world *w, const struct plugin_info *plugin, struct moment now);
/* The earliest end of a pause, of what is enabled, after `now`: 1 with *next, 0 none, -1. *over: one ended by now. */
int put_aside_next(const struct world *w, struct moment now, struct moment *next, bool *over, struct err *e);
/* All are tried at the next check. */
int put_aside_forget(struct store *s, struct err *e);

#endif
