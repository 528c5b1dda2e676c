/*
 * plugin_commands.c: a plugin judged before it is installed: what it says of
 * itself (lint), what it says about the register (run), and whether it says what
 * its author expects (test). Contained like any other; stores nothing.
 */
#include "ctl/check_row.h"
#include "ctl/command.h"
#include "ctl/plugin_case.h"

#include "base/file.h"
#include "base/mem.h"
#include "rules/trial.h"

#include <dirent.h>
#include <unistd.h>

/* A plugin's rows: what the plan must know of is looked up here, the rest plugin_describe checked. */
static int run_plugin_lint(struct ctl *c)
{
	struct err e;
	struct plugin_info *p;
	int rc = ctl_open_files(c);
	if (rc)
		return rc;
	if (plugin_describe(c->world.settings, c->positional[0], &p, &e) < 0)
		return ctl_fail(CTL_REJECTED, "%s", e.text);
	for (size_t i = 0; i < p->rule_count; i++)
		if (p->rules[i].task && !plan_task(c->world.plan, p->rules[i].task))
			rc = ctl_fail(CTL_REJECTED, "%s: rule %s: the plan has no task '%s'", p->file,
				p->rules[i].id, p->rules[i].task);
	if (!rc)
		printf("%s: plugin %s %s, %zu rules, %zu settings, abi %u: in order\n", p->file, p->name,
			p->version, p->rule_count, p->setting_count, p->abi);
	plugin_info_free(p);
	return rc;
}

static void say_what_was_found(const struct judgement *j)
{
	size_t good = 0, unknown = 0;
	for (size_t i = 0; i < j->count; i++) {
		good += status_is_good(j->items[i].status);
		unknown += j->items[i].status == STATUS_UNKNOWN;
	}
	printf("%zu findings: %zu in order, %zu not known, %zu to act on or to wait for\n", j->count, good, unknown,
		j->count - good - unknown);
}

/* A plugin that need not be enabled or installed, contained like any other; stores nothing. */
static int run_plugin_run(struct ctl *c)
{
	struct err e;
	struct plugin_info *p;
	struct judgement j = {.watch_from = DAY_NONE};
	struct findings set = {0};
	int rc = ctl_open_world(c, STORE_READ);
	if (!rc)
		rc = ctl_today(c, &j.today);
	if (rc)
		return rc;
	if (plugin_describe(c->world.settings, c->positional[0], &p, &e) < 0)
		return ctl_fail(CTL_REJECTED, "%s", e.text);
	if (trial_run(&c->world, p, &j, &set, &e) < 0)
		rc = ctl_fail(CTL_REJECTED, "%s", e.text);
	else
		rc = check_listing(c, &j);
	if (rc == CTL_DONE && !c->json)
		say_what_was_found(&j);
	judgement_release(&j);
	findings_release(&set);
	plugin_info_free(p);
	return rc;
}

static int is_case(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* One case: said in a line, and what differs in a line each. */
static void try_case(struct ctl *c, const char *folder, const char *name, int *passed, int *failed)
{
	struct plugin_case_result r = {0};
	struct err e;
	int rc = plugin_case_run(&r, c->world.settings, c->positional[0], folder, &e);
	bool good = rc == 0 && r.difference_count == 0;
	*(good ? passed : failed) += 1;
	printf("%s %s\n", good ? "ok  " : "FAIL", name);
	if (rc < 0)
		printf("     %s\n", e.text);
	for (size_t i = 0; rc == 0 && i < r.difference_count; i++)
		printf("     %s\n", r.differences[i]);
	plugin_case_release(&r);
}

/* CASES is a case itself, or holds a folder for each. */
static int run_plugin_test(struct ctl *c)
{
	const char *cases = c->positional[1];
	struct dirent **entries = NULL;
	int passed = 0, failed = 0;
	int rc = ctl_open_settings(c);
	if (rc)
		return rc;
	if (plugin_case_is(cases)) {
		try_case(c, cases, cases, &passed, &failed);
	} else {
		int n = scandir(cases, &entries, is_case, alphasort);
		if (n < 0)
			return ctl_fail(CTL_CANNOT, "%s: this folder cannot be read: %m", cases);
		for (int i = 0; i < n; i++) {
			char *folder = file_join(cases, entries[i]->d_name);
			if (plugin_case_is(folder))
				try_case(c, folder, entries[i]->d_name, &passed, &failed);
			free(folder);
			free(entries[i]);
		}
		free(entries);
	}
	if (passed + failed == 0)
		return ctl_fail(CTL_REJECTED,
			"%s: no case; a case is a folder with expected.csv and register files (see "
			"langnghe-plugin(3))",
			cases);
	printf("%d passed, %d failed\n", passed, failed);
	return failed ? CTL_REJECTED : CTL_DONE;
}

const struct command plugin_commands[] = {
	{"plugin lint", "FILE", "checks what a plugin says of itself",
		"langnghectl plugin lint ./museum.so", 1, 1, "", run_plugin_lint},
	{"plugin run", "FILE [--as-of DATE]", "runs any plugin, contained; stores nothing",
		"langnghectl plugin run ./museum.so --as-of 2026-12-01", 1, 1, "as-of=", run_plugin_run},
	{"plugin test", "FILE CASES", "compares what a plugin finds with what is expected",
		"langnghectl plugin test ./museum.so ./cases", 2, 2, "", run_plugin_test},
	{0},
};
