/*
 * last_known.c: see last_known.h.
 */
#include "rules/last_known.h"

#include <stdlib.h>
#include <string.h>

static bool is_complete(const struct judgement *j, const char *run)
{
	for (size_t i = 0; i < j->run_count; i++)
		if (strcmp(j->runs[i].plugin->run, run) == 0)
			return j->runs[i].complete;
	return false;
}

static void judge_run(struct last_known *k, const struct world *w, const struct kept_run *run)
{
	struct err left_out;
	for (size_t i = 0; i < run->set.count; i++)
		judge_finding(&k->judged, w, run->plugin, &run->set.items[i], &left_out);
}

int last_known_make(struct last_known *out, const struct world *w, const struct judgement *j, struct err *e)
{
	*out = (struct last_known){.judged = {.today = j->today, .watch_from = j->watch_from},
		.runs = xcalloc(w->plugin_count, sizeof *out->runs)};
	for (size_t i = 0; i < w->plugin_count; i++) {
		if (is_complete(j, w->plugin_runs[i]))
			continue;
		int found = kept_last(&out->runs[out->count], w->store, w->plugin_runs[i], e);
		if (found < 0) {
			last_known_release(out);
			return -1;
		}
		if (found == 1)
			judge_run(out, w, &out->runs[out->count++]);
	}
	return 0;
}

void last_known_release(struct last_known *k)
{
	judgement_release(&k->judged);
	for (size_t i = 0; i < k->count; i++)
		kept_run_release(&k->runs[i]);
	free(k->runs);
	*k = (struct last_known){0};
}

int32_t last_known_day(const struct last_known *k, const struct judged *g)
{
	for (size_t i = 0; i < k->count; i++)
		if (g->plugin == k->runs[i].plugin)
			return k->runs[i].day;
	return DAY_NONE;
}
