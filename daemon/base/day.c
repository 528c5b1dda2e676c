/*
 * day.c: civil dates and day numbers, and the moments of the plan's time zone.
 *
 * The year is counted from 1 March, so that the leap day comes last and the
 * days before a month follow one formula. No libc time function is used: a
 * missing or misspelt TZ cannot move a deadline.
 */
#include "base/day.h"

enum {
	YEAR_FIRST = 1900,
	YEAR_LAST = 2200,
	ERA_DAYS = 146097, /* 400 years */
	EPOCH_FROM_MARCH_0 = 719468, /* days from 0000-03-01 to 1970-01-01 */
	DAY_FAR = 100 * 1000 * 1000,
	DAY_SECONDS = 86400
};

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static int floor_div(int a, int b)
{
	int q = a / b;
	return a % b < 0 ? q - 1 : q;
}

int32_t day_from_civil(int year, int month, int day)
{
	if (year < YEAR_FIRST || year > YEAR_LAST || month < 1 || month > 12 || day < 1)
		return DAY_NONE;
	if (day > month_days(year, month))
		return DAY_NONE;
	int y = month <= 2 ? year - 1 : year;
	int era = y / 400, of_era = y % 400;
	int from_march = (month + 9) % 12;
	int of_year = (153 * from_march + 2) / 5 + day - 1;
	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
	       EPOCH_FROM_MARCH_0;
}

struct civil day_to_civil(int32_t day)
{
	/* Far beyond any calendar, DAY_NONE included, the answer is nonsense but defined. */
	bool sane = day > -DAY_FAR && day < DAY_FAR;
	int z = (sane ? day : 0) + EPOCH_FROM_MARCH_0;
	int era = floor_div(z, ERA_DAYS);
	int of_era = z - era * ERA_DAYS;
	int y = (of_era - of_era / 1460 + of_era / 36524 - of_era / (ERA_DAYS - 1)) / 365;
	int of_year = of_era - (365 * y + y / 4 - y / 100);
	int from_march = (5 * of_year + 2) / 153;
	struct civil c;
	c.day = of_year - (153 * from_march + 2) / 5 + 1;
	c.month = from_march < 10 ? from_march + 3 : from_march - 9;
	c.year = era * 400 + y + (c.month <= 2);
	return c;
}

int day_year(int32_t day)
{
	return day_to_civil(day).year;
}

int day_weekday(int32_t day)
{
	int w = day % 7; /* 1970-01-01 was a Thursday */
	return (w + 7 + 3) % 7 + 1;
}

int32_t day_add_months(int32_t day, int months)
{
	struct civil c = day_to_civil(day);
	int m = c.year * 12 + c.month - 1 + months;
	int year = floor_div(m, 12), month = m - year * 12 + 1;
	if (year < YEAR_FIRST || year > YEAR_LAST)
		return DAY_NONE;
	int last = month_days(year, month);
	return day_from_civil(year, month, c.day > last ? last : c.day);
}

/* Reads between least and most digits. Returns how many were read, 0 if too few. */
static int read_digits(const char *s, int least, int most, int *out)
{
	int n = 0, value = 0;
	while (n < most && s[n] >= '0' && s[n] <= '9')
		value = value * 10 + (s[n++] - '0');
	if (n < least)
		return 0;
	*out = value;
	return n;
}

/* The date at the start of s; *rest is what follows. */
static int parse_iso_prefix(const char *s, int32_t *out, const char **rest)
{
	int year, month, day;
	if (!read_digits(s, 4, 4, &year) || s[4] != '-' || !read_digits(s + 5, 2, 2, &month) ||
		s[7] != '-' || !read_digits(s + 8, 2, 2, &day))
		return -1;
	int32_t found = day_from_civil(year, month, day);
	if (found == DAY_NONE)
		return -1;
	*out = found;
	*rest = s + 10;
	return 0;
}

int day_parse_iso(const char *s, int32_t *out)
{
	const char *rest;
	int32_t day;
	if (parse_iso_prefix(s, &day, &rest) || *rest)
		return -1;
	*out = day;
	return 0;
}

int day_parse_any(const char *s, int32_t *out)
{
	if (day_parse_iso(s, out) == 0)
		return 0;
	int year, month, day, n;
	if (!(n = read_digits(s, 1, 2, &day)) || s[n] != '/')
		return -1;
	s += n + 1;
	if (!(n = read_digits(s, 1, 2, &month)) || s[n] != '/')
		return -1;
	s += n + 1;
	if (!read_digits(s, 4, 4, &year) || s[4])
		return -1;
	int32_t found = day_from_civil(year, month, day);
	if (found == DAY_NONE)
		return -1;
	*out = found;
	return 0;
}

