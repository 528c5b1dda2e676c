/*
 * audit_state.c: the audit's checks of the register's rows and of what is
 * running: letters, plugins, rounds.
 */
#include "ctl/audit.h"

#include "alerts/alert.h"
#include "alerts/plugin_runs.h"
#include "base/mem.h"
#include "mail/outbox.h"
#include "register/each.h"
#include "rules/sandbox.h"

enum { ROUND_STALE_DAYS = 2, EXAMPLES_MOST = 3 };

/* What one walk over a kind counts, with the first few keys as examples. */
struct tally {
	size_t found;
	struct buf examples;
};

static void tally_add(struct tally *t, const char *key)
{
	if (t->found++ < EXAMPLES_MOST)
		buf_addf(&t->examples, "%s%s", t->examples.len ? ", " : "", key);
	else if (t->found == EXAMPLES_MOST + 1)
		buf_add(&t->examples, " …");
}

static bool has_ended(const struct register_row *row, int32_t today)
{
	int32_t day;
	const char *text = register_cell(row, "ended_on");
	return text && day_parse_iso(text, &day) == 0 && day <= today;
}

static bool is_carried_on(const struct unit *unit, int32_t day, const struct unit **living)
{
	enum unit_route route = unit_on(unit, day, living);
	return (route == ROUTE_SELF || route == ROUTE_SUCCESSOR) && *living;
}

static int see_village(void *context, const struct register_row *row, struct err *e)
{
	struct audit *a = context;
	const struct contact *contact;
	const struct unit *living = NULL;
	(void)e;
	if (has_ended(row, a->now.day))
		return 0;
	const char *code = register_cell(row, "code"), *commune = register_cell(row, "commune");
	const struct unit *unit = commune ? unit_by_code(a->w->units, commune) : NULL;
	if (!commune)
		audit_add(a, AUDIT_WARNING, code, "import villages with its commune",
			"the village has no place: its matters go to the lead only");
	else if (!unit)
		audit_add(a, AUDIT_ERROR, code,
			"import units with this code, or mend the village's commune",
			"the village lies in %s, a unit that is not known", commune);
	else if (unit_on(unit, a->now.day, &living) == ROUTE_SPLIT)
		audit_split_place(a, unit, code);
	else if (!is_carried_on(unit, a->now.day, &living))
		audit_add(a, AUDIT_ERROR, code, "give the village the commune of today",
			"the village lies in %s, which nobody living carries on", commune);
	else if (codes_take(&a->addressed, living->code) &&
		 unit_contacts(a->w->units, living, "all", a->now.day, &contact, 1) == 0)
		audit_add(a, AUDIT_WARNING, living->code, "import contacts with an address for it",
			"%s holds villages (%s) and has no living address", living->name, code);
	return 0;
}

static int see_dated(void *context, const struct register_row *row, struct err *e)
{
	struct tally *t = context;
	(void)e;
	if (register_cell(row, "figures_on"))
		return 0;
	struct buf key = {0};
	for (size_t i = 0; i < row->kind->column_count; i++) {
		const struct column *column = &row->kind->columns[i];
		const char *cell = column->key ? register_cell(row, column->name) : NULL;
		if (cell)
			buf_addf(&key, "%s%s", key.len ? "/" : "", cell);
	}
	tally_add(t, key.s ? key.s : "?");
	buf_release(&key);
	return 0;
}

static int check_dated(struct audit *a, const char *kind, struct err *e)
{
	struct tally t = {0};
	int rc = register_each(a->w->store, kind_named(kind), see_dated, &t, e);
	if (rc == 0 && t.found > 0)
		audit_add(a, AUDIT_WARNING, kind, "import them again with figures_on",
			"%zu rows do not say when their figures were cut off: %s", t.found,
			t.examples.s);
	buf_release(&t.examples);
	return rc;
}

/* Rows that name a duty, a target or a task that the plan does not have. */
static int see_names(void *context, const struct register_row *row, struct err *e)
{
	struct audit *a = context;
	(void)e;
	const char *duty = register_cell(row, "duty"), *target = register_cell(row, "target");
	const char *task = register_cell(row, "task"), *year = register_cell(row, "year");
	static const char remedy[] = "mend or remove the row, or the plan";
	if (duty && !plan_duty(a->w->plan, duty))
		audit_add(a, AUDIT_ERROR, row->kind->name, remedy, "the plan has no duty \"%s\"",
			duty);
	if (task && !plan_task(a->w->plan, task))
		audit_add(a, AUDIT_ERROR, row->kind->name, remedy, "the plan has no task \"%s\"",
			task);
	/* A figure of any year counts for the target of 2025 or 2030. */
	if (target && year && !plan_target(a->w->plan, target, 2025) &&
		!plan_target(a->w->plan, target, 2030))
		audit_add(a, AUDIT_ERROR, row->kind->name, remedy, "the plan has no target \"%s\"",
			target);
	const char *unit = register_cell(row, "unit");
	if (unit && !unit_by_code(a->w->units, unit))
		audit_add(a, AUDIT_ERROR, row->kind->name, "import units with this code",
			"a row names the unit \"%s\", which is not known", unit);
	return 0;
}

