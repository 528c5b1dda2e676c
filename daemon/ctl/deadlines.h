/*
 * deadlines.h: every duty of every unit for one year, whether a rule reported
 * it or not, and all that is open from other years.
 */
#ifndef CTL_DEADLINES_H
#define CTL_DEADLINES_H

#include "base/table.h"
#include "rules/judge.h"

/* The table is the caller's; NULL on failure. */
struct table *deadlines_table(
	const struct world *w, const struct judgement *j, int year, struct err *e);

#endif
