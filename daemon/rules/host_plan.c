/*
 * host_plan.c: what a plugin may ask about the plan, the units of today, its own
 * settings and the calendar. All of it was loaded before the plugin was; only a
 * granted extension is looked up in the register.
 */
#include "rules/abi.h"
#include "rules/host_private.h"

#include "plan/period.h"
#include "register/submissions.h"
#include "store/confined.h"

enum { LOOK_BACK_DAYS = 400, WORKDAYS_MOST = 4000, MONTHS_MOST = 1200, PREDECESSORS_DEPTH = 8 };

/* Copies what fits into the other side's struct, whose size it says itself. One that was forgotten must not look like the
 * end of a list: the run fails. */
static int hand_out(struct host *h, const char *name, void *out, const void *ours, size_t our_size, size_t least)
{
	uint32_t size;
	memcpy(&size, out, sizeof size);
	if (size < least) {
		struct err e;
		err_set(&e, "it handed over a struct %s that says it is %u bytes long; at least %zu are expected: set .size",
			name, size, least);
		return host_fail(h, e.text);
	}
	size_t n = size < our_size ? size : our_size;
	memcpy((char *)out + sizeof size, (const char *)ours + sizeof size, n - sizeof size);
	return 0;
}

/* A rule without C asks for no plan, and reading it takes as long as all else before a check. */
const struct plan *host_plan(struct host *h)
{
	struct problems problems = {0};
	if (h->world.plan)
		return h->world.plan;
	if (plan_parse(h->world.settings->plan, h->world.plan_text, h->world.plan_size, &h->own_plan,
		    &problems) == 0) {
		h->world.plan = h->own_plan;
	} else {
		char *why = xasprintf("%s: %s", problems.items[0].where, problems.items[0].text);
		host_fail(h, why);
		free(why);
	}
	problems_release(&problems);
	return h->world.plan;
}

static const struct duty *duty_named(struct host *h, const char *id)
{
	const struct plan *plan = id ? host_plan(h) : NULL;
	return plan ? plan_duty(plan, id) : NULL;
}

/* Most plugins ask for no unit, and a country has thousands. */
const struct units *host_units(struct host *h)
{
	struct err e;
	if (h->world.units)
		return h->world.units;
	confined_trust(h->world.store, true);
	int rc = units_load_bare(&h->own_units, h->world.store, &e);
	confined_trust(h->world.store, false);
	if (rc < 0)
		host_fail(h, e.text);
	else
		h->world.units = h->own_units;
	return h->world.units;
}

static const struct unit *unit_named(struct host *h, const char *code)
{
	const struct units *units = code ? host_units(h) : NULL;
	return units ? unit_by_code(units, code) : NULL;
}

/* The code of the unit that acts for another on a day; the code itself where nobody does. */
static const char *acting_code(struct host *h, const char *code, int32_t day)
{
	const struct unit *unit = unit_named(h, code);
	const struct unit *today = NULL;
	if (unit)
		unit_on(unit, day, &today);
	return today ? today->code : code;
}

static int target(void *self, const char *id, int32_t year, struct ln_target *out)
{
	struct host *h = self;
	const struct plan *plan = id ? host_plan(h) : NULL;
	const struct target *t = plan ? plan_target(plan, id, year) : NULL;
	if (!t || !out)
		return -1;
	const struct ln_target ours = {
		.id = t->id,
		.year = t->year,
		.last_day = day_from_civil(t->year, 12, 31),
		.close_day = plan_close_day(plan, t->year),
		.task = t->task,
		.unit = acting_code(h, t->unit, h->table.today),
	};
	return hand_out(h, "ln_target", out, &ours, sizeof ours, ABI_TARGET_LEAST);
}

void host_debtors_release(struct host_debtors *d)
{
	free(d->duty);
	free(d->period);
	free(d->units);
	*d = (struct host_debtors){0};
}

/* Who owes a period: the units living on its last day (P16); for what has no date, those of today,
 * or of the period's end once that is past. */
static int load_debtors(struct host *h, const char *duty_id, const char *period)
{
	struct host_debtors *d = &h->debtors;
	if (d->duty && strcmp(d->duty, duty_id) == 0 && strcmp(d->period, period) == 0)
		return 0;
	const struct plan *plan = host_plan(h);
	const struct duty *duty = duty_named(h, duty_id);
	int32_t first, last;
	if (!duty || !duty_has_period(plan, duty, period) ||
		period_span(plan, period, &first, &last) < 0)
		return -1;
	const struct units *units = host_units(h);
	if (!units)
		return -1;
	host_debtors_release(d);
	d->last_day = duty_last_day(plan, duty, period); /* of what has no date: the end of the plan, or none */
	int32_t on = d->last_day;
	if (on == DAY_NONE)
		on = last < h->table.today ? last : h->table.today;
	d->count = duty_debtors(units, plan, duty, on, &d->units, &d->collector);
	d->duty = xstrdup(duty_id);
	d->period = xstrdup(period);
	return 0;
}

