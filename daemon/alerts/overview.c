/*
 * overview.c: rows of the coordinator's overview, from the live duty alerts.
 */
#include "alerts/overview.h"

#include "plan/steps.h"

#include <stdlib.h>

/* By the day, not by the alert's status: that stands still while its plugin fails. */
static bool is_open_duty(const struct world *w, const struct alert *a, const struct last_known *known, int32_t today)
{
	if (a->kind != LN_DUE || !alert_is_live(a->state) || a->last_day == DAY_NONE)
		return false;
	if (last_known_run(known, a->plugin, a->rule) && alert_is_over(w, a, today))
		return false;
	const struct duty *duty = a->duty ? plan_duty(w->plan, a->duty) : NULL;
	return due_status(w, duty, a->last_day, today) != STATUS_NOT_DUE;
}

static bool is_late(const struct alert *a, int32_t today)
{
	return a->last_day < today;
}

static int32_t last_overview(struct store *s)
{
	char *text = store_meta(s, "overview_on");
	int32_t last = DAY_NONE;
	if (text)
		day_parse_iso(text, &last);
	free(text);
	return last;
}

bool overview_is_due(const struct world *w, const struct alerts *a, const struct last_known *known, int32_t today)
{
	/* Due by state: the week's, and one for each day on which a duty fell overdue, unless one went on
	 * that day or since. Without any before it only days that are today's count. */
	int32_t last = last_overview(w->store);
	if (last == today || !calendar_is_workday(w->calendar, today))
		return false;
	if (last == DAY_NONE || last > today)
		last = today - 1;
	int32_t opening = calendar_first_workday_of_week(w->calendar, today);
	bool monday = opening <= today && opening > last;
	for (size_t i = 0; i < a->count; i++) {
		const struct alert *x = &a->items[i];
		if (!is_open_duty(w, x, known, today))
			continue;
		if (monday)
			return true;
		int32_t late = calendar_add_workdays(w->calendar, x->last_day, 1);
		if (is_late(x, today) && late <= today && late > last)
			return true;
	}
	return false;
}

bool overview_rides(const struct world *w, const struct alerts *a, const struct last_known *known, int32_t today)
{
	bool units_late = false, collector_open = false;
	for (size_t i = 0; i < a->count; i++) {
		const struct alert *x = &a->items[i];
		const struct duty *d = x->duty ? plan_duty(w->plan, x->duty) : NULL;
		if (!d || !is_open_duty(w, x, known, today))
			continue;
		if (d->collector && is_late(x, today))
			units_late = true;
		else if (!d->collector && !is_late(x, today))
			collector_open = true;
	}
	if (!units_late || !collector_open)
		return false;
	int32_t last = last_overview(w->store);
	return last == DAY_NONE || calendar_workdays_between(w->calendar, last, today) >=
					   w->settings->reminders.collector_list_workdays;
}

static int by_days(const void *a, const void *b)
{
	const struct overview_row *x = a, *y = b;
	if (x->days_left != y->days_left)
		return x->days_left < y->days_left ? -1 : 1;
	int rc = strcmp(x->duty_name, y->duty_name);
	return rc ? rc : strcmp(x->unit_name, y->unit_name);
}

void overview_fill(struct digest *d, const struct world *w, const struct alerts *a,
	const struct last_known *known, struct arena *arena)
{
	size_t capacity = 0;
	for (size_t i = 0; i < a->count; i++) {
		const struct alert *x = &a->items[i];
		const struct duty *duty = x->duty ? plan_duty(w->plan, x->duty) : NULL;
		const struct known_run *failing = last_known_run(known, x->plugin, x->rule);
		if (!duty || !is_open_duty(w, x, known, d->day))
			continue;
		int32_t first, last = DAY_NONE;
		int count;
		const struct unit *unit = NULL;
		for (size_t k = 0; k < x->unit_count; k++) {
			if (x->units[k].until != DAY_NONE)
				continue;
			unit = unit_by_code(w->units, x->units[k].unit);
			told_days(&x->units[k], &first, &last, &count);
		}
		VEC_ROOM(d->overview, d->overview_count, capacity);
		struct overview_row *row = &d->overview[d->overview_count++];
		*row = (struct overview_row){
			.unit_name = unit ? unit->name : "",
			.duty_name = duty->name,
			.period = x->period ? arena_strdup(arena, x->period) : "",
			.status = is_late(x, d->day) ? STATUS_OVERDUE : x->status,
			.last_day = x->last_day,
			.days_left = x->last_day - d->day,
			.last_notice = last,
			.checked_on = failing ? failing->checked_on : DAY_NONE,
		};
	}
	if (d->overview_count > 1)
		qsort(d->overview, d->overview_count, sizeof *d->overview, by_days);
}
