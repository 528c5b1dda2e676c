/*
 * audit_dates.c: days of what has happened that have not come yet. Until its day
 * such a row counts for nothing, so a slip in a year (2062 for 2026) would silence
 * a report or a certificate for decades.
 */
#include "ctl/audit.h"

#include "store/store.h"

enum { EXAMPLES_MOST = 5 };

/* Columns that tell of the past only; what is planned or due may lie ahead. */
static const struct past {
	const char *kind, *table, *key, *column;
} columns[] = {
	{"activities", "activity", "code", "held_on"},
	{"submissions", "submission", "duty || '/' || unit || '/' || period", "document_on"},
	{"submissions", "submission", "duty || '/' || unit || '/' || period", "received_on"},
	{"villages", "village", "code", "env_plan_on"},
	{"villages", "village", "code", "env_plan_submitted_on"},
	{"villages", "village", "code", "env_group_on"},
	{"villages", "village", "code", "reviewed_on"},
	{"village_years", "village_year", "village || '/' || year", "figures_on"},
	{"establishments", "establishment", "code", "figures_on"},
	{"recognitions", "recognition", "code", "recognised_on"},
	{"products", "product", "code", "certified_on"},
	{"ip_rights", "ip_right", "no", "granted_on"},
	{"projects", "project", "code", "approved_on"},
	{"zones", "zone", "code", "done_on"},
	{"difficulties", "difficulty", "code", "raised_on"},
	{"difficulties", "difficulty", "code", "answered_on"},
};

static int check_column(struct audit *a, const struct past *p, struct err *e)
{
	char *sql = xasprintf("SELECT %s, %s FROM %s WHERE %s > ?1 ORDER BY %s DESC, 1", p->key, p->column, p->table,
		p->column, p->column);
	struct stmt *st = store_prepare(a->w->store, sql, e);
	struct buf examples = {0};
	size_t found = 0;
	int row = -1;
	free(sql);
	if (st)
		stmt_day(st, 1, a->now.day);
	while (st && (row = stmt_step(st, e)) == 1)
		if (found++ < EXAMPLES_MOST)
			buf_addf(&examples, "%s%s %s", found > 1 ? ", " : "", col_text(st, 0), col_text(st, 1));
	stmt_free(st);
	if (row == 0 && found > 0)
		audit_add(a, AUDIT_WARNING, p->kind, "mend the date, or leave it if it is right",
			"%zu row%s a day in %s that has not come, and count%s for nothing until then: %s%s", found,
			found == 1 ? " has" : "s have", p->column, found == 1 ? "s" : "", examples.s, found > EXAMPLES_MOST ? ", …" : "");
	buf_release(&examples);
	return row;
}

int audit_dates(struct audit *a, struct err *e)
{
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		if (check_column(a, &columns[i], e) < 0)
			return -1;
	return 0;
}
