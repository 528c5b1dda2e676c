/*
 * judge.c: turns each reported fact into a judged finding. Reads target results of
 * earlier years for pace and forecast. Decides statuses only: who hears of them is
 * alerts/.
 */
#include "rules/judge.h"

#include "plan/steps.h"
#include "rules/figures.h"
#include "rules/summary.h"
#include "rules/trend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	enum status status;
	const char *name, *vi;
	bool good;
} statuses[] = {
	{STATUS_IN_ORDER, NULL, "đầy đủ", true},
	{STATUS_NOT_DUE, "not_due", "chưa đến hạn", false},
	{STATUS_DUE_SOON, "due_soon", "sắp đến hạn", false},
	{STATUS_DUE_TODAY, "due_today", "đến hạn hôm nay", false},
	{STATUS_OVERDUE, "overdue", "quá hạn", false},
	{STATUS_DONE, "done", "đã hoàn thành", true},
	{STATUS_DONE_LATE, "done_late", "đã hoàn thành, trễ hạn", true},
	{STATUS_LAPSED, "lapsed", "quá hạn, thôi nhắc", false},
	{STATUS_NOT_APPLICABLE, "not_applicable", "không áp dụng", true},
	{STATUS_MET, "met", "đạt", true},
	{STATUS_ON_TRACK, "on_track", "đúng tiến độ", true},
	{STATUS_AT_RISK, "at_risk", "có nguy cơ không đạt", false},
	{STATUS_SHORT, "short", "chưa đạt", false},
	{STATUS_MISSED, "missed", "không đạt", false},
	{STATUS_MISSING, "missing", "còn thiếu", false},
	{STATUS_EXPIRING, "expiring", "sắp hết hạn", false},
	{STATUS_EXPIRED, "expired", "đã hết hạn", false},
	{STATUS_UNKNOWN, "unknown", "chưa có số liệu", false},
};

const char *status_name(enum status s)
{
	return statuses[s].name;
}

const char *status_vi(enum status s)
{
	return statuses[s].vi;
}

bool status_is_good(enum status s)
{
	return statuses[s].good;
}

enum status status_named(const char *name)
{
	for (size_t i = 0; name && i < sizeof statuses / sizeof *statuses; i++)
		if (statuses[i].name && strcmp(statuses[i].name, name) == 0)
			return statuses[i].status;
	return STATUS_IN_ORDER;
}

bool target_is_share(const struct target *t)
{
	return t->measure[0] == '%';
}

/* n/d against value less tolerance hundredths of it, in 128 bits: no product can overflow. */
bool target_met(const struct target *t, int64_t n, int64_t d)
{
	__int128 left = (__int128)n * t->value_denominator * 100;
	__int128 right = (__int128)t->value_numerator * d * 100;
	switch (t->comparator) {
	case CMP_GT:
		return left > right;
	case CMP_GE:
		return left >= right;
	case CMP_EQ:
		return left == right;
	case CMP_APPROX:
		/* points of a percentage; for a count, percent of the value */
		if (target_is_share(t))
			return left >= right - (__int128)t->approx_tolerance * d * t->value_denominator;
		return left >= right - (__int128)t->approx_tolerance * t->value_numerator * d;
	}
	return false;
}

