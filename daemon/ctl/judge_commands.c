/*
 * judge_commands.c: what the rules say today, or on another day (--as-of moves
 * the day, not the register). Judges and prints; sends and stores nothing.
 */
#include "ctl/check_row.h"
#include "ctl/command.h"
#include "ctl/deadlines.h"
#include "ctl/judged_row.h"
#include "ctl/villages.h"
#include "rules/rule_file.h"

#include <math.h>

static const char *const target_keys[] = {"target", "year", "task", "unit", "clause", "measure",
	"value", "comparator", "target_value", "numerator", "denominator", "unknown_count",
	"range_low", "range_high", "status", "gap", "gap_units", "pace_now", "pace_needed",
	"forecast", "points", "figures_on", "source", "origin", "decided_on", NULL};

/* Opens the world and judges the day asked for; all: with everything that is in order. 0, or the exit code. */
static int judge(struct ctl *c, const char *only, bool all, struct judgement *j)
{
	int32_t today;
	struct err e;
	int rc = ctl_open_world(c, STORE_READ);
	if (rc == 0)
		rc = ctl_today(c, &today);
	if (rc)
		return rc;
	struct runner_set runners = {.all = all};
	rc = judgement_make(j, &c->world, &runners, today, only, &e);
	runner_set_stop(&runners);
	return rc < 0 ? ctl_fail(CTL_CANNOT, "%s", e.text) : 0;
}

/* One line for each plugin that failed, which its error names; whether there was one. */
static bool say_failures(const struct judgement *j)
{
	bool any = false;
	for (size_t i = 0; i < j->run_count; i++) {
		if (j->runs[i].complete || !j->runs[i].plugin)
			continue;
		any = true;
		ctl_fail(0, "%s; nothing is concluded from it",
			j->runs[i].error ? j->runs[i].error : j->runs[i].plugin->name);
	}
	return any;
}

/* An enabled plugin, `rules` for all rules without C, or "rules/NAME" for one. */
static bool is_enabled(const struct settings *s, const char *plugin)
{
	if (s->rules_directory && (strcmp(plugin, RULES_PLUGIN) == 0 || rule_of_run(plugin)))
		return true;
	for (size_t i = 0; i < s->plugins.enabled_count; i++) {
		if (strcmp(s->plugins.enabled[i], plugin) == 0)
			return true;
	}
	return false;
}

static int run_check(struct ctl *c)
{
	const char *only = ctl_option(c, "plugin");
	int rc = ctl_open_settings(c);
	if (rc)
		return rc;
	if (only && !is_enabled(c->world.settings, only))
		return ctl_fail(
			CTL_USAGE, "--plugin: \"%.40s\" is not among plugins.enabled", only);
	world_close(&c->world);
	struct judgement j = {0};
	bool all = ctl_option(c, "all") != NULL;
	rc = judge(c, only, all, &j);
	if (rc)
		return rc;
	struct table *t = ctl_table(c, check_keys);
	bool bad = say_failures(&j);
	for (size_t i = 0; i < j.count; i++) {
		bad |= is_bad_news(j.items[i].status);
		if (all || j.items[i].status != STATUS_IN_ORDER)
			check_row(t, &c->world, &j.items[i], j.today);
	}
	ctl_listing(c, t);
	judgement_release(&j);
	return bad && ctl_option(c, "exit-code") ? CTL_REJECTED : CTL_DONE;
}

/* Today's bearer of a unit of the plan: its code, or the plan's own where nobody carries it on. */
static const char *bearer(const struct world *w, const char *code, int32_t today)
{
	const struct unit *unit = unit_by_code(w->units, code);
	const struct unit *living = NULL;
	if (!unit)
		return code;
	unit_on(unit, today, &living);
	return living ? living->code : code;
}

static const struct judged *judged_target(const struct judgement *j, const struct target *target)
{
	for (size_t i = 0; i < j->count; i++) {
		if (j->items[i].target == target)
			return &j->items[i];
	}
	return NULL;
}

static void table_real(struct table *t, const char *key, double value)
{
	if (!isnan(value))
		table_ratio(t, key, (int64_t)llround(value * 1000), 1000);
}

/* How far below the target the known value is, in the target's measure; 0 when it is reached. */
static void target_gap(struct table *t, const struct target *target, const struct judged *g)
{
	const struct finding *f = g->finding;
	int64_t scale = measure_scale(target->measure);
	int64_t short_of =
		target->value_numerator * f->denominator - f->numerator * target->value_denominator;
	table_ratio(t, "gap", short_of > 0 ? scale * short_of : 0,
		target->value_denominator * f->denominator);
	table_int(t, "gap_units", g->gap_things);
}