/* An extension granted to a unit, or to one that it took over from. */
static void look_up_extension(struct host *h, const struct unit *unit, int depth, int32_t *until,
	const char **document_no)
{
	struct err e;
	char *no = NULL;
	int32_t day = DAY_NONE;
	confined_trust(h->world.store, true);
	int rc = submission_extended_to(
		h->world.store, h->debtors.duty, unit->code, h->debtors.period, &day, &no, &e);
	confined_trust(h->world.store, false);
	if (rc < 0)
		host_fail(h, e.text);
	if (rc == 0 && day != DAY_NONE && (*until == DAY_NONE || day > *until)) {
		*until = day;
		*document_no = arena_strdup(&h->arena, no);
	}
	free(no);
	for (size_t i = 0; i < unit->predecessor_count && depth < PREDECESSORS_DEPTH; i++)
		look_up_extension(h, unit->predecessors[i], depth + 1, until, document_no);
}

static int debtor(
	void *self, const char *duty, const char *period, uint32_t i, struct ln_debtor *out)
{
	struct host *h = self;
	if (!duty || !period || !out || load_debtors(h, duty, period) < 0)
		return -1;
	const struct host_debtors *d = &h->debtors;
	const struct unit *unit = i < d->count ? d->units[i] : i == d->count ? d->collector : NULL;
	if (!unit)
		return -1;
	struct ln_debtor ours = {
		.unit = unit->code,
		.name = unit->name,
		.last_day = d->last_day,
		.not_applicable = i == d->count,
	};
	int32_t until = DAY_NONE;
	if (ours.last_day != DAY_NONE && !ours.not_applicable)
		look_up_extension(h, unit, 0, &until, &ours.extension_no);
	if (until != DAY_NONE)
		ours.last_day = until;
	return hand_out(h, "ln_debtor", out, &ours, sizeof ours, ABI_DEBTOR_LEAST);
}

static bool is_to_be_looked_at(const struct plan *p, const struct duty *d, const char *period,
	const char *running, int32_t today)
{
	if (!duty_has_period(p, d, period))
		return false;
	if (strcmp(period, running) == 0 || d->cadence == CADENCE_CONFERENCE)
		return true;
	int32_t last_day = duty_last_day(p, d, period);
	return d->dated && last_day != DAY_NONE && last_day >= today - LOOK_BACK_DAYS;
}

int host_duty_period(
	const struct plan *p, const struct duty *d, int32_t today, uint32_t i, char out[10])
{
	char running[PERIOD_TEXT], at[PERIOD_TEXT], next[PERIOD_TEXT];
	period_of_day(d->cadence, today, running);
	int32_t from = today - 2 * LOOK_BACK_DAYS;
	if (d->cadence == CADENCE_CONFERENCE)
		from = day_from_civil(d->first_year, 1, 1);
	if (d->cadence == CADENCE_ONCE || from > today)
		from = today;
	period_of_day(d->cadence, from, at);
	for (;;) {
		if (is_to_be_looked_at(p, d, at, running, today) && i-- == 0) {
			memcpy(out, at, PERIOD_TEXT);
			return 0;
		}
		if (strcmp(at, running) == 0 || period_next(at, next) < 0)
			return -1;
		memcpy(at, next, sizeof at);
	}
}

static int duty_period(void *self, const char *duty, uint32_t i, char out[10])
{
	struct host *h = self;
	const struct duty *d = duty_named(h, duty);
	return d ? host_duty_period(h->world.plan, d, h->table.today, i, out) : -1;
}

static int64_t duty_required(void *self, const char *duty)
{
	struct host *h = self;
	const struct duty *d = duty_named(h, duty);
	return d ? d->required : -1;
}

static int reading(void *self, const char *name, int64_t *out)
{
	struct host *h = self;
	return name && out && host_plan(h) ? plan_reading(h->world.plan, name, out) : -1;
}

static const char *unit_name(void *self, const char *code)
{
	struct host *h = self;
	const struct unit *unit = unit_named(h, code);
	return unit ? unit->name : NULL;
}

/* Settings: what the administrator wrote, already held against the rows; else the row's default. */

