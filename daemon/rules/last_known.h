/*
 * last_known.h: what is told of a plugin's alerts while the plugin fails, rests or
 * cannot be loaded: the findings of its last complete run, judged for today.
 * Nothing is concluded from them: no alert is opened or ended by them. What the
 * host knows by itself holds all the same: the day, and an extension granted since.
 */
#ifndef RULES_LAST_KNOWN_H
#define RULES_LAST_KNOWN_H

#include "rules/judge.h"
#include "rules/kept.h"

/* A plugin (a rule without C) that has no complete run today. */
struct known_run {
	char *run; /* the name of its runs */
	int32_t checked_on; /* the day of its last complete run, or DAY_NONE: never, or not before today */
	struct kept_run kept; /* without plugin where nothing is kept */
};

struct last_known {
	struct judgement judged; /* of all runs */
	struct known_run *runs;
	size_t count, capacity;
};

/* Of every enabled plugin that j has no complete run of. What no longer fits the plan is left out. */
int last_known_make(struct last_known *out, const struct world *w, const struct judgement *j, struct err *e);
void last_known_release(struct last_known *k);
/* The run of an alert's plugin and rule, if it has no complete one today; else NULL. */
const struct known_run *last_known_run(const struct last_known *k, const char *plugin, const char *rule);

#endif
