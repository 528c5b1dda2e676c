/*
 * villages.h: every village of the register in one row, with all that the rules
 * say of it.
 */
#ifndef CTL_VILLAGES_H
#define CTL_VILLAGES_H

#include "base/table.h"
#include "rules/judge.h"

/* lacks: only those lacking this mark; place: only those of this unit; NULL: all. The table is the
 * caller's; NULL on failure. */
struct table *villages_table(const struct world *w, const struct judgement *j, const char *lacks,
	const char *place, struct err *e);

#endif
