/*
 * digest.c: decides, for one sending time, which units get a letter and what is
 * in it. Reads the alerts, asks the policy about each of them towards each of
 * its units, groups what is due by unit, and lets low matters ride with urgent
 * ones (P15). Writes only in digest_record and notices_return.
 */
#include "alerts/digest.h"

#include "alerts/addressees.h"
#include "alerts/facts.h"
#include "alerts/overview.h"
#include "alerts/rows.h"
#include "plan/steps.h"

#include <stdlib.h>

/* What is due for one unit, while it is gathered. */
struct group {
	const struct unit *unit;
	struct item *items;
	size_t count, capacity;
	struct digest_record *records;
	size_t record_count, record_capacity;
	bool pressing;      /* something that cannot wait for the next sending time (P15) */
	bool urgent;        /* something that causes a letter on any working day */
	bool alone;         /* something low whose day has come */
	bool list_emptied;  /* P19: a resolved thing … */
	int64_t things;     /* … and so many still open */
	int64_t live;       /* all live alerts of the unit */
};

struct gathering {
	const struct world *w;
	struct digests *out;
	struct alerts alerts;
	struct group *groups;
	size_t count, capacity;
	struct facts facts;
	int32_t today, started;
	bool low_day;
	struct moment now;
};

static struct group *group_of(struct gathering *g, const struct unit *unit)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->groups[i].unit == unit)
			return &g->groups[i];
	VEC_ROOM(g->groups, g->count, g->capacity);
	g->groups[g->count] = (struct group){.unit = unit};
	return &g->groups[g->count++];
}

static struct item *add_item(struct gathering *g, struct group *to, const struct alert *a,
	const struct alert_unit *u, const struct step *step)
{
	const struct judged *judged = facts_of(&g->facts, a->key);
	const struct known_run *known = facts_failing(&g->facts, a);
	int32_t first, last;
	int count;
	told_days(u, &first, &last, &count);
	VEC_ROOM(to->items, to->count, to->capacity);
	struct item *item = &to->items[to->count++];
	*item = (struct item){
		.alert = a->id,
		.key = arena_strdup(&g->out->arena, a->key),
		.judged = judged,
		.checked_on = known ? known->checked_on : DAY_NONE,
		.period = arena_strdup(&g->out->arena, a->period),
		.duty = a->duty ? plan_duty(g->w->plan, a->duty) : NULL,
		.last_day = a->last_day,
		.name = arena_strdup(&g->out->arena, a->name),
		.summary = known && judged && judged->summary ? judged->summary : arena_strdup(&g->out->arena, a->summary),
		.kind = a->kind,
		.status = facts_status(&g->facts, a),
		.role = u->role,
		.step = *step,
		.reminder = count + 1,
		.generation = a->generation,
		.first_told = first,
		.act_by = DAY_NONE,
		.acknowledged = a->state == ALERT_ACKNOWLEDGED,
		.disputed = a->state == ALERT_DISPUTED,
		.extended = a->extension_no != NULL,
		.extension_no = arena_strdup(&g->out->arena, a->extension_no),
	};
	int days_left = judged ? judged->days_left : 0;
	if (a->kind == LN_DUE && a->last_day != DAY_NONE)
		days_left = a->last_day - g->today;
	item->urgency = policy_urgency(a->kind, item->status, a->severity == LN_LEGAL, days_left,
		&g->w->settings->reminders);
	if (strcmp(u->named, u->unit) != 0)
		item->named = unit_by_code(g->w->units, u->named);
	if (a->kind == LN_MISSING) {
		int within = judged && judged->rule->act_within_days > 0
				     ? judged->rule->act_within_days
				     : g->w->settings->reminders.act_within_days;
		item->act_by = judged ? judged->act_by : DAY_NONE;
		if (item->act_by == DAY_NONE)
			item->act_by = calendar_on_or_before(
				g->w->calendar, (first == DAY_NONE ? g->today : first) + within);
	}
	return item;
}

