/*
 * listing.c: alerts for people: the list, why a letter did or did not go, and
 * the proof trail of a duty. Reads only.
 */
#include "alerts/rows.h"
#include "rules/rule_file.h"

#include <stdlib.h>

static const char *const alert_keys[] = {"id", "key", "unit", "role", "alert_state", "status",
	"severity", "level", "opened_on", "first_told", "last_notice", "next_notice", "last_checked",
	"acknowledged_by", "snoozed_until", "note", "summary", NULL};
static const char *const explain_keys[] = {"date", "unit", "step", "outcome", "reason", NULL};
static const char *const trail_keys[] = {"at", "event", "detail", "hash", NULL};
static const char *const severity_words[] = {"", "notice", "warning", "legal"};

/* "status-short#3" is told as "status-short". */
static const char *bare_step(const char *step, char out[STEP_TEXT])
{
	snprintf(out, STEP_TEXT, "%.*s", (int)strcspn(step, "#"), step);
	return out;
}

static int32_t last_complete(struct store *s, const struct alert *a, struct err *e)
{
	struct stmt *st = store_stmt(s, "SELECT last_complete FROM plugin_run WHERE name = ?1", e);
	if (!st)
		return DAY_NONE;
	char *name = plugin_run_name(a->plugin, a->rule);
	stmt_text(st, 1, name);
	free(name);
	int32_t day = stmt_step(st, e) == 1 ? col_day(st, 0) : DAY_NONE;
	stmt_reset(st);
	return day;
}

/* The day on which the next step goes: today's sending counts when a step is due now. */
static int32_t next_notice(const struct world *w, const struct alert *a, const struct alert_unit *u,
	int32_t from, int32_t today)
{
	if (!alert_is_live(a->state) || u->until != DAY_NONE || from == DAY_NONE)
		return DAY_NONE;
	struct matter m;
	struct decision d;
	matter_of(&m, w, a, u, from);
	policy_decide(&m, &w->settings->reminders, w->calendar, today, step_was_told, u, &d);
	if (!d.due)
		return d.next_day;
	int32_t day = calendar_on_or_after(w->calendar, today > d.step.alone_day || d.step.alone_day == INT32_MAX
								    ? today
								    : d.step.alone_day);
	while (d.step.low && !d.step.start && !policy_is_low_day(w->calendar, day))
		day = calendar_add_workdays(w->calendar, day, 1);
	return day;
}

static bool matches(const struct alert_filter *f, const struct alert *a, const struct alert_unit *u)
{
	if (f->unit && strcmp(f->unit, u->unit) != 0)
		return false;
	if (f->task && (!a->task || strcmp(f->task, a->task) != 0))
		return false;
	if (f->state)
		return strcmp(f->state, alert_state_name(a->state)) == 0;
	return alert_is_live(a->state);
}

int alerts_table(const struct world *w, const struct alert_filter *f, int32_t today,
	struct table **out, struct err *e)
{
	struct alerts alerts;
	if (alerts_load(&alerts, w->store, ALERTS_ALL, e) < 0)
		return -1;
	int32_t from = watch_started(w->store);
	struct table *t = table_new(alert_keys);
	for (size_t i = 0; i < alerts.count; i++) {
		const struct alert *a = &alerts.items[i];
		for (size_t k = 0; k < a->unit_count; k++) {
			const struct alert_unit *u = &a->units[k];
			if (u->until != DAY_NONE || !matches(f, a, u))
				continue;
			int32_t first, last;
			int count;
			told_days(u, &first, &last, &count);
			table_row(t);
			table_int(t, "id", a->id);
			table_text(t, "key", a->key);
			table_text(t, "unit", u->unit);
			table_text(t, "role", role_name(u->role));
			table_text(t, "alert_state", alert_state_name(a->state));
			table_text(t, "status", status_name(a->status));
			table_text(t, "severity", severity_words[a->severity & 3]);
			table_int(t, "level", a->level);
			table_day(t, "opened_on", a->opened_on);
			table_day(t, "first_told", first);
			table_day(t, "last_notice", last);
			table_day(t, "next_notice", next_notice(w, a, u, from, today));
			table_day(t, "last_checked", last_complete(w->store, a, e));
			table_text(t, "acknowledged_by", a->acknowledged_by);
			table_day(t, "snoozed_until", a->snoozed_until);
			table_text(t, "note", a->note);
			table_text(t, "summary", a->summary);
		}
	}
	alerts_unload(&alerts);
	*out = t;
	return 0;
}

