/*
 * deadlines.c: see deadlines.h. What is owed comes from the plan and the units
 * (who lives on the last day owes); what is known about it from the judgement. A
 * duty that no rule reports stays in the list as unknown, never left out.
 */
#include "ctl/deadlines.h"

#include "alerts/alert.h"
#include "base/mem.h"
#include "plan/period.h"
#include "register/submissions.h"

static const char *const keys[] = {"duty", "unit", "period", "task", "clause", "due_text",
	"last_day", "days_left", "status", "required", "recorded", "done_on", "document_no",
	"extended_to", "waiting_for", "last_notice", "next_notice", NULL};

struct listing {
	const struct world *w;
	const struct judgement *j;
	bool all_ran; /* every enabled plugin was there and told all it saw */
	struct table *t;
	bool *listed; /* per judged finding of j */
};

/* The unit that owes what g speaks of: named, or the subject itself. */
static const char *debtor_of(const struct judged *g)
{
	const struct finding *f = g->finding;
	if (f->unit)
		return f->unit;
	return strncmp(f->subject, "unit:", 5) == 0 ? f->subject + 5 : NULL;
}

/* The mark that speaks of the duty: one finding may tell of several undated duties of a unit. */
static const struct finding_mark *mark_of(const struct finding *f, const struct duty *d)
{
	for (size_t i = 0; i < f->mark_count; i++) {
		if (strcmp(f->marks[i].id, d->id) == 0)
			return &f->marks[i];
	}
	return NULL;
}

static bool is_about(const struct judged *g, const struct duty *d)
{
	return g->duty == d || (g->duty && mark_of(g->finding, d));
}

/* Whether a rule spoke of the duty at all, of whatever unit and period. */
static bool is_judged(const struct listing *l, const struct duty *d)
{
	for (size_t i = 0; i < l->j->count; i++) {
		if (is_about(&l->j->items[i], d))
			return true;
	}
	return false;
}

static const struct judged *find_judged(
	struct listing *l, const struct duty *d, const char *unit, const char *period)
{
	for (size_t i = 0; i < l->j->count; i++) {
		const struct judged *g = &l->j->items[i];
		const char *debtor = is_about(g, d) ? debtor_of(g) : NULL;
		if (debtor && strcmp(debtor, unit) == 0 && g->finding->period &&
			strcmp(g->finding->period, period) == 0) {
			l->listed[i] = true;
			return g;
		}
	}
	return NULL;
}

/* What is said of the duty itself. */
static enum status status_reported(const struct judged *g, const struct duty *d)
{
	if (g->finding->not_applicable)
		return STATUS_NOT_APPLICABLE;
	if (g->kind != LN_MISSING)
		return g->status;
	const struct finding_mark *mark = mark_of(g->finding, d);
	if (!mark)
		return g->status == STATUS_IN_ORDER ? STATUS_DONE : g->status;
	switch (mark->state) {
	case LN_OK:
		return STATUS_DONE;
	case LN_LACKS:
	case LN_WAITING:
		return STATUS_MISSING;
	case LN_UNKNOWN:
		return STATUS_UNKNOWN;
	case LN_EXPIRED:
		return STATUS_EXPIRED;
	}
	return STATUS_UNKNOWN;
}

/* A duty that no rule reported: not yet begun, or unknown. */
static enum status status_unreported(const struct world *w, const char *period, int32_t today)
{
	int32_t first, last;
	if (strcmp(period, "once") != 0 && period_span(w->plan, period, &first, &last) == 0 &&
		first > today)
		return STATUS_NOT_DUE;
	return STATUS_UNKNOWN;
}

static void fill_reported(struct table *t, const struct judged *g)
{
	const struct finding *f = g->finding;
	table_day(t, "done_on", f->done_on);
	table_text(t, "document_no", f->document_no);
	if (g->kind == LN_DUE && g->status != STATUS_NOT_APPLICABLE) {
		table_int(t, "required", f->required);
		table_int(t, "recorded", f->recorded);
	}
	struct buf waiting = {0};
	for (size_t i = 0; i < f->mark_count; i++) {
		if (f->marks[i].waiting_for)
			buf_addf(&waiting, "%s%s", waiting.len ? "|" : "", f->marks[i].waiting_for);
	}
	table_text(t, "waiting_for", waiting.s);
	buf_release(&waiting);
}

/* Nobody knows what became of it: days that seem late would be read as a reproach. */
static void fill_unjudged(const struct listing *l)
{
	table_text(l->t, "waiting_for",
		l->all_ran ? "no rule plugin judges this duty yet"
			   : "no rule plugin judged this duty, and one failed: see plugin list");
}

