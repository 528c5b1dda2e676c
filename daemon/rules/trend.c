/*
 * trend.c: pace and forecast of a target from its yearly results. Only here are
 * shares turned into floating point: whether a target is met is decided in
 * integers (target_met), a trend is an estimate and is called one.
 */
#include "rules/trend.h"

#include "rules/figures.h"

#include <math.h>

enum { POINTS_MOST = 5, POINTS_FORECAST = 3 };
static const double COVERAGE_LEAST = 80.0, COVERAGE_MOVE_MOST = 10.0, DAYS_A_YEAR = 365.25;

struct point {
	double at;       /* years since 1970 */
	double value;    /* in the target's measure: percent, or things */
	double coverage; /* percent of the members that are known */
};

static struct point point_of(const struct target *t, int32_t day, int64_t n, int64_t d, int64_t unknown)
{
	double scale = target_is_share(t) ? 100.0 : 1.0;
	return (struct point){
		.at = (double)day / DAYS_A_YEAR,
		.value = scale * (double)n / (double)d,
		.coverage = 100.0 * (double)(d - unknown) / (double)d,
	};
}

/* The last result that was stored in a year. 1, 0 none, -1. */
static int stored_point(struct point *out, struct store *s, const struct target *t, int year, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT numerator, denominator, unknown, coalesce(figures_on, judged_on) FROM target_result"
		" WHERE target = ?1 AND year = ?2 AND judged_on BETWEEN ?3 AND ?4 AND denominator > 0"
		" ORDER BY judged_on DESC LIMIT 1",
		e);
	if (!st)
		return -1;
	stmt_text(st, 1, t->id);
	stmt_int(st, 2, t->year);
	stmt_day(st, 3, day_from_civil(year, 1, 1));
	stmt_day(st, 4, day_from_civil(year, 12, 31));
	int row = stmt_step(st, e);
	if (row == 1)
		*out = point_of(t, col_day(st, 3), col_int(st, 0), col_int(st, 1), col_int(st, 2));
	stmt_reset(st);
	return row;
}

/* What was entered by hand for a year in which nothing was judged, cut off before the day `before`. */
static int entered_point(
	struct point *out, struct store *s, const struct target *t, int year, int32_t before, struct err *e)
{
	struct arena a = {0};
	struct figure f;
	int found = figure_find(&f, s, t, year, true, before - 1, &a, e);
	if (found == 1)
		*out = point_of(t, f.on, f.numerator, f.denominator, 0);
	arena_release(&a);
	return found;
}

/* The result of each earlier year, newest first; `at` is the day of the present figures. */
static int load_points(struct store *s, const struct target *t, bool by_hand, int32_t today, int32_t at,
	struct point *out, int *count, struct err *e)
{
	*count = 0;
	for (int back = 1; s && back < POINTS_MOST; back++) {
		int year = day_year(today) - back;
		int row = stored_point(&out[*count], s, t, year, e);
		if (row == 0 && by_hand)
			row = entered_point(&out[*count], s, t, year, at, e);
		if (row < 0)
			return -1;
		*count += row;
	}
	return 0;
}

static double forecast_at(const struct point *p, int n, double at, bool percent)
{
	double low = p[0].coverage, high = p[0].coverage, mean_x = 0, mean_y = 0, xx = 0, xy = 0;
	for (int i = 0; i < n; i++) {
		low = fmin(low, p[i].coverage);
		high = fmax(high, p[i].coverage);
		mean_x += p[i].at / n;
		mean_y += p[i].value / n;
	}
	if (n < POINTS_FORECAST || low < COVERAGE_LEAST || high - low > COVERAGE_MOVE_MOST)
		return NAN;
	for (int i = 0; i < n; i++) {
		xx += (p[i].at - mean_x) * (p[i].at - mean_x);
		xy += (p[i].at - mean_x) * (p[i].value - mean_y);
	}
	if (xx <= 0)
		return NAN;
	double value = mean_y + xy / xx * (at - mean_x);
	if (value < 0)
		return 0;
	return percent && value > 100 ? 100 : value;
}

int trend_load(struct trend *out, struct store *s, const struct target *t, const struct finding *now,
	bool by_hand, int32_t today, struct err *e)
{
	struct point p[POINTS_MOST];
	int earlier;
	/* A point lies on the day its figures were cut off: figures that nobody renewed are no pace of 0. */
	int32_t at = now->figures_on != DAY_NONE ? now->figures_on : today;
	p[0] = point_of(t, at, now->numerator, now->denominator, now->unknown);
	if (load_points(s, t, by_hand, today, at, p + 1, &earlier, e) < 0)
		return -1;
	bool percent = target_is_share(t);
	double end = (double)day_from_civil(t->year, 12, 31) / DAYS_A_YEAR;
	double wanted = (percent ? 100.0 : 1.0) * (double)t->value_numerator / (double)t->value_denominator;
	out->points = 1 + earlier;
	if (earlier > 0 && p[0].at - p[1].at > 0.08)
		out->pace_now = (p[0].value - p[1].value) / (p[0].at - p[1].at);
	if (end > p[0].at && today < day_from_civil(t->year, 12, 31))
		out->pace_needed = wanted > p[0].value ? (wanted - p[0].value) / (end - p[0].at) : 0;
	out->forecast = forecast_at(p, out->points, end, percent);
	return 0;
}

bool trend_at_risk(const struct trend *trend, const struct target *t)
{
	double scale = target_is_share(t) ? 100.0 : 1.0;
	double wanted = scale * (double)t->value_numerator / (double)t->value_denominator;
	if (!isnan(trend->forecast))
		return trend->forecast < wanted;
	if (isnan(trend->pace_now) || isnan(trend->pace_needed) || trend->pace_needed <= 0)
		return false;
	return trend->pace_needed > 2 * trend->pace_now;
}