static void add_record(struct group *to, const struct alert *a, const char *step, int outcome)
{
	VEC_ROOM(to->records, to->record_count, to->record_capacity);
	to->records[to->record_count++] = (struct digest_record){
		.alert = a->id,
		.generation = a->generation,
		.told_numerator = a->kind == LN_SHORT ? a->numerator : -1,
		.told_denominator = a->kind == LN_SHORT ? a->denominator : -1,
		.step = step,
		.outcome = outcome,
	};
}

/* Whether a due low step may cause a letter today. */
static bool goes_alone(const struct gathering *g, const struct step *step)
{
	return g->today >= step->alone_day && (g->low_day || step->start);
}

/* P15: its day will have passed before the next sending time on a working day. */
static bool is_pressing(const struct gathering *g, const struct alert *a, const struct step *step)
{
	int32_t last = a->kind == LN_DUE ? a->last_day : a->valid_to;
	return !step->low && last != DAY_NONE && last >= g->today &&
	       last < calendar_on_or_after(g->w->calendar, g->today + 1);
}

/* P1: it had its day, in a letter that nobody accepted. */
static bool was_returned(const struct alert_unit *u, const char *step)
{
	const struct told_step *t = told_step_of(u, step);
	return t && t->outcome == OUTCOME_RETURNED;
}

static void gather_steps(struct gathering *g, const struct alert *a, const struct alert_unit *u,
	struct group *to)
{
	struct matter m;
	struct decision d;
	matter_of(&m, g->w, a, u, g->started);
	if (facts_failing(&g->facts, a) && alert_is_over(g->w, a, g->today))
		return;
	if (a->kind == LN_DUE && a->last_day < g->today)
		m.collected_on = facts_collected_on(&g->facts, a);
	policy_decide(&m, &g->w->settings->reminders, g->w->calendar, g->today, step_was_told, u, &d);
	for (size_t i = 0; i < d.passed_count && d.due; i++)
		add_record(to, a, arena_strdup(&g->out->arena, d.passed[i].name), OUTCOME_PASSED);
	for (size_t i = 0; i < d.skipped_count; i++)
		add_record(to, a, arena_strdup(&g->out->arena, d.skipped[i].name), OUTCOME_SKIPPED);
	if (!d.due)
		return;
	add_item(g, to, a, u, &d.step);
	add_record(to, a, arena_strdup(&g->out->arena, d.step.name), OUTCOME_TOLD);
	to->pressing |= is_pressing(g, a, &d.step);
	if (!d.step.low)
		to->urgent = true;
	else if (goes_alone(g, &d.step) ||
		 (was_returned(u, d.step.name) && g->today >= d.step.alone_day))
		to->alone = true;
}

/* News that waits for a letter: resolved, ended, inherited. Receipts are letters of their own. */
static void gather_news(struct gathering *g, const struct alert *a, const struct alert_unit *u,
	struct group *to)
{
	for (size_t i = 0; i < u->step_count; i++) {
		const struct told_step *t = &u->steps[i];
		if (t->outcome != OUTCOME_PENDING || strcmp(t->step, "receipt") == 0)
			continue;
		struct step step = {.day = t->day, .alone_day = t->day, .low = true};
		snprintf(step.name, sizeof step.name, "%s", t->step);
		struct item *item = add_item(g, to, a, u, &step);
		item->urgency = URGENCY_NEWS;
		item->resolution = arena_strdup(&g->out->arena, t->step);
		add_record(to, a, item->resolution, OUTCOME_TOLD);
		if (strcmp(t->step, "inherited") == 0 && g->low_day)
			to->alone = true;
		if (strcmp(t->step, "resolved") == 0 && a->kind == LN_MISSING)
			to->list_emptied = true;
	}
}

static void gather(struct gathering *g)
{
	for (size_t i = 0; i < g->alerts.count; i++) {
		const struct alert *a = &g->alerts.items[i];
		for (size_t k = 0; k < a->unit_count; k++) {
			const struct alert_unit *u = &a->units[k];
			const struct unit *unit = unit_by_code(g->w->units, u->unit);
			if (u->until != DAY_NONE || !unit)
				continue;
			struct group *to = group_of(g, unit);
			bool live = alert_is_live(a->state);
			to->live += live;
			to->things += live && a->kind == LN_MISSING;
			gather_news(g, a, u, to);
			if (live)
				gather_steps(g, a, u, to);
		}
	}
}

