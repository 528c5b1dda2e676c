/*
 * figures.c: see figures.h.
 */
#include "rules/figures.h"

#include "base/day.h"
#include "base/text.h"

/* A value without members ("9.1"): as a fraction, a percentage of hundredths. */
static int take_value(struct figure *f, const struct target *t, const char *value)
{
	if (!value || text_parse_number(value, &f->numerator, &f->denominator) < 0)
		return 0;
	if (t->measure[0] == '%')
		f->denominator *= 100;
	return 1;
}

static int take(struct figure *f, const struct target *t, struct stmt *st, struct arena *a)
{
	*f = (struct figure){.year = (int)col_int(st, 0), .on = col_day(st, 4)};
	if (f->on == DAY_NONE)
		f->on = day_from_civil(f->year, 12, 31);
	f->source = arena_strdup(a, col_text(st, 5));
	if (col_is_null(st, 1) || col_is_null(st, 2))
		return take_value(f, t, col_text(st, 3));
	f->numerator = col_int(st, 1);
	f->denominator = col_int(st, 2);
	f->members = true;
	return f->denominator > 0;
}

int figure_find(struct figure *out, struct store *s, const struct target *t, int year, bool exact,
	int32_t today, struct arena *a, struct err *e)
{
	if (!s)
		return 0;
	struct stmt *st = store_stmt(s,
		"SELECT year, numerator, denominator, value, figures_on, source FROM figure"
		" WHERE target = ?1 AND year <= ?2 AND (?3 = 0 OR year = ?2)"
		" AND coalesce(figures_on, year || '-12-31') <= ?4"
		" AND place IN (SELECT code FROM unit WHERE kind = 'province')"
		" ORDER BY year DESC, coalesce(preferred, 0) DESC, figures_on DESC, source",
		e);
	if (!st)
		return -1;
	char day[DAY_TEXT];
	stmt_text(st, 1, t->id);
	stmt_int(st, 2, year);
	stmt_int(st, 3, exact);
	stmt_text(st, 4, day_iso(today, day));
	int row, found = 0;
	while (!found && (row = stmt_step(st, e)) == 1)
		found = take(out, t, st, a);
	stmt_reset(st);
	return found ? 1 : row;
}

struct finding figure_finding(const struct figure *f, const struct finding *of, struct arena *a)
{
	struct finding made = *of;
	made.numerator = f->numerator;
	made.denominator = f->denominator;
	made.unknown = 0;
	made.figures_on = f->on;
	made.source = arena_printf(a, "số liệu nhập, năm %d: %s", f->year, f->source ? f->source : "không ghi nguồn");
	made.list = NULL;
	return made;
}