static int add_row(struct listing *l, const struct duty *d, const char *unit, const char *period,
	const struct judged *g, bool collector, struct err *e)
{
	struct table *t = l->t;
	int32_t today = l->j->today, until = DAY_NONE;
	if (submission_extended_to(l->w->store, d->id, unit, period, &until, NULL, e) < 0)
		return -1;
	int32_t last = duty_last_day(l->w->plan, d, period);
	if (g && g->kind == LN_DUE && g->finding->last_day != DAY_NONE)
		last = g->finding->last_day;
	else if (until != DAY_NONE)
		last = until;
	enum status status = g ? status_reported(g, d) : status_unreported(l->w, period, today);
	if (!g && collector)
		status = STATUS_NOT_APPLICABLE;
	table_row(t);
	table_text(t, "duty", d->id);
	table_text(t, "unit", unit);
	table_text(t, "period", period);
	table_text(t, "task", d->task);
	table_text(t, "clause", d->clause);
	char *due = duty_due_text(l->w->plan, d, period);
	table_text(t, "due_text", due);
	free(due);
	table_day(t, "last_day", last);
	bool unjudged = !g && status != STATUS_NOT_APPLICABLE && !is_judged(l, d);
	if (last != DAY_NONE && status != STATUS_NOT_APPLICABLE &&
		!(unjudged && status == STATUS_UNKNOWN))
		table_int(t, "days_left", last - today);
	if (unjudged)
		fill_unjudged(l);
	table_text(t, "status", status_name(status));
	table_day(t, "extended_to", until);
	if (!g && status != STATUS_NOT_APPLICABLE)
		table_int(t, "required", d->required);
	if (!g)
		return 0;
	fill_reported(t, g);
	int32_t told = DAY_NONE, next = DAY_NONE;
	if (alert_notice_days(l->w, g->key, today, &told, &next, e) < 0)
		return -1;
	table_day(t, "last_notice", told);
	table_day(t, "next_notice", next);
	return 0;
}

static int add_period(struct listing *l, const struct duty *d, const char *period, struct err *e)
{
	int32_t first, last = duty_last_day(l->w->plan, d, period);
	if (last == DAY_NONE && period_span(l->w->plan, period, &first, &last) < 0)
		return 0;
	/* Undated for good ("once"): whoever lives today owes it. */
	int32_t owed_on = strcmp(period, "once") == 0 ? l->j->today : last;
	const struct unit **debtors = NULL;
	const struct unit *collector = NULL;
	size_t count = duty_debtors(l->w->units, l->w->plan, d, owed_on, &debtors, &collector);
	int rc = 0;
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = add_row(l, d, debtors[i]->code, period,
			find_judged(l, d, debtors[i]->code, period), false, e);
	if (collector && rc == 0)
		rc = add_row(l, d, collector->code, period,
			find_judged(l, d, collector->code, period), true, e);
	free(debtors);
	return rc;
}

static int add_duty(struct listing *l, const struct duty *d, int year, struct err *e)
{
	char period[PERIOD_TEXT], next[PERIOD_TEXT];
	int32_t first, last, end = day_from_civil(year, 12, 31);
	period_of_day(d->cadence, day_from_civil(year, 1, 1), period);
	while (period_span(l->w->plan, period, &first, &last) == 0 && first <= end) {
		if (duty_has_period(l->w->plan, d, period) && add_period(l, d, period, e) < 0)
			return -1;
		if (period_next(period, next) < 0)
			break;
		memcpy(period, next, sizeof period);
	}
	return 0;
}

static bool is_open(enum status s)
{
	return s == STATUS_DUE_SOON || s == STATUS_DUE_TODAY || s == STATUS_OVERDUE;
}

static int add_open_ones(struct listing *l, struct err *e)
{
	for (size_t i = 0; i < l->j->count; i++) {
		const struct judged *g = &l->j->items[i];
		const char *debtor = g->duty ? debtor_of(g) : NULL;
		if (l->listed[i] || !debtor || !g->finding->period || !is_open(g->status))
			continue;
		if (add_row(l, g->duty, debtor, g->finding->period, g, false, e) < 0)
			return -1;
	}
	return 0;
}

static bool all_ran(const struct world *w, const struct judgement *j)
{
	for (size_t i = 0; i < w->plugin_count; i++) {
		if (!w->plugins[i])
			return false;
	}
	for (size_t i = 0; i < j->run_count; i++) {
		if (!j->runs[i].complete)
			return false;
	}
	return true;
}

struct table *deadlines_table(
	const struct world *w, const struct judgement *j, int year, struct err *e)
{
	struct listing l = {.w = w, .j = j, .all_ran = all_ran(w, j), .t = table_new(keys)};
	int rc = 0;
	l.listed = xcalloc(j->count, sizeof *l.listed);
	for (size_t i = 0; i < w->plan->duty_count && rc == 0; i++)
		rc = add_duty(&l, &w->plan->duties[i], year, e);
	if (rc == 0)
		rc = add_open_ones(&l, e);
	free(l.listed);
	if (rc == 0)
		return l.t;
	table_free(l.t);
	return NULL;
}