static int64_t item_size(const struct item *i)
{
	if (!i->judged)
		return 0;
	return i->kind == LN_SHORT ? i->judged->gap_things : (int64_t)i->judged->lacks;
}

static int item_days(const struct item *i)
{
	return i->judged ? i->judged->days_left : 0;
}

static int item_year(const struct item *i)
{
	return i->judged && i->judged->target ? i->judged->target->year : 0;
}

/* The order of urgency; ties by days, of targets the nearer year, then by size, then by name so that letters are
 * stable. */
static int by_urgency(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	if (x->urgency != y->urgency)
		return x->urgency < y->urgency ? -1 : 1;
	if (item_days(x) != item_days(y))
		return item_days(x) < item_days(y) ? -1 : 1;
	if ((x->first_told == DAY_NONE) != (y->first_told == DAY_NONE))
		return x->first_told == DAY_NONE ? -1 : 1;
	if (item_year(x) != item_year(y))
		return item_year(x) < item_year(y) ? -1 : 1;
	if (item_size(x) != item_size(y))
		return item_size(x) > item_size(y) ? -1 : 1;
	return strcmp(x->key, y->key);
}

static void add_change(struct digest *d, size_t *capacity, enum change_kind what, const struct item *i)
{
	VEC_ROOM(d->changes, d->change_count, *capacity);
	struct change *c = &d->changes[d->change_count++];
	*c = (struct change){.what = what, .alert = i->alert, .name = i->name, .text = i->summary};
}

/* What is different from the unit's last letter. */
static void list_changes(struct digest *d)
{
	size_t capacity = 0;
	for (size_t i = 0; i < d->item_count; i++) {
		const struct item *item = &d->items[i];
		const char *step = item->step.name;
		if (strcmp(step, "resolved") == 0)
			add_change(d, &capacity, CHANGE_RESOLVED, item);
		else if (strcmp(step, "ended") == 0)
			add_change(d, &capacity, CHANGE_ENDED, item);
		else if (strcmp(step, "inherited") == 0)
			add_change(d, &capacity, CHANGE_INHERITED, item);
		else if (strcmp(step, "lost") == 0)
			add_change(d, &capacity, CHANGE_LOST, item);
		else if (strncmp(step, "worse", 5) == 0)
			add_change(d, &capacity, CHANGE_WORSE, item);
		else if (item->first_told == DAY_NONE)
			add_change(d, &capacity, item->extended && item->generation > 1 ? CHANGE_EXTENDED : CHANGE_NEW,
				item);
	}
}

static struct digest *add_digest(struct digests *out, enum letter_kind kind, const struct unit *unit,
	struct moment now)
{
	VEC_ROOM(out->items, out->count, out->capacity);
	struct digest *d = &out->items[out->count++];
	*d = (struct digest){
		.kind = kind, .day = now.day, .hour_minute = now.second, .unit = unit, .last_letter = DAY_NONE};
	return d;
}

static bool is_unknown_step(const struct item *i)
{
	return i->status == STATUS_UNKNOWN;
}

static int last_letter_day(struct store *s, const char *unit, int32_t *day, struct err *e)
{
	struct stmt *st = store_stmt(s, "SELECT max(day) FROM notice WHERE unit = ?1 AND outcome = 'told'", e);
	if (!st)
		return -1;
	stmt_text(st, 1, unit);
	int rc = stmt_step(st, e);
	*day = rc == 1 ? col_day(st, 0) : DAY_NONE;
	stmt_reset(st);
	return rc < 0 ? -1 : 0;
}

