/*
 * policy.c: the steps of a matter and which of them is due. Pure: days, the
 * working-day calendar and the reminder settings in; named days out. Numbers in
 * brackets name the rules of the policy.
 */
#include "alerts/policy.h"

#include "plan/steps.h"

#include <stdio.h>

static const char *const role_names[] = {"debtor", "lead", "place", "coordinating"};
static const char *const role_words[] = {
	"đơn vị phải thực hiện", "đơn vị chủ trì", "đơn vị quản lý địa bàn", "đơn vị phối hợp"};

const char *role_name(enum role r)
{
	return role_names[r];
}

const char *role_vi(enum role r)
{
	return role_words[r];
}

enum role role_named(const char *name)
{
	for (int i = 0; i < 4; i++)
		if (strcmp(role_names[i], name) == 0)
			return (enum role)i;
	return ROLE_COORDINATING;
}

enum {
	STEPS_SPAN_DAYS = 1600, /* how far back from `until` monthly steps are listed */
	REPEAT_GAP_WORKDAYS = 5
};

/* The list under construction. */
struct steps {
	struct step *items;
	size_t count, max;
	int32_t until;
};

static struct step *add(struct steps *s, int32_t day, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static struct step *add(struct steps *s, int32_t day, const char *format, ...)
{
	if (day == DAY_NONE || day > s->until || s->count == s->max)
		return NULL;
	struct step *step = &s->items[s->count++];
	*step = (struct step){.day = day, .alone_day = day};
	va_list ap;
	va_start(ap, format);
	vsnprintf(step->name, sizeof step->name, format, ap);
	va_end(ap);
	return step;
}

static void add_low(struct steps *s, int32_t day, int32_t alone_day, const char *name)
{
	struct step *step = add(s, day, "%s", name);
	if (step) {
		step->low = true;
		step->alone_day = alone_day;
	}
}

/* P2: rides from go-live on, and goes by itself on the unit's start day. */
static int32_t add_start(struct steps *s, const struct matter *m, const struct reminders *r,
	const struct calendar *c, const char *name)
{
	int32_t alone = policy_start_day(r, c, m->started, m->unit);
	size_t at = s->count;
	add_low(s, m->started, alone, name);
	if (s->count > at)
		s->items[at].start = true;
	return alone;
}

bool policy_is_low_day(const struct calendar *c, int32_t day)
{
	struct civil d = day_to_civil(day);
	return calendar_is_workday(c, day) &&
	       (calendar_first_workday_of_week(c, day) == day ||
		       calendar_first_workday_of_month(c, d.year, d.month) == day);
}

int32_t policy_start_day(const struct reminders *r, const struct calendar *c, int32_t from,
	const char *unit)
{
	unsigned sum = 0;
	for (const char *p = unit; *p; p++)
		sum += (unsigned char)*p;
	int spread = r->start_spread_workdays > 0 ? r->start_spread_workdays : 1;
	int32_t first = calendar_on_or_after(c, from);
	return calendar_add_workdays(c, first, (int)(sum % (unsigned)spread));
}

/* The first week-opening working day that is on or after day. */
static int32_t next_week_opening(const struct calendar *c, int32_t day)
{
	for (;;) {
		int32_t opening = calendar_first_workday_of_week(c, day);
		if (opening >= day)
			return opening;
		day += 8 - day_weekday(day); /* the next Monday */
	}
}

/* Calls add_low for the first working day of each month after `after`, for months in which
 * `wanted` (bit m set: month m) is set. Stops at s->until. */
static void add_months(struct steps *s, const struct calendar *c, int32_t after, unsigned wanted,
	const char *prefix)
{
	/* Steps long past are of no use to anybody; without this a matter of many years would not fit. */
	int32_t from = after > s->until - STEPS_SPAN_DAYS ? after : s->until - STEPS_SPAN_DAYS;
	struct civil d = day_to_civil(from);
	for (int year = d.year, month = d.month;; month++) {
		if (month > 12) {
			month = 1;
			year++;
		}
		if (day_from_civil(year, month, 1) > s->until || s->count == s->max)
			return;
		if (!(wanted & 1u << month))
			continue;
		int32_t day = calendar_first_workday_of_month(c, year, month);
		if (day <= after)
			continue;
		char name[STEP_TEXT];
		if (strcmp(prefix, "quarter") == 0)
			snprintf(name, sizeof name, "quarter-%d-Q%d", year, (month + 2) / 3);
		else
			snprintf(name, sizeof name, "%s-%d-%02d", prefix, year, month);
		add_low(s, day, day, name);
	}
}

enum {
	EVERY_MONTH = 0x1FFE,
	QUARTER_LAST_MONTHS = 1 << 3 | 1 << 6 | 1 << 9 | 1 << 12,
	LAST_MONTHS_OF_YEAR = 1 << 10 | 1 << 11 | 1 << 12
};

static bool listed(const struct int_list *l, int n)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i] == n)
			return true;
	return false;
}

