/*
 * host.h: what a plugin sees of us: struct ln_host inside the runner. It copies
 * what is reported into the answer's frame, runs queries on the confined
 * connection, and hands out the plan, the calendar and the plugin's settings.
 * A refused report or a failed query fails the whole run: half a truth ends no
 * alert and opens none.
 */
#ifndef RULES_HOST_H
#define RULES_HOST_H

#include "plan/calendar.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "register/units.h"
#include "rules/frame.h"
#include "rules/plugin_info.h"
#include "store/store.h"

struct host;

/* All borrowed for the host's life. store is confined and locked. */
struct host_world {
	const struct settings *settings;
	const struct plan *plan; /* NULL: the host reads plan_text once a plugin asks for the plan */
	const struct calendar *calendar;
	const struct units *units; /* NULL: the host loads them once a plugin asks for one */
	struct store *store;
	const struct plugin_info *plugin;
	const char *plan_text; /* of plan_size bytes, of the file settings->plan */
	size_t plan_size;
};

struct host *host_new(const struct host_world *w);
void host_free(struct host *h);
/* Runs create() if there is one; today: the day of the first check. */
int host_create(
	struct host *h, const struct ln_plugin *code, void **state, int32_t today, struct err *e);
/* Runs check() for one day and leaves the sealed answer in frame. all: carries what is in order even where nobody was
 * told of it (rules/watched.h). */
void host_check(struct host *h, const struct ln_plugin *code, void *state, int32_t today, bool all,
	const unsigned char key[FRAME_KEY], struct buf *frame);

/* The i-th period of a duty to look at on a day; 0, or -1 past the end. Reports and counts: the
 * running period, and closed ones whose last day lies at most 400 days back. Undated ones: the
 * running period. Conferences: every period that has begun. `once`: "once". */
int host_duty_period(
	const struct plan *p, const struct duty *d, int32_t today, uint32_t i, char out[10]);

#endif
