/*
 * judgement.c: one judgement of a day: starts the plugins that have to run, lets as
 * many work at a time as there are processors, and judges what they report in the
 * order in which they are enabled, whoever answers first.
 */
#include "rules/judge.h"

#include "rules/kept.h"
#include "rules/put_aside.h"
#include "rules/subjects.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLUGINS_AT_A_TIME = 16 };

static int take_findings(struct judgement *j, const struct world *w, struct plugin_run *run,
	const struct findings *set, struct subjects *subjects)
{
	size_t before = j->count;
	struct err e;
	if (subjects_check(subjects, w, run->plugin, set, &e) < 0) {
		run->error = xstrdup(e.text);
		return -1;
	}
	if (j->capacity < before + set->count) {
		j->capacity = before + set->count;
		j->items = xrealloc(j->items, j->capacity * sizeof *j->items);
	}
	for (size_t i = 0; i < set->count; i++) {
		if (judge_finding(j, w, run->plugin, &set->items[i], &e) < 0) {
			j->count = before; /* all of a plugin's findings, or none */
			run->error = xstrdup(e.text);
			return -1;
		}
	}
	run->findings = set->count + set->left_out;
	run->complete = true;
	return 0;
}

/* One judgement's plugins while they work. All arrays are by run. */
struct work {
	struct judgement *j;
	const struct world *w;
	bool all; /* of the runner_set */
	struct runner ***slots; /* where each run's runner is kept between days */
	size_t *order; /* runs, in the order in which they are asked */
	size_t asked, taken; /* runs of that order that were asked; runs whose findings are judged, as the runs stand */
	bool *waits; /* it was asked and has not answered */
	bool *ready; /* its findings are there, or its error */
	int busy; /* how many wait */
	struct subjects subjects;
};

static void start_plugin(struct work *k, size_t i)
{
	struct plugin_run *run = &k->j->runs[i];
	struct err e = {0};
	if (run->kept || run->rests || run->error || *k->slots[i])
		return;
	if (runner_start(k->slots[i], k->w->settings, k->w->database, run->plugin, &e) < 0) {
		*k->slots[i] = NULL;
		run->error = xstrdup(e.text);
	}
}

static void drop_runner(struct work *k, size_t i)
{
	runner_stop(*k->slots[i]);
	*k->slots[i] = NULL;
}

/* Asks as many as there are processors: more at a time would only share them. */
static void ask_some(struct work *k, int at_a_time)
{
	while (k->busy < at_a_time && k->asked < k->j->run_count) {
		size_t i = k->order[k->asked++];
		struct plugin_run *run = &k->j->runs[i];
		struct err e = {0};
		start_plugin(k, i);
		if (run->kept || run->rests || run->error) {
			k->ready[i] = true; /* its findings are there, it rests, or it could not be started */
		} else if (runner_ask(*k->slots[i], k->j->today, k->all, &e) < 0) {
			run->error = xstrdup(e.text);
			drop_runner(k, i);
			k->ready[i] = true;
		} else {
			k->waits[i] = true;
			k->busy++;
		}
	}
}

/* The run that begins to answer first. */
static size_t first_to_answer(const struct work *k)
{
	struct runner **all = xcalloc(k->j->run_count, sizeof *all);
	size_t waiting = 0;
	struct err e = {0};
	for (size_t i = 0; i < k->j->run_count; i++)
		if (k->waits[i]) {
			all[i] = *k->slots[i];
			waiting = i;
		}
	int first = runners_first(all, (int)k->j->run_count, &e);
	free(all);
	return first < 0 ? waiting : (size_t)first; /* where waiting is impossible: each in its turn */
}

/* Takes the answer of whoever is first; a failure ends its runner and is kept in the run. */
static void hear_one(struct work *k)
{
	size_t i = first_to_answer(k);
	struct plugin_run *run = &k->j->runs[i];
	struct err e = {0};
	if (runner_answer(*k->slots[i], &k->j->sets[i], &run->took_ms, &e) < 0) {
		run->error = xstrdup(e.text);
		drop_runner(k, i);
	}
	k->waits[i] = false;
	k->ready[i] = true;
	k->busy--;
}

/* Judges what is there, in the order of the runs, while others still work. */
static void take_ready(struct work *k)
{
	for (; k->taken < k->j->run_count && k->ready[k->taken]; k->taken++) {
		struct plugin_run *run = &k->j->runs[k->taken];
		if (!run->error && !run->rests &&
			take_findings(k->j, k->w, run, &k->j->sets[k->taken], &k->subjects) < 0 && !run->kept)
			drop_runner(k, k->taken);
	}
}

