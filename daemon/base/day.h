/*
 * day.h: civil dates as day numbers, and moments in the plan's time zone.
 *
 * A day is an int32_t: days since 1970-01-01. Arithmetic on dates is arithmetic
 * on that number and never goes through seconds. A moment is a day and a second
 * of that day in the plan's time zone (Viet Nam: +07:00 all year, so the zone
 * is a fixed offset and needs no tzdata).
 */
#ifndef BASE_DAY_H
#define BASE_DAY_H

#include <stdbool.h>
#include <stdint.h>

#define DAY_NONE INT32_MIN /* no date */

enum { DAY_TEXT = 11 };     /* room for "2026-12-04" or "04/12/2026" */
enum { MOMENT_TEXT = 26 };  /* room for "2026-12-04T08:00:00+07:00" */

struct civil {
	int year, month, day; /* month 1-12, day 1-31 */
};

/* Years 1900 to 2200 are accepted; DAY_NONE if the date does not exist. */
int32_t day_from_civil(int year, int month, int day);
struct civil day_to_civil(int32_t day);
int day_year(int32_t day);
int day_weekday(int32_t day); /* 1 Monday … 7 Sunday */
int32_t day_add_months(int32_t day, int months); /* 31/01 + 1 month = the last of February */

/* "2026-12-04" exactly. Returns 0 or -1 (out untouched). */
int day_parse_iso(const char *s, int32_t *out);
/* "4/12/2026", "04/12/2026" or ISO. Returns 0 or -1. */
int day_parse_any(const char *s, int32_t *out);
/* Both write "" for DAY_NONE and return out. */
char *day_iso(int32_t day, char out[DAY_TEXT]);
char *day_vi(int32_t day, char out[DAY_TEXT]); /* dd/mm/yyyy */
const char *day_weekday_vi(int32_t day);        /* "thứ Sáu", "Chủ nhật" */

struct moment {
	int32_t day;
	int32_t second; /* 0 … 86399 */
};

/* unix_s: seconds since the epoch; offset_s: east of Greenwich, in seconds. */
struct moment moment_from_unix(int64_t unix_s, int offset_s);
int64_t moment_to_unix(struct moment m, int offset_s);
int moment_compare(struct moment a, struct moment b); /* <0, 0, >0 */
/* "2026-11-20T07:59:00+07:00" (seconds and offset may be absent: the plan's). 0 or -1. */
int moment_parse(const char *s, int offset_s, struct moment *out);
char *moment_iso(struct moment m, int offset_s, char out[MOMENT_TEXT]);
char *moment_hm(int32_t second, char out[6]); /* "08:00" */

#endif
