/*
 * plugin_said.h: asking a real plugin, through the real runner, about a small
 * register made for the case. Used by test_plugins.c and test_environment.c.
 */
#ifndef TEST_PLUGIN_SAID_H
#define TEST_PLUGIN_SAID_H

#include "plugin_world.h"

#include "register/import.h"
#include "rules/runner.h"

struct said {
	struct findings set;
	struct plugin_info *plugin;
};

static inline int32_t day(int year, int month, int of_month)
{
	return day_from_civil(year, month, of_month);
}

static inline void load_units(const struct plugin_world *w)
{
	struct err e;
	struct store *s;
	struct plan *plan;
	struct problems problems = {0};
	struct import_result result = {0};
	struct import_options options = {.by = "test", .today = day(2026, 1, 1)};
	assert_int_equal(plan_load("conf/plan-thanh-hoa.conf", &plan, &problems), 0);
	if (store_open(&s, w->database, STORE_CREATE, &e) < 0 ||
		import_file(s, plan, kind_named("units"), "conf/units-thanh-hoa.csv", &options,
			&result, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(result.rejected, 0);
	import_result_release(&result);
	plan_free(plan);
	store_close(s);
}

/* A fresh register with the shipped units and these statements. */
static inline void begin(struct plugin_world *w, const char *settings, const char *sql)
{
	struct err e;
	char *plugins =
		xasprintf("directory = \"%s/plugins\"; enabled = [\"reporting\", \"environment\"];",
			w->build);
	file_remove_tree(w->folder, &e);
	assert_int_equal(file_make_dirs(w->folder, &e), 0);
	world_configure(w, plugins, settings);
	free(plugins);
	load_units(w);
	world_sql(w, sql);
}

static inline struct said ask(const struct plugin_world *w, const char *name, int32_t today)
{
	struct said said = {0};
	struct runner *r = NULL;
	struct err e;
	char *file = xasprintf("%s/plugins/%s.so", w->build, name);
	if (plugin_describe(w->settings, file, &said.plugin, &e) < 0 ||
		runner_start(&r, w->settings, w->database, said.plugin, &e) < 0 ||
		runner_check(r, today, &said.set, NULL, &e) < 0)
		fail_msg("%s", e.text);
	runner_stop(r);
	free(file);
	return said;
}

static inline void forget(struct said *said)
{
	findings_release(&said->set);
	plugin_info_free(said->plugin);
}

static inline const struct finding *find(
	const struct said *said, const char *rule, const char *subject, const char *period)
{
	for (size_t i = 0; i < said->set.count; i++) {
		const struct finding *f = &said->set.items[i];
		if (strcmp(f->rule, rule) == 0 && strcmp(f->subject, subject) == 0 &&
			strcmp(f->period ? f->period : "", period) == 0)
			return f;
	}
	return NULL;
}

static inline void assert_said(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" was expected in \"%s\"", part, text ? text : "(nothing)");
}

static inline int set_up(void **state)
{
	static struct plugin_world world;
	world_make(&world);
	*state = &world;
	return 0;
}

static inline int tear_down(void **state)
{
	world_remove(*state);
	return 0;
}

#endif