/* Those that took longest in their last run come first, so that none is left to work alone at the end; of those that
 * never ran, as they stand. */
static void order_runs(struct work *k)
{
	size_t n = k->j->run_count;
	int64_t *took = xcalloc(n, sizeof *took);
	struct err ignored;
	for (size_t i = 0; i < n; i++) {
		struct stmt *st = k->w->store ? store_stmt(k->w->store, "SELECT last_ms FROM plugin_run WHERE name = ?1",
							&ignored)
					      : NULL;
		if (!st)
			continue;
		stmt_text(st, 1, k->j->runs[i].plugin->run);
		took[i] = stmt_step(st, &ignored) == 1 ? col_int(st, 0) : 0;
		stmt_reset(st);
	}
	for (size_t i = 0; i < n; i++) {
		size_t at = i;
		for (; at > 0 && took[k->order[at - 1]] < took[i]; at--)
			k->order[at] = k->order[at - 1];
		k->order[at] = i;
	}
	free(took);
}

static int processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > PLUGINS_AT_A_TIME ? PLUGINS_AT_A_TIME : (int)n;
}

static void work_through(struct work *k)
{
	int at_a_time = processors();
	order_runs(k);
	ask_some(k, at_a_time);
	for (size_t i = k->asked; i < k->j->run_count; i++)
		start_plugin(k, k->order[i]); /* it gets ready while others work */
	while (k->taken < k->j->run_count) {
		take_ready(k);
		if (k->busy > 0)
			hear_one(k);
		ask_some(k, at_a_time);
	}
}

static int32_t stored_watch_from(struct store *s)
{
	int32_t day = DAY_NONE;
	char *text = s ? store_meta(s, "watch_from") : NULL;
	if (text)
		day_parse_iso(text, &day);
	free(text);
	return day;
}

int judgement_make(struct judgement *j, const struct world *w, struct runner_set *runners,
	int32_t today, const char *only, struct err *e)
{
	size_t n = w->plugin_count;
	struct err none;
	*j = (struct judgement){.today = today, .watch_from = stored_watch_from(w->store),
		.puts_aside = runners->puts_aside, .now = runners->now};
	j->seen_change = kept_now(w->store, &none);
	j->runs = xcalloc(n, sizeof *j->runs);
	j->sets = xcalloc(n, sizeof *j->sets);
	if (!runners->runners) {
		runners->runners = xcalloc(n, sizeof *runners->runners);
		runners->count = n;
	}
	struct work work = {.j = j,
		.w = w,
		.all = runners->all,
		.slots = xcalloc(n, sizeof *work.slots),
		.order = xcalloc(n, sizeof *work.order),
		.waits = xcalloc(n, sizeof *work.waits),
		.ready = xcalloc(n, sizeof *work.ready)};
	for (size_t i = 0; i < n; i++) {
		const struct plugin_info *plugin = w->plugins[i];
		if (!plugin || (only && strcmp(plugin->name, only) != 0 && strcmp(plugin->run, only) != 0))
			continue;
		struct plugin_run *run = &j->runs[j->run_count];
		work.slots[j->run_count] = &runners->runners[i];
		run->plugin = plugin;
		/* A store that cannot say so costs a run, no more. */
		run->rests = runners->puts_aside && put_aside_is(w, plugin, runners->now);
		run->kept = !run->rests && !runners->all && kept_find(&j->sets[j->run_count], w, plugin, today, &none) == 1;
		j->run_count++;
	}
	work_through(&work);
	free(work.slots);
	free(work.order);
	free(work.waits);
	free(work.ready);
	subjects_release(&work.subjects);
	if (only && j->run_count == 0) {
		judgement_release(j);
		return err_set(e, "no enabled plugin that can be loaded is named '%s'; see langnghectl plugin list", only);
	}
	return 0;
}

void judgement_release(struct judgement *j)
{
	for (size_t i = 0; i < j->run_count; i++) {
		free(j->runs[i].error);
		findings_release(&j->sets[i]);
	}
	free(j->runs);
	free(j->sets);
	free(j->items);
	arena_release(&j->arena);
	*j = (struct judgement){0};
}

void runner_set_stop(struct runner_set *r)
{
	for (size_t i = 0; i < r->count; i++)
		runner_kill(r->runners[i]);
	for (size_t i = 0; i < r->count; i++)
		runner_stop(r->runners[i]);
	free(r->runners);
	*r = (struct runner_set){0};
}
