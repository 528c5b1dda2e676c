/*
 * debtors.c: the plan's units resolved on a day: who owes a duty, who leads and
 * coordinates a task. A unit named in 2022 stands for whoever descends from it.
 */
#include "register/units.h"

#include "base/mem.h"

struct unit_list {
	const struct unit **items;
	size_t count, capacity;
};

static void add_once(struct unit_list *l, const struct unit *unit)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i] == unit)
			return;
	VEC_ROOM(l->items, l->count, l->capacity);
	l->items[l->count++] = unit;
}

/* The living unit that acts for a code of the plan, or NULL (split, ended or unknown). */
static const struct unit *acting(const struct units *u, const char *code, int32_t day)
{
	const struct unit *named = unit_by_code(u, code), *out;
	if (!named)
		return NULL;
	enum unit_route route = unit_on(named, day, &out);
	return route == ROUTE_SELF || route == ROUTE_SUCCESSOR ? out : NULL;
}

/* Whether a carries the work of `named` on day: it is that unit, or descends from it through units
 * that have ended by then. A later successor of a unit that still lives carries nothing yet. */
static bool carries(const struct unit *a, const struct unit *named, int32_t day)
{
	if (a == named)
		return true;
	for (size_t i = 0; i < a->predecessor_count; i++) {
		const struct unit *before = a->predecessors[i];
		if (!unit_lives(before, day) && carries(before, named, day))
			return true;
	}
	return false;
}

static bool carries_code(const struct units *u, const struct unit *a, const char *code, int32_t day)
{
	const struct unit *named = code && code[0] != '@' ? unit_by_code(u, code) : NULL;
	return named && carries(a, named, day);
}

/* A role by name: a unit that is only in a set ("các sở, ngành cấp tỉnh") has none of its own. */
static bool has_role_by_name(
	const struct units *u, const struct plan *p, const struct unit *a, int32_t day)
{
	for (size_t i = 0; i < p->task_count; i++) {
		const struct task *t = &p->tasks[i];
		if (carries_code(u, a, t->lead, day))
			return true;
		for (size_t j = 0; j < t->coordinating_count; j++)
			if (carries_code(u, a, t->coordinating[j], day))
				return true;
	}
	return false;
}

static void add_province_level(
	struct unit_list *l, const struct units *u, const struct plan *p, int32_t day)
{
	for (size_t i = 0; i < units_count(u); i++) {
		const struct unit *a = units_at(u, i);
		if (unit_is_province_level(a) && unit_lives(a, day) &&
			has_role_by_name(u, p, a, day))
			add_once(l, a);
	}
}

/* The local authorities that Điều 2 would bind: districts while they lived, communes since. */
static void add_local(struct unit_list *l, const struct units *u, int32_t day)
{
	for (size_t i = 0; i < units_count(u); i++) {
		const struct unit *a = units_at(u, i);
		bool under_district =
			a->parent && unit_is_local(a->parent) && unit_lives(a->parent, day);
		if (unit_is_local(a) && unit_lives(a, day) && !under_district)
			add_once(l, a);
	}
}

size_t duty_debtors(const struct units *u, const struct plan *p, const struct duty *d,
	int32_t last_day, const struct unit ***out, const struct unit **collector)
{
	struct unit_list all = {0};
	for (size_t i = 0; i < d->owed_by_count; i++) {
		const char *code = d->owed_by[i];
		if (strcmp(code, "@reporting") != 0) {
			const struct unit *a = acting(u, code, last_day);
			if (a)
				add_once(&all, a);
			continue;
		}
		add_province_level(&all, u, p, last_day);
		if (p->readings.communes_report)
			add_local(&all, u, last_day);
	}
	const struct unit *taker = d->collector ? acting(u, d->collector, last_day) : NULL;
	if (collector)
		*collector = p->readings.collector_reports ? NULL : taker;
	size_t kept = 0;
	for (size_t i = 0; i < all.count; i++)
		if (all.items[i] != taker || p->readings.collector_reports)
			all.items[kept++] = all.items[i];
	*out = all.items;
	return kept;
}

const struct unit *task_lead(const struct units *u, const struct task *t, int32_t day)
{
	return acting(u, t->lead, day);
}

size_t task_coordinating(const struct units *u, const struct plan *p, const struct task *t,
	int32_t day, const struct unit ***out)
{
	struct unit_list all = {0};
	const struct unit *lead = task_lead(u, t, day);
	for (size_t i = 0; i < t->coordinating_count; i++) {
		const char *code = t->coordinating[i];
		if (strcmp(code, "@province") == 0) {
			add_province_level(&all, u, p, day);
		} else if (code[0] != '@') {
			const struct unit *a = acting(u, code, day);
			if (a)
				add_once(&all, a);
		}
	}
	size_t kept = 0;
	for (size_t i = 0; i < all.count; i++)
		if (all.items[i] != lead)
			all.items[kept++] = all.items[i];
	*out = all.items;
	return kept;
}

bool plan_names_unit(const struct plan *p, const char *code)
{
#define IS(text) ((text) && strcmp((text), code) == 0)
	if (IS(p->coordinator))
		return true;
	for (size_t i = 0; i < p->target_count; i++)
		if (IS(p->targets[i].unit))
			return true;
	for (size_t i = 0; i < p->solution_count; i++)
		if (IS(p->solutions[i].unit))
			return true;
	for (size_t i = 0; i < p->task_count; i++) {
		if (IS(p->tasks[i].lead))
			return true;
		for (size_t j = 0; j < p->tasks[i].coordinating_count; j++)
			if (IS(p->tasks[i].coordinating[j]))
				return true;
	}
	for (size_t i = 0; i < p->duty_count; i++) {
		if (IS(p->duties[i].collector))
			return true;
		for (size_t j = 0; j < p->duties[i].owed_by_count; j++)
			if (IS(p->duties[i].owed_by[j]))
				return true;
	}
	return false;
#undef IS
}
