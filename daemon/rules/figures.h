/*
 * figures.h: targets' figures entered by hand (register kind `figures`), for the
 * province as a whole. Used where the register itself says nothing about a target,
 * and for the years before anything was judged; always told as what they are.
 */
#ifndef RULES_FIGURES_H
#define RULES_FIGURES_H

#include "plan/plan.h"
#include "rules/finding.h"
#include "store/store.h"

struct figure {
	int year;
	int64_t numerator, denominator; /* in the target's measure; a value without members has powers of ten */
	bool members; /* numerator and denominator count things */
	int32_t on;   /* cut off on that day; the last of its year where none is given */
	const char *source;
};

/* The figure of one year: the preferred one, else the one cut off last. Of the latest year up to `year`
 * if exact is false. Only what was cut off by today counts. 1 found, 0 none, -1. */
int figure_find(struct figure *out, struct store *s, const struct target *t, int year, bool exact,
	int32_t today, struct arena *a, struct err *e);
/* The same finding with the figure's numbers. */
struct finding figure_finding(const struct figure *f, const struct finding *of, struct arena *a);

#endif
