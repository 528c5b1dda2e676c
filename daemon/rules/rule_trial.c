/*
 * rule_trial.c: see rule_trial.h.
 */
#include "rules/rule_trial.h"

#include "rules/rule_file.h"
#include "rules/runner.h"
#include "rules/subjects.h"

#include <stdlib.h>
#include <string.h>

int rule_try(const struct world *w, const struct plugin_info *rule, int32_t today, struct findings *out, struct err *e)
{
	struct runner *r = NULL;
	int rc = runner_start(&r, w->settings, w->database, rule, e);
	if (rc == 0)
		rc = runner_check(r, today, out, NULL, e);
	runner_stop(r);
	struct subjects subjects = {0};
	if (rc == 0)
		rc = subjects_check(&subjects, w, rule, out, e);
	subjects_release(&subjects);
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
		struct err e;
		if (!w->plugins[i] || strcmp(w->plugins[i]->name, RULES_PLUGIN) != 0)
			continue;
		if (rule_try(w, w->plugins[i], today, &found, &e) < 0)
			rule_problem(w->plugins[i], &e, problems);
		findings_release(&found);
	}
}
