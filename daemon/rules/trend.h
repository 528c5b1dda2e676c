/*
 * trend.h: how a target moves (P9): pace now, pace needed, and a forecast by
 * least squares over the last five yearly results, clamped, and none when fewer
 * than three points are known, or coverage is under 80 % or moved by more than
 * ten points.
 */
#ifndef RULES_TREND_H
#define RULES_TREND_H

#include "rules/judge.h"

/* Reads the yearly results kept for the target; where the present ones were entered by hand, also those entered
 * for years without any (what is counted and what is reported are not one line). out keeps NAN for what is not known. */
int trend_load(struct trend *out, struct store *s, const struct target *t, const struct finding *now,
	bool by_hand, int32_t today, struct err *e);
/* At risk: the forecast misses the target; without one, the pace needed is more than twice the pace
 * since the last known year. Without any earlier year nothing is known to be wrong. */
bool trend_at_risk(const struct trend *trend, const struct target *t);

#endif
