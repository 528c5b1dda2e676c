/*
 * rule_query.h: a rule without C at work, inside langnghe-runner: its query runs
 * on the confined connection like a plugin's, each row becomes one finding.
 *
 * Columns that mean something: subject (required, "village:TH-0012"), name,
 * commune (the unit code of the place; also: place), period, since, detail; value
 * and target (missing, short); due and done (due). Every other one may be
 * named in the sentence. Parameters: :today, :year, :threshold.
 */
#ifndef RULES_RULE_QUERY_H
#define RULES_RULE_QUERY_H

#include "rules/host.h"
#include "rules/rule_file.h"

/* What runs like a plugin's code: its check() takes `state`, a struct rule_file. */
extern const struct ln_plugin rule_query_code;

#endif
