/*
 * rows.c: reads and writes the tables alert, alert_unit, notice, alert_event.
 * Callers hold the transaction.
 */
#include "alerts/rows.h"

#include "plan/steps.h"
#include "register/submissions.h"

#include <stdlib.h>

static const char *const state_names[] = {
	"open", "acknowledged", "snoozed", "disputed", "resolved", "ended", "withdrawn", "lapsed"};
static const char *const outcome_names[] = {"pending", "told", "passed", "skipped", "returned"};

const char *alert_state_name(enum alert_state s)
{
	return state_names[s];
}

enum alert_state alert_state_named(const char *name)
{
	for (int i = 0; i <= ALERT_LAPSED; i++)
		if (strcmp(state_names[i], name) == 0)
			return (enum alert_state)i;
	return ALERT_OPEN;
}

bool alert_is_live(enum alert_state s)
{
	return s <= ALERT_DISPUTED;
}

static int outcome_named(const char *name)
{
	for (int i = 0; i <= OUTCOME_RETURNED; i++)
		if (strcmp(outcome_names[i], name) == 0)
			return i;
	return OUTCOME_TOLD;
}

static uint32_t hash(const char *s)
{
	uint32_t h = 2166136261u;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

static void index_alerts(struct alerts *a)
{
	a->index_size = 64;
	while (a->index_size < a->count * 2)
		a->index_size *= 2;
	a->index = xcalloc(a->index_size, sizeof *a->index);
	for (size_t i = 0; i < a->count; i++) {
		size_t at = hash(a->items[i].key) & (a->index_size - 1);
		while (a->index[at])
			at = (at + 1) & (a->index_size - 1);
		a->index[at] = (uint32_t)i + 1;
	}
}

void alerts_reindex(struct alerts *a)
{
	free(a->index);
	index_alerts(a);
}

struct alert *alerts_find(const struct alerts *a, const char *key)
{
	size_t at = hash(key) & (a->index_size - 1);
	for (; a->index[at]; at = (at + 1) & (a->index_size - 1)) {
		struct alert *item = &a->items[a->index[at] - 1];
		if (strcmp(item->key, key) == 0)
			return item;
	}
	return NULL;
}

static struct alert *by_id(struct alerts *a, int64_t id)
{
	size_t low = 0, high = a->count; /* loaded in order of id */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (a->items[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < a->count && a->items[low].id == id ? &a->items[low] : NULL;
}

#define ALERT_COLUMNS                                                                              \
	"id, key, plugin, rule, kind, subject, period, task, duty, target, name, place, status,"   \
	" state, severity, level, generation, opened_on, found_on, ended_on, status_since,"        \
	" status_seq, worse_since, worse_seq, lost, last_day, valid_to, done_on, document_no,"     \
	" extension_no, numerator, denominator, unknown, lacks, unknowns, acknowledged_on,"        \
	" acknowledged_by, snoozed_until, note, summary"
#define LIVE                                                                                       \
	"(state IN ('open','acknowledged','snoozed','disputed')"                                   \
	" OR id IN (SELECT alert FROM notice WHERE outcome = 'pending'))"

static int64_t int_or_none(struct stmt *st, int i)
{
	return col_is_null(st, i) ? -1 : col_int(st, i);
}

static void read_alert(struct alert *a, struct arena *arena, struct stmt *st)
{
	int i = 0;
	*a = (struct alert){0};
	a->id = col_int(st, i++);
	a->key = arena_strdup(arena, col_text(st, i++));
	a->plugin = arena_strdup(arena, col_text(st, i++));
	a->rule = arena_strdup(arena, col_text(st, i++));
	a->kind = (enum ln_kind)col_int(st, i++);
	a->subject = arena_strdup(arena, col_text(st, i++));
	a->period = arena_strdup(arena, col_text(st, i++));
	a->task = arena_strdup(arena, col_text(st, i++));
	a->duty = arena_strdup(arena, col_text(st, i++));
	a->target = arena_strdup(arena, col_text(st, i++));
	a->name = arena_strdup(arena, col_text(st, i++));
	a->place = arena_strdup(arena, col_text(st, i++));
	a->status = status_named(col_text(st, i++));
	a->state = alert_state_named(col_text(st, i++));
	a->severity = (int)col_int(st, i++);
	a->level = (int)col_int(st, i++);
	a->generation = col_int(st, i++);
	a->opened_on = col_day(st, i++);
	a->found_on = col_day(st, i++);
	a->ended_on = col_day(st, i++);
	a->status_since = col_day(st, i++);
	a->status_seq = col_int(st, i++);
	a->worse_since = col_day(st, i++);
	a->worse_seq = col_int(st, i++);
	a->lost = col_int(st, i++) != 0;
	a->last_day = col_day(st, i++);
	a->valid_to = col_day(st, i++);
	a->done_on = col_day(st, i++);
	a->document_no = arena_strdup(arena, col_text(st, i++));
	a->extension_no = arena_strdup(arena, col_text(st, i++));
	a->numerator = int_or_none(st, i++);
	a->denominator = int_or_none(st, i++);
	a->unknown = int_or_none(st, i++);
	a->lacks = col_int(st, i++);
	a->unknowns = col_int(st, i++);
	a->acknowledged_on = col_day(st, i++);
	a->acknowledged_by = arena_strdup(arena, col_text(st, i++));
	a->snoozed_until = col_day(st, i++);
	a->note = arena_strdup(arena, col_text(st, i++));
	a->summary = arena_strdup(arena, col_text(st, i++));
}

static int load_units(struct alerts *out, struct store *s, enum alerts_which which, struct err *e)
{
	struct stmt *st = store_stmt(s,
		which == ALERTS_ALL
			? "SELECT alert, unit, role, named, since, until, inherited_from,"
			  " told_numerator, told_denominator FROM alert_unit ORDER BY alert, unit"
			: "SELECT alert, unit, role, named, since, until, inherited_from,"
			  " told_numerator, told_denominator FROM alert_unit"
			  " WHERE alert IN (SELECT id FROM alert WHERE " LIVE ") ORDER BY alert, unit",
		e);
	if (!st)
		return -1;
	int rc;
	while ((rc = stmt_step(st, e)) == 1) {
		struct alert *a = by_id(out, col_int(st, 0));
		if (!a)
			continue;
		VEC_ROOM(a->units, a->unit_count, a->unit_capacity);
		a->units[a->unit_count++] = (struct alert_unit){
			.unit = arena_strdup(&out->arena, col_text(st, 1)),
			.role = role_named(col_text(st, 2)),
			.named = arena_strdup(&out->arena, col_text(st, 3)),
			.since = col_day(st, 4),
			.until = col_day(st, 5),
			.inherited_from = arena_strdup(&out->arena, col_text(st, 6)),
			.told_numerator = int_or_none(st, 7),
			.told_denominator = int_or_none(st, 8),
		};
	}
	return rc;
}

static int load_steps(struct alerts *out, struct store *s, enum alerts_which which, struct err *e)
{
	struct stmt *st = store_stmt(s,
		which == ALERTS_ALL
			? "SELECT alert, unit, generation, step, outcome, day FROM notice"
			  " ORDER BY alert, unit, generation, day"
			: "SELECT alert, unit, generation, step, outcome, day FROM notice"
			  " WHERE alert IN (SELECT id FROM alert WHERE " LIVE ")"
			  " ORDER BY alert, unit, generation, day",
		e);
	if (!st)
		return -1;
	int rc;
	struct alert *a = NULL;
	struct alert_unit *u = NULL;
	while ((rc = stmt_step(st, e)) == 1) {
		if (!a || a->id != col_int(st, 0)) {
			a = by_id(out, col_int(st, 0));
			u = NULL;
		}
		if (!a || a->generation != col_int(st, 2))
			continue;
		if (!u || strcmp(u->unit, col_text(st, 1)) != 0)
			u = alert_unit_of(a, col_text(st, 1));
		if (!u)
			continue;
		VEC_ROOM(u->steps, u->step_count, u->step_capacity);
		struct told_step *step = &u->steps[u->step_count++];
		step->step = arena_strdup(&out->arena, col_text(st, 3));
		step->outcome = outcome_named(col_text(st, 4));
		step->day = col_day(st, 5);
	}
	return rc;
}

int alerts_load(struct alerts *out, struct store *s, enum alerts_which which, struct err *e)
{
	*out = (struct alerts){0};
	struct stmt *st = store_stmt(s,
		which == ALERTS_ALL ? "SELECT " ALERT_COLUMNS " FROM alert ORDER BY id"
				    : "SELECT " ALERT_COLUMNS " FROM alert WHERE " LIVE " ORDER BY id",
		e);
	if (!st)
		return -1;
	int rc;
	while ((rc = stmt_step(st, e)) == 1) {
		VEC_ROOM(out->items, out->count, out->capacity);
		read_alert(&out->items[out->count++], &out->arena, st);
	}
	if (rc < 0 || load_units(out, s, which, e) < 0 || load_steps(out, s, which, e) < 0) {
		alerts_unload(out);
		return -1;
	}
	index_alerts(out);
	return 0;
}

void alerts_unload(struct alerts *a)
{
	for (size_t i = 0; i < a->count; i++) {
		for (size_t k = 0; k < a->items[i].unit_count; k++)
			free(a->items[i].units[k].steps);
		free(a->items[i].units);
	}
	free(a->items);
	free(a->index);
	arena_release(&a->arena);
	*a = (struct alerts){0};
}

struct alert_unit *alert_unit_of(const struct alert *a, const char *unit)
{
	for (size_t i = 0; i < a->unit_count; i++)
		if (strcmp(a->units[i].unit, unit) == 0)
			return &a->units[i];
	return NULL;
}

const struct told_step *told_step_of(const struct alert_unit *u, const char *step)
{
	for (size_t i = 0; i < u->step_count; i++)
		if (strcmp(u->steps[i].step, step) == 0)
			return &u->steps[i];
	return NULL;
}

bool step_was_told(const void *context, const char *step)
{
	const struct told_step *t = told_step_of(context, step);
	return t && (t->outcome == OUTCOME_TOLD || t->outcome == OUTCOME_PASSED);
}

void told_days(const struct alert_unit *u, int32_t *first, int32_t *last, int *count)
{
	*first = *last = DAY_NONE;
	*count = 0;
	for (size_t i = 0; i < u->step_count; i++) {
		if (u->steps[i].outcome != OUTCOME_TOLD)
			continue;
		if (*first == DAY_NONE || u->steps[i].day < *first)
			*first = u->steps[i].day;
		if (*last == DAY_NONE || u->steps[i].day > *last)
			*last = u->steps[i].day;
		(*count)++;
	}
}

static void bind_int_or_none(struct stmt *st, int i, int64_t value)
{
	if (value < 0)
		stmt_null(st, i);
	else
		stmt_int(st, i, value);
}

/* Binds the columns after id, from parameter `i` on. */
static void bind_alert(struct stmt *st, int i, const struct alert *a)
{
	stmt_text(st, i++, a->key);
	stmt_text(st, i++, a->plugin);
	stmt_text(st, i++, a->rule);
	stmt_int(st, i++, (int64_t)a->kind);
	stmt_text(st, i++, a->subject);
	stmt_text(st, i++, a->period);
	stmt_text(st, i++, a->task);
	stmt_text(st, i++, a->duty);
	stmt_text(st, i++, a->target);
	stmt_text(st, i++, a->name);
	stmt_text(st, i++, a->place);
	stmt_text(st, i++, status_name(a->status) ? status_name(a->status) : "in_order");
	stmt_text(st, i++, alert_state_name(a->state));
	stmt_int(st, i++, a->severity);
	stmt_int(st, i++, a->level);
	stmt_int(st, i++, a->generation);
	stmt_day(st, i++, a->opened_on);
	stmt_day(st, i++, a->found_on);
	stmt_day(st, i++, a->ended_on);
	stmt_day(st, i++, a->status_since);
	stmt_int(st, i++, a->status_seq);
	stmt_day(st, i++, a->worse_since);
	stmt_int(st, i++, a->worse_seq);
	stmt_int(st, i++, a->lost);
	stmt_day(st, i++, a->last_day);
	stmt_day(st, i++, a->valid_to);
	stmt_day(st, i++, a->done_on);
	stmt_text(st, i++, a->document_no);
	stmt_text(st, i++, a->extension_no);
	bind_int_or_none(st, i++, a->numerator);
	bind_int_or_none(st, i++, a->denominator);
	bind_int_or_none(st, i++, a->unknown);
	stmt_int(st, i++, a->lacks);
	stmt_int(st, i++, a->unknowns);
	stmt_day(st, i++, a->acknowledged_on);
	stmt_text(st, i++, a->acknowledged_by);
	stmt_day(st, i++, a->snoozed_until);
	stmt_text(st, i++, a->note);
	stmt_text(st, i++, a->summary);
}

int alert_insert(struct store *s, struct alert *a, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"INSERT INTO alert (" ALERT_COLUMNS ") VALUES (NULL,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,"
		"?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,?28,?29,?30,?31,?32,?33,"
		"?34,?35,?36,?37,?38,?39,?40)",
		e);
	if (!st)
		return -1;
	bind_alert(st, 2, a);
	if (stmt_run(st, e) < 0)
		return -1;
	a->id = store_last_id(s);
	return 0;
}

int alert_update(struct store *s, const struct alert *a, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"UPDATE alert SET (key, plugin, rule, kind, subject, period, task, duty, target, name,"
		" place, status, state, severity, level, generation, opened_on, found_on, ended_on,"
		" status_since, status_seq, worse_since, worse_seq, lost, last_day, valid_to, done_on,"
		" document_no, extension_no, numerator, denominator, unknown, lacks, unknowns,"
		" acknowledged_on, acknowledged_by, snoozed_until, note, summary) ="
		" (?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,"
		"?25,?26,?27,?28,?29,?30,?31,?32,?33,?34,?35,?36,?37,?38,?39,?40) WHERE id = ?1",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, a->id);
	bind_alert(st, 2, a);
	return stmt_run(st, e);
}

int alert_unit_save(struct store *s, int64_t alert, const struct alert_unit *u, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"INSERT INTO alert_unit (alert, unit, role, named, since, until, inherited_from,"
		" told_numerator, told_denominator) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)"
		" ON CONFLICT (alert, unit) DO UPDATE SET role = ?3, named = ?4, until = ?6,"
		" told_numerator = ?8, told_denominator = ?9",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, alert);
	stmt_text(st, 2, u->unit);
	stmt_text(st, 3, role_name(u->role));
	stmt_text(st, 4, u->named);
	stmt_day(st, 5, u->since);
	stmt_day(st, 6, u->until);
	stmt_text(st, 7, u->inherited_from);
	bind_int_or_none(st, 8, u->told_numerator);
	bind_int_or_none(st, 9, u->told_denominator);
	return stmt_run(st, e);
}

