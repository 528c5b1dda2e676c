/*
 * judged_row.c: see judged_row.h.
 */
#include "ctl/judged_row.h"

const char *kind_word(enum ln_kind kind)
{
	switch (kind) {
	case LN_DUE:
		return "due";
	case LN_SHORT:
		return "short";
	case LN_MISSING:
		return "missing";
	case LN_EXPIRY:
		return "expiry";
	}
	return NULL;
}

const char *severity_word(enum ln_severity severity)
{
	switch (severity) {
	case LN_NOTICE:
		return "notice";
	case LN_WARNING:
		return "warning";
	case LN_LEGAL:
		return "legal";
	}
	return NULL;
}

bool is_bad_news(enum status s)
{
	switch (s) {
	case STATUS_OVERDUE:
	case STATUS_LAPSED:
	case STATUS_SHORT:
	case STATUS_MISSED:
	case STATUS_MISSING:
	case STATUS_EXPIRED:
		return true;
	case STATUS_IN_ORDER:
	case STATUS_NOT_DUE:
	case STATUS_DUE_SOON:
	case STATUS_DUE_TODAY:
	case STATUS_DONE:
	case STATUS_DONE_LATE:
	case STATUS_NOT_APPLICABLE:
	case STATUS_MET:
	case STATUS_ON_TRACK:
	case STATUS_AT_RISK:
	case STATUS_EXPIRING:
	case STATUS_UNKNOWN:
		return false;
	}
	return false;
}

int64_t measure_scale(const char *measure)
{
	return measure[0] == '%' ? 100 : 1;
}

void row_target(struct table *t, const struct target *target, const struct judged *g)
{
	int64_t scale = measure_scale(target->measure);
	table_text(t, "comparator", comparator_name(target->comparator));
	table_text(t, "measure", target->measure);
	table_ratio(t, "target_value", scale * target->value_numerator, target->value_denominator);
	if (!g)
		return;
	const struct finding *f = g->finding;
	table_day(t, "figures_on", f->figures_on);
	table_int(t, "unknown_count", f->unknown);
	if (g->members)
		table_int(t, "denominator", f->denominator);
	if (f->denominator <= 0)
		return;
	if (g->members)
		table_int(t, "numerator", f->numerator);
	table_ratio(t, "range_low", scale * g->range_low, f->denominator);
	table_ratio(t, "range_high", scale * g->range_high, f->denominator);
	/* All of them unknown: there is no value, not a zero. */
	if (f->unknown < f->denominator)
		table_ratio(t, "value", scale * f->numerator, f->denominator);
}

void marks_joined(struct buf *b, const struct finding *f, bool lacking)
{
	for (size_t i = 0; i < f->mark_count; i++) {
		enum ln_mark_state state = f->marks[i].state;
		bool wanted =
			lacking ? state == LN_LACKS || state == LN_EXPIRED : state == LN_UNKNOWN;
		if (wanted)
			buf_addf(b, "%s%s", b->len ? "|" : "", f->marks[i].id);
	}
}