int alert_notice_days(const struct world *w, const char *key, int32_t today, int32_t *last,
	int32_t *next, struct err *e)
{
	struct alerts alerts;
	*last = *next = DAY_NONE;
	if (alerts_load(&alerts, w->store, ALERTS_LIVE, e) < 0)
		return -1;
	const struct alert *a = alerts_find(&alerts, key);
	for (size_t k = 0; a && k < a->unit_count; k++) {
		int32_t first, told, soon = next_notice(w, a, &a->units[k], watch_started(w->store), today);
		int count;
		told_days(&a->units[k], &first, &told, &count);
		if (told != DAY_NONE && (*last == DAY_NONE || told > *last))
			*last = told;
		if (soon != DAY_NONE && (*next == DAY_NONE || soon < *next))
			*next = soon;
	}
	alerts_unload(&alerts);
	return 0;
}

static void explain_row(struct table *t, int32_t day, const char *unit, const char *step,
	const char *outcome, const char *reason)
{
	char bare[STEP_TEXT];
	table_row(t);
	table_day(t, "date", day);
	table_text(t, "unit", unit);
	table_text(t, "step", bare_step(step, bare));
	table_text(t, "outcome", outcome);
	table_text(t, "reason", reason);
}

/* P23: 1 every address of the letter that told the step refused it, 0 not so, -1. */
static int was_refused(struct store *s, const struct alert *a, const struct alert_unit *u, const char *step,
	struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT 1 FROM notice n JOIN recipient r ON r.letter = n.letter WHERE n.alert = ?1"
		" AND n.unit = ?2 AND n.generation = ?3 AND n.step = ?4 AND r.email <> ''"
		" GROUP BY n.letter HAVING min(r.delivery = 'failed')",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, a->id);
	stmt_text(st, 2, u->unit);
	stmt_int(st, 3, a->generation);
	stmt_text(st, 4, step);
	int row = stmt_step(st, e);
	stmt_reset(st);
	return row;
}

static int explain_past(struct table *t, const struct world *w, const struct alert *a, const struct alert_unit *u,
	struct err *e)
{
	static const struct {
		const char *outcome, *reason;
	} words[] = {
		[OUTCOME_PENDING] = {"waiting", "news: goes along with the unit's next letter"},
		[OUTCOME_TOLD] = {"told", "in a letter of that day"},
		[OUTCOME_PASSED] = {"passed over", "a later step of the same matter was due as well"},
		[OUTCOME_SKIPPED] = {"skipped", "acknowledged: every second step is left out"},
		[OUTCOME_RETURNED] = {"withdrawn", "its letter was accepted by nobody; due again"},
	};
	for (size_t i = 0; i < u->step_count; i++) {
		const struct told_step *step = &u->steps[i];
		int refused = step->outcome == OUTCOME_TOLD ? was_refused(w->store, a, u, step->step, e) : 0;
		if (refused < 0)
			return -1;
		if (refused)
			explain_row(t, step->day, u->unit, step->step, "undelivered",
				"every address refused its letter; goes anew when the unit's contacts are mended");
		else
			explain_row(t, step->day, u->unit, step->step, words[step->outcome].outcome,
				words[step->outcome].reason);
	}
	return 0;
}

static const char *step_reason(const struct matter *m, const struct step *step)
{
	if (step->low)
		return "a low matter: with an urgent one, or on a Monday or a month's first working day";
	if (m->kind == LN_EXPIRY)
		return "counted back from the day it expires";
	return step->day <= m->last_day ? "counted back from the last day"
					: "after the last day";
}

static void explain_future(struct table *t, const struct world *w, const struct alert *a,
	const struct alert_unit *u, int32_t from, int32_t today)
{
	struct matter m;
	struct decision d;
	matter_of(&m, w, a, u, from);
	policy_decide(&m, &w->settings->reminders, w->calendar, today, step_was_told, u, &d);
	if (m.snoozed_until != DAY_NONE && today < m.snoozed_until) {
		explain_row(t, m.snoozed_until, u->unit, "-", "snoozed", "nothing goes before this day");
		return;
	}
	if (d.due)
		explain_row(t, next_notice(w, a, u, from, today), u->unit, d.step.name, "due",
			d.step.low ? "goes along with any urgent letter, by itself on the day given"
				   : "goes at the next sending time");
	struct step steps[STEPS_MOST];
	size_t n = policy_steps(&m, &w->settings->reminders, w->calendar, today + 400, steps, STEPS_MOST);
	int shown = 0, alternation = 0;
	for (size_t i = 0; i < n && shown < 5; i++) {
		bool told = step_was_told(u, steps[i].name);
		bool skipped = policy_skips(&m, &steps[i], told, &alternation);
		if (steps[i].day <= today || told)
			continue;
		if (skipped)
			explain_row(t, steps[i].day, u->unit, steps[i].name, "left out",
				a->state == ALERT_DISPUTED ? "disputed: told less often, every second step is left out"
							   : "acknowledged: told less often, every second step is left out");
		else
			explain_row(t, steps[i].day, u->unit, steps[i].name, "to come", step_reason(&m, &steps[i]));
		shown++;
	}
	if (!d.due && shown == 0)
		explain_row(t, DAY_NONE, u->unit, "-", "nothing", "no step is left");
}