int alert_event(struct store *s, int64_t alert, int32_t day, const char *event, const char *by,
	struct err *e, const char *format, ...)
{
	struct stmt *st = store_stmt(s,
		"INSERT INTO alert_event (alert, day, event, detail, by) VALUES (?1,?2,?3,?4,?5)", e);
	if (!st)
		return -1;
	va_list ap;
	va_start(ap, format);
	char *detail = xvasprintf(format, ap);
	va_end(ap);
	stmt_int(st, 1, alert);
	stmt_day(st, 2, day);
	stmt_text(st, 3, event);
	stmt_text(st, 4, detail);
	stmt_text(st, 5, by);
	free(detail);
	return stmt_run(st, e);
}

int notice_save(struct store *s, int64_t alert, const char *unit, int64_t generation,
	const char *step, int outcome, int32_t day, int64_t letter, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"INSERT INTO notice (alert, unit, generation, step, outcome, day, letter)"
		" VALUES (?1,?2,?3,?4,?5,?6,?7)"
		" ON CONFLICT (alert, unit, generation, step) DO UPDATE"
		" SET outcome = ?5, day = ?6, letter = ?7",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, alert);
	stmt_text(st, 2, unit);
	stmt_int(st, 3, generation);
	stmt_text(st, 4, step);
	stmt_text(st, 5, outcome_names[outcome]);
	stmt_day(st, 6, day);
	if (letter > 0)
		stmt_int(st, 7, letter);
	else
		stmt_null(st, 7);
	return stmt_run(st, e);
}

