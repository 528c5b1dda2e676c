/*
 * readdress.h: brings the units of an alert in line with who is concerned today.
 * Internal to alerts/; inside the transaction of reconciling.
 */
#ifndef ALERTS_READDRESS_H
#define ALERTS_READDRESS_H

#include "alerts/rows.h"

/* As the judged finding names them. */
int readdress(const struct world *w, struct alert *a, const struct judged *g, int32_t today,
	struct err *e);
/* P16 for an alert that nobody reports today (its plugin failed): the heirs of its units take over. */
int readdress_heirs(const struct world *w, struct alert *a, int32_t today, struct err *e);
/* The day whose units answer for it: a period is owed by those that live on its last day. */
int32_t alert_owed_on(const struct alert *a, int32_t today);

#endif
