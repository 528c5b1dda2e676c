/*
 * plugin_case.h: one case of a plugin's author: a folder with register files
 * (KIND.csv, loaded in order into a new database beside the shipped units),
 * optionally settings.conf (the lines of plugins.NAME) and plan.conf (instead of
 * the plan), and expected.csv: the findings that the plugin is to report.
 *
 * A row of expected.csv is one finding: `as_of` and any keys of `check`; an empty
 * cell is not compared, "-" means none. Of the rules that the file names, every
 * finding that is not in order must be expected on each day the file names; one
 * in order may be left out, and so may duties from before the year of the file's
 * first day, where watching begins. A row whose `rule` is "nothing" names every rule: on
 * no day may more be found than is expected.
 */
#ifndef CTL_PLUGIN_CASE_H
#define CTL_PLUGIN_CASE_H

#include "base/err.h"
#include "plan/settings.h"

struct plugin_case_result {
	char **differences; /* a sentence each: "expected.csv:3: …" */
	size_t difference_count, capacity;
	int rows;           /* of expected.csv */
};

bool plugin_case_is(const char *folder);
/* Runs the case in `folder` against the plugin `file`, with the limits, the calendar, the plan and the
 * units of the installation `s`. -1: it could not be run (e says why), *out holds nothing. */
int plugin_case_run(struct plugin_case_result *out, const struct settings *s, const char *file,
	const char *folder, struct err *e);
void plugin_case_release(struct plugin_case_result *r);

#endif
