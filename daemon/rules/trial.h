/*
 * trial.h: a plugin, or a rule without C, tried on the present register before it
 * judges for real: only a run shows a query that cannot run, takes too long, or
 * names a column that it does not give. Contained as ever; nothing is stored.
 */
#ifndef RULES_TRIAL_H
#define RULES_TRIAL_H

#include "rules/world.h"

/* One run for j->today; its findings, which live in *set (zeroed by the caller), are judged into j. w has a store. */
int trial_run(const struct world *w, const struct plugin_info *plugin, struct judgement *j, struct findings *set,
	struct err *e);
/* The failure of a rule's run as a problem with the file and line that it names. */
void rule_problem(const struct plugin_info *rule, const struct err *e, struct problems *problems);
/* Every rule without C of the world; without a store nothing is tried. */
void rules_try(const struct world *w, int32_t today, struct problems *problems);

#endif