static int make_digest(struct gathering *g, struct group *from, bool overview, struct err *e)
{
	struct digest *d = add_digest(g->out, LETTER_DIGEST, from->unit, g->now);
	d->items = from->items;
	d->item_count = from->count;
	from->items = NULL;
	if (d->item_count > 1)
		qsort(d->items, d->item_count, sizeof *d->items, by_urgency);
	d->records = from->records;
	d->record_count = from->record_count;
	from->records = NULL;
	int64_t live_items = 0;
	bool asks = false;
	for (size_t i = 0; i < d->item_count; i++) {
		live_items += d->items[i].urgency != URGENCY_NEWS;
		asks |= is_unknown_step(&d->items[i]);
	}
	for (size_t i = 0; i < d->item_count && asks; i++)
		if (d->items[i].judged && d->items[i].kind == LN_MISSING)
			d->unknown_cells += d->items[i].judged->unknowns;
	d->other_open = from->live > live_items ? from->live - live_items : 0;
	list_changes(d);
	if (overview)
		overview_fill(d, g->w, &g->alerts, &g->out->known, &g->out->arena);
	return last_letter_day(g->w->store, d->unit->code, &d->last_letter, e);
}

static void make_receipts(struct gathering *g)
{
	for (size_t i = 0; i < g->alerts.count; i++) {
		const struct alert *a = &g->alerts.items[i];
		for (size_t k = 0; k < a->unit_count; k++) {
			const struct alert_unit *u = &a->units[k];
			const struct unit *unit = unit_by_code(g->w->units, u->unit);
			const struct told_step *t = told_step_of(u, "receipt");
			if (!t || t->outcome != OUTCOME_PENDING || !unit || u->until != DAY_NONE)
				continue;
			struct group one = {.unit = unit};
			struct step step = {.day = t->day, .alone_day = t->day};
			snprintf(step.name, sizeof step.name, "receipt");
			add_item(g, &one, a, u, &step)->urgency = URGENCY_NEWS;
			add_record(&one, a, "receipt", OUTCOME_TOLD);
			struct digest *d = add_digest(g->out, LETTER_RECEIPT, unit, g->now);
			d->items = one.items;
			d->item_count = 1;
			d->records = one.records;
			d->record_count = one.record_count;
			d->submission_no = arena_strdup(&g->out->arena, a->document_no);
		}
	}
}

/* P2: until the unit's own start day, what was there at go-live rides with urgent matters only. */
static void leave_early_lists(const struct gathering *g, struct group *from)
{
	size_t items = 0;
	for (size_t i = 0; i < from->count; i++) {
		const struct item *item = &from->items[i];
		if (!item->step.start || g->today >= item->step.alone_day) {
			from->items[items++] = *item;
			continue;
		}
		size_t records = 0;
		for (size_t k = 0; k < from->record_count; k++)
			if (from->records[k].alert != item->alert)
				from->records[records++] = from->records[k];
		from->record_count = records;
	}
	from->count = items;
}

static int by_unit_code(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	return strcmp(x->unit->code, y->unit->code);
}

bool digests_open(const struct world *w, struct moment now)
{
	return calendar_is_workday(w->calendar, now.day) && now.second <= w->settings->schedule.late_until;
}

struct digest *digests_letter_to(struct digests *d, struct store *s, const struct unit *unit,
	struct moment now, struct err *e)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->items[i].kind == LETTER_DIGEST && d->items[i].unit == unit)
			return &d->items[i];
	struct digest *fresh = add_digest(d, LETTER_DIGEST, unit, now);
	return last_letter_day(s, unit->code, &fresh->last_letter, e) < 0 ? NULL : fresh;
}

int digests_make(struct digests *out, const struct world *w, const struct judgement *j,
	struct moment now, struct err *e)
{
	*out = (struct digests){0};
	struct gathering g = {.w = w, .out = out, .today = now.day, .now = now};
	int32_t live = watch_from(w->store);
	g.started = watch_started(w->store);
	if (live == DAY_NONE || g.today < live || g.today > plan_last_notice_day(w->plan))
		return 0;
	if (alerts_load(&g.alerts, w->store, ALERTS_LIVE, e) < 0)
		return -1;
	if (last_known_make(&out->known, w, j, e) < 0) {
		alerts_unload(&g.alerts);
		return -1;
	}
	g.low_day = policy_is_low_day(w->calendar, g.today);
	facts_init(&g.facts, w, j, &out->known);
	gather(&g);
	const struct unit *coordinator = coordinator_on(w, g.today);
	bool overview_day = coordinator && overview_is_due(w, &g.alerts, &out->known, g.today);
	if (overview_day)
		group_of(&g, coordinator);
	if (g.count > 1)
		qsort(g.groups, g.count, sizeof *g.groups, by_unit_code);
	bool outside = !digests_open(w, now);
	int rc = 0;
	for (size_t i = 0; i < g.count; i++) {
		struct group *from = &g.groups[i];
		bool emptied = from->list_emptied && from->things == 0 && g.low_day;
		bool mine = from->unit == coordinator;
		bool letter = from->urgent || from->alone || emptied || (mine && overview_day);
		if (outside)
			letter = from->pressing;
		if (!from->urgent)
			leave_early_lists(&g, from);
		bool overview = mine && (overview_day || overview_rides(w, &g.alerts, &out->known, g.today));
		if (rc == 0 && letter && (from->count > 0 || (mine && overview_day)))
			rc = make_digest(&g, from, overview, e);
		free(from->items);
		free(from->records);
	}
	if (rc == 0 && !outside)
		make_receipts(&g);
	free(g.groups);
	facts_release(&g.facts);
	alerts_unload(&g.alerts);
	if (rc < 0)
		digests_release(out);
	return rc;
}

