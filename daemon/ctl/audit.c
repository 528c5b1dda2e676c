/*
 * audit.c: everything that would otherwise end in silence, as rows with a
 * remedy. The checks of units and calendar are here; those of the register and
 * of what is running are in audit_state.c, those of days ahead in audit_dates.c,
 * those of the settings and addresses in audit_settings.c.
 */
#include "ctl/audit.h"

#include "base/mem.h"
#include "ctl/command.h"
#include "plan/period.h"

#include <stdarg.h>

static const char *const keys[] = {"severity", "what", "where", "remedy", NULL};

enum { NOVEMBER = 11 }; /* P12: from then on a missing calendar of the next year is an alarm */

void audit_add(struct audit *a, enum audit_severity severity, const char *where, const char *remedy,
	const char *what, ...)
{
	static const char *const words[] = {"notice", "warning", "error"};
	va_list ap;
	va_start(ap, what);
	char *text = xvasprintf(what, ap);
	va_end(ap);
	table_row(a->table);
	table_text(a->table, "severity", words[severity]);
	table_text(a->table, "what", text);
	table_text(a->table, "where", where);
	table_text(a->table, "remedy", remedy);
	free(text);
	a->errors += severity == AUDIT_ERROR;
}

/* Units. */

bool codes_take(struct codes *c, const char *code)
{
	for (size_t i = 0; i < c->count; i++) {
		if (strcmp(c->items[i], code) == 0)
			return false;
	}
	VEC_ROOM(c->items, c->count, c->capacity);
	c->items[c->count++] = code;
	return true;
}

static void check_address(struct audit *a, const struct unit *unit, const char *why)
{
	const struct contact *contact;
	if (!codes_take(&a->addressed, unit->code))
		return;
	if (unit_contacts(a->w->units, unit, "all", a->now.day, &contact, 1) == 0)
		audit_add(a, AUDIT_ERROR, unit->code, "import contacts with an address for it",
			"%s has no living address (%s)", unit->name, why);
}

/* A unit as the plan names it: somebody living must act for it. */
/* An alarm that names the choice. */
static void add_split(struct audit *a, const struct unit *unit, const char *where, const char *remedy,
	const char *why)
{
	const struct unit *found[UNIT_BEARERS_MOST];
	struct buf names = {0};
	size_t n = unit_bearers(unit, a->now.day, found);
	for (size_t i = 0; i < n; i++)
		buf_addf(&names, "%s%s (%s)", i ? ", " : "", found[i]->name, found[i]->code);
	audit_add(a, AUDIT_ERROR, where, remedy, "%s was split into %s, and nothing says which one carries this on (%s)",
		unit->name, names.s, why);
	buf_release(&names);
}

void audit_split_place(struct audit *a, const struct unit *commune, const char *village)
{
	add_split(a, commune, village, "give the village its commune of today", "the village's place");
}

static void check_named(struct audit *a, struct codes *named, const char *code, const char *why)
{
	if (!code || code[0] == '@' || !codes_take(named, code))
		return;
	const struct unit *unit = unit_by_code(a->w->units, code), *living = NULL;
	if (!unit) {
		audit_add(a, AUDIT_ERROR, code, "import units with this code",
			"the plan names a unit that the register does not know (%s)", why);
		return;
	}
	switch (unit_on(unit, a->now.day, &living)) {
	case ROUTE_SELF:
	case ROUTE_SUCCESSOR:
		check_address(a, living, why);
		break;
	case ROUTE_SPLIT:
		add_split(a, unit, code, "leave in units the one successor that carries it", why);
		break;
	case ROUTE_ENDED:
		audit_add(a, AUDIT_ERROR, code, "give its successors in units",
			"%s has ended and no successor is known (%s)", unit->name, why);
		break;
	}
}

static void check_plan_units(struct audit *a, struct codes *named)
{
	const struct plan *p = a->w->plan;
	check_named(a, named, p->coordinator, "coordinator");
	for (size_t i = 0; i < p->task_count; i++) {
		check_named(a, named, p->tasks[i].lead, p->tasks[i].id);
		for (size_t k = 0; k < p->tasks[i].coordinating_count; k++)
			check_named(a, named, p->tasks[i].coordinating[k], p->tasks[i].id);
	}
	for (size_t i = 0; i < p->target_count; i++)
		check_named(a, named, p->targets[i].unit, p->targets[i].id);
	for (size_t i = 0; i < p->solution_count; i++)
		check_named(a, named, p->solutions[i].unit, p->solutions[i].id);
	for (size_t i = 0; i < p->duty_count; i++) {
		check_named(a, named, p->duties[i].collector, p->duties[i].id);
		for (size_t k = 0; k < p->duties[i].owed_by_count; k++)
			check_named(a, named, p->duties[i].owed_by[k], p->duties[i].id);
	}
}

