/*
 * runner.h: one plugin in its own process. The runner is exec'ed with the
 * configuration, the database and the plugin's file; it confines itself, loads
 * the plugin, and then answers "check day N" with a frame of findings, as often
 * as asked. A truncated, oversized or failed answer is a failure, never a
 * shorter list. Closing the pipe ends the runner; so does the parent's death.
 */
#ifndef RULES_RUNNER_H
#define RULES_RUNNER_H

#include "plan/settings.h"
#include "rules/finding.h"
#include "rules/plugin_info.h"

struct runner;

/* database: the file to judge (not necessarily settings->database: simulations use a copy). */
int runner_start(struct runner **out, const struct settings *s, const char *database,
	const struct plugin_info *plugin, struct err *e);
/* Asks for one day. Waits at most settings->plugins.wall_ms. On success *out (zeroed by the caller)
 * holds the findings; on failure the runner is dead or untrusted: only runner_stop may follow.
 * *took_ms may be NULL. */
int runner_check(struct runner *r, int32_t today, struct findings *out, int *took_ms, struct err *e);
/* The same in two steps, so that several work at a time: asks, and takes the answer, waiting for it if need be.
 * all: also for what is in order and of which nobody was told (rules/watched.h); runner_check always does. */
int runner_ask(struct runner *r, int32_t today, bool all, struct err *e);
int runner_answer(struct runner *r, struct findings *out, int *took_ms, struct err *e);
/* The index of the first of n that has begun to answer, or never will; NULL entries and those that were not asked are
 * left out. -1: none was asked, or waiting is impossible. */
int runners_first(struct runner *const *all, int n, struct err *e);
void runner_kill(struct runner *r); /* without waiting for its end: before several are stopped; NULL is fine */
void runner_stop(struct runner *r); /* kills it if need be; NULL is fine */

#endif
