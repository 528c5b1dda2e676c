/*
 * view_block.c: what the templates may say about one block of a letter: a duty,
 * a target, a list of things. Facts only; every name is there in every block,
 * null where a fact is absent, so that templates can ask for any of them.
 */
#include "mail/draft.h"

#include "base/text.h"
#include "plan/period.h"

enum { UNITS_SHOWN = 8 };

/* Every name a block knows; a list's rows have their own (view_list.c). */
static const char *const block_names[] = {"title", "period", "clause", "decision", "due_words",
	"due_text", "last_day", "off", "workday_before", "role", "named", "to", "required",
	"recorded", "remaining", "document_no", "extended", "extension_no", "action", "act_by",
	"lead", "coordinating", "reminder", "first", "detail", "lines", "acknowledged", "disputed", "legal",
	"count", "new_count", "thing", "lacks_sums", "one_lack", "lacks_line", "top", "top_all",
	"all_new", "apart_late", "apart_later", "apart_sooner", "apart_count", "apart_on",
	"apart_several", "first_of_many", "expired_count", "expiring_count", "see_overview",
	"shared", "task_number", "task_text", "is_shared", "rows", "more", "value", "target_value",
	"word", "year", "members", "of", "unknown", "range_low", "range_high", "range", "gap",
	"gap_thing", "points", "figures_on", "source", "forecast", "pace_now", "pace_needed",
	"is_short", "is_at_risk", "is_missed", "is_other", "is_report", "key", "more_keys",
	"summary", "waiting_count", "waiting_all", "any_on_track", "cells", "groups", "is_expired", "is_debtor",
	"is_lead", "is_place", "is_coordinating", "is_overdue", "is_due", "is_target", "is_missing",
	"is_expiry", "is_unknown", "is_lost", "is_resolved", "is_inherited", "is_self", "is_task",
	"is_percent", "is_single", "only_name", "checked_on",
	"checked_some"};

/* "Chủ trì: …", "Phối hợp: …" of the item's task, without the reader. */
static void view_units(struct draft *d, json_t *o, const struct task *task)
{
	if (!task || !d->world->units)
		return;
	const struct unit *lead = task_lead(d->world->units, task, d->digest->day);
	const struct unit *reader = d->digest->unit;
	if (lead && lead != reader)
		view_text(d, o, "lead", lead->name);
	const struct unit **others = NULL;
	size_t n =
		task_coordinating(d->world->units, d->world->plan, task, d->digest->day, &others);
	struct buf b = {0};
	int64_t shown = 0, left_out = 0;
	for (size_t i = 0; i < n; i++) {
		if (others[i] == reader)
			continue;
		if (shown == UNITS_SHOWN) {
			left_out++;
			continue;
		}
		buf_addf(&b, "%s%s", b.len ? "; " : "", others[i]->name);
		shown++;
	}
	if (left_out > 0) {
		json_t *more = json_object();
		view_number(d, more, "n", left_out);
		buf_addf(&b, " %s", phrase_text(d->templates, PHRASE_MORE_UNITS, more, &d->arena));
		json_decref(more);
	}
	view_text(d, o, "coordinating", b.len ? b.s : NULL);
	buf_release(&b);
	free(others);
}

/* The finding's list, one line each. */
static void view_lines(struct draft *d, json_t *o, const char *list)
{
	json_t *lines = json_array();
	for (const char *s = list; s && *s;) {
		size_t n = strcspn(s, "\n");
		char *line = xstrndup(s, n);
		if (line[strspn(line, " \t\r")])
			json_array_append_new(lines, json_string(clean_line(&d->arena, line)));
		free(line);
		s += n + (s[n] == '\n');
	}
	json_object_set_new(o, "lines", lines);
}

/* What every kind of block says. */
static void view_common(struct draft *d, json_t *o, const struct item *i)
{
	const struct judged *g = i->judged;
	const struct plan *plan = d->world->plan;
	view_text(d, o, "title", item_title(d, i));
	view_text(d, o, "key", i->key);
	view_text(d, o, "summary", i->summary);
	view_text(d, o, "role", role_words(d, i->role));
	view_flag(o, "is_debtor", i->role == ROLE_DEBTOR);
	view_flag(o, "is_lead", i->role == ROLE_LEAD);
	view_flag(o, "is_place", i->role == ROLE_PLACE);
	view_flag(o, "is_coordinating", i->role == ROLE_COORDINATING);
	view_text(d, o, "named", i->named ? i->named->name : NULL);
	view_number(d, o, "reminder", i->reminder);
	view_flag(o, "first", i->reminder <= 1);
	view_flag(o, "acknowledged", i->acknowledged);
	view_flag(o, "disputed", i->disputed);
	view_flag(o, "legal", i->urgency == URGENCY_LEGAL);
	view_day(d, o, "act_by", item_act_by(d, i));
	const char *coordinator = unit_name_today(d, plan->coordinator);
	if (coordinator && strcmp(coordinator, d->digest->unit->name) != 0)
		view_text(d, o, "to", coordinator);
	view_text(d, o, "period", period_words(d, g ? g->finding->period : i->period));
	if (!g)
		return;
	if (g->rule) {
		view_text(d, o, "clause", g->rule->clause);
		view_text(d, o, "action", g->rule->action);
	}
	view_text(d, o, "detail", g->finding->detail);
	view_lines(d, o, g->finding->list);
	view_units(d, o, g->task);
}