void digests_release(struct digests *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->items[i].items);
		free(d->items[i].changes);
		free(d->items[i].overview);
		free(d->items[i].undelivered);
		free((void *)d->items[i].records);
	}
	free(d->items);
	last_known_release(&d->known);
	arena_release(&d->arena);
	*d = (struct digests){0};
}

int digest_record(const struct digest *d, struct store *s, int64_t letter, struct err *e)
{
	for (size_t i = 0; i < d->record_count; i++) {
		const struct digest_record *r = &d->records[i];
		if (notice_save(s, r->alert, d->unit->code, r->generation, r->step, r->outcome, d->day,
			    letter, e) < 0)
			return -1;
		if (r->outcome != OUTCOME_TOLD || r->told_denominator < 0)
			continue;
		struct stmt *st = store_stmt(s,
			"UPDATE alert_unit SET told_numerator = ?3, told_denominator = ?4"
			" WHERE alert = ?1 AND unit = ?2",
			e);
		if (!st)
			return -1;
		stmt_int(st, 1, r->alert);
		stmt_text(st, 2, d->unit->code);
		stmt_int(st, 3, r->told_numerator);
		stmt_int(st, 4, r->told_denominator);
		if (stmt_run(st, e) < 0)
			return -1;
	}
	if (d->overview_count == 0)
		return 0;
	char day[DAY_TEXT], number[24];
	snprintf(number, sizeof number, "%lld", (long long)letter);
	if (store_set_meta(s, "overview_on", day_iso(d->day, day), e) < 0)
		return -1;
	return store_set_meta(s, "overview_letter", number, e);
}

/* The overview of a withdrawn letter was not told either. */
static int return_overview(struct store *s, int64_t letter, struct err *e)
{
	char *text = store_meta(s, "overview_letter");
	bool mine = text && atoll(text) == letter;
	free(text);
	return mine ? store_set_meta(s, "overview_on", NULL, e) : 0;
}

int notices_return(struct store *s, int64_t letter, struct err *e)
{
	if (return_overview(s, letter, e) < 0)
		return -1;
	/* News goes back to waiting; steps are no longer told, and what is due by state then goes. */
	static const char *const sql[] = {
		"UPDATE notice SET outcome = 'pending', letter = NULL"
		" WHERE letter = ?1 AND step IN ('resolved', 'ended', 'inherited', 'receipt')",
		"UPDATE notice SET outcome = 'returned', letter = NULL WHERE letter = ?1",
		/* What was only in withdrawn letters was never told: its end is no news either (P19). */
		"DELETE FROM notice WHERE outcome = 'pending' AND step IN ('resolved', 'ended', 'inherited')"
		" AND ?1 > 0 AND NOT EXISTS(SELECT 1 FROM notice t WHERE t.alert = notice.alert"
		" AND t.unit = notice.unit AND t.generation = notice.generation AND t.outcome = 'told')",
	};
	for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
		struct stmt *st = store_stmt(s, sql[i], e);
		if (!st)
			return -1;
		stmt_int(st, 1, letter);
		if (stmt_run(st, e) < 0)
			return -1;
	}
	return 0;
}
