/*
 * addressees.c: from the plan's roles to living units.
 */
#include "alerts/addressees.h"

#include <stdlib.h>

/* P16: a unit that was split without a rule, or ended, is answered for by its parent after two
 * working days; until then nobody is written to and `audit` raises an alarm. */
enum { SPLIT_GRACE_WORKDAYS = 2 };

static const struct unit *living(const struct world *w, const struct unit *named, int32_t today)
{
	const struct unit *unit = NULL;
	switch (unit_on(named, today, &unit)) {
	case ROUTE_SELF:
	case ROUTE_SUCCESSOR:
		return unit;
	case ROUTE_SPLIT:
	case ROUTE_ENDED:
		break;
	}
	if (named->valid_to == DAY_NONE ||
		calendar_workdays_between(w->calendar, named->valid_to, today) <= SPLIT_GRACE_WORKDAYS)
		return NULL;
	/* Never an automatic letter to UBND tỉnh: the coordinator answers instead. */
	if (unit && strcmp(unit->kind, "province") == 0)
		unit_on(unit_by_code(w->units, w->plan->coordinator), today, &unit);
	return unit;
}

struct list {
	struct addressee *items;
	size_t count;
	const struct world *w;
	int32_t today;
};

static void add_unit(struct list *l, const struct unit *named, enum role role)
{
	const struct unit *unit = named ? living(l->w, named, l->today) : NULL;
	if (!unit || strcmp(unit->kind, "province") == 0)
		return; /* never an automatic letter to UBND tỉnh */
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].unit == unit)
			return; /* the stronger role was added first: lead wins */
	if (l->count < ADDRESSEES_MOST)
		l->items[l->count++] = (struct addressee){unit, named, role};
}

static void add_code(struct list *l, const char *code, enum role role)
{
	if (code)
		add_unit(l, unit_by_code(l->w->units, code), role);
}

/* "unit:so-khcn" -> "so-khcn"; NULL for other subjects. */
static const char *unit_of_subject(const char *subject)
{
	return strncmp(subject, "unit:", 5) == 0 ? subject + 5 : NULL;
}

static void add_coordinating(struct list *l, const struct task *task)
{
	const struct unit **units = NULL;
	size_t n = task_coordinating(l->w->units, l->w->plan, task, l->today, &units);
	for (size_t i = 0; i < n; i++)
		if (!unit_is_local(units[i])) /* P14: a coordinating role writes to no commune */
			add_unit(l, units[i], ROLE_COORDINATING);
	free(units);
}

size_t addressees_of(const struct world *w, const struct judged *g, int32_t today,
	struct addressee out[ADDRESSEES_MOST])
{
	struct list l = {.items = out, .w = w, .today = today};
	const struct finding *f = g->finding;
	const char *own = unit_of_subject(f->subject);
	const char *lead = g->rule && g->rule->unit ? g->rule->unit : g->task ? g->task->lead : w->plan->coordinator;
	switch (g->kind) {
	case LN_DUE:
		add_code(&l, f->unit ? f->unit : own, ROLE_DEBTOR);
		break;
	case LN_SHORT:
		add_code(&l, g->target->unit, ROLE_LEAD);
		if (g->task)
			add_coordinating(&l, g->task);
		break;
	case LN_MISSING:
	case LN_EXPIRY:
		if (own) {
			add_code(&l, own, ROLE_DEBTOR);
			break;
		}
		add_code(&l, lead, ROLE_LEAD);
		/* What only waits for the lead's decision does not nag the place. */
		if (g->kind == LN_EXPIRY || g->lacks + g->unknowns > 0)
			add_code(&l, f->place, ROLE_PLACE);
		break;
	}
	return l.count;
}

const struct unit *coordinator_on(const struct world *w, int32_t today)
{
	const struct unit *named = unit_by_code(w->units, w->plan->coordinator);
	return named ? living(w, named, today) : NULL;
}