/* P13: the list of who owes beside the collector's report is in the overview of the same letter. */
static bool list_is_overview(const struct draft *d, const struct item *i)
{
	const struct duty *duty = i->judged->duty;
	return d->overview_count > 0 && i->judged->finding->list && duty &&
	       duty->cadence == CADENCE_YEARLY_REPORT;
}

const char *action_with_day(struct draft *d, const char *action, int32_t last_day)
{
	static const char mark[] = "{hạn}";
	const char *at = action ? strstr(action, mark) : NULL;
	char text[DAY_TEXT];
	if (!at || last_day == DAY_NONE)
		return action;
	const char *day = day_vi(last_day, text);
	if (last_day < d->digest->day) {
		json_t *o = json_object();
		view_text(d, o, "date", day);
		day = phrase_text(d->templates, PHRASE_ACTION_PAST_DAY, o, &d->arena);
		json_decref(o);
	}
	return arena_printf(
		&d->arena, "%.*s%s%s", (int)(at - action), action, day, at + strlen(mark));
}

/* What the plan says of the duty. */
static void view_duty(
	struct draft *d, json_t *o, const struct item *i, const struct duty *duty, const char *period, int32_t last_day)
{
	view_text(d, o, "clause", duty->clause);
	view_text(d, o, "decision", d->world->plan->decision);
	view_text(d, o, "due_words", duty->text);
	view_flag(o, "is_report", duty->cadence == CADENCE_YEARLY_REPORT);
	if (last_day != DAY_NONE && period && !i->extended) {
		char *text = duty_due_text(d->world->plan, duty, period);
		view_text(d, o, "due_text", text);
		free(text);
	}
	if (duty->collector)
		view_text(d, o, "to", unit_name_today(d, duty->collector));
	if (duty->action)
		view_text(d, o, "action", action_with_day(d, duty->action, last_day));
}

static void view_recorded(struct draft *d, json_t *o, const struct item *i)
{
	const struct finding *f = i->judged->finding;
	const struct duty *duty = i->judged->duty;
	if (list_is_overview(d, i)) {
		json_object_set_new(o, "lines", json_array());
		view_flag(o, "see_overview", true);
	}
	if (f->required > 1 || (duty && duty->cadence == CADENCE_QUARTERLY_COUNT)) {
		view_number(d, o, "required", f->required);
		view_number(d, o, "recorded", f->recorded);
		view_number(d, o, "remaining",
			f->required > f->recorded ? f->required - f->recorded : 0);
	}
	view_text(d, o, "document_no", f->document_no);
}

static void view_due(struct draft *d, json_t *o, const struct item *i)
{
	const struct judged *g = i->judged;
	const struct duty *duty = g ? g->duty : i->duty;
	int32_t last_day = g ? g->finding->last_day : i->last_day;
	view_flag(o, "extended", i->extended);
	view_text(d, o, "extension_no", i->extension_no);
	view_day(d, o, "last_day", last_day);
	if (draft_workday(d, last_day) != last_day) {
		const char *off = calendar_day_off(d->world->calendar, last_day);
		view_text(d, o, "off", off ? off : day_weekday_vi(last_day));
		view_day(d, o, "workday_before", draft_workday(d, last_day));
	}
	if (g)
		view_recorded(d, o, i);
	if (duty)
		view_duty(d, o, i, duty, g ? g->finding->period : i->period, last_day);
}

static const char *one_decimal(struct draft *d, double value)
{
	char *text = arena_printf(&d->arena, "%.1f", value);
	char *dot = strchr(text, '.');
	if (dot)
		*dot = ',';
	return text;
}

static void view_trend(struct draft *d, json_t *o, const struct trend *t, const char *measure)
{
	if (t->points >= 3 && t->forecast == t->forecast)
		view_text(d, o, "forecast",
			arena_printf(&d->arena, "%s%s%s", one_decimal(d, t->forecast),
				measure[0] == '%' ? "" : " ", measure));
	if (t->points >= 2 && t->pace_now == t->pace_now && t->pace_needed == t->pace_needed) {
		view_text(d, o, "pace_now", one_decimal(d, t->pace_now));
		view_text(d, o, "pace_needed", one_decimal(d, t->pace_needed));
	}
}