/* Writes value with leading zeros and returns the place after it. */
static char *put_digits(char *out, int value, int width)
{
	for (int i = width - 1; i >= 0; i--) {
		out[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return out + width;
}

char *day_iso(int32_t day, char out[DAY_TEXT])
{
	if (day == DAY_NONE) {
		out[0] = '\0';
		return out;
	}
	struct civil c = day_to_civil(day);
	char *p = put_digits(out, c.year, 4);
	*p++ = '-';
	p = put_digits(p, c.month, 2);
	*p++ = '-';
	*put_digits(p, c.day, 2) = '\0';
	return out;
}

char *day_vi(int32_t day, char out[DAY_TEXT])
{
	if (day == DAY_NONE) {
		out[0] = '\0';
		return out;
	}
	struct civil c = day_to_civil(day);
	char *p = put_digits(out, c.day, 2);
	*p++ = '/';
	p = put_digits(p, c.month, 2);
	*p++ = '/';
	*put_digits(p, c.year, 4) = '\0';
	return out;
}

const char *day_weekday_vi(int32_t day)
{
	static const char *const names[] = {
		"thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"};
	return names[day_weekday(day) - 1];
}

struct moment moment_from_unix(int64_t unix_s, int offset_s)
{
	int64_t local = unix_s + offset_s;
	int64_t day = local / DAY_SECONDS, second = local % DAY_SECONDS;
	if (second < 0) {
		second += DAY_SECONDS;
		day--;
	}
	return (struct moment){(int32_t)day, (int32_t)second};
}

int64_t moment_to_unix(struct moment m, int offset_s)
{
	return (int64_t)m.day * DAY_SECONDS + m.second - offset_s;
}

int moment_compare(struct moment a, struct moment b)
{
	if (a.day != b.day)
		return a.day < b.day ? -1 : 1;
	return (a.second > b.second) - (a.second < b.second);
}

/* "+07:00", "-03:30" or "Z" up to the end of s. */
static int parse_offset(const char *s, int *offset_s)
{
	int hours, minutes;
	if ((*s == 'Z' || *s == 'z') && !s[1]) {
		*offset_s = 0;
		return 0;
	}
	if (*s != '+' && *s != '-')
		return -1;
	if (!read_digits(s + 1, 2, 2, &hours) || s[3] != ':' ||
		!read_digits(s + 4, 2, 2, &minutes) || s[6] || hours > 14 || minutes > 59)
		return -1;
	int seconds = hours * 3600 + minutes * 60;
	*offset_s = *s == '-' ? -seconds : seconds;
	return 0;
}

int moment_parse(const char *s, int offset_s, struct moment *out)
{
	int32_t day;
	int hour, minute, second = 0, offset = offset_s;
	if (parse_iso_prefix(s, &day, &s) || (*s != 'T' && *s != ' '))
		return -1;
	if (!read_digits(s + 1, 2, 2, &hour) || s[3] != ':' || !read_digits(s + 4, 2, 2, &minute))
		return -1;
	s += 6;
	if (*s == ':') {
		if (!read_digits(s + 1, 2, 2, &second))
			return -1;
		s += 3;
	}
	if (hour > 23 || minute > 59 || second > 59 || (*s && parse_offset(s, &offset)))
		return -1;
	struct moment written = {day, hour * 3600 + minute * 60 + second};
	*out = moment_from_unix(moment_to_unix(written, offset), offset_s);
	return 0;
}

char *moment_iso(struct moment m, int offset_s, char out[MOMENT_TEXT])
{
	int ahead = offset_s < 0 ? -offset_s : offset_s;
	day_iso(m.day, out);
	char *p = out + DAY_TEXT - 1;
	*p++ = 'T';
	p = put_digits(p, m.second / 3600, 2);
	*p++ = ':';
	p = put_digits(p, m.second / 60 % 60, 2);
	*p++ = ':';
	p = put_digits(p, m.second % 60, 2);
	*p++ = offset_s < 0 ? '-' : '+';
	p = put_digits(p, ahead / 3600, 2);
	*p++ = ':';
	*put_digits(p, ahead / 60 % 60, 2) = '\0';
	return out;
}

char *moment_hm(int32_t second, char out[6])
{
	char *p = put_digits(out, second / 3600, 2);
	*p++ = ':';
	*put_digits(p, second / 60 % 60, 2) = '\0';
	return out;
}
