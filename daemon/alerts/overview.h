/*
 * overview.h: the coordinator's overview of every open duty: who owes, who is
 * late, who was told (P13, P14). Internal to alerts/.
 */
#ifndef ALERTS_OVERVIEW_H
#define ALERTS_OVERVIEW_H

#include "alerts/digest.h"
#include "alerts/rows.h"

/* P14: on the week's first working day, and on the first working day after a duty fell overdue,
 * as long as any duty is within its steps. */
bool overview_is_due(const struct world *w, const struct alerts *a, const struct last_known *known, int32_t today);
/* P13: between the last day of the units' reports and that of the collector's, it goes along with any
 * letter to the coordinator, at most every collector_list_workdays working days. */
bool overview_rides(const struct world *w, const struct alerts *a, const struct last_known *known, int32_t today);
/* The rows borrow from w, and from arena. */
void overview_fill(struct digest *d, const struct world *w, const struct alerts *a,
	const struct last_known *known, struct arena *arena);

#endif
