/*
 * calendar.h: which days are worked. From conf/calendar-vn.conf: days off and
 * worked Saturdays by year, as officially announced. A year without its list
 * runs on a provisional one (policy P12): weekends, 1/1, 30/4, 1/5, 2/9 and its
 * neighbour, mùng 1 Tết -1…+3 and 10/3 âm computed for UTC+7.
 */
#ifndef PLAN_CALENDAR_H
#define PLAN_CALENDAR_H

#include "base/day.h"
#include "base/err.h"

#include <stdbool.h>

struct calendar;

int calendar_load(const char *file, struct calendar **out, struct problems *problems);
void calendar_free(struct calendar *c);

bool calendar_is_workday(const struct calendar *c, int32_t day);
bool calendar_is_provisional(const struct calendar *c, int year);
/* The name of a day off ("Tết Nguyên đán"), or NULL on working days and plain weekends. */
const char *calendar_day_off(const struct calendar *c, int32_t day);
int32_t calendar_on_or_before(const struct calendar *c, int32_t day); /* nearest working day */
int32_t calendar_on_or_after(const struct calendar *c, int32_t day);
/* The n-th working day after day (n >= 1), or before it (n <= -1); n = 0 gives day itself. */
int32_t calendar_add_workdays(const struct calendar *c, int32_t day, int n);
/* Working days in (from, to]; negative if to < from. */
int calendar_workdays_between(const struct calendar *c, int32_t from, int32_t to);
int32_t calendar_first_workday_of_month(const struct calendar *c, int year, int month);
/* First working day of the week (Monday, else the next one) that holds day. May lie before day. */
int32_t calendar_first_workday_of_week(const struct calendar *c, int32_t day);

#endif
