/*
 * checks.h: what must hold between the cells of one row: parts not larger than
 * their wholes, ends not before beginnings, periods that fit their duty, and
 * that no unit of the plan ends without a successor.
 */
#ifndef REGISTER_CHECKS_H
#define REGISTER_CHECKS_H

#include "register/cell.h"
#include "register/rejects.h"

enum { CHECK_PAIRS_MAX = 16 };

struct checks {
	const struct kind *kind;
	const struct plan *plan;
	struct {
		int smaller, larger; /* columns */
	} pairs[CHECK_PAIRS_MAX];
	int count;
};

void checks_init(struct checks *c, const struct kind *k, const struct plan *plan);
/* values: the row as it would stand, one per column of the kind. Adds a reject per broken rule and
 * returns how many. */
int checks_row(const struct checks *c, const struct value *const *values, struct rejects *r);
/* Whether a rule of this kind needs the stored row's cells too, and not only those of the file. */
bool checks_need_stored(const struct kind *k);

#endif