static void view_target(struct draft *d, json_t *o, const struct item *i)
{
	view_flag(o, "is_short", i->status == STATUS_SHORT);
	view_flag(o, "is_at_risk", i->status == STATUS_AT_RISK);
	view_flag(o, "is_missed", i->status == STATUS_MISSED);
	view_flag(o, "is_other",
		i->status != STATUS_SHORT && i->status != STATUS_AT_RISK &&
			i->status != STATUS_MISSED);
	const struct judged *g = i->judged;
	if (!g || !g->target)
		return;
	const struct finding *f = g->finding;
	const struct target *t = g->target;
	bool percent = strcmp(t->measure, "%") == 0;
	view_text(d, o, "clause", t->clause);
	view_text(d, o, "decision", d->world->plan->decision);
	view_text(d, o, "due_words", t->text);
	view_text(d, o, "word", *t->word ? t->word : NULL);
	view_text(
		d, o, "target_value", measure_text(d, t, t->value_numerator, t->value_denominator));
	view_text(d, o, "value", measure_text(d, t, f->numerator, f->denominator));
	view_text(d, o, "year", arena_printf(&d->arena, "%d", t->year));
	view_day(d, o, "figures_on", f->figures_on);
	view_text(d, o, "source", f->source);
	view_text(d, o, "thing", t->thing);
	view_flag(o, "is_percent", percent);
	if (percent && f->denominator > 0 && g->members) {
		view_number(d, o, "members", f->numerator);
		view_number(d, o, "of", f->denominator);
	}
	if (f->unknown > 0) {
		view_number(d, o, "unknown", f->unknown);
		view_text(d, o, "range_low", measure_text(d, t, g->range_low, f->denominator));
		view_text(d, o, "range_high", measure_text(d, t, g->range_high, f->denominator));
		view_flag(o, "range", f->denominator > 0);
	}
	if (g->gap_things > 0 && (percent || f->denominator == 1)) {
		view_number(d, o, "gap", g->gap_things);
		view_text(d, o, "gap_thing", t->thing ? t->thing : t->measure);
	}
	int64_t over = t->value_numerator * f->denominator - f->numerator * t->value_denominator;
	if (percent && over > 0 && f->denominator > 0) {
		char number[40];
		view_text(d, o, "points",
			text_ratio_vi(
				100 * over, t->value_denominator * f->denominator, 1, number));
	}
	view_trend(d, o, &g->trend, t->measure);
}

/* P9: the targets of one task, for a unit that coordinates. */
static void view_shared(struct draft *d, json_t *o, const struct block *b)
{
	json_t *shared = json_array();
	bool at_risk = true; /* all of them */
	for (size_t i = 0; i < b->count; i++) {
		at_risk = at_risk && b->items[i]->status == STATUS_AT_RISK;
		json_t *one = view_names(block_names, sizeof block_names / sizeof *block_names);
		view_common(d, one, b->items[i]);
		view_target(d, one, b->items[i]);
		json_array_append_new(shared, one);
	}
	json_object_set_new(o, "shared", shared);
	view_flag(o, "is_at_risk", at_risk);
	view_sums_of_list(d, o, b);
	const struct task *task = b->items[0]->judged ? b->items[0]->judged->task : NULL;
	if (!task)
		return;
	view_number(d, o, "task_number", task->number);
	view_text(d, o, "task_text", task->text);
	view_text(d, o, "clause", task->clause);
	view_text(d, o, "decision", d->world->plan->decision);
	json_object_set_new(o, "action", json_null());
}

/* What was found before its plugin began to fail is told with that day. */
static void view_checked(struct draft *d, json_t *o, const struct block *b)
{
	struct checked c = {.earliest = DAY_NONE};
	for (size_t i = 0; i < b->count; i++)
		checked_add(&c, b->items[i]->checked_on);
	view_checked_on(d, o, &c);
}

json_t *view_block(struct draft *d, const struct block *b, int number, size_t *rows_left)
{
	static const char *const flags[] = {[BLOCK_OVERDUE] = "is_overdue",
		[BLOCK_DUE] = "is_due",
		[BLOCK_TARGET] = "is_target",
		[BLOCK_SHARED] = "is_shared",
		[BLOCK_MISSING] = "is_missing",
		[BLOCK_EXPIRY] = "is_expiry",
		[BLOCK_UNKNOWN] = "is_unknown",
		[BLOCK_LOST] = "is_lost",
		[BLOCK_RESOLVED] = "is_resolved",
		[BLOCK_INHERITED] = "is_inherited"};
	json_t *o = view_names(block_names, sizeof block_names / sizeof *block_names);
	json_object_set_new(o, "n", json_integer(number));
	view_flag(o, flags[b->kind], true);
	view_common(d, o, b->items[0]);
	view_checked(d, o, b);
	switch (b->kind) {
	case BLOCK_OVERDUE:
	case BLOCK_DUE:
		view_due(d, o, b->items[0]);
		break;
	case BLOCK_TARGET:
		view_target(d, o, b->items[0]);
		break;
	case BLOCK_SHARED:
		view_shared(d, o, b);
		break;
	case BLOCK_UNKNOWN:
		view_list(d, o, b, &(size_t){0});
		view_unknown(d, o, b);
		break;
	case BLOCK_MISSING:
	case BLOCK_EXPIRY:
	case BLOCK_LOST:
	case BLOCK_RESOLVED:
	case BLOCK_INHERITED:
		view_list(d, o, b, rows_left);
		break;
	}
	return o;
}
