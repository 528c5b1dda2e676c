/*
 * trial.c: see trial.h.
 */
#include "rules/trial.h"

#include "rules/rule_file.h"
#include "rules/runner.h"
#include "rules/subjects.h"

#include <stdlib.h>
#include <string.h>

int trial_run(const struct world *w, const struct plugin_info *plugin, struct judgement *j, struct findings *set,
	struct err *e)
{
	struct runner *r = NULL;
	struct subjects subjects = {0};
	int rc = runner_start(&r, w->settings, w->database, plugin, e);
	if (rc == 0)
		rc = runner_check(r, j->today, set, NULL, e);
	runner_stop(r);
	if (rc == 0)
		rc = subjects_check(&subjects, w, plugin, set, e);
	subjects_release(&subjects);
	for (size_t i = 0; rc == 0 && i < set->count; i++)
		rc = judge_finding(j, w, plugin, &set->items[i], e);
	return rc;
}

/* Where a run was ended without a word of its own, it was its query that ran. */
static int line_of_query(const char *file)
{
	struct problems ignored = {0};
	struct rule_file *rule;
	int line = 0;
	if (rule_file_load(file, &rule, &ignored) == 0) {
		line = rule->query_line;
		rule_file_free(rule);
	}
	problems_release(&ignored);
	return line;
}

void rule_problem(const struct plugin_info *rule, const struct err *e, struct problems *problems)
{
	char *mark;
	const char *at = strstr(e->text, rule->file);
	size_t n = strlen(rule->file);
	long line = at && at[n] == ':' ? strtol(at + n + 1, &mark, 10) : 0;
	bool named = line > 0 && strncmp(mark, ": ", 2) == 0;
	problems_add(problems, rule->file, named ? (int)line : line_of_query(rule->file), 0, "%s", named ? mark + 2 : e->text);
}

void rules_try(const struct world *w, int32_t today, struct problems *problems)
{
	for (size_t i = 0; w->store && i < w->plugin_count; i++) {
		struct findings found = {0};
		struct judgement j = {.today = today, .watch_from = DAY_NONE};
		struct err e;
		if (!w->plugins[i] || strcmp(w->plugins[i]->name, RULES_PLUGIN) != 0)
			continue;
		if (trial_run(w, w->plugins[i], &j, &found, &e) < 0)
			rule_problem(w->plugins[i], &e, problems);
		judgement_release(&j);
		findings_release(&found);
	}
}
