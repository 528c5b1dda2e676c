/*
 * rule_commands.c: a rule without C judged before it judges others: checked and
 * tried on the present register (check), and what it finds (run). Stores nothing.
 */
#include "ctl/check_row.h"
#include "ctl/command.h"

#include "base/mem.h"
#include "rules/rule_file.h"
#include "rules/trial.h"

#include <unistd.h>

enum { EXAMPLES_SHOWN = 3 };

static int tell(struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		ctl_fail(0, "%s: %s", problems->items[i].where, problems->items[i].text);
	int rc = problems->count ? CTL_REJECTED : CTL_DONE;
	problems_release(problems);
	return rc;
}

/* A rule on trial, and what it found. Zeroed but for j.watch_from. */
struct trial {
	struct rule_file *rule;
	bool tried; /* there is a register to try it on */
	struct judgement j;
	struct findings set; /* of which j tells */
};

static void trial_release(struct trial *t)
{
	judgement_release(&t->j);
	findings_release(&t->set);
	rule_file_free(t->rule);
}

/* Files and, where there is one, the database; no other plugin or rule is asked what it is. */
static int open_register(struct ctl *c, bool *there)
{
	struct err e;
	int rc = ctl_open_files(c);
	if (rc)
		return rc;
	const char *database = c->world.settings->database;
	*there = access(database, F_OK) == 0;
	if (*there && world_open_store(&c->world, database, STORE_READ, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	return 0;
}

/* FILE read, its names looked up, and run where there is a register. 0, or the exit code after having said why. */
static int try_rule(struct ctl *c, struct trial *t)
{
	struct problems problems = {0};
	struct err e;
	const char *file = c->positional[0];
	int rc = open_register(c, &t->tried);
	if (!rc)
		rc = ctl_today(c, &t->j.today);
	if (rc)
		return rc;
	if (!rule_file_is(file))
		return ctl_fail(CTL_USAGE, "%s: a rule is a file NAME.conf; see langnghe-rules(5)", file);
	if (rule_file_load(file, &t->rule, &problems) < 0)
		return tell(&problems);
	if (rule_file_check_names(t->rule, c->world.plan, c->world.units, &e) < 0)
		problems_add(&problems, file, t->rule->lead_line, 0, "%s", e.text);
	else if (t->tried && trial_run(&c->world, t->rule->info, &t->j, &t->set, &e) < 0)
		rule_problem(t->rule->info, &e, &problems);
	return tell(&problems);
}

static void say_what_was_found(const struct rule_file *rule, const struct judgement *j)
{
	size_t lacking = 0, unknown = 0, shown = 0;
	for (size_t i = 0; i < j->count; i++) {
		lacking += j->items[i].status == STATUS_MISSING;
		unknown += j->items[i].status == STATUS_UNKNOWN;
	}
	printf("%s: rule %s%s: in order. On the present register: %zu subjects, %zu lacking, %zu not known, %zu in "
	       "order\n",
		rule->file, rule->id, rule->enabled ? "" : " (enabled = false)", j->count, lacking, unknown,
		j->count - lacking - unknown);
	for (size_t i = 0; i < j->count && shown < EXAMPLES_SHOWN; i++)
		if (j->items[i].status == STATUS_MISSING) {
			printf("  %s\n", j->items[i].summary);
			shown++;
		}
	if (j->count > 0 && lacking == j->count)
		printf("  note: no subject is in order. That may be so; but the query must also give those that are, for an "
		       "alert ends only when its subject is found in order\n");
}

static int run_rule_check(struct ctl *c)
{
	struct trial t = {.j.watch_from = DAY_NONE};
	int rc = try_rule(c, &t);
	if (!rc && t.tried)
		say_what_was_found(t.rule, &t.j);
	else if (!rc)
		printf("%s: rule %s: in order; its query was not tried: there is no database yet\n", t.rule->file, t.rule->id);
	trial_release(&t);
	return rc;
}

static int run_rule_run(struct ctl *c)
{
	struct trial t = {.j.watch_from = DAY_NONE};
	int rc = try_rule(c, &t);
	if (!rc && !t.tried)
		rc = ctl_fail(CTL_CANNOT, "there is no database %s yet: langnghectl init", c->world.settings->database);
	if (!rc)
		rc = check_listing(c, &t.j);
	trial_release(&t);
	return rc;
}

const struct command rule_commands[] = {
	{"rule check", "FILE [--as-of DATE]", "checks a rule without C and tries its query",
		"langnghectl rule check /etc/langnghe/rules.d/commune-inspection.conf", 1, 1, "as-of=", run_rule_check},
	{"rule run", "FILE [--as-of DATE]", "what a rule without C finds, contained; stores nothing",
		"langnghectl rule run ./commune-inspection.conf --as-of 2026-12-01 --json", 1, 1, "as-of=", run_rule_run},
	{0},
};