int32_t policy_lapse_day(const struct matter *m, const struct reminders *r, const struct calendar *c)
{
	(void)c;
	/* A quarter's count is not made up in the next quarter, but it is still recorded. */
	bool quarterly = m->cadence == CADENCE_QUARTERLY_COUNT;
	return lapse_day(m->last_day, quarterly ? DAY_NONE : m->next_first_step, r);
}

/* P5: after the last day. */
static void overdue_steps(struct steps *s, const struct matter *m, const struct reminders *r,
	const struct calendar *c)
{
	int32_t lapse = policy_lapse_day(m, r, c);
	int32_t until = s->until;
	if (lapse < s->until)
		s->until = lapse;
	int32_t after = m->last_day;
	for (size_t i = 0; i < r->overdue_workdays.count; i++) {
		int n = r->overdue_workdays.items[i];
		after = calendar_add_workdays(c, m->last_day, n);
		if (m->collected_on != DAY_NONE)
			continue;
		struct step *step = add(s, after, "overdue-%d", n);
		if (step && i == 0)
			step->kept = true;
		if (m->cadence == CADENCE_QUARTERLY_COUNT) {
			s->until = until;
			return; /* cannot be made up: told once */
		}
	}
	int32_t week = after;
	for (int k = 1; k <= r->overdue_weeks && m->collected_on == DAY_NONE; k++) {
		week = calendar_on_or_after(c, after + 7 * k);
		add(s, week, "overdue-w%d", k);
	}
	/* P13: the collector has reported already: only the monthly steps are left. */
	size_t first = s->count;
	int32_t from = m->last_day > m->collected_on ? m->last_day : m->collected_on;
	add_months(s, c, m->collected_on == DAY_NONE ? week : from, EVERY_MONTH, "overdue-m");
	for (size_t i = first; i < s->count; i++) {
		char name[STEP_TEXT];
		snprintf(name, sizeof name, "overdue-m%.20s", s->items[i].name + strlen("overdue-m-"));
		memcpy(s->items[i].name, name, sizeof name);
		s->items[i].low = false;
	}
	s->until = until;
}

static void due_steps(struct steps *s, const struct matter *m, const struct reminders *r,
	const struct calendar *c)
{
	if (m->last_day == DAY_NONE)
		return;
	struct int_list steps = m->duty_steps
					? (struct int_list){(int *)m->duty_steps, m->duty_step_count}
					: cadence_steps(m->cadence, r);
	for (size_t i = 0; i < steps.count; i++) {
		int n = steps.items[i];
		struct step *step = add(s, step_day(c, m->last_day, n), "before-%d", n);
		if (step)
			step->kept = listed(&r->protected_steps, n);
	}
	overdue_steps(s, m, r, c);
}

/* P6, P11: first told on a week's opening, then monthly; duties without a date quarterly. */
static void missing_steps(struct steps *s, const struct matter *m, const struct reminders *r,
	const struct calendar *c)
{
	int32_t told_from;
	if (m->found_on <= m->started) {
		told_from = add_start(s, m, r, c, "first");
	} else {
		int32_t after = calendar_add_workdays(c, m->found_on, r->first_told_workdays);
		told_from = next_week_opening(c, after);
		add_low(s, told_from, told_from, "first");
	}
	bool undated = m->has_duty && m->cadence == CADENCE_ONCE;
	if (m->first_told != DAY_NONE && m->first_told > told_from)
		told_from = m->first_told;
	/* The same list is not told again within a working week of its first telling. */
	int32_t gap = calendar_add_workdays(c, told_from, REPEAT_GAP_WORKDAYS) - 1;
	int32_t after = gap > m->status_since ? gap : m->status_since;
	add_months(s, c, after, undated ? QUARTER_LAST_MONTHS : EVERY_MONTH, undated ? "quarter" : "month");
}