static int run_targets(struct ctl *c)
{
	const char *year = ctl_option(c, "year");
	if (year && strcmp(year, "2025") != 0 && strcmp(year, "2030") != 0)
		return ctl_fail(CTL_USAGE,
			"--year: \"%.20s\" is no target year; allowed: 2025, 2030", year);
	struct judgement j = {0};
	int rc = judge(c, NULL, false, &j);
	if (rc)
		return rc;
	say_failures(&j);
	struct table *t = table_new(target_keys);
	for (size_t i = 0; i < c->world.plan->target_count; i++) {
		const struct target *target = &c->world.plan->targets[i];
		if (year && atoi(year) != target->year)
			continue;
		const struct judged *g = judged_target(&j, target);
		table_row(t);
		table_text(t, "target", target->id);
		table_int(t, "year", target->year);
		table_text(t, "task", target->task);
		table_text(t, "unit", bearer(&c->world, target->unit, j.today));
		table_text(t, "clause", target->clause);
		table_text(t, "status", status_name(g ? g->status : STATUS_UNKNOWN));
		row_target(t, target, g);
		if (!g)
			continue;
		if (g->finding->denominator > 0 && g->finding->unknown < g->finding->denominator)
			target_gap(t, target, g);
		table_real(t, "pace_now", g->trend.pace_now);
		table_real(t, "pace_needed", g->trend.pace_needed);
		table_real(t, "forecast", g->trend.forecast);
		table_int(t, "points", g->trend.points);
		table_text(t, "source", g->finding->source);
		table_text(t, "origin", g->by_hand ? "figures" : g->plugin->name);
		table_day(t, "decided_on",
			g->closed ? plan_close_day(c->world.plan, target->year) : DAY_NONE);
	}
	ctl_listing(c, t);
	judgement_release(&j);
	return CTL_DONE;
}

/* The marks that a village may lack, joined; *known: `asked` is one of them. */
static char *village_marks(const struct ctl *c, const char *asked, bool *known)
{
	struct buf all = {0};
	*known = false;
	for (size_t i = 0; i < c->world.plugin_count; i++) {
		const struct plugin_info *p = c->world.plugins[i];
		for (size_t r = 0; p && r < p->rule_count; r++)
			for (size_t m = 0; m < p->rules[r].mark_count; m++) {
				*known |= strcmp(p->rules[r].marks[m].id, asked) == 0;
				buf_addf(&all, "%s%s", all.len ? ", " : "", p->rules[r].marks[m].id);
			}
	}
	return buf_take(&all);
}

static int check_lacks(const struct ctl *c, const char *asked)
{
	bool known;
	char *all = asked ? village_marks(c, asked, &known) : NULL;
	int rc = !asked || known ? 0
				 : ctl_fail(CTL_USAGE, "--lacks: \"%.40s\"; allowed: %s", asked, all);
	free(all);
	return rc;
}

static int run_villages(struct ctl *c)
{
	struct judgement j = {0};
	struct err e;
	int rc = judge(c, NULL, false, &j);
	if (rc)
		return rc;
	rc = check_lacks(c, ctl_option(c, "lacks"));
	if (rc == 0)
		rc = ctl_check_unit(c, ctl_option(c, "place"), "--place");
	if (rc) {
		judgement_release(&j);
		return rc;
	}
	say_failures(&j);
	struct table *t =
		villages_table(&c->world, &j, ctl_option(c, "lacks"), ctl_option(c, "place"), &e);
	rc = t ? ctl_listing(c, t) : ctl_fail(CTL_CANNOT, "%s", e.text);
	judgement_release(&j);
	return rc;
}

static int run_deadlines(struct ctl *c)
{
	const char *text = ctl_option(c, "year");
	struct judgement j = {0};
	int64_t year = 0;
	int rc = text ? ctl_id(text, "--year", &year) : 0;
	if (rc == 0 && text && (year < 2022 || year > 2100))
		rc = ctl_fail(CTL_USAGE, "--year: %s; allowed: 2022 to 2100", text);
	if (rc == 0)
		rc = judge(c, NULL, false, &j);
	if (rc)
		return rc;
	say_failures(&j);
	struct err e;
	struct table *t = deadlines_table(&c->world, &j, year ? (int)year : day_year(j.today), &e);
	rc = t ? ctl_listing(c, t) : ctl_fail(CTL_CANNOT, "%s", e.text);
	judgement_release(&j);
	return rc;
}

const struct command judge_commands[] = {
	{"check", "[--plugin NAME] [--all] [--as-of DATE] [--exit-code]",
		"judges everything now; sends and stores nothing; --all: what lacks nothing, too",
		"langnghectl check --plugin environment --as-of 2026-12-01 --json", 0, 0,
		"plugin= as-of= exit-code all", run_check},
	{"deadlines", "[--year Y] [--as-of DATE]", "every duty of every unit, and all that is open",
		"langnghectl deadlines --year 2026", 0, 0, "year= as-of=", run_deadlines},
	{"targets", "[--year 2025|2030] [--as-of DATE]", "every target of the plan, both years",
		"langnghectl targets --year 2030 --json", 0, 0, "year= as-of=", run_targets},
	{"villages", "[--lacks WHAT] [--place U] [--as-of DATE]",
		"the villages as judged, a row each",
		"langnghectl villages --lacks env-plan --place xa-15505", 0, 0,
		"lacks= place= as-of=", run_villages},
	{0},
};
