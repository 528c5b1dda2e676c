/*
 * last_known.h: what is told of a plugin's alerts while the plugin fails, rests or
 * cannot be loaded: the findings of its last complete run, judged for today.
 * Nothing is concluded from them: no alert is opened, changed or ended by them.
 */
#ifndef RULES_LAST_KNOWN_H
#define RULES_LAST_KNOWN_H

#include "rules/judge.h"
#include "rules/kept.h"

struct last_known {
	struct judgement judged;
	struct kept_run *runs;
	size_t count;
};

/* Of every enabled plugin that j has no complete run of. What no longer fits the plan is left out. */
int last_known_make(struct last_known *out, const struct world *w, const struct judgement *j, struct err *e);
void last_known_release(struct last_known *k);
/* The day of the run that found it. */
int32_t last_known_day(const struct last_known *k, const struct judged *g);

#endif