/* P7, P8 */
static void unknown_steps(struct steps *s, const struct matter *m, const struct reminders *r,
	const struct calendar *c)
{
	if (m->role == ROLE_COORDINATING)
		return; /* P9: only changes of status and the quarter's line */
	int32_t after = m->status_since - 1;
	if (m->lost && m->first_told != DAY_NONE) {
		size_t at = s->count;
		add_low(s, m->status_since, INT32_MAX, "lost"); /* only rides */
		if (s->count > at)
			s->items[at].kept = true;
	}
	if (!m->lost && m->status_since <= m->started)
		after = add_start(s, m, r, c, "unknown-start");
	unsigned months = 0;
	for (size_t i = 0; i < r->unknown_months.count; i++)
		months |= 1u << r->unknown_months.items[i];
	add_months(s, c, after, months, "unknown");
}

/* P9, P10 */
static void short_steps(struct steps *s, const struct matter *m, const struct reminders *r,
	const struct calendar *c)
{
	char name[STEP_TEXT];
	snprintf(name, sizeof name, "status-%s#%d", status_name(m->status), m->status_seq);
	int32_t alone = m->status_since;
	if (m->status_since <= m->started)
		alone = add_start(s, m, r, c, name);
	else
		add_low(s, m->status_since, m->status_since, name);
	if (s->count)
		s->items[s->count - 1].rank = 2;
	if (m->status == STATUS_MISSED)
		return; /* told once */
	if (m->worse_since != DAY_NONE && m->role == ROLE_LEAD) {
		snprintf(name, sizeof name, "worse#%d", m->worse_seq);
		add_low(s, m->worse_since, m->worse_since, name);
		if (s->count)
			s->items[s->count - 1].rank = 1;
	}
	struct civil from = day_to_civil(alone);
	for (int year = from.year; day_from_civil(year, 1, 1) <= s->until; year++) {
		struct steps in_year = *s;
		int32_t end = day_from_civil(year, 12, 31);
		in_year.until = end < s->until ? end : s->until;
		int32_t before = day_from_civil(year, 1, 1) - 1;
		int32_t after = alone > before ? alone : before;
		bool last_year = year == m->target_year && m->role == ROLE_LEAD;
		unsigned quarters = last_year ? QUARTER_LAST_MONTHS & ~(1u << 12) : QUARTER_LAST_MONTHS;
		add_months(&in_year, c, after, quarters, "quarter");
		if (last_year)
			add_months(&in_year, c, after, LAST_MONTHS_OF_YEAR, "month");
		s->count = in_year.count;
	}
}

static void expiry_steps(struct steps *s, const struct matter *m, const struct reminders *r,
	const struct calendar *c)
{
	for (size_t i = 0; i < r->expiry.count; i++)
		add(s, step_day(c, m->valid_to, r->expiry.items[i]), "expires-%d", r->expiry.items[i]);
}

static int by_day(const void *a, const void *b)
{
	const struct step *x = a, *y = b;
	return (x->day > y->day) - (x->day < y->day);
}

/* Stable for the few items there are: qsort of glibc is a merge sort for arrays this small, but
 * that is no promise, so an insertion sort. */
static void sort_by_day(struct step *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct step moving = items[i];
		size_t at = i;
		while (at > 0 && by_day(&items[at - 1], &moving) > 0) {
			items[at] = items[at - 1];
			at--;
		}
		items[at] = moving;
	}
}

