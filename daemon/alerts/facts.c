/*
 * facts.c: see facts.h.
 */
#include "alerts/facts.h"

#include "register/submissions.h"

#include <stdlib.h>
#include <string.h>

static uint32_t hash(const char *s)
{
	uint32_t h = 2166136261u;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

static void index_all(struct facts *f, const struct judgement *j)
{
	for (size_t i = 0; i < j->count; i++) {
		size_t at = hash(j->items[i].key) & (f->size - 1);
		while (f->by_key[at])
			at = (at + 1) & (f->size - 1);
		f->by_key[at] = &j->items[i];
	}
}

/* No key is in both: one is of plugins that answered, the other of those that did not. */
void facts_init(struct facts *f, const struct world *w, const struct judgement *j, const struct last_known *known)
{
	*f = (struct facts){.w = w, .j = j, .known = known, .size = 64};
	while (f->size < (j->count + known->judged.count) * 2)
		f->size *= 2;
	f->by_key = xcalloc(f->size, sizeof *f->by_key);
	index_all(f, j);
	index_all(f, &known->judged);
}

void facts_release(struct facts *f)
{
	free(f->by_key);
	*f = (struct facts){0};
}

const struct judged *facts_of(const struct facts *f, const char *key)
{
	size_t at = hash(key) & (f->size - 1);
	for (; f->by_key[at]; at = (at + 1) & (f->size - 1))
		if (strcmp(f->by_key[at]->key, key) == 0)
			return f->by_key[at];
	return NULL;
}

const struct known_run *facts_failing(const struct facts *f, const struct alert *a)
{
	return alert_is_live(a->state) ? last_known_run(f->known, a->plugin, a->rule) : NULL;
}

static const struct duty *duty_of(const struct facts *f, const struct alert *a)
{
	return a->duty ? plan_duty(f->w->plan, a->duty) : NULL;
}

enum status facts_status(const struct facts *f, const struct alert *a)
{
	int32_t today = f->j->today;
	if (!facts_failing(f, a))
		return a->status;
	if (a->kind == LN_DUE && a->last_day != DAY_NONE)
		return due_status(f->w, duty_of(f, a), a->last_day, today);
	if (a->kind == LN_EXPIRY && a->valid_to != DAY_NONE && a->valid_to < today)
		return STATUS_EXPIRED;
	return a->status;
}

static bool owes(const struct duty *d, const char *unit)
{
	for (size_t k = 0; k < d->owed_by_count; k++)
		if (strcmp(d->owed_by[k], unit) == 0)
			return true;
	return false;
}

/* As j says; of a plugin that fails, as the register says. */
static int32_t collected_in(const struct facts *f, const struct judgement *j, const struct duty *d, const char *period)
{
	struct err ignored;
	for (size_t i = 0; i < j->count; i++) {
		const struct judged *other = &j->items[i];
		if (other->kind != LN_DUE || !other->duty || other->duty == d || !other->finding->period ||
			other->duty->cadence != d->cadence || strcmp(other->finding->period, period) != 0 ||
			!owes(other->duty, d->collector))
			continue;
		if (status_is_good(other->status))
			return other->finding->done_on;
		if (j == f->j)
			return DAY_NONE;
		return submission_day(f->w->store, other->duty->id, other->finding->unit, period, j->today, &ignored);
	}
	return DAY_NONE;
}

int32_t facts_collected_on(const struct facts *f, const struct alert *a)
{
	const struct duty *d = duty_of(f, a);
	if (!d || !d->collector)
		return DAY_NONE;
	int32_t day = collected_in(f, f->j, d, a->period);
	return day != DAY_NONE ? day : collected_in(f, &f->known->judged, d, a->period);
}