static const struct plugin_setting *written(const struct host *h, const char *name)
{
	const struct settings *s = h->world.settings;
	for (size_t i = 0; i < s->plugins.value_count; i++)
		if (strcmp(s->plugins.values[i].plugin, h->world.plugin->name) == 0 &&
			strcmp(s->plugins.values[i].key, name) == 0)
			return &s->plugins.values[i];
	return NULL;
}

static const struct setting_info *row_of(const struct host *h, const char *name)
{
	const struct plugin_info *p = h->world.plugin;
	for (size_t i = 0; name && i < p->setting_count; i++)
		if (strcmp(p->settings[i].name, name) == 0)
			return &p->settings[i];
	return NULL;
}

static int64_t setting_int(void *self, const char *name)
{
	const struct setting_info *row = row_of(self, name);
	if (!row || row->type == LN_SET_TEXT)
		return 0;
	const struct plugin_setting *v = written(self, name);
	return v && v->type != PLUGIN_SETTING_TEXT ? v->number : row->value;
}

static const char *setting_text(void *self, const char *name)
{
	const struct setting_info *row = row_of(self, name);
	if (!row || row->type != LN_SET_TEXT)
		return NULL;
	const struct plugin_setting *v = written(self, name);
	return v && v->type == PLUGIN_SETTING_TEXT ? v->text : row->text;
}

/* The calendar. Days and spans beyond reason are answered with no day. */

static bool is_sane(int32_t day)
{
	return day >= day_from_civil(1990, 1, 1) && day <= day_from_civil(2200, 12, 31);
}

static int is_workday(void *self, int32_t day)
{
	const struct host *h = self;
	return is_sane(day) && calendar_is_workday(h->world.calendar, day);
}

static int32_t add_workdays(void *self, int32_t day, int32_t n)
{
	const struct host *h = self;
	if (!is_sane(day) || n < -WORKDAYS_MOST || n > WORKDAYS_MOST)
		return LN_NO_DAY;
	return calendar_add_workdays(h->world.calendar, day, n);
}

static int32_t civil_day(int32_t year, int32_t month, int32_t day)
{
	return day_from_civil(year, month, day);
}

static void day_civil(int32_t day, int32_t *year, int32_t *month, int32_t *day_of_month)
{
	struct civil c = {0};
	if (is_sane(day))
		c = day_to_civil(day);
	*year = c.year;
	*month = c.month;
	*day_of_month = c.day;
}

static const char *written_day(void *self, int32_t day)
{
	struct host *h = self;
	char text[DAY_TEXT];
	return arena_strdup(&h->arena, is_sane(day) ? day_vi(day, text) : "");
}

static int32_t add_months(void *self, int32_t day, int32_t n)
{
	(void)self;
	if (!is_sane(day) || n < -MONTHS_MOST || n > MONTHS_MOST)
		return LN_NO_DAY;
	struct civil c = day_to_civil(day);
	int32_t first = day_add_months(day_from_civil(c.year, c.month, 1), n);
	int32_t wanted = first + c.day - 1, next = day_add_months(first, 1);
	return wanted < next ? wanted : next;
}

static int span(void *self, const char *duty, const char *period, int32_t *first, int32_t *last)
{
	struct host *h = self;
	const struct duty *d = duty_named(h, duty);
	return d && period && first && last ? duty_span(h->world.plan, d, period, first, last) : -1;
}

static const char *list_next(void *self, const char **rest)
{
	struct host *h = self;
	if (!rest || !*rest || !**rest)
		return NULL;
	size_t n = strcspn(*rest, "|");
	char *value = arena_alloc(&h->arena, n + 1);
	memcpy(value, *rest, n);
	value[n] = '\0';
	*rest += n + ((*rest)[n] == '|');
	return value;
}

static const char *unit_now(void *self, const char *code)
{
	struct host *h = self;
	const struct unit *unit = unit_named(h, code), *today = NULL;
	if (!unit)
		return NULL;
	enum unit_route route = unit_on(unit, h->table.today, &today);
	return (route == ROUTE_SELF || route == ROUTE_SUCCESSOR) && today ? today->code : NULL;
}

void host_plan_functions(struct ln_host *table)
{
	table->add_months = add_months;
	table->duty_span = span;
	table->list_next = list_next;
	table->unit_now = unit_now;
	table->target = target;
	table->debtor = debtor;
	table->duty_period = duty_period;
	table->duty_required = duty_required;
	table->reading = reading;
	table->unit_name = unit_name;
	table->setting_int = setting_int;
	table->setting_text = setting_text;
	table->is_workday = is_workday;
	table->add_workdays = add_workdays;
	table->day_from_civil = civil_day;
	table->day_to_civil = day_civil;
	table->day_vi = written_day;
}
