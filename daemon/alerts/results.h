/*
 * results.h: results of targets, kept: written when they change and at each
 * month's end, because history cannot be invented later; frozen when the year's
 * figures are closed (P10). Internal to alerts/.
 */
#ifndef ALERTS_RESULTS_H
#define ALERTS_RESULTS_H

#include "rules/judge.h"

/* Inside the caller's transaction. */
int results_record(const struct world *w, const struct judgement *j, struct err *e);

#endif
