/*
 * check_row.c: see check_row.h.
 */
#include "ctl/check_row.h"
#include "ctl/command.h"

#include "alerts/addressees.h"
#include "plan/period.h"
#include "rules/summary.h"

const char *const check_keys[] = {"key", "plugin", "rule", "kind", "subject", "period",
	"task", "duty", "unit", "role", "place", "severity", "status", "clause", "due_text",
	"last_day", "days_left", "value", "target_value", "comparator", "measure", "numerator",
	"denominator", "unknown_count", "range_low", "range_high", "lacks", "figures_on", "action",
	"act_by", "summary", NULL};

void check_row(struct table *t, const struct world *w, const struct judged *g, int32_t today)
{
	const struct finding *f = g->finding;
	struct addressee units[ADDRESSEES_MOST];
	size_t count = addressees_of(w, g, today, units);
	const struct addressee *main_unit = NULL;
	for (size_t i = 0; i < count; i++) {
		if (!main_unit || units[i].role < main_unit->role)
			main_unit = &units[i];
	}
	table_row(t); /* in the order of the columns */
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
	table_text(t, "severity", severity_word(g->severity));
	table_text(t, "status", status_name(g->status));
	table_text(t, "clause",
		g->target ? g->target->clause
		: g->duty ? g->duty->clause
			  : g->rule->clause);
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
	table_text(t, "action", g->rule->action);
	table_day(t, "act_by", g->act_by);
	struct arena own = {0};
	table_text(t, "summary", g->summary ? g->summary : summary_make(&own, g));
	arena_release(&own);
}

int check_listing(struct ctl *c, const struct judgement *j)
{
	struct table *t = table_new(check_keys);
	for (size_t i = 0; i < j->count; i++)
		check_row(t, &c->world, &j->items[i], j->today);
	return ctl_listing(c, t);
}
