/*
 * summary.c: joins a judged finding's name, status and figures into one line.
 */
#include "rules/summary.h"

#include "base/text.h"

static const char *due_summary(struct arena *a, const struct judged *g, const char *name)
{
	const char *what = g->duty ? g->duty->name : g->rule->title;
	const char *period = g->finding->period ? g->finding->period : "";
	switch (g->status) {
	case STATUS_DUE_SOON:
	case STATUS_NOT_DUE:
		return arena_printf(a, "%s (%s) – %s: còn %d ngày", what, period, name, g->days_left);
	case STATUS_OVERDUE:
	case STATUS_LAPSED:
		return arena_printf(a, "%s (%s) – %s: quá hạn %d ngày", what, period, name, -g->days_left);
	default: /* the other statuses are said by their word alone */
		return arena_printf(a, "%s (%s) – %s: %s", what, period, name, status_vi(g->status));
	}
}

static const char *short_summary(struct arena *a, const struct judged *g)
{
	const struct finding *f = g->finding;
	const struct target *t = g->target;
	bool percent = target_is_share(t);
	char value[NUMBER_TEXT] = "?", wanted[NUMBER_TEXT], n[NUMBER_TEXT], d[NUMBER_TEXT];
	if (percent)
		text_percent_vi(t->value_numerator, t->value_denominator, 1, wanted);
	else
		text_ratio_vi(t->value_numerator, t->value_denominator, 1, wanted);
	if (f->denominator > 0 && percent)
		text_percent_vi(f->numerator, f->denominator, 1, value);
	else if (f->denominator > 0)
		text_ratio_vi(f->numerator, f->denominator, 1, value);
	const char *unit = percent ? "%" : "";
	const char *members = "";
	if (percent && g->members)
		members = arena_printf(a, " (%s/%s)", text_int_vi(f->numerator, n), text_int_vi(f->denominator, d));
	const char *text = arena_printf(a, "%s đến %d: %s%s / %s%s%s%s%s, %s", t->name, t->year, value, unit,
		t->word, *t->word ? " " : "", wanted, unit, members, status_vi(g->status));
	if (f->unknown > 0)
		text = arena_printf(a, "%s; %s chưa có số liệu", text, text_int_vi(f->unknown, n));
	return text;
}

/* "Phương án BVMT, Tổ chức tự quản": what nobody knows, by its short names. */
static const char *unknown_labels(struct arena *a, const struct judged *g)
{
	struct buf b = {0};
	const struct finding *f = g->finding;
	for (size_t i = 0; i < f->mark_count; i++) {
		const struct mark_info *mark = rule_mark(g->rule, f->marks[i].id);
		if (f->marks[i].state == LN_UNKNOWN && mark)
			buf_addf(&b, "%s%s", b.len ? ", " : "", mark->label);
	}
	const char *text = arena_strdup(a, b.s ? b.s : "");
	buf_release(&b);
	return text;
}

static const char *missing_summary(struct arena *a, const struct judged *g, const char *name)
{
	if (g->lacks + g->waiting == 0)
		return g->unknowns ? arena_printf(a, "%s: chưa có số liệu: %s", name, unknown_labels(a, g))
				   : arena_printf(a, "%s: %s", name, status_vi(g->status));
	struct buf b = {0};
	const struct finding *f = g->finding;
	for (size_t i = 0; i < f->mark_count; i++) {
		const struct mark_info *mark = rule_mark(g->rule, f->marks[i].id);
		if (f->marks[i].state == LN_OK || f->marks[i].state == LN_UNKNOWN || !mark)
			continue;
		buf_addf(&b, "%s%s", b.len ? "; " : "", mark->lacks);
		if (f->marks[i].detail)
			buf_addf(&b, " (%s)", f->marks[i].detail);
	}
	const char *text = arena_printf(a, "%s: %s", name, b.len ? b.s : status_vi(g->status));
	buf_release(&b);
	return text;
}

const char *summary_make(struct arena *a, const struct judged *g)
{
	const char *name = g->finding->name ? g->finding->name : g->finding->subject;
	char day[DAY_TEXT];
	switch (g->kind) {
	case LN_DUE:
		return due_summary(a, g, name);
	case LN_SHORT:
		return short_summary(a, g);
	case LN_MISSING:
		return missing_summary(a, g, name);
	case LN_EXPIRY:
		return arena_printf(a, "%s – %s: %s %s", g->rule->title, name,
			g->status == STATUS_IN_ORDER ? "còn hiệu lực đến" : status_vi(g->status),
			day_vi(g->finding->valid_to, day));
	}
	return name;
}
