/*
 * period.c: periods and their last on-time days. A duty's last day follows from
 * the date the decision writes and from one reading: whether "trước ngày" leaves
 * that day itself out (domain §1.5 no 1).
 */
#include "plan/period.h"

#include "base/mem.h"

enum period_form { FORM_NONE, FORM_YEAR, FORM_QUARTER, FORM_HALF, FORM_MONTH, FORM_ONCE };

/* part: quarter 1-4, half 1-2, month 1-12; 0 for a year. */
static enum period_form parse(const char *s, int *year, int *part)
{
	*year = *part = 0;
	if (strcmp(s, "once") == 0)
		return FORM_ONCE;
	for (int i = 0; i < 4; i++) {
		if (s[i] < '0' || s[i] > '9')
			return FORM_NONE;
		*year = *year * 10 + (s[i] - '0');
	}
	if (day_from_civil(*year + 1, 1, 1) == DAY_NONE) /* its last day is counted from the next */
		return FORM_NONE;
	s += 4;
	if (!*s)
		return FORM_YEAR;
	if (*s++ != '-')
		return FORM_NONE;
	if ((*s == 'Q' || *s == 'H') && s[1] >= '1' && s[1] <= (*s == 'Q' ? '4' : '2') && !s[2]) {
		*part = s[1] - '0';
		return *s == 'Q' ? FORM_QUARTER : FORM_HALF;
	}
	if ((*s == '0' || *s == '1') && s[1] >= '0' && s[1] <= '9' && !s[2])
		*part = (s[0] - '0') * 10 + (s[1] - '0');
	return *part >= 1 && *part <= 12 ? FORM_MONTH : FORM_NONE;
}

static char *write_period(enum period_form form, int year, int part, char out[PERIOD_TEXT])
{
	int y = year > 0 && year < 10000 ? year : 0;
	int p = part > 0 && part < 13 ? part : 0;
	switch (form) {
	case FORM_YEAR:
		snprintf(out, PERIOD_TEXT, "%04d", y);
		break;
	case FORM_QUARTER:
		snprintf(out, PERIOD_TEXT, "%04d-Q%d", y, p);
		break;
	case FORM_HALF:
		snprintf(out, PERIOD_TEXT, "%04d-H%d", y, p);
		break;
	case FORM_MONTH:
		snprintf(out, PERIOD_TEXT, "%04d-%02d", y, p);
		break;
	case FORM_ONCE:
		snprintf(out, PERIOD_TEXT, "once");
		break;
	case FORM_NONE:
		out[0] = '\0';
		break;
	}
	return out;
}

/* How many months one part of this form has; 12 for a year. */
static int part_months(enum period_form form)
{
	switch (form) {
	case FORM_QUARTER:
		return 3;
	case FORM_HALF:
		return 6;
	case FORM_MONTH:
		return 1;
	case FORM_YEAR:
	case FORM_ONCE:
	case FORM_NONE:
		break;
	}
	return 12;
}

int period_span(const struct plan *p, const char *s, int32_t *first, int32_t *last)
{
	int year, part;
	enum period_form form = parse(s, &year, &part);
	if (form == FORM_NONE)
		return -1;
	if (form == FORM_ONCE) {
		*first = p->signed_on;
		*last = p->ends_on;
		return 0;
	}
	int months = part_months(form);
	*first = day_from_civil(year, part ? (part - 1) * months + 1 : 1, 1);
	*last = day_from_civil(year, part ? part * months : 12, 1);
	*last = day_add_months(*last, 1) - 1;
	return 0;
}

static enum period_form form_of(enum cadence c)
{
	switch (c) {
	case CADENCE_YEARLY_REPORT:
	case CADENCE_YEARLY_COUNT:
	case CADENCE_CONFERENCE:
		return FORM_YEAR;
	case CADENCE_QUARTERLY_COUNT:
		return FORM_QUARTER;
	case CADENCE_ONCE:
		return FORM_ONCE;
	}
	return FORM_NONE;
}

