/*
 * rule_trial.h: rules without C tried on the present register before they judge
 * for real: only a run shows a query that cannot run, takes too long, or names a
 * column that it does not give.
 */
#ifndef RULES_RULE_TRIAL_H
#define RULES_RULE_TRIAL_H

#include "rules/world.h"

/* One contained run for the day; *out (zeroed by the caller) holds the findings. w has a store. */
int rule_try(const struct world *w, const struct plugin_info *rule, int32_t today, struct findings *out, struct err *e);
/* A run's failure as a problem with the file and line that it names. */
void rule_problem(const struct plugin_info *rule, const struct err *e, struct problems *problems);
/* Every rule of the world; without a store nothing is tried. */
void rules_try(const struct world *w, int32_t today, struct problems *problems);

#endif
