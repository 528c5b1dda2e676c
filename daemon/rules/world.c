/*
 * world.c: loads what a round needs, in order, and reports every error of the
 * files at once. Nothing is half loaded: on failure all is released again.
 */
#include "rules/world.h"

#include <stdlib.h>

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

int world_open(struct world *w, const char *conf, enum store_mode mode, struct problems *problems)
{
	if (world_open_files(w, conf, problems) < 0)
		return -1;
	w->plugins = plugins_describe(w->settings, problems);
	struct err e;
	if (world_open_store(w, w->settings->database, mode, &e) < 0) {
		problems_add(problems, w->settings->database, 0, 0, "%s", e.text);
		world_close(w);
		return -1;
	}
	return 0;
}

void world_close(struct world *w)
{
	for (size_t i = 0; w->plugins && i < w->settings->plugins.enabled_count; i++)
		plugin_info_free(w->plugins[i]);
	free(w->plugins);
	units_free(w->units);
	store_close(w->store);
	calendar_free(w->calendar);
	plan_free(w->plan);
	settings_free(w->settings);
	*w = (struct world){0};
}
