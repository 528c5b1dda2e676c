/*
 * fill_in.c: see fill_in.h. Every query here goes by an index: a province writes to
 * hundreds of communes in one morning.
 */
#include "register/fill_in.h"

#include "base/day.h"
#include "base/mem.h"
#include "register/export_sheet.h"

#include <string.h>

#define PLACES "(SELECT value FROM json_each(?1))"

enum { FIGURES_UNTIL_MONTH = 3 }; /* until March the figures of the year before are gathered */

static int year_due(int32_t day)
{
	struct civil c = day_to_civil(day);
	return c.month <= FIGURES_UNTIL_MONTH ? c.year - 1 : c.year;
}

/* A row a living village, also where the year has none yet: then it is the key alone, without a revision. */
static void select_years(struct buf *sql, const struct kind *k)
{
	buf_add(sql, "SELECT v.code, ?2");
	for (size_t i = 2; i < k->column_count; i++)
		buf_addf(sql, ", y.%s", k->columns[i].name);
	buf_add(sql, ", y.rev FROM village v LEFT JOIN village_year y ON y.village = v.code AND y.year = ?2"
		     " WHERE v.commune IN " PLACES " AND (v.ended_on IS NULL OR y.rev IS NOT NULL) ORDER BY v.code");
}

static struct stmt *select_rows(struct store *s, const struct kind *k, const struct fill_in *f, struct err *e)
{
	struct buf sql = {0};
	bool years = strcmp(k->name, "village_years") == 0, villages = strcmp(k->name, "villages") == 0;
	if (years) {
		select_years(&sql, k);
	} else {
		buf_add(&sql, "SELECT ");
		for (size_t i = 0; i < k->column_count; i++)
			buf_addf(&sql, "%s, ", k->columns[i].name);
		buf_addf(&sql, "rev FROM %s WHERE %s ORDER BY code", k->table,
			villages ? "commune IN " PLACES : "code IN (SELECT value FROM json_each(?1))");
	}
	struct stmt *st = store_prepare(s, sql.s, e);
	buf_release(&sql);
	if (st)
		stmt_text(st, 1, years || villages ? f->places : f->codes);
	if (st && years)
		stmt_int(st, 2, year_due(f->day));
	return st;
}

int fill_in_add(lxw_workbook *book, struct store *s, const struct kind *k, const struct fill_in *f, struct err *e)
{
	struct export_sheet sheet;
	struct stmt *row = select_rows(s, k, f, e);
	int rc, any = 0;
	if (!row)
		return -1;
	while ((rc = stmt_step(row, e)) == 1) {
		if (!any++)
			export_sheet_begin(&sheet, book, k, f->title);
		export_sheet_row(&sheet, row);
	}
	stmt_free(row);
	if (any)
		export_sheet_end(&sheet);
	return rc < 0 ? -1 : any > 0;
}
