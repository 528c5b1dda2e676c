/*
 * steps.c: days on which a duty is reminded before its last day, and when it
 * lapses. Pure arithmetic on days and the working-day calendar.
 */
#include "plan/steps.h"

struct int_list cadence_steps(enum cadence c, const struct reminders *r)
{
	switch (c) {
	case CADENCE_YEARLY_REPORT:
		return r->yearly_report;
	case CADENCE_YEARLY_COUNT:
		return r->yearly_count;
	case CADENCE_QUARTERLY_COUNT:
		return r->quarterly_count;
	case CADENCE_CONFERENCE:
		return r->conference;
	case CADENCE_ONCE:
		break;
	}
	return (struct int_list){0};
}

struct int_list duty_steps(const struct duty *d, const struct reminders *r)
{
	if (d->steps)
		return (struct int_list){d->steps, d->step_count};
	return cadence_steps(d->cadence, r);
}

int32_t step_day(const struct calendar *c, int32_t last_day, int n)
{
	return calendar_on_or_before(c, last_day - n);
}

bool expiry_is_near(int32_t valid_to, int32_t today, const struct reminders *r, const struct calendar *c)
{
	int first = 0;
	for (size_t i = 0; i < r->expiry.count; i++)
		if (r->expiry.items[i] > first)
			first = r->expiry.items[i];
	return today >= step_day(c, valid_to, first);
}

int32_t duty_next_first_step(const struct plan *p, const struct duty *d, const char *period,
	const struct reminders *r, const struct calendar *c)
{
	char next[PERIOD_TEXT];
	if (period_next(period, next) < 0 || !duty_has_period(p, d, next))
		return DAY_NONE;
	int32_t last = duty_last_day(p, d, next);
	if (last == DAY_NONE)
		return DAY_NONE;
	struct int_list steps = duty_steps(d, r);
	int most = 0;
	for (size_t i = 0; i < steps.count; i++)
		if (steps.items[i] > most)
			most = steps.items[i];
	return step_day(c, last, most);
}

int32_t lapse_day(int32_t last_day, int32_t next_first_step, const struct reminders *r)
{
	int32_t day = last_day + r->lapse_days;
	if (next_first_step != DAY_NONE && next_first_step - 1 < day)
		day = next_first_step - 1;
	return day;
}
