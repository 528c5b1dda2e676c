/*
 * trail.h: the proof trail of a duty for a reader: as the alerts tell it
 * (alerts/alert.h), with what a submission said in place of the bare word that
 * a row was added.
 */
#ifndef CTL_TRAIL_H
#define CTL_TRAIL_H

#include "base/table.h"
#include "rules/judge.h"

/* Keys at, event, detail, hash. *out is the caller's. */
int trail_table(const struct world *w, const char *duty, const char *unit, const char *period,
	struct table **out, struct err *e);

#endif