char *period_of_day(enum cadence c, int32_t day, char out[PERIOD_TEXT])
{
	struct civil d = day_to_civil(day);
	return write_period(form_of(c), d.year, (d.month - 1) / 3 + 1, out);
}

int period_next(const char *s, char out[PERIOD_TEXT])
{
	int year, part;
	enum period_form form = parse(s, &year, &part);
	if (form == FORM_NONE || form == FORM_ONCE)
		return -1;
	if (form == FORM_YEAR || part == 12 / part_months(form)) {
		year++;
		part = part ? 1 : 0;
	} else {
		part++;
	}
	if (day_from_civil(year + 1, 1, 1) == DAY_NONE)
		return -1;
	write_period(form, year, part, out);
	return 0;
}

int duty_first_year(const struct plan *p, const struct duty *d)
{
	bool later = d->cadence == CADENCE_YEARLY_REPORT && p->readings.first_cycle > d->first_year;
	return later ? p->readings.first_cycle : d->first_year;
}

bool duty_has_period(const struct plan *p, const struct duty *d, const char *period)
{
	int year, part;
	enum period_form form = parse(period, &year, &part);
	if (form != form_of(d->cadence))
		return false;
	if (form == FORM_ONCE)
		return true;
	return year >= duty_first_year(p, d) && year <= d->last_year;
}

/* The date that the decision writes, in the period's year; DAY_NONE where it writes none. */
static int32_t written_day(const struct duty *d, const char *period)
{
	int year, part;
	if (d->due_month == 0 || parse(period, &year, &part) == FORM_NONE || year == 0)
		return DAY_NONE;
	return day_from_civil(year, d->due_month, d->due_day);
}

int duty_span(const struct plan *p, const struct duty *d, const char *period, int32_t *first, int32_t *last)
{
	if (!duty_has_period(p, d, period) || period_span(p, period, first, last) < 0)
		return -1;
	bool count = d->cadence == CADENCE_YEARLY_COUNT || d->cadence == CADENCE_QUARTERLY_COUNT;
	if (count && p->readings.counts_by_reporting_window) {
		*first = day_add_months(*first, -1) + 14;
		*last = day_add_months(*last + 1, -1) + 13;
	}
	return 0;
}

int32_t duty_last_day(const struct plan *p, const struct duty *d, const char *period)
{
	int32_t first, last;
	if (d->cadence == CADENCE_ONCE || duty_span(p, d, period, &first, &last) < 0)
		return DAY_NONE;
	if (!d->dated)
		return last >= p->ends_on ? p->ends_on : DAY_NONE;
	int32_t day = written_day(d, period);
	if (day == DAY_NONE)
		return last;
	if (d->exclusive && !p->readings.deadline_inclusive)
		day--;
	int weekday = day_weekday(day);
	return p->readings.weekend_deadline_rolls && weekday >= 6 ? day + 8 - weekday : day;
}

char *duty_due_text(const struct plan *p, const struct duty *d, const char *period)
{
	static const char *const roman[] = {"", "I", "II", "III", "IV"};
	int year, part;
	char text[DAY_TEXT];
	enum period_form form = parse(period, &year, &part);
	int32_t day = written_day(d, period);
	if (d->dated && day != DAY_NONE)
		return xasprintf(
			"%s %s", d->exclusive ? "trước ngày" : "chậm nhất ngày", day_vi(day, text));
	int32_t first, last;
	if (p->readings.counts_by_reporting_window && duty_span(p, d, period, &first, &last) == 0 &&
		(d->cadence == CADENCE_YEARLY_COUNT || d->cadence == CADENCE_QUARTERLY_COUNT))
		return xasprintf("chậm nhất ngày %s, ngày chốt số liệu", day_vi(last, text));
	if (form == FORM_QUARTER)
		return xasprintf("trong quý %s năm %d", roman[part], year);
	if (form == FORM_YEAR && (d->dated || duty_last_day(p, d, period) != DAY_NONE))
		return xasprintf("trong năm %d", year);
	return xstrdup("Quyết định không ấn định thời hạn");
}
