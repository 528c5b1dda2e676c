/*
 * steps.h: the reminder steps of a duty before its last day, and the day on
 * which an unfulfilled one lapses (policy P3, P5).
 */
#ifndef PLAN_STEPS_H
#define PLAN_STEPS_H

#include "plan/calendar.h"
#include "plan/period.h"
#include "plan/settings.h"

/* The duty's own steps, else those of its cadence; in days before the last day, largest first. */
struct int_list duty_steps(const struct duty *d, const struct reminders *r);
struct int_list cadence_steps(enum cadence c, const struct reminders *r);
/* Whether the first reminder of something that runs out has come: from that day on it is told. */
bool expiry_is_near(int32_t valid_to, int32_t today, const struct reminders *r, const struct calendar *c);
/* The day of step n: n calendar days before last_day, moved to the working day on or before. */
int32_t step_day(const struct calendar *c, int32_t last_day, int n);
/* The first step day of the duty's next period; DAY_NONE where there is none. */
int32_t duty_next_first_step(const struct plan *p, const struct duty *d, const char *period,
	const struct reminders *r, const struct calendar *c);
/* The last day on which a missed duty is still reminded: lapse_days after last_day, at most the day
 * before next_first_step (DAY_NONE: no next period). */
int32_t lapse_day(int32_t last_day, int32_t next_first_step, const struct reminders *r);

#endif
