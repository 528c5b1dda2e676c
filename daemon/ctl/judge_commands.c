/*
 * judge_commands.c: what the rules say today, or on another day (--as-of moves
 * the day, not the register). Judges and prints; sends and stores nothing.
 */
#include "ctl/command.h"
#include "ctl/deadlines.h"
#include "ctl/judged_row.h"
#include "ctl/villages.h"

#include "alerts/addressees.h"
#include "plan/period.h"

#include <math.h>

static const char *const check_keys[] = {"key", "plugin", "rule", "kind", "subject", "period",
	"task", "duty", "unit", "role", "place", "severity", "status", "clause", "due_text",
	"last_day", "days_left", "value", "target_value", "comparator", "measure", "numerator",
	"denominator", "unknown_count", "range_low", "range_high", "lacks", "figures_on", "action",
	"act_by", "summary", NULL};

static const char *const target_keys[] = {"target", "year", "task", "unit", "clause", "measure",
	"value", "comparator", "target_value", "numerator", "denominator", "unknown_count",
	"range_low", "range_high", "status", "gap", "gap_units", "pace_now", "pace_needed",
	"forecast", "points", "figures_on", "source", "origin", "decided_on", NULL};

/* Opens the world and judges the day asked for. 0, or the exit code. */
static int judge(struct ctl *c, const char *only, struct judgement *j)
{
	int32_t today;
	struct err e;
	int rc = ctl_open_world(c, STORE_READ);
	if (rc == 0)
		rc = ctl_today(c, &today);
	if (rc)
		return rc;
	struct runner_set runners = {0};
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

static void check_row(struct table *t, const struct world *w, const struct judged *g, int32_t today)
{
	const struct finding *f = g->finding;
	struct addressee units[ADDRESSEES_MOST];
	size_t count = addressees_of(w, g, today, units);
	const struct addressee *main_unit = NULL;
	for (size_t i = 0; i < count; i++) {
		if (!main_unit || units[i].role < main_unit->role)
			main_unit = &units[i];
	}
	table_row(t);
	table_text(t, "key", g->key);
	table_text(t, "plugin", g->plugin->name);
	table_text(t, "rule", f->rule);
	table_text(t, "kind", kind_word(g->kind));
	table_text(t, "subject", f->subject);
	table_text(t, "period", f->period);
	table_text(t, "task", g->task ? g->task->id : NULL);
	table_text(t, "duty", f->duty);
	table_text(t, "unit", main_unit ? main_unit->unit->code : f->unit);
	table_text(t, "role", main_unit ? role_name(main_unit->role) : NULL);
	table_text(t, "place", f->place);
	table_text(t, "severity", severity_word(g->rule->severity));
	table_text(t, "status", status_name(g->status));
	table_text(t, "clause",
		g->target ? g->target->clause
		: g->duty ? g->duty->clause
			  : g->rule->clause);
	table_text(t, "action", g->rule->action);
	table_day(t, "act_by", g->act_by);
	table_text(t, "summary", g->summary);
	if (g->duty && f->period && duty_has_period(w->plan, g->duty, f->period)) {
		char *due = duty_due_text(w->plan, g->duty, f->period);
		table_text(t, "due_text", due);
		free(due);
	}
	int32_t last = g->kind == LN_DUE      ? f->last_day
		       : g->kind == LN_EXPIRY ? f->valid_to
					      : DAY_NONE;
	table_day(t, "last_day", last);
	if (last != DAY_NONE && g->status != STATUS_NOT_APPLICABLE)
		table_int(t, "days_left", g->days_left);
	if (g->target) {
		row_target(t, g->target, g);
	} else {
		struct buf lacks = {0};
		marks_joined(&lacks, f, true);
		table_text(t, "lacks", lacks.s);
		buf_release(&lacks);
		table_day(t, "figures_on", f->figures_on);
	}
}

static bool is_enabled(const struct settings *s, const char *plugin)
{
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
	rc = judge(c, only, &j);
	if (rc)
		return rc;
	struct table *t = table_new(check_keys);
	bool bad = say_failures(&j);
	for (size_t i = 0; i < j.count; i++) {
		bad |= is_bad_news(j.items[i].status);
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
	int rc = judge(c, NULL, &j);
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
		table_text(t, "origin", g->plugin->name);
		table_day(t, "decided_on",
			g->closed ? plan_close_day(c->world.plan, target->year) : DAY_NONE);
	}
	ctl_listing(c, t);
	judgement_release(&j);
	return CTL_DONE;
}

static int run_villages(struct ctl *c)
{
	struct judgement j = {0};
	struct err e;
	int rc = judge(c, NULL, &j);
	if (rc)
		return rc;
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
		rc = judge(c, NULL, &j);
	if (rc)
		return rc;
	say_failures(&j);
	struct err e;
	struct table *t = deadlines_table(&c->world, &j, year ? (int)year : day_year(j.today), &e);
	rc = t ? ctl_listing(c, t) : ctl_fail(CTL_CANNOT, "%s", e.text);
	judgement_release(&j);
	return rc;
}

/* A plugin's rows: what the plan must know of is looked up here, the rest plugin_describe checked. */
static int run_plugin_lint(struct ctl *c)
{
	struct err e;
	struct plugin_info *p;
	int rc = ctl_open_files(c);
	if (rc)
		return rc;
	if (plugin_describe(c->world.settings, c->positional[0], &p, &e) < 0)
		return ctl_fail(CTL_REJECTED, "%s", e.text);
	for (size_t i = 0; i < p->rule_count; i++)
		if (p->rules[i].task && !plan_task(c->world.plan, p->rules[i].task))
			rc = ctl_fail(CTL_REJECTED, "%s: rule %s: the plan has no task '%s'", p->file,
				p->rules[i].id, p->rules[i].task);
	if (!rc)
		printf("%s: plugin %s %s, %zu rules, %zu settings, abi %u: in order\n", p->file, p->name,
			p->version, p->rule_count, p->setting_count, p->abi);
	plugin_info_free(p);
	return rc;
}

/* Judges what the plugin reports into j; its findings live in set. */
static int try_plugin(struct ctl *c, const struct plugin_info *p, struct judgement *j,
	struct findings *set, struct err *e)
{
	struct runner *r = NULL;
	int rc = runner_start(&r, c->world.settings, c->world.database, p, e);
	if (rc == 0)
		rc = runner_check(r, j->today, set, NULL, e);
	for (size_t i = 0; rc == 0 && i < set->count; i++)
		rc = judge_finding(j, &c->world, p, &set->items[i], e);
	runner_stop(r);
	return rc;
}

/* A plugin that need not be enabled or installed, contained like any other; stores nothing. */
static int run_plugin_run(struct ctl *c)
{
	struct err e;
	struct plugin_info *p;
	struct judgement j = {.watch_from = DAY_NONE};
	struct findings set = {0};
	int rc = ctl_open_world(c, STORE_READ);
	if (!rc)
		rc = ctl_today(c, &j.today);
	if (rc)
		return rc;
	if (plugin_describe(c->world.settings, c->positional[0], &p, &e) < 0)
		return ctl_fail(CTL_REJECTED, "%s", e.text);
	if (try_plugin(c, p, &j, &set, &e) < 0) {
		rc = ctl_fail(CTL_REJECTED, "%s", e.text);
	} else {
		struct table *t = table_new(check_keys);
		for (size_t i = 0; i < j.count; i++)
			check_row(t, &c->world, &j.items[i], j.today);
		rc = ctl_listing(c, t);
	}
	judgement_release(&j);
	findings_release(&set);
	plugin_info_free(p);
	return rc;
}

const struct command judge_commands[] = {
	{"check", "[--plugin NAME] [--as-of DATE] [--exit-code]",
		"judges everything now; sends and stores nothing",
		"langnghectl check --plugin environment --as-of 2026-12-01 --json", 0, 0,
		"plugin= as-of= exit-code", run_check},
	{"deadlines", "[--year Y] [--as-of DATE]", "every duty of every unit, and all that is open",
		"langnghectl deadlines --year 2026", 0, 0, "year= as-of=", run_deadlines},
	{"targets", "[--year 2025|2030] [--as-of DATE]", "every target of the plan, both years",
		"langnghectl targets --year 2030 --json", 0, 0, "year= as-of=", run_targets},
	{"villages", "[--lacks WHAT] [--place U] [--as-of DATE]",
		"the villages as judged, a row each",
		"langnghectl villages --lacks env-plan --place xa-14842", 0, 0,
		"lacks= place= as-of=", run_villages},
	{"plugin lint", "FILE", "checks what a plugin says of itself",
		"langnghectl plugin lint ./museum.so", 1, 1, "", run_plugin_lint},
	{"plugin run", "FILE [--as-of DATE]", "runs any plugin, contained; stores nothing",
		"langnghectl plugin run ./museum.so --as-of 2026-12-01", 1, 1, "as-of=", run_plugin_run},
	{0},
};
