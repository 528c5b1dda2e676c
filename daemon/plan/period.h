/*
 * period.h: the spans duties are owed for, and their last on-time days.
 * Forms: "2026", "2026-Q3", "2026-H1", "2026-07", "once"; nothing else.
 */
#ifndef PLAN_PERIOD_H
#define PLAN_PERIOD_H

#include "plan/plan.h"

enum { PERIOD_TEXT = 10 };

/* First and last day of a period; "once" gives the plan's. Returns 0, or -1 if s is no period. */
int period_span(const struct plan *p, const char *s, int32_t *first, int32_t *last);
/* The period of this cadence that holds the day, written into out. */
char *period_of_day(enum cadence c, int32_t day, char out[PERIOD_TEXT]);
/* The period after s, of the same form; -1 for "once". */
int period_next(const char *s, char out[PERIOD_TEXT]);
/* Whether the duty has this period: right form, within its years. */
bool duty_has_period(const struct plan *p, const struct duty *d, const char *period);
/* The first year that a period of it may lie in: the duty's own, or, of yearly reports, the reading first_cycle. */
int duty_first_year(const struct plan *p, const struct duty *d);
/* The days on which what the duty asks for counts: those of the period; of a count the reporting window
 * (15th to 14th: Điều 12 Nghị định 09/2019/NĐ-CP) where the readings say so. 0, or -1: no period of it. */
int duty_span(const struct plan *p, const struct duty *d, const char *period, int32_t *first, int32_t *last);
/* The last on-time day of the duty for the period (Điều 2: "trước ngày" is exclusive unless the
 * readings say otherwise); DAY_NONE for "once" and undated ones before the plan's end. */
int32_t duty_last_day(const struct plan *p, const struct duty *d, const char *period);
/* The date as the decision writes it: "trước ngày 05/12/2026". The caller frees. */
char *duty_due_text(const struct plan *p, const struct duty *d, const char *period);

#endif