int64_t target_needs(const struct target *t, int64_t d)
{
	int64_t low = 0, high = d + 1;
	if (!target_is_share(t) && d == 1)
		high = t->value_numerator / t->value_denominator + 2; /* a count: n of "1" */
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		bool enough = t->comparator == CMP_EQ
				      ? (__int128)middle * t->value_denominator >=
						(__int128)t->value_numerator * d
				      : target_met(t, middle, d);
		if (enough)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

enum status due_status(const struct world *w, const struct duty *duty, int32_t last_day, int32_t today)
{
	struct int_list steps = {0};
	if (duty)
		steps = duty_steps(duty, &w->settings->reminders);
	int first = steps.count ? 0 : 30;
	for (size_t i = 0; i < steps.count; i++)
		if (steps.items[i] > first)
			first = steps.items[i];
	if (today > last_day)
		return STATUS_OVERDUE;
	if (today == last_day)
		return STATUS_DUE_TODAY;
	return today >= step_day(w->calendar, last_day, first) ? STATUS_DUE_SOON : STATUS_NOT_DUE;
}

static void judge_due(struct judged *g, const struct world *w, int32_t today, int32_t watch_from)
{
	const struct finding *f = g->finding;
	g->next_first_step = DAY_NONE;
	if (f->not_applicable) {
		g->status = STATUS_NOT_APPLICABLE;
		return;
	}
	bool done = f->recorded >= f->required && f->done_on != DAY_NONE && f->done_on <= today;
	if (f->last_day == DAY_NONE) {
		g->status = done ? STATUS_DONE : STATUS_UNKNOWN; /* P10: undated is never overdue */
		return;
	}
	g->days_left = f->last_day - today;
	g->before_watch = watch_from != DAY_NONE && f->last_day < watch_from;
	if (g->duty)
		g->next_first_step = duty_next_first_step(
			w->plan, g->duty, f->period, &w->settings->reminders, w->calendar);
	/* A quarter's count is not made up in the next quarter, but it is still recorded. */
	bool quarterly = g->duty && g->duty->cadence == CADENCE_QUARTERLY_COUNT;
	int32_t lapse = lapse_day(f->last_day, quarterly ? DAY_NONE : g->next_first_step,
		&w->settings->reminders);
	if (done)
		g->status = f->done_on <= f->last_day ? STATUS_DONE : STATUS_DONE_LATE;
	else if (today > lapse)
		g->status = STATUS_LAPSED;
	else
		g->status = due_status(w, g->duty, f->last_day, today);
}

/* P10: a target year is judged on figures of that year, and closed some months after it. Reached by
 * older figures it is not met yet, for it can be lost again: on track until the year is over, then
 * unknown until its own figures are in. */
static enum status judge_target_year(const struct judged *g, const struct plan *p, int32_t today)
{
	const struct finding *f = g->finding;
	const struct target *t = g->target;
	bool of_the_year = f->figures_on != DAY_NONE && day_year(f->figures_on) >= t->year;
	bool met = target_met(t, g->range_low, f->denominator);
	if (today > plan_close_day(p, t->year)) {
		if (!of_the_year)
			return STATUS_UNKNOWN;
		return met ? STATUS_MET : STATUS_MISSED;
	}
	if (met && of_the_year)
		return STATUS_MET;
	if (today < day_from_civil(t->year, 1, 1))
		return trend_at_risk(&g->trend, t) ? STATUS_AT_RISK : STATUS_ON_TRACK;
	bool year_is_over = today > day_from_civil(t->year, 12, 31);
	if (met)
		return year_is_over ? STATUS_UNKNOWN : STATUS_ON_TRACK;
	return year_is_over && !of_the_year ? STATUS_UNKNOWN : STATUS_SHORT;
}

/* Where the register says nothing, what was entered by hand. */
static int take_figure(struct judgement *j, const struct world *w, struct judged *g, struct err *e)
{
	const struct finding *f = g->finding;
	struct figure figure;
	g->members = true;
	if (f->denominator > 0 && f->unknown < f->denominator)
		return 0;
	int found = figure_find(&figure, w->store, g->target, g->target->year, false, j->today, &j->arena, e);
	if (found <= 0)
		return found;
	struct finding *made = arena_alloc(&j->arena, sizeof *made);
	*made = figure_finding(&figure, f, &j->arena);
	g->finding = made;
	g->by_hand = true;
	g->members = figure.members || figure.denominator == 1;
	return 0;
}

static int judge_short(struct judgement *j, struct judged *g, const struct world *w, struct err *e)
{
	int32_t today = j->today, watch_from = j->watch_from;
	if (take_figure(j, w, g, e) < 0)
		return -1;
	const struct finding *f = g->finding;
	g->range_low = f->numerator;
	g->range_high = f->numerator + f->unknown;
	g->trend = (struct trend){NAN, NAN, NAN, 0};
	int32_t close = plan_close_day(w->plan, g->target->year);
	g->closed = today > close;
	g->before_watch = watch_from != DAY_NONE && close < watch_from;
	if (f->denominator <= 0 || f->unknown >= f->denominator) {
		g->status = STATUS_UNKNOWN; /* 0/0 is unknown, never 100 % (P17) */
		return 0;
	}
	int64_t needs = target_needs(g->target, f->denominator);
	bool things = g->members && (strcmp(g->target->measure, "%") == 0 || f->denominator == 1);
	g->gap_things = things && needs > f->numerator ? needs - f->numerator : 0;
	if (trend_load(&g->trend, w->store, g->target, f, g->by_hand, today, e) < 0)
		return -1;
	g->status = judge_target_year(g, w->plan, today);
	return 0;
}

/* A stale review is no gap against the law, though the same rule looks for both. */
static enum ln_severity worst_mark(const struct judged *g)
{
	const struct finding *f = g->finding;
	int worst = 0;
	for (size_t i = 0; i < f->mark_count; i++) {
		const struct mark_info *m = rule_mark(g->rule, f->marks[i].id);
		if (f->marks[i].state == LN_OK || f->marks[i].state == LN_UNKNOWN)
			continue;
		int severity = m && m->severity ? m->severity : (int)g->rule->severity;
		worst = severity > worst ? severity : worst;
	}
	return worst ? (enum ln_severity)worst : g->rule->severity;
}

static void judge_missing(struct judged *g)
{
	const struct finding *f = g->finding;
	bool expired = false;
	for (size_t i = 0; i < f->mark_count; i++) {
		switch (f->marks[i].state) {
		case LN_OK:
			break;
		case LN_EXPIRED:
		case LN_LACKS:
			expired |= f->marks[i].state == LN_EXPIRED;
			g->lacks++;
			break;
		case LN_WAITING:
			g->waiting++;
			break;
		case LN_UNKNOWN:
			g->unknowns++;
			break;
		}
	}
	g->act_by = f->act_by;
	g->severity = worst_mark(g);
	if (g->lacks == 1 && expired && f->mark_count == 1)
		g->status = STATUS_EXPIRED;
	else if (g->lacks + g->waiting > 0)
		g->status = STATUS_MISSING;
	else
		g->status = g->unknowns ? STATUS_UNKNOWN : STATUS_IN_ORDER;
}

static void judge_expiry(struct judged *g, const struct reminders *r, const struct calendar *c,
	int32_t today)
{
	int32_t valid_to = g->finding->valid_to;
	if (valid_to == DAY_NONE) {
		g->status = STATUS_UNKNOWN;
		return;
	}
	g->days_left = valid_to - today;
	if (g->days_left < 0)
		g->status = STATUS_EXPIRED;
	else
		g->status = expiry_is_near(valid_to, today, r, c) ? STATUS_EXPIRING : STATUS_IN_ORDER;
}

/* plugin/rule/subject/period, put together by hand: there are 200 000. */
static const char *key_of(struct arena *a, const struct plugin_info *plugin, const struct finding *f)
{
	const char *const parts[] = {plugin->name, f->rule, f->subject, f->period ? f->period : ""};
	enum { PARTS = sizeof parts / sizeof *parts };
	size_t lengths[PARTS], all = 0;
	for (int i = 0; i < PARTS; i++)
		all += (lengths[i] = strlen(parts[i])) + 1;
	char *key = arena_alloc(a, all), *at = key;
	for (int i = 0; i < PARTS; i++) {
		memcpy(at, parts[i], lengths[i]);
		at += lengths[i];
		*at++ = i + 1 < PARTS ? '/' : '\0';
	}
	return key;
}

int judge_finding(struct judgement *j, const struct world *w, const struct plugin_info *plugin,
	const struct finding *f, struct err *e)
{
	struct judged g = {.finding = f, .plugin = plugin, .act_by = DAY_NONE, .next_first_step = DAY_NONE};
	g.rule = plugin_rule(plugin, f->rule);
	if (!g.rule)
		return err_set(e, "plugin %s reported the unknown rule '%s'", plugin->name, f->rule);
	g.kind = g.rule->kind;
	g.severity = g.rule->severity;
	g.task = g.rule->task ? plan_task(w->plan, g.rule->task) : NULL;
	g.duty = f->duty ? plan_duty(w->plan, f->duty) : NULL;
	if (f->duty && !g.duty)
		return err_set(e, "plugin %s rule %s: the plan has no duty '%s'", plugin->name, f->rule, f->duty);
	g.key = key_of(&j->arena, plugin, f);
	switch (g.kind) {
	case LN_DUE:
		judge_due(&g, w, j->today, j->watch_from);
		break;
	case LN_SHORT:
		g.target = plan_target(w->plan, f->target ? f->target : "", f->period ? atoi(f->period) : 0);
		if (!g.target)
			return err_set(e, "plugin %s rule %s: the plan has no target '%s' for '%s'",
				plugin->name, f->rule, f->target ? f->target : "",
				f->period ? f->period : "");
		if (g.target->task)
			g.task = plan_task(w->plan, g.target->task);
		if (judge_short(j, &g, w, e) < 0)
			return -1;
		break;
	case LN_MISSING:
		judge_missing(&g);
		break;
	case LN_EXPIRY:
		judge_expiry(&g, &w->settings->reminders, w->calendar, j->today);
		break;
	}
	if (g.duty && !g.task && g.duty->task)
		g.task = plan_task(w->plan, g.duty->task);
	if (g.status != STATUS_IN_ORDER)
		g.summary = summary_make(&j->arena, &g);
	VEC_ROOM(j->items, j->count, j->capacity);
	j->items[j->count++] = g;
	return 0;
}