struct counter {
	size_t rows;
};

static int see_any(void *context, const struct register_row *row, struct err *e)
{
	struct counter *c = context;
	(void)row;
	(void)e;
	c->rows++;
	return 1; /* one is enough */
}

int audit_register(struct audit *a, struct err *e)
{
	static const char *const naming[] = {
		"submissions", "figures", "activities", "projects", "difficulties"};
	struct counter villages = {0};
	if (register_each(a->w->store, kind_named("villages"), see_any, &villages, e) < 0)
		return -1;
	if (villages.rows == 0)
		audit_add(a, AUDIT_WARNING, "villages", "import villages",
			"there is no list of villages");
	if (register_each(a->w->store, kind_named("villages"), see_village, a, e) < 0 ||
		check_dated(a, "village_years", e) < 0 || check_dated(a, "figures", e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof naming / sizeof *naming; i++) {
		if (register_each(a->w->store, kind_named(naming[i]), see_names, a, e) < 0)
			return -1;
	}
	return 0;
}

/* What is running. */

static int check_letters(struct audit *a, struct err *e)
{
	static const struct {
		const char *state;
		enum audit_severity severity;
		const char *remedy;
	} stuck[] = {
		{"failed", AUDIT_ERROR, "langnghectl outbox --state failed; import contacts with the right addresses: it goes anew by itself"},
		{"in_doubt", AUDIT_WARNING, "ask the recipient; outbox retry or discard"},
		{"deferred", AUDIT_NOTICE, "langnghectl outbox --state deferred"},
		{"held", AUDIT_WARNING, "langnghectl release, or outbox release|discard"},
	};
	for (size_t i = 0; i < sizeof stuck / sizeof *stuck; i++) {
		struct table *t;
		if (outbox_table(a->w->store, stuck[i].state, 0, &t, e) < 0)
			return -1;
		if (table_rows(t) > 0)
			audit_add(a, stuck[i].severity, "outbox", stuck[i].remedy,
				"%zu letters are %s", table_rows(t), stuck[i].state);
		table_free(t);
	}
	char *reason = NULL;
	if (outbox_is_held(a->w->store, &reason))
		audit_add(a, AUDIT_ERROR, "outbox", "langnghectl release",
			"all sending is held: %s", reason ? reason : "no reason given");
	free(reason);
	return 0;
}

static int check_plugins(struct audit *a, struct err *e)
{
	if (!sandbox_can_narrow())
		audit_add(a, AUDIT_NOTICE, "plugins", "a kernel with Landlock (5.13 or later, lsm=landlock); load only plugins that you trust",
			"while a plugin is loaded it may read what the user of its runner may read");
	for (size_t i = 0; i < a->w->plugin_count; i++) {
		const char *name = a->w->plugin_runs[i];
		struct plugin_history h;
		if (!a->w->plugins[i])
			audit_add(a, AUDIT_ERROR, name, "langnghectl plugin list",
				"the plugin cannot be loaded; its alerts stay as they were");
		int rc = plugin_history_read(a->w->store, name, &h, e);
		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		if (h.failures > 0)
			audit_add(a, AUDIT_ERROR, name, "langnghectl plugin list",
				"failed runs in a row: %lld%s%s; %s", (long long)h.failures,
				h.next_try ? ", put aside until " : "", h.next_try ? h.next_try : "",
				h.last_error ? h.last_error : "no reason given");
		plugin_history_release(&h);
	}
	return 0;
}

int audit_running(struct audit *a, struct err *e)
{
	int32_t live = watch_from(a->w->store), checked = DAY_NONE;
	char *text = store_meta(a->w->store, "last_check");
	if (text)
		day_parse_iso(text, &checked);
	free(text);
	if (live == DAY_NONE)
		audit_add(a, AUDIT_WARNING, "go-live", "langnghectl go-live",
			"watching has not begun: nobody gets a letter");
	else if (a->now.day - (checked > live ? checked : live) > ROUND_STALE_DAYS)
		audit_add(a, AUDIT_ERROR, "langnghed",
			"langnghectl status; systemctl status langnghed",
			"no round has judged for more than %d days", ROUND_STALE_DAYS);
	return check_letters(a, e) < 0 || check_plugins(a, e) < 0 ? -1 : 0;
}
