/*
 * kept.h: the findings of a plugin's last complete run, kept in the store. A plugin
 * is not run again while the day, the columns that it read of the views it declares
 * as inputs, its file and settings, the plan, the calendar and the extensions are the
 * same. And while it fails, its alerts are told as they were found last.
 */
#ifndef RULES_KEPT_H
#define RULES_KEPT_H

#include "rules/judge.h"

/* 1 *out (zeroed by the caller) holds what a run would report, 0 it must be run, -1 the store failed. */
int kept_find(struct findings *out, const struct world *w, const struct plugin_info *plugin, int32_t today,
	struct err *e);
/* The last complete run of a plugin. */
struct kept_run {
	struct plugin_info *plugin; /* as the file described itself that made it */
	struct findings set;
	int32_t day;
};

/* What was found last and not after `today`, whatever has changed since. run: the name of its runs (plugin_info.run).
 * 1, 0 nothing is kept, -1 the store failed. */
int kept_last(struct kept_run *out, struct store *s, const char *run, int32_t today, struct err *e);
void kept_run_release(struct kept_run *r);
/* The register's last change: read before the plugins run, handed to kept_save after. -1 on error. */
int64_t kept_now(struct store *s, struct err *e);
/* Keeps each complete run that was not itself taken from here. One transaction. */
int kept_save(const struct world *w, const struct judgement *j, struct err *e);

#endif
