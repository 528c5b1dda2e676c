/*
 * rule_file.h: a rule written without C: one file NAME.conf in rules.directory,
 * which holds a SELECT over the published views and what its rows mean. The file
 * is read and checked here, by the host; the query runs in langnghe-runner
 * (rules/rule_query.h), shut in like a plugin. To everybody else each file is a
 * plugin of its own with one rule: its alerts are those of the plugin `rules`,
 * its runs are kept under "rules/NAME", so that one broken rule is one broken run.
 */
#ifndef RULES_RULE_FILE_H
#define RULES_RULE_FILE_H

#include "base/err.h"
#include "plan/plan.h"
#include "register/units.h"
#include "rules/plugin_info.h"

#include <stdbool.h>
#include <stdint.h>

#define RULES_PLUGIN "rules" /* the plugin's name in keys of alerts */

/* What a row's columns say about its subject. */
enum rule_file_kind {
	RULE_FILE_MISSING, /* value: 1 it is there, 0 it lacks, null unknown (or compared, where comparator is given) */
	RULE_FILE_SHORT,   /* value comparator (column target, else threshold) must hold; null unknown */
	RULE_FILE_DUE      /* to be done by the day `due`; `done` is the day it was, null not yet */
};

enum rule_comparator { RULE_GT, RULE_GE, RULE_EQ, RULE_LE, RULE_LT };

/* How often the passing of time alone may bring something new: the day that the query sees as :today is
 * the first one of the running week, month, quarter or year. What the register says is seen at once. */
enum rule_schedule { RULE_DAILY, RULE_WEEKLY, RULE_MONTHLY, RULE_QUARTERLY, RULE_YEARLY };

struct rule_file {
	char *file, *id;
	bool enabled;
	enum rule_file_kind kind;
	char *query;
	int query_line, sentence_line, lead_line; /* of query, sentence, task or unit */
	enum rule_comparator comparator;
	double threshold;
	bool has_threshold;
	char *sentence; /* with {placeholders}: columns of the query, today, threshold, days_left */
	enum rule_schedule schedule;
	int notice_days; /* RULE_FILE_DUE: told this many days before `due` */
	struct plugin_info *info; /* the rule as everybody else sees it */
};

/* Reads and checks one file; every error goes to problems with its line. The plan's tasks, and the units,
 * are not known here: rule_file_check_names. On failure -1, *out untouched. The caller frees. */
int rule_file_load(const char *path, struct rule_file **out, struct problems *problems);
void rule_file_free(struct rule_file *r);
/* Whether the plan has the task, and the register the unit (units NULL: not asked). 0, or -1 with a sentence. */
int rule_file_check_names(
	const struct rule_file *r, const struct plan *plan, const struct units *units, struct err *e);
/* "rules/NAME" of …/NAME.conf, whatever the file says; the caller frees. */
char *rule_file_run_name(const char *path);
/* NAME of "rules/NAME"; NULL: the run of a plugin. */
const char *rule_of_run(const char *run);
/* Where what has this name for its runs lies (for "rules" itself, the folder); the caller frees. */
char *run_file(const struct settings *s, const char *run);
/* The name under which the runs of an alert's plugin and rule are kept; the caller frees. */
char *plugin_run_name(const char *plugin, const char *rule);

/* Whether a path is that of a rule file (…/NAME.conf), not of a plugin. */
bool rule_file_is(const char *path);
/* The rule files of a folder, sorted; the caller frees each and the array. -1: the folder cannot be read. */
int rule_files_list(const char *folder, char ***out, size_t *count, struct err *e);

/* The day that the query sees as :today. */
int32_t rule_day(enum rule_schedule schedule, int32_t today);
/* Calls `each` for every placeholder of the sentence and for the text between them (name NULL), in order, until it
 * returns non-zero, which is returned. plain: written {name:plain}, a number without points. */
int rule_sentence_each(const char *sentence,
	int (*each)(void *context, const char *text, size_t length, const char *name, bool plain), void *context);

#endif
