/*
 * results.c: writes target_result.
 */
#include "alerts/results.h"

/* 1 when the target's last result before today differs, is of another month, or there is none. */
static int is_news(struct store *s, const struct judged *g, int32_t today, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT numerator, denominator, unknown, status, judged_on, closed FROM target_result"
		" WHERE target = ?1 AND year = ?2 ORDER BY judged_on DESC LIMIT 1",
		e);
	if (!st)
		return -1;
	stmt_text(st, 1, g->target->id);
	stmt_int(st, 2, g->target->year);
	int rc = stmt_step(st, e);
	if (rc <= 0)
		return rc < 0 ? -1 : 1;
	const struct finding *f = g->finding;
	const char *status = col_text(st, 3);
	bool same = col_int(st, 0) == f->numerator && col_int(st, 1) == f->denominator &&
		    col_int(st, 2) == f->unknown && status && strcmp(status, status_name(g->status)) == 0 &&
		    (col_int(st, 5) != 0) == g->closed;
	struct civil now = day_to_civil(today), then = day_to_civil(col_day(st, 4));
	bool month_end = day_to_civil(today + 1).month != now.month &&
			 (then.month != now.month || then.year != now.year);
	bool in_future = col_day(st, 4) > today; /* a look back (--as-of) writes nothing */
	bool closed = col_int(st, 5) != 0;
	stmt_reset(st);
	if (in_future)
		return 0;
	return !same || (month_end && !closed);
}

int results_record(const struct world *w, const struct judgement *j, struct err *e)
{
	for (size_t i = 0; i < j->count; i++) {
		const struct judged *g = &j->items[i];
		if (g->kind != LN_SHORT || g->finding->denominator <= 0)
			continue;
		int news = is_news(w->store, g, j->today, e);
		if (news <= 0) {
			if (news < 0)
				return -1;
			continue;
		}
		struct stmt *st = store_stmt(w->store,
			"INSERT OR REPLACE INTO target_result (target, year, judged_on, numerator,"
			" denominator, unknown, range_low, range_high, status, figures_on, source, closed)"
			" VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
			e);
		if (!st)
			return -1;
		const struct finding *f = g->finding;
		stmt_text(st, 1, g->target->id);
		stmt_int(st, 2, g->target->year);
		stmt_day(st, 3, j->today);
		stmt_int(st, 4, f->numerator);
		stmt_int(st, 5, f->denominator);
		stmt_int(st, 6, f->unknown);
		stmt_int(st, 7, g->range_low);
		stmt_int(st, 8, g->range_high);
		stmt_text(st, 9, status_name(g->status));
		stmt_day(st, 10, f->figures_on);
		stmt_text(st, 11, f->source);
		stmt_int(st, 12, g->closed);
		if (stmt_run(st, e) < 0)
			return -1;
	}
	return 0;
}
