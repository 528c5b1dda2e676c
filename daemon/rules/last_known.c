/*
 * last_known.c: see last_known.h.
 */
#include "rules/last_known.h"

#include "register/submissions.h"
#include "rules/rule_file.h"

#include <stdlib.h>
#include <string.h>

static bool is_complete(const struct judgement *j, const char *run)
{
	for (size_t i = 0; i < j->run_count; i++)
		if (strcmp(j->runs[i].plugin->run, run) == 0)
			return j->runs[i].complete;
	return false;
}

/* P20: an extension that was granted since moves the last day, whoever judges. */
static int move_last_day(struct finding *f, struct store *s, struct err *e)
{
	int32_t until;
	if (!f->duty || !f->unit || !f->period || f->last_day == DAY_NONE)
		return 0;
	if (submission_extended_to(s, f->duty, f->unit, f->period, &until, NULL, e) < 0)
		return -1;
	if (until != DAY_NONE && until > f->last_day)
		f->last_day = until;
	return 0;
}

static int judge_run(struct last_known *k, const struct world *w, struct kept_run *run, struct err *e)
{
	struct err left_out;
	for (size_t i = 0; i < run->set.count; i++) {
		if (move_last_day(&run->set.items[i], w->store, e) < 0)
			return -1;
		judge_finding(&k->judged, w, run->plugin, &run->set.items[i], &left_out);
	}
	return 0;
}

static int32_t last_complete(struct store *s, const char *run, int32_t today)
{
	struct err ignored; /* it is then not said when */
	struct stmt *st = store_stmt(s, "SELECT last_complete FROM plugin_run WHERE name = ?1 AND last_complete <= ?2", &ignored);
	if (!st)
		return DAY_NONE;
	stmt_text(st, 1, run);
	stmt_day(st, 2, today);
	int32_t day = stmt_step(st, &ignored) == 1 ? col_day(st, 0) : DAY_NONE;
	stmt_reset(st);
	return day;
}

static int add_run(struct last_known *k, const struct world *w, const char *run, struct err *e)
{
	VEC_ROOM(k->runs, k->count, k->capacity);
	struct known_run *r = &k->runs[k->count];
	*r = (struct known_run){.checked_on = last_complete(w->store, run, k->judged.today)};
	int found = kept_last(&r->kept, w->store, run, k->judged.today, e);
	if (found < 0)
		return -1;
	r->run = xstrdup(run);
	k->count++;
	if (found == 1)
		r->checked_on = r->kept.day;
	return found == 1 ? judge_run(k, w, &r->kept, e) : 0;
}

/* The folder of the rules without C cannot be read: all that are kept. */
static int add_rules(struct last_known *k, const struct world *w, struct err *e)
{
	struct stmt *st = store_prepare(w->store, "SELECT name FROM plugin_run WHERE name LIKE '" RULES_PLUGIN "/%'", e);
	int row = -1, rc = 0;
	while (st && rc == 0 && (row = stmt_step(st, e)) == 1)
		rc = add_run(k, w, col_text(st, 0), e);
	stmt_free(st);
	return rc < 0 || row < 0 ? -1 : 0;
}

int last_known_make(struct last_known *out, const struct world *w, const struct judgement *j, struct err *e)
{
	int rc = 0;
	*out = (struct last_known){.judged = {.today = j->today, .watch_from = j->watch_from}};
	for (size_t i = 0; i < w->plugin_count && rc == 0; i++) {
		const char *run = w->plugin_runs[i];
		if (strcmp(run, RULES_PLUGIN) == 0)
			rc = add_rules(out, w, e);
		else if (!is_complete(j, run))
			rc = add_run(out, w, run, e);
	}
	if (rc < 0)
		last_known_release(out);
	return rc;
}

void last_known_release(struct last_known *k)
{
	judgement_release(&k->judged);
	for (size_t i = 0; i < k->count; i++) {
		kept_run_release(&k->runs[i].kept);
		free(k->runs[i].run);
	}
	free(k->runs);
	*k = (struct last_known){0};
}

const struct known_run *last_known_run(const struct last_known *k, const char *plugin, const char *rule)
{
	if (k->count == 0)
		return NULL;
	const struct known_run *found = NULL;
	char *run = plugin_run_name(plugin, rule);
	for (size_t i = 0; i < k->count && !found; i++)
		if (strcmp(k->runs[i].run, run) == 0)
			found = &k->runs[i];
	free(run);
	return found;
}
