/*
 * watched.c: see watched.h. Reads the keys of the alerts and changes nothing.
 */
#include "rules/watched.h"

#include "plan/steps.h"

#include <string.h>

int watched_load(struct watched *w, struct store *s, const char *plugin, struct err *e)
{
	struct stmt *st =
		store_stmt(s, "SELECT rule, subject, period FROM alert WHERE plugin = ?1 AND ended_on IS NULL", e);
	int row = -1;
	w->alerts = (struct finding_keys){0};
	if (st)
		stmt_text(st, 1, plugin);
	while (st && (row = stmt_step(st, e)) == 1)
		finding_keys_add(&w->alerts, &(struct finding){.rule = col_text(st, 0),
							 .subject = col_text(st, 1),
							 .period = col_text(st, 2)});
	if (row < 0)
		watched_release(w);
	return row;
}

bool watched_leaves_out(const struct watched *w, const struct rule_info *rule, const struct finding *f, int32_t today)
{
	return rule->kind == LN_EXPIRY && f->valid_to != DAY_NONE && f->valid_to >= today &&
	       !expiry_is_near(f->valid_to, today, w->reminders, w->calendar) &&
	       strncmp(f->subject, "unit:", 5) != 0 && !finding_keys_has(&w->alerts, f);
}

void watched_release(struct watched *w)
{
	finding_keys_release(&w->alerts);
}