int audit_units(struct audit *a, struct err *e)
{
	(void)e;
	struct codes named = {0};
	check_plan_units(a, &named);
	for (size_t i = 0; i < a->w->plan->duty_count; i++) {
		const struct duty *d = &a->w->plan->duties[i];
		const struct unit **debtors = NULL;
		size_t count = duty_debtors(a->w->units, a->w->plan, d, a->now.day, &debtors, NULL);
		for (size_t k = 0; k < count; k++)
			check_address(a, debtors[k], d->id);
		if (count == 0 && day_year(a->now.day) <= d->last_year)
			audit_add(a, AUDIT_ERROR, d->id, "see units and owed_by in the plan",
				"nobody living owes this duty");
		free(debtors);
	}
	free(named.items);
	return 0;
}

/* Calendar and dates. */

static int32_t next_last_day(const struct plan *p, const struct duty *d, int32_t today)
{
	char period[PERIOD_TEXT], next[PERIOD_TEXT];
	period_of_day(d->cadence, today, period);
	for (;;) {
		int32_t last = duty_last_day(p, d, period), first, end;
		if (last != DAY_NONE && last >= today)
			return last;
		if (period_next(period, next) < 0 || period_span(p, next, &first, &end) < 0 ||
			first > p->ends_on)
			return DAY_NONE;
		memcpy(period, next, sizeof period);
	}
}

static void check_next_date(struct audit *a, const struct duty *d)
{
	const struct plan *p = a->w->plan;
	if (day_year(a->now.day) > d->last_year || a->now.day > p->ends_on ||
		next_last_day(p, d, a->now.day) != DAY_NONE)
		return;
	if (!d->dated || d->cadence == CADENCE_ONCE)
		audit_add(a, AUDIT_NOTICE, d->id, "none; it is reminded without a date",
			"the decision gives this duty no date");
	else
		audit_add(a, AUDIT_ERROR, d->id, "see due and years of this duty in the plan",
			"this duty has no next date");
}

int audit_calendar(struct audit *a, struct err *e)
{
	(void)e;
	struct civil today = day_to_civil(a->now.day);
	for (int year = today.year; year <= today.year + 1; year++) {
		char where[8];
		snprintf(where, sizeof where, "%d", year);
		if (!calendar_is_provisional(a->w->calendar, year))
			continue;
		bool alarm = year == today.year || today.month >= NOVEMBER;
		audit_add(a, alarm ? AUDIT_WARNING : AUDIT_NOTICE, where,
			"add the year's official days off to the calendar file",
			"the year runs on a provisional calendar");
	}
	for (size_t i = 0; i < a->w->plan->duty_count; i++)
		check_next_date(a, &a->w->plan->duties[i]);
	char text[DAY_TEXT];
	int32_t ends = a->w->plan->ends_on;
	if (a->now.day > ends)
		audit_add(a, AUDIT_WARNING, day_iso(ends, text), "take up the plan that follows",
			"the plan has ended; no more notices are given");
	else if (ends - a->now.day <= 92)
		audit_add(a, AUDIT_NOTICE, day_iso(ends, text), "prepare the plan that follows",
			"the plan ends in %d days", ends - a->now.day);
	return 0;
}

static int run_audit(struct ctl *c)
{
	static int (*const checks[])(struct audit *, struct err *) = {
		audit_units, audit_calendar, audit_register, audit_dates, audit_running, audit_settings};
	struct err e;
	int rc = ctl_open_world(c, STORE_READ);
	if (rc)
		return rc;
	struct audit a = {.w = &c->world, .now = ctl_now(c)};
	rc = ctl_today(c, &a.now.day);
	if (rc)
		return rc;
	a.table = table_new(keys);
	for (size_t i = 0; i < sizeof checks / sizeof *checks && rc == 0; i++)
		rc = checks[i](&a, &e);
	free(a.addressed.items);
	if (rc < 0) {
		table_free(a.table);
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	}
	if (table_rows(a.table) == 0 && !c->json)
		puts("nothing found");
	ctl_listing(c, a.table);
	return a.errors && ctl_option(c, "exit-code") ? CTL_REJECTED : CTL_DONE;
}

const struct command audit_commands[] = {
	{"audit", "[--as-of DATE] [--exit-code]",
		"whatever would end in silence: dates, addressees, places, stuck letters",
		"langnghectl audit --exit-code", 0, 0, "as-of= exit-code", run_audit},
	{0},
};