size_t policy_steps(const struct matter *m, const struct reminders *r, const struct calendar *c,
	int32_t until, struct step *out, size_t max)
{
	struct steps s = {.items = out, .max = max, .until = until};
	switch (m->status) {
	case STATUS_NOT_DUE:
	case STATUS_DUE_SOON:
	case STATUS_DUE_TODAY:
	case STATUS_OVERDUE:
		due_steps(&s, m, r, c);
		break;
	case STATUS_AT_RISK:
	case STATUS_SHORT:
	case STATUS_MISSED:
		short_steps(&s, m, r, c);
		break;
	case STATUS_MISSING:
	case STATUS_EXPIRED:
		missing_steps(&s, m, r, c);
		break;
	case STATUS_EXPIRING:
		expiry_steps(&s, m, r, c);
		break;
	case STATUS_UNKNOWN:
		unknown_steps(&s, m, r, c);
		break;
	case STATUS_IN_ORDER:
	case STATUS_DONE:
	case STATUS_DONE_LATE:
	case STATUS_LAPSED:
	case STATUS_NOT_APPLICABLE:
	case STATUS_MET:
	case STATUS_ON_TRACK:
		break; /* nothing to remind */
	}
	sort_by_day(out, s.count);
	return s.count;
}

bool policy_skips(const struct matter *m, const struct step *step, bool told, int *alternation)
{
	if (m->acknowledged_on == DAY_NONE || step->day < m->acknowledged_on || step->kept || step->rank > 0)
		return false;
	if (told && step->day == m->acknowledged_on)
		return false; /* told that morning, before it was acknowledged */
	if (m->first_told == DAY_NONE || step->day <= m->first_told)
		return false; /* a unit that knows nothing yet is told */
	return (*alternation)++ % 2 == 0;
}

/* Steps before the last day have no sense after it. */
static bool is_stale(const struct matter *m, const struct step *step, int32_t today)
{
	return m->kind == LN_DUE && today > m->last_day && step->day <= m->last_day;
}

void policy_decide(const struct matter *m, const struct reminders *r, const struct calendar *c,
	int32_t today, policy_told *told, const void *context, struct decision *out)
{
	struct step steps[STEPS_MOST];
	size_t count = policy_steps(m, r, c, today + 400, steps, STEPS_MOST);
	bool snoozed = m->snoozed_until != DAY_NONE && today < m->snoozed_until;
	int alternation = 0;
	*out = (struct decision){.next_day = DAY_NONE};
	for (size_t i = 0; i < count; i++) {
		const struct step *step = &steps[i];
		bool was_told = told(context, step->name);
		if (policy_skips(m, step, was_told, &alternation)) {
			if (step->day <= today && !was_told)
				out->skipped[out->skipped_count++] = *step;
			continue;
		}
		if (step->day > today) {
			out->next_day = step->day;
			break;
		}
		if (was_told)
			continue;
		if (is_stale(m, step, today)) {
			out->passed[out->passed_count++] = *step;
			continue;
		}
		if (out->due && out->step.rank > step->rank) {
			out->passed[out->passed_count++] = *step; /* the news says it already */
			continue;
		}
		if (out->due)
			out->passed[out->passed_count++] = out->step;
		out->due = true;
		out->step = *step;
	}
	if (!snoozed)
		return;
	*out = (struct decision){.next_day = m->snoozed_until};
}

enum urgency policy_urgency(enum ln_kind kind, enum status status, bool legal, int days_left,
	const struct reminders *r)
{
	(void)kind;
	switch (status) {
	case STATUS_OVERDUE:
		return URGENCY_OVERDUE;
	case STATUS_NOT_DUE:
	case STATUS_DUE_SOON:
	case STATUS_DUE_TODAY:
		return days_left <= r->urgent_days ? URGENCY_DUE_NOW : URGENCY_DUE_LATER;
	case STATUS_MISSING:
		return legal ? URGENCY_LEGAL : URGENCY_MISSING;
	case STATUS_EXPIRED:
		return legal ? URGENCY_LEGAL : URGENCY_EXPIRED;
	case STATUS_EXPIRING:
		return URGENCY_MISSING;
	case STATUS_MISSED:
		return URGENCY_MISSED;
	case STATUS_SHORT:
		return URGENCY_SHORT;
	case STATUS_AT_RISK:
		return URGENCY_AT_RISK;
	case STATUS_UNKNOWN:
		return URGENCY_UNKNOWN;
	case STATUS_IN_ORDER:
	case STATUS_DONE:
	case STATUS_DONE_LATE:
	case STATUS_LAPSED:
	case STATUS_NOT_APPLICABLE:
	case STATUS_MET:
	case STATUS_ON_TRACK:
		break;
	}
	return URGENCY_NEWS;
}
