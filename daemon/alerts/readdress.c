/*
 * readdress.c: the units of an alert over time (P14, P16). Who is no longer
 * concerned gets an end; who is new begins with what its predecessors were told.
 */
#include "alerts/readdress.h"

#include "alerts/addressees.h"

#include <stdlib.h>

struct readdress {
	const struct world *w;
	int32_t today;
	struct err *e;
};

int32_t alert_owed_on(const struct alert *a, int32_t today)
{
	return a->kind == LN_DUE && a->last_day > today ? a->last_day : today;
}

/* Whether b says more about a step than what is known of it already: that it was told, else that it
 * was passed over. */
static bool outweighs(int outcome, const struct told_step *known)
{
	if (!known || known->outcome == outcome)
		return known == NULL;
	return outcome == OUTCOME_TOLD ||
	       (outcome == OUTCOME_PASSED && known->outcome != OUTCOME_TOLD);
}

/* What `from` was told counts for `heir` (P16); *told: whether it was told anything. */
static int inherit_steps(const struct readdress *r, const struct alert *a, struct alert_unit *heir,
	const struct alert_unit *from, bool *told)
{
	for (size_t k = 0; k < from->step_count; k++) {
		const struct told_step *t = &from->steps[k];
		*told |= t->outcome == OUTCOME_TOLD;
		if (!outweighs(t->outcome, told_step_of(heir, t->step)))
			continue;
		VEC_ROOM(heir->steps, heir->step_count, heir->step_capacity);
		heir->steps[heir->step_count++] = *t;
		if (notice_save(r->w->store, a->id, heir->unit, a->generation, t->step, t->outcome,
			    t->day, 0, r->e) < 0)
			return -1;
	}
	return alert_event(r->w->store, a->id, r->today, "moved", NULL, r->e,
		"from %s to %s, which carries its work on", from->unit, heir->unit);
}

static bool carries_on(const struct readdress *r, const struct alert *a, const struct unit *heir,
	const struct alert_unit *old)
{
	const struct unit *unit = unit_by_code(r->w->units, old->unit);
	return unit && unit != heir && !unit_lives(unit, alert_owed_on(a, r->today)) && unit_descends(heir, unit);
}

/* A unit that is new to the alert, with what all its predecessors were told: the first `known`. */
static int add_addressee(
	const struct readdress *r, struct alert *a, const struct addressee *who, size_t known)
{
	struct alert_unit fresh = {
		.unit = who->unit->code,
		.named = who->named->code,
		.role = who->role,
		.since = r->today,
		.until = DAY_NONE,
		.told_numerator = -1,
		.told_denominator = -1,
	};
	for (size_t k = 0; k < known; k++) {
		const struct alert_unit *old = &a->units[k];
		if (!carries_on(r, a, who->unit, old) || old->told_denominator < fresh.told_denominator)
			continue;
		fresh.inherited_from = old->unit;
		fresh.told_numerator = old->told_numerator;
		fresh.told_denominator = old->told_denominator;
	}
	bool told = false;
	int rc = alert_unit_save(r->w->store, a->id, &fresh, r->e);
	for (size_t k = 0; k < known && rc == 0; k++)
		if (carries_on(r, a, who->unit, &a->units[k]))
			rc = inherit_steps(r, a, &fresh, &a->units[k], &told);
	if (rc == 0 && told)
		rc = notice_save(r->w->store, a->id, fresh.unit, a->generation, "inherited",
			OUTCOME_PENDING, r->today, 0, r->e);
	free(fresh.steps);
	return rc;
}

/* The units of today; those that no longer are get an end, those that took over a line of history. */
static int readdress_to(const struct readdress *r, struct alert *a, const struct addressee *now, size_t n)
{
	for (size_t i = 0; i < a->unit_count; i++)
		a->units[i].wanted = false;
	size_t known = a->unit_count; /* rows added below are new and need no second look */
	for (size_t i = 0; i < n; i++) {
		struct alert_unit *u = alert_unit_of(a, now[i].unit->code);
		if (u) {
			u->wanted = true;
			if (u->until == DAY_NONE && u->role == now[i].role)
				continue;
			u->until = DAY_NONE;
			u->role = now[i].role;
			if (alert_unit_save(r->w->store, a->id, u, r->e) < 0)
				return -1;
			continue;
		}
		if (add_addressee(r, a, &now[i], known) < 0)
			return -1;
	}
	for (size_t i = 0; i < known; i++) {
		struct alert_unit *u = &a->units[i];
		if (u->wanted || u->until != DAY_NONE)
			continue;
		u->until = r->today;
		if (alert_unit_save(r->w->store, a->id, u, r->e) < 0)
			return -1;
	}
	return 0;
}

int readdress(const struct world *w, struct alert *a, const struct judged *g, int32_t today,
	struct err *e)
{
	struct readdress r = {w, today, e};
	struct addressee now[ADDRESSEES_MOST];
	size_t n = addressees_of(w, g, today, now);
	return readdress_to(&r, a, now, n);
}

int readdress_heirs(const struct world *w, struct alert *a, int32_t today, struct err *e)
{
	struct readdress r = {w, today, e};
	struct addressee now[ADDRESSEES_MOST];
	size_t n = 0;
	bool ended = false;
	for (size_t i = 0; i < a->unit_count && n < ADDRESSEES_MOST; i++) {
		const struct alert_unit *u = &a->units[i];
		const struct unit *unit = unit_by_code(w->units, u->unit), *heir = NULL;
		if (u->until != DAY_NONE || !unit)
			continue;
		enum unit_route route = unit_on(unit, today, &heir);
		ended |= route == ROUTE_SUCCESSOR;
		if (route == ROUTE_SELF || route == ROUTE_SUCCESSOR)
			now[n++] = (struct addressee){heir, unit_by_code(w->units, u->named), u->role};
	}
	return ended ? readdress_to(&r, a, now, n) : 0;
}