int alert_explain(const struct world *w, int64_t id, const char *unit, int32_t today,
	struct table **out, struct err *e)
{
	struct alerts alerts;
	if (alerts_load(&alerts, w->store, ALERTS_ALL, e) < 0)
		return -1;
	const struct alert *a = NULL;
	for (size_t i = 0; i < alerts.count && !a; i++)
		if (alerts.items[i].id == id)
			a = &alerts.items[i];
	if (!a) {
		alerts_unload(&alerts);
		return err_set(e, "no alert has the id %lld; see langnghectl alerts", (long long)id);
	}
	int32_t from = watch_started(w->store);
	struct table *t = table_new(explain_keys);
	int rc = 0;
	for (size_t k = 0; k < a->unit_count && rc == 0; k++) {
		const struct alert_unit *u = &a->units[k];
		if (unit && strcmp(unit, u->unit) != 0)
			continue;
		rc = explain_past(t, w, a, u, e);
		if (u->until != DAY_NONE)
			explain_row(t, u->until, u->unit, "-", "ended", "no longer addressed to this unit");
		else if (!alert_is_live(a->state))
			explain_row(t, a->ended_on, u->unit, "-", alert_state_name(a->state),
				"the alert is over");
		else
			explain_future(t, w, a, u, from, today);
	}
	if (a->unit_count == 0)
		explain_row(t, DAY_NONE, NULL, "-", "nobody", "no living unit answers for it: see audit");
	alerts_unload(&alerts);
	if (rc < 0)
		table_free(t);
	else
		*out = t;
	return rc;
}

static int trail_query(struct table *t, struct store *s, const char *sql, const char *const *args,
	int n, struct err *e)
{
	struct stmt *st = store_stmt(s, sql, e);
	if (!st)
		return -1;
	for (int i = 0; i < n; i++)
		stmt_text(st, i + 1, args[i]);
	int rc;
	while ((rc = stmt_step(st, e)) == 1) {
		table_row(t);
		table_text(t, "at", col_text(st, 0));
		table_text(t, "event", col_text(st, 1));
		table_text(t, "detail", col_text(st, 2));
		table_text(t, "hash", col_text(st, 3));
	}
	return rc;
}

int duty_trail(const struct world *w, const char *duty, const char *unit, const char *period,
	struct table **out, struct err *e)
{
	char *subject = xasprintf("unit:%s", unit);
	char *key = xasprintf("%s/%s/%s", duty, unit, period);
	const char *args[] = {duty, period, subject, key};
	struct table *t = table_new(trail_keys);
	/* One ordered list: what the register, the alert and the letters say about it. The hash is that of the
	 * plugin's file which judged from then on; a chain of the rows, kept in this same file, would prove nothing
	 * against its owner. */
	int rc = trail_query(t, w->store,
		"SELECT at, event, detail, hash FROM ("
		" SELECT e.day AS at, e.event AS event, e.detail || coalesce(' (' || e.by || ')', '') AS detail,"
		"  1 AS place, e.id AS n, NULL AS hash FROM alert_event e JOIN alert a ON a.id = e.alert"
		"  WHERE a.duty = ?1 AND a.period = ?2 AND a.subject = ?3"
		" UNION ALL SELECT n.day, 'notice ' || n.outcome,"
		"  n.step || ' to ' || n.unit || coalesce(', letter ' || n.letter, ''), 2, n.rowid_, NULL FROM"
		"  (SELECT alert, day, outcome, step, unit, letter, 0 AS rowid_ FROM notice) n"
		"  JOIN alert a ON a.id = n.alert WHERE a.duty = ?1 AND a.period = ?2 AND a.subject = ?3"
		" UNION ALL SELECT substr(at, 1, 10), op || coalesce(' ' || \"column\", ''),"
		"  coalesce(old, '') || ' -> ' || coalesce(new, '') || coalesce(' (' || by || ')', ''), 0, id, NULL"
		"  FROM change WHERE kind = 'submissions' AND key = ?4"
		" UNION ALL SELECT f.used_from, 'judged by', f.name || ' ' || f.version, -1, f.id, f.sha256"
		"  FROM plugin_file f JOIN (SELECT DISTINCT plugin, min(opened_on) AS opened_on FROM alert"
		"   WHERE duty = ?1 AND period = ?2 AND subject = ?3 GROUP BY plugin) a ON a.plugin = f.name"
		"  WHERE f.id >= coalesce((SELECT max(id) FROM plugin_file WHERE name = f.name AND used_from < a.opened_on), 0))"
		" ORDER BY at, place, n",
		args, 4, e);
	free(subject);
	free(key);
	if (rc < 0) {
		table_free(t);
		return -1;
	}
	*out = t;
	return 0;
}
