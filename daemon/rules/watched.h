/*
 * watched.h: which findings need not leave the runner. A certificate that runs for
 * years says nothing to anybody, unless somebody was told that it was running out
 * (then its alert ends by it, policy P8). A province has a hundred thousand of the
 * first kind, so these are counted and not carried, unless everything is asked for.
 */
#ifndef RULES_WATCHED_H
#define RULES_WATCHED_H

#include "plan/calendar.h"
#include "plan/settings.h"
#include "rules/finding.h"
#include "rules/plugin_info.h"
#include "store/store.h"

struct watched {
	const struct reminders *reminders; /* borrowed, as the calendar */
	const struct calendar *calendar;
	struct finding_keys alerts; /* of the plugin, that have not ended */
};

/* Fills the keys of a struct whose borrowed part the caller has set. 0 or -1, then nothing is to be released. */
int watched_load(struct watched *w, struct store *s, const char *plugin, struct err *e);
/* Whether the finding is in order for sure, and no alert waits for it. A unit's is never left out: its alert may still
 * stand under the name of its predecessor (P16). */
bool watched_leaves_out(const struct watched *w, const struct rule_info *rule, const struct finding *f, int32_t today);
void watched_release(struct watched *w);

#endif
