/*
 * plugin_runs.h: how the runs of one plugin went, as the last rounds kept it.
 */
#ifndef ALERTS_PLUGIN_RUNS_H
#define ALERTS_PLUGIN_RUNS_H

#include "base/err.h"
#include "store/store.h"

struct plugin_history {
	char *last_run; /* moment, or NULL: never */
	char *last_error; /* or NULL */
	char *sha256; /* of the file that ran last, or NULL */
	char *failing_since, *next_try; /* moments, or NULL (rules/put_aside.h) */
	int64_t last_ms, findings, runs, failures; /* failures in a row */
};

/* 1 found, 0 never ran, -1 failed. *out is filled only on 1 and then the caller's. */
int plugin_history_read(
	struct store *s, const char *plugin, struct plugin_history *out, struct err *e);
void plugin_history_release(struct plugin_history *h);

#endif
