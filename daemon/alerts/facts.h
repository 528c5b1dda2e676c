/*
 * facts.h: what is known of an alert on the day of its letters: the facts of today's
 * judgement, or those of its plugin's last complete run while the plugin fails. An
 * alert of the latter stands still; what the days and the register say goes on.
 * Internal to alerts/.
 */
#ifndef ALERTS_FACTS_H
#define ALERTS_FACTS_H

#include "alerts/rows.h"
#include "rules/last_known.h"

struct facts {
	const struct world *w;
	const struct judgement *j;
	const struct last_known *known;
	const struct judged **by_key; /* open addressing */
	size_t size;
};

/* Borrows all three, which stay as they are until facts_release. */
void facts_init(struct facts *f, const struct world *w, const struct judgement *j, const struct last_known *known);
void facts_release(struct facts *f);
/* NULL: nobody has reported it. */
const struct judged *facts_of(const struct facts *f, const char *key);
/* The run of a live alert's plugin that fails; NULL where the plugin has judged today, and of what is over: that is news,
 * and stays as it was. */
const struct known_run *facts_failing(const struct facts *f, const struct alert *a);
/* The alert's status; while its plugin fails, as the days have moved it. */
enum status facts_status(const struct facts *f, const struct alert *a);
/* P13: the day on which the collector handed in its own report of the same period, or DAY_NONE. */
int32_t facts_collected_on(const struct facts *f, const struct alert *a);

#endif
