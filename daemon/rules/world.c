/*
 * world.c: loads what a round needs, in order, and reports every error of the
 * files at once. Nothing is half loaded: on failure all is released again.
 */
#include "rules/world.h"

#include "base/mem.h"
#include "rules/rule_file.h"

#include <stdlib.h>
#include <string.h>

int world_open_files(struct world *w, const char *conf, struct problems *problems)
{
	*w = (struct world){0};
	if (settings_load(settings_path(conf), &w->settings, problems) < 0)
		return -1;
	int bad = plan_load(w->settings->plan, &w->plan, problems);
	bad |= calendar_load(w->settings->calendar, &w->calendar, problems);
	if (bad) {
		world_close(w);
		return -1;
	}
	return 0;
}

int world_open_store(struct world *w, const char *database, enum store_mode mode, struct err *e)
{
	struct store *store;
	struct units *units;
	if (store_open(&store, database, mode, e) < 0)
		return -1;
	if (units_load(&units, store, e) < 0) {
		store_close(store);
		return -1;
	}
	units_free(w->units);
	store_close(w->store);
	w->units = units;
	w->store = store;
	w->database = database;
	return 0;
}

/* "FILE:LINE: what is wrong" of the problems from `first` on that name the file; NULL none. */
static char *error_of(const struct problems *problems, size_t first, const char *file)
{
	size_t n = strlen(file);
	for (size_t i = first; i < problems->count; i++)
		if (strncmp(problems->items[i].where, file, n) == 0)
			return xasprintf("%s: %s", problems->items[i].where, problems->items[i].text);
	return NULL;
}

/* error: why there is no plugin, or NULL; taken over, like run. */
static void add_plugin(struct world *w, struct plugin_info *plugin, char *run, char *error)
{
	w->plugin_errors = xrealloc(w->plugin_errors, (w->plugin_count + 1) * sizeof *w->plugin_errors);
	w->plugin_errors[w->plugin_count] = error;
	w->plugins = xrealloc(w->plugins, (w->plugin_count + 1) * sizeof *w->plugins);
	w->plugin_runs = xrealloc(w->plugin_runs, (w->plugin_count + 1) * sizeof *w->plugin_runs);
	w->plugins[w->plugin_count] = plugin;
	w->plugin_runs[w->plugin_count++] = run;
}

/* A rule that is switched off is checked all the same. */
static void describe_rule(struct world *w, const char *file, struct problems *problems)
{
	struct rule_file *rule;
	struct err e;
	size_t before = problems->count;
	if (rule_file_load(file, &rule, problems) < 0) {
		add_plugin(w, NULL, rule_file_run_name(file), error_of(problems, before, file));
		return;
	}
	if (w->plan && rule_file_check_names(rule, w->plan, w->units, &e) < 0) {
		problems_add(problems, file, rule->lead_line, 0, "%s", e.text);
		add_plugin(w, NULL, rule_file_run_name(file), error_of(problems, before, file));
	} else if (rule->enabled) {
		add_plugin(w, rule->info, xstrdup(rule->info->run), NULL);
		rule->info = NULL;
	}
	rule_file_free(rule);
}

void world_describe(struct world *w, struct problems *problems)
{
	const struct settings *s = w->settings;
	struct err e;
	char **files = NULL;
	size_t count = 0;
	size_t before = problems->count;
	struct plugin_info **plugins = plugins_describe(s, problems);
	for (size_t i = 0; i < s->plugins.enabled_count; i++) {
		char *file = plugin_file_of(s, s->plugins.enabled[i]);
		add_plugin(w, plugins[i], xstrdup(s->plugins.enabled[i]), plugins[i] ? NULL : error_of(problems, before, file));
		free(file);
	}
	free(plugins);
	if (s->rules_directory && rule_files_list(s->rules_directory, &files, &count, &e) < 0) {
		problems_add(problems, s->file, 0, 0, "rules.directory: %s", e.text);
		add_plugin(w, NULL, xstrdup(RULES_PLUGIN), xstrdup(e.text)); /* none of them is known: all stay as they are */
	}
	for (size_t i = 0; i < count; i++) {
		describe_rule(w, files[i], problems);
		free(files[i]);
	}
	free(files);
}

int world_open(struct world *w, const char *conf, enum store_mode mode, struct problems *problems)
{
	if (world_open_files(w, conf, problems) < 0)
		return -1;
	struct err e;
	int rc = world_open_store(w, w->settings->database, mode, &e);
	world_describe(w, problems); /* a rule's unit is looked up in the register */
	if (rc < 0) {
		problems_add(problems, w->settings->database, 0, 0, "%s", e.text);
		world_close(w);
	}
	return rc;
}

void world_close(struct world *w)
{
	for (size_t i = 0; i < w->plugin_count; i++) {
		plugin_info_free(w->plugins[i]);
		free(w->plugin_runs[i]);
		free(w->plugin_errors[i]);
	}
	free(w->plugins);
	free(w->plugin_runs);
	free(w->plugin_errors);
	units_free(w->units);
	store_close(w->store);
	calendar_free(w->calendar);
	plan_free(w->plan);
	settings_free(w->settings);
	*w = (struct world){0};
}
