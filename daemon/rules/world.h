/*
 * world.h: everything a round needs, loaded in order and checked: settings,
 * plan, calendar, plugins' descriptions, store, units.
 */
#ifndef RULES_WORLD_H
#define RULES_WORLD_H

#include "rules/judge.h"

/* conf: path or NULL (settings_path). mode as store_open; the store and units are loaded from
 * settings->database. All errors of the files go to problems; -1 with at least one problem. */
int world_open(struct world *w, const char *conf, enum store_mode mode, struct problems *problems);
/* The files only (no store, no units, no plugins): what langnghed and -t need. */
int world_open_files(struct world *w, const char *conf, struct problems *problems);
/* Has the enabled plugins and the rules without C described; the units are looked at where they are loaded. Failures go
 * to problems and leave a NULL in w->plugins. */
void world_describe(struct world *w, struct problems *problems);
/* Opens another database instead (a simulation's copy). */
int world_open_store(struct world *w, const char *database, enum store_mode mode, struct err *e);
void world_close(struct world *w);

#endif