void matter_of(struct matter *m, const struct world *w, const struct alert *a,
	const struct alert_unit *u, int32_t started)
{
	const struct duty *duty = a->duty ? plan_duty(w->plan, a->duty) : NULL;
	const struct reminders *r = &w->settings->reminders;
	int32_t first, last;
	int count;
	told_days(u, &first, &last, &count);
	*m = (struct matter){
		.kind = a->kind,
		.status = a->status,
		.role = u->role,
		/* P11: what the decision does not date is asked for quarterly, whatever its cadence. */
		.cadence = !duty ? CADENCE_YEARLY_REPORT : duty->dated ? duty->cadence : CADENCE_ONCE,
		.has_duty = duty != NULL,
		.duty_steps = duty ? duty->steps : NULL,
		.duty_step_count = duty ? duty->step_count : 0,
		.last_day = a->last_day,
		.next_first_step = DAY_NONE,
		.collected_on = DAY_NONE,
		.valid_to = a->valid_to,
		.target_year = a->target ? atoi(a->period) : 0,
		.found_on = a->found_on != DAY_NONE ? a->found_on : a->opened_on,
		.status_since = a->status_since,
		.status_seq = (int)a->status_seq,
		.worse_seq = (int)a->worse_seq,
		.worse_since = a->worse_since,
		.lost = a->lost,
		.started = started,
		.first_told = first,
		.acknowledged_on = a->state == ALERT_ACKNOWLEDGED || a->state == ALERT_DISPUTED
					   ? a->acknowledged_on
					   : DAY_NONE,
		.snoozed_until = a->state == ALERT_SNOOZED ? a->snoozed_until : DAY_NONE,
		.unit = u->unit,
	};
	if (duty && a->kind == LN_DUE)
		m->next_first_step = duty_next_first_step(w->plan, duty, a->period, r, w->calendar);
}

const char *alert_unit_of_subject(const struct alert *a)
{
	static const char prefix[] = "unit:";
	return strncmp(a->subject, prefix, sizeof prefix - 1) == 0 ? a->subject + sizeof prefix - 1 : NULL;
}

bool alert_is_over(const struct world *w, const struct alert *a, int32_t today)
{
	struct err ignored; /* it is then reminded of once more */
	const struct duty *duty = a->duty ? plan_duty(w->plan, a->duty) : NULL;
	const char *unit = alert_unit_of_subject(a);
	if (a->kind != LN_DUE || a->last_day == DAY_NONE)
		return false;
	if (duty && unit && submission_day(w->store, a->duty, unit, a->period, today, &ignored) != DAY_NONE)
		return true;
	struct matter m;
	const struct alert_unit nobody = {.unit = "", .until = DAY_NONE};
	matter_of(&m, w, a, &nobody, DAY_NONE);
	return today > policy_lapse_day(&m, &w->settings->reminders, w->calendar);
}
