/*
 * reconcile.c: brings the alerts in line with a judgement, in one transaction.
 * An alert is opened by a bad or unknown value, kept by anything that is not a
 * known good one, and ended only as P5 and P8 allow.
 */
#include "alerts/readdress.h"
#include "alerts/results.h"
#include "alerts/rows.h"
#include "register/submissions.h"
#include "rules/put_aside.h"
#include "rules/rule_file.h"
#include "rules/summary.h"

#include <stdlib.h>

struct reconcile {
	const struct world *w;
	const struct judgement *j;
	struct alerts alerts;
	int32_t today, watch_from;
	struct err *e;
};

/* What may open an alert. Statuses of targets whose figures nobody has yet (0/0) do not: their cause,
 * an empty register, is told by itself (P17). */
static bool opens(const struct judged *g)
{
	if (g->before_watch || status_is_good(g->status) || g->status == STATUS_LAPSED)
		return false;
	if (g->kind == LN_SHORT && g->finding->denominator <= 0)
		return false;
	if (g->kind == LN_DUE && (g->status == STATUS_UNKNOWN || g->status == STATUS_NOT_DUE))
		return false; /* undated is listed, not reminded (P10); an alert begins with its first step */
	return true;
}

static bool is_bad_thing(enum status s)
{
	return s == STATUS_MISSING || s == STATUS_EXPIRED;
}

/* Puts news of an alert before every unit that was told about it. */
static int tell_end(struct reconcile *r, const struct alert *a, const char *step)
{
	for (size_t i = 0; i < a->unit_count; i++) {
		const struct alert_unit *u = &a->units[i];
		int32_t first, last;
		int count;
		told_days(u, &first, &last, &count);
		/* Gone before anybody was told: nothing is said (P19). */
		if (u->until != DAY_NONE || (count == 0 && strcmp(step, "receipt") != 0))
			continue;
		if (notice_save(r->w->store, a->id, u->unit, a->generation, step, OUTCOME_PENDING,
			    r->today, 0, r->e) < 0)
			return -1;
	}
	return 0;
}

static int end_alert(struct reconcile *r, struct alert *a, enum alert_state state, const char *why)
{
	a->state = state;
	a->ended_on = r->today;
	if (alert_update(r->w->store, a, r->e) < 0)
		return -1;
	return alert_event(r->w->store, a->id, r->today, alert_state_name(state), NULL, r->e, "%s", why);
}

/* Facts of today into the row. Returns whether anything differs. */
static bool take_facts(struct reconcile *r, struct alert *a, const struct judged *g)
{
	const struct finding *f = g->finding;
	struct alert old = *a;
	a->kind = g->kind;
	a->name = f->name ? f->name : f->subject;
	a->place = f->place;
	a->task = g->task ? g->task->id : NULL;
	a->duty = f->duty;
	a->target = g->target ? g->target->id : NULL;
	a->severity = (int)g->severity;
	a->last_day = g->kind == LN_DUE ? f->last_day : DAY_NONE;
	a->valid_to = g->kind == LN_EXPIRY ? f->valid_to : DAY_NONE;
	a->done_on = g->kind == LN_DUE ? f->done_on : DAY_NONE;
	a->document_no = f->document_no;
	a->numerator = g->kind == LN_SHORT ? f->numerator : -1;
	a->denominator = g->kind == LN_SHORT ? f->denominator : -1;
	a->unknown = g->kind == LN_SHORT ? f->unknown : -1;
	a->lacks = (int64_t)g->lacks;
	a->unknowns = (int64_t)g->unknowns;
	a->summary = g->summary ? g->summary : summary_make(&r->alerts.arena, g);
	return old.last_day != a->last_day || old.valid_to != a->valid_to || old.done_on != a->done_on ||
	       old.numerator != a->numerator || old.denominator != a->denominator ||
	       old.unknown != a->unknown || old.lacks != a->lacks || old.unknowns != a->unknowns ||
	       old.summary == NULL || strcmp(old.summary, a->summary) != 0 ||
	       (old.place == NULL) != (a->place == NULL) ||
	       (old.place && strcmp(old.place, a->place) != 0) || strcmp(old.name, a->name) != 0;
}

/* P9: worse = one whole thing lost and at least `worse_points` points since the last letter. */
static bool got_worse(const struct reconcile *r, const struct alert *a)
{
	if (a->kind != LN_SHORT || a->denominator <= 0)
		return false;
	for (size_t i = 0; i < a->unit_count; i++) {
		const struct alert_unit *u = &a->units[i];
		if (u->role != ROLE_LEAD || u->told_denominator <= 0)
			continue;
		__int128 told = (__int128)u->told_numerator * 100 * a->denominator;
		__int128 now = (__int128)a->numerator * 100 * u->told_denominator;
		__int128 least = (__int128)r->w->settings->reminders.worse_points *
				 a->denominator * u->told_denominator;
		return a->numerator < u->told_numerator && told - now >= least;
	}
	return false;
}

static int open_alert(struct reconcile *r, const struct judged *g)
{
	struct alert a = {
		.key = g->key,
		.plugin = g->plugin->name,
		.rule = g->rule->id,
		.subject = g->finding->subject,
		.period = g->finding->period ? g->finding->period : "",
		.name = "",
		.status = g->status,
		.state = ALERT_OPEN,
		.generation = 1,
		.opened_on = r->today,
		.found_on = is_bad_thing(g->status) ? r->today : DAY_NONE,
		.ended_on = DAY_NONE,
		.status_since = r->today,
		.status_seq = 1,
		.worse_since = DAY_NONE,
		.acknowledged_on = DAY_NONE,
		.snoozed_until = DAY_NONE,
	};
	take_facts(r, &a, g);
	if (alert_insert(r->w->store, &a, r->e) < 0 ||
		alert_event(r->w->store, a.id, r->today, "opened", NULL, r->e, "%s", g->summary) < 0)
		return -1;
	return readdress(r->w, &a, g, r->today, r->e);
}

/* The steps of a new last day: those whose day has come already count as passed, the rest are open. */
static int restart_steps(struct reconcile *r, struct alert *a, int32_t last_day)
{
	a->generation++;
	a->last_day = last_day;
	for (size_t i = 0; i < a->unit_count; i++) {
		struct alert_unit *u = &a->units[i];
		struct matter m;
		struct step steps[STEPS_MOST];
		u->step_count = 0;
		matter_of(&m, r->w, a, u, watch_started(r->w->store));
		size_t n = policy_steps(&m, &r->w->settings->reminders, r->w->calendar, r->today, steps,
			STEPS_MOST);
		for (size_t k = 0; k < n; k++)
			if (notice_save(r->w->store, a->id, u->unit, a->generation, steps[k].name,
				    OUTCOME_PASSED, r->today, 0, r->e) < 0)
				return -1;
	}
	return 0;
}

/* P20: an extension granted later begins the steps anew, counted from the new last day. */
static int move_last_day(struct reconcile *r, struct alert *a, int32_t until, const char *no)
{
	if (restart_steps(r, a, until) < 0)
		return -1;
	a->extension_no = arena_strdup(&r->alerts.arena, no);
	return alert_event(r->w->store, a->id, r->today, "extended", NULL, r->e, "last day moved, document %s",
		a->extension_no ? a->extension_no : "-");
}

static int extend_alert(struct reconcile *r, struct alert *a, const struct judged *g)
{
	char *no = NULL;
	int32_t until = DAY_NONE;
	const char *unit = g->finding->unit;
	if (a->kind != LN_DUE || !a->duty || !unit ||
		submission_extended_to(r->w->store, a->duty, unit, a->period, &until, &no, r->e) < 0)
		return a->kind == LN_DUE && a->duty && unit ? -1 : 0;
	int rc = 0;
	if (until != DAY_NONE && g->finding->last_day == until && a->last_day != until)
		rc = move_last_day(r, a, until, no);
	else
		a->extension_no = arena_strdup(&r->alerts.arena, no);
	free(no);
	return rc;
}

/* Its plugin fails. An extension granted meanwhile is no plugin's to say. */
static int extend_unreported(struct reconcile *r, struct alert *a)
{
	char *no = NULL;
	int32_t until;
	const char *unit = alert_unit_of_subject(a);
	if (a->kind != LN_DUE || a->last_day == DAY_NONE || !a->duty || !unit)
		return 0;
	if (submission_extended_to(r->w->store, a->duty, unit, a->period, &until, &no, r->e) < 0)
		return -1;
	int rc = 0;
	if (until != DAY_NONE && until > a->last_day) {
		a->status = due_status(r->w, plan_duty(r->w->plan, a->duty), until, r->today);
		rc = move_last_day(r, a, until, no) < 0 ? -1 : alert_update(r->w->store, a, r->e);
	}
	free(no);
	return rc;
}

static int reopen_alert(struct reconcile *r, struct alert *a, const struct judged *g)
{
	/* A duty taken back (P24) and what a missing plugin left go on where they stood; anything else
	 * begins anew. */
	bool was_withdrawn = a->state == ALERT_WITHDRAWN;
	if (a->kind != LN_DUE && !was_withdrawn) {
		a->generation++;
		for (size_t i = 0; i < a->unit_count; i++)
			a->units[i].step_count = 0;
		a->found_on = is_bad_thing(g->status) ? r->today : DAY_NONE;
		a->opened_on = r->today;
		a->worse_seq = 0;
		a->worse_since = DAY_NONE;
	}
	a->state = ALERT_OPEN;
	a->ended_on = DAY_NONE;
	a->acknowledged_on = a->snoozed_until = DAY_NONE;
	bool same = was_withdrawn && a->status == g->status;
	if (!same) {
		a->lost = false;
		a->status = g->status;
		a->status_since = r->today;
		a->status_seq++;
	}
	if (a->kind == LN_DUE && a->last_day != g->finding->last_day && extend_alert(r, a, g) < 0)
		return -1;
	take_facts(r, a, g);
	struct stmt *st = store_stmt(r->w->store,
		"DELETE FROM notice WHERE alert = ?1 AND step IN ('resolved', 'ended', 'receipt')"
		" AND outcome = 'pending'",
		r->e);
	if (!st)
		return -1;
	stmt_int(st, 1, a->id);
	if (stmt_run(st, r->e) < 0 || alert_update(r->w->store, a, r->e) < 0 ||
		alert_event(r->w->store, a->id, r->today, "reopened", NULL, r->e, "%s", g->summary) < 0)
		return -1;
	return readdress(r->w, a, g, r->today, r->e);
}

static int update_alert(struct reconcile *r, struct alert *a, const struct judged *g)
{
	bool changed = false;
	if (a->kind == LN_DUE && a->last_day != g->finding->last_day && extend_alert(r, a, g) < 0)
		return -1;
	bool was_bad = is_bad_thing(a->status) || a->status == STATUS_SHORT || a->status == STATUS_AT_RISK;
	if (a->status != g->status) {
		changed = true;
		/* Steps of a duty go by days, not by changes of word; theirs is no news. */
		a->lost = g->status == STATUS_UNKNOWN && (was_bad || a->lost);
		a->status = g->status;
		a->status_since = r->today;
		a->status_seq++;
		if (is_bad_thing(g->status) && a->found_on == DAY_NONE)
			a->found_on = r->today;
		if (a->kind != LN_DUE &&
			alert_event(r->w->store, a->id, r->today, status_name(g->status), NULL, r->e,
				"%s", g->summary) < 0)
			return -1;
	}
	changed |= take_facts(r, a, g);
	bool worse = got_worse(r, a);
	if (worse != (a->worse_since != DAY_NONE)) { /* lost and found again before a letter: no news */
		a->worse_seq += worse;
		a->worse_since = worse ? r->today : DAY_NONE;
		changed = true;
	}
	if (a->state == ALERT_SNOOZED && a->snoozed_until != DAY_NONE && r->today >= a->snoozed_until) {
		a->state = a->acknowledged_on != DAY_NONE ? ALERT_ACKNOWLEDGED : ALERT_OPEN;
		changed = true;
		if (alert_event(r->w->store, a->id, r->today, "unsnoozed", NULL, r->e, "its day came") < 0)
			return -1;
	}
	if (changed && alert_update(r->w->store, a, r->e) < 0)
		return -1;
	return readdress(r->w, a, g, r->today, r->e);
}

static int reconcile_one(struct reconcile *r, const struct judged *g)
{
	struct alert *a = alerts_find(&r->alerts, g->key);
	if (!a || !alert_is_live(a->state)) {
		if (a)
			a->seen = true;
		if (!opens(g))
			return 0;
		return a ? reopen_alert(r, a, g) : open_alert(r, g);
	}
	a->seen = true;
	if (g->status == STATUS_LAPSED) {
		a->status = STATUS_LAPSED;
		return end_alert(r, a, ALERT_LAPSED, "not fulfilled; reminded long enough (policy P5)");
	}
	if (!status_is_good(g->status))
		return update_alert(r, a, g);
	bool receipt = a->kind == LN_DUE;
	bool silent = g->status == STATUS_NOT_APPLICABLE; /* not done: no longer theirs to do */
	a->status = g->status;
	a->status_since = r->today;
	take_facts(r, a, g);
	if (!silent && tell_end(r, a, receipt ? "receipt" : "resolved") < 0)
		return -1;
	return end_alert(r, a, ALERT_RESOLVED, a->summary);
}

/* Whether the register says that the village has ended. */
static int subject_ended(struct reconcile *r, const struct alert *a, bool *ended)
{
	*ended = false;
	if (strncmp(a->subject, "village:", 8) != 0)
		return 0;
	struct stmt *st = store_stmt(r->w->store,
		"SELECT 1 FROM village WHERE code = ?1 AND ended_on IS NOT NULL AND ended_on <= ?2", r->e);
	if (!st)
		return -1;
	stmt_text(st, 1, a->subject + 8);
	stmt_day(st, 2, r->today);
	int rc = stmt_step(st, r->e);
	stmt_reset(st);
	*ended = rc == 1;
	return rc < 0 ? -1 : 0;
}

/* An alert that nobody reported: its plugin failed (nothing changes), was taken away (withdrawn),
 * its subject ended, or its row vanished: then it is unknown, never resolved (P8). */
static int not_reported(struct reconcile *r, struct alert *a)
{
	const struct plugin_run *run = NULL;
	bool known = false;
	char *name = plugin_run_name(a->plugin, a->rule);
	for (size_t i = 0; i < r->j->run_count; i++)
		if (strcmp(r->j->runs[i].plugin->run, name) == 0)
			run = &r->j->runs[i];
	for (size_t i = 0; i < r->w->plugin_count; i++)
		known |= strcmp(r->w->plugin_runs[i], name) == 0 || strcmp(r->w->plugin_runs[i], a->plugin) == 0;
	free(name);
	if (!run && known)
		return extend_unreported(r, a); /* enabled, but not even described: a failure like another */
	if (!run)
		return end_alert(r, a, ALERT_WITHDRAWN, "its plugin is no longer enabled");
	if (readdress_heirs(r->w, a, r->today, r->e) < 0)
		return -1;
	if (!run->complete)
		return extend_unreported(r, a);
	if (!plugin_rule(run->plugin, a->rule))
		return end_alert(r, a, ALERT_WITHDRAWN, "its plugin no longer has this rule");
	bool ended;
	if (subject_ended(r, a, &ended) < 0)
		return -1;
	if (ended)
		return tell_end(r, a, "ended") < 0
			       ? -1
			       : end_alert(r, a, ALERT_ENDED, "the subject has ended in the register");
	if (a->kind == LN_DUE && a->last_day != DAY_NONE) {
		struct matter m = {.last_day = a->last_day, .next_first_step = DAY_NONE};
		if (r->today > policy_lapse_day(&m, &r->w->settings->reminders, r->w->calendar))
			return end_alert(r, a, ALERT_LAPSED, "no longer looked at (policy P5)");
		return 0;
	}
	if (a->status == STATUS_UNKNOWN)
		return 0;
	a->lost = true;
	a->status = STATUS_UNKNOWN;
	a->status_since = r->today;
	a->status_seq++;
	if (alert_update(r->w->store, a, r->e) < 0)
		return -1;
	return alert_event(r->w->store, a->id, r->today, "lost", NULL, r->e,
		"no longer reported, and not known to be mended");
}

/* How long it has been failing, and how long it rests now. */
static int record_pause(struct reconcile *r, const char *run)
{
	char now[MOMENT_TEXT], until[MOMENT_TEXT];
	struct moment next;
	int64_t failures = 0;
	int offset = r->w->settings->utc_offset_s;
	struct stmt *st = store_stmt(r->w->store, "SELECT failures FROM plugin_run WHERE name = ?1", r->e);
	if (!st)
		return -1;
	stmt_text(st, 1, run);
	if (stmt_step(st, r->e) == 1)
		failures = col_int(st, 0);
	stmt_reset(st);
	bool aside = r->j->puts_aside && put_aside_until(failures, r->j->now, &next);
	st = store_stmt(r->w->store,
		"UPDATE plugin_run SET failing_since = CASE WHEN failures = 0 THEN NULL ELSE coalesce(failing_since, ?2) END,"
		" next_try = ?3 WHERE name = ?1",
		r->e);
	if (!st)
		return -1;
	stmt_text(st, 1, run);
	stmt_text(st, 2, moment_iso(r->j->puts_aside ? r->j->now : (struct moment){r->today, 0}, offset, now));
	stmt_text(st, 3, aside ? moment_iso(next, offset, until) : NULL);
	return stmt_run(st, r->e);
}

/* The proof trail names the file that judged. */
static int record_file(struct reconcile *r, const struct plugin_info *plugin)
{
	char day[DAY_TEXT];
	struct stmt *st = store_stmt(r->w->store,
		"INSERT INTO plugin_file (name, version, sha256, used_from) SELECT ?1, ?2, ?3, ?4 WHERE ?3 IS NOT"
		" (SELECT sha256 FROM plugin_file WHERE name = ?1 ORDER BY id DESC LIMIT 1)",
		r->e);
	if (!st)
		return -1;
	stmt_text(st, 1, plugin->run);
	stmt_text(st, 2, plugin->version);
	stmt_text(st, 3, plugin->sha256);
	stmt_text(st, 4, day_iso(r->today, day));
	return stmt_run(st, r->e);
}

/* How each plugin's run went, for `plugin list`. */
static int record_runs(struct reconcile *r)
{
	for (size_t i = 0; i < r->j->run_count; i++) {
		const struct plugin_run *run = &r->j->runs[i];
		if (run->rests)
			continue;
		char day[DAY_TEXT];
		struct stmt *st = store_stmt(r->w->store,
			"INSERT INTO plugin_run (name, version, file, sha256, last_run, last_complete,"
			" last_ms, findings, runs, failures, last_error)"
			" VALUES (?1, ?2, ?3, ?4, ?5, CASE WHEN ?9 THEN NULL ELSE ?5 END, ?6, ?7, 1, ?9, ?8)"
			" ON CONFLICT (name) DO UPDATE SET version = ?2, file = ?3, sha256 = ?4,"
			" last_run = ?5, last_complete = CASE WHEN ?9 THEN last_complete ELSE ?5 END,"
			" last_ms = CASE WHEN ?10 THEN last_ms ELSE ?6 END,"
			" findings = CASE WHEN ?9 THEN findings ELSE ?7 END, runs = runs + (NOT ?10),"
			" failures = CASE WHEN ?9 THEN failures + 1 ELSE 0 END,"
			" last_error = coalesce(?8, last_error)",
			r->e);
		if (!st)
			return -1;
		stmt_text(st, 1, run->plugin->run);
		stmt_text(st, 2, run->plugin->version);
		stmt_text(st, 3, run->plugin->file);
		stmt_text(st, 4, run->plugin->sha256);
		stmt_text(st, 5, day_iso(r->today, day));
		stmt_int(st, 6, run->took_ms);
		stmt_int(st, 7, (int64_t)run->findings);
		stmt_text(st, 8, run->error);
		stmt_int(st, 9, !run->complete);
		stmt_int(st, 10, run->kept); /* it was not run: what it said holds */
		if (stmt_run(st, r->e) < 0 || record_pause(r, run->plugin->run) < 0 ||
			(run->complete && record_file(r, run->plugin) < 0))
			return -1;
	}
	return 0;
}

/* One that cannot even be described has failed, too. Its hash is forgotten: whatever comes in its place is new. */
static int record_unloadable(struct reconcile *r)
{
	for (size_t i = 0; i < r->w->plugin_count; i++) {
		char day[DAY_TEXT];
		if (r->w->plugins[i] || !r->w->plugin_errors[i])
			continue;
		struct stmt *st = store_stmt(r->w->store,
			"INSERT INTO plugin_run (name, last_run, failures, last_error) VALUES (?1, ?2, 1, ?3)"
			" ON CONFLICT (name) DO UPDATE SET sha256 = NULL, last_run = ?2, failures = failures + 1, last_error = ?3",
			r->e);
		if (!st)
			return -1;
		stmt_text(st, 1, r->w->plugin_runs[i]);
		stmt_text(st, 2, day_iso(r->today, day));
		stmt_text(st, 3, r->w->plugin_errors[i]);
		if (stmt_run(st, r->e) < 0 || record_pause(r, r->w->plugin_runs[i]) < 0)
			return -1;
	}
	return 0;
}

/* P16: an alert about a unit that was merged keeps its id under its successor's name. */
static int carry_on(struct reconcile *r)
{
	for (size_t i = 0; i < r->alerts.count; i++) {
		struct alert *a = &r->alerts.items[i];
		const struct unit *old, *next = NULL;
		if (!alert_is_live(a->state) || strncmp(a->subject, "unit:", 5) != 0 ||
			!(old = unit_by_code(r->w->units, a->subject + 5)) ||
			unit_on(old, alert_owed_on(a, r->today), &next) != ROUTE_SUCCESSOR)
			continue;
		char *key = arena_printf(&r->alerts.arena, "%s/%s/unit:%s/%s", a->plugin, a->rule,
			next->code, a->period);
		bool here = false, there = false;
		for (size_t k = 0; k < r->j->count; k++) {
			here |= strcmp(r->j->items[k].key, a->key) == 0;
			there |= strcmp(r->j->items[k].key, key) == 0;
		}
		if (here || !there)
			continue;
		struct alert *other = alerts_find(&r->alerts, key);
		if (other) {
			if (end_alert(r, a, ALERT_WITHDRAWN, "carried on by its successor's alert") < 0)
				return -1;
			continue;
		}
		a->key = key;
		a->subject = arena_printf(&r->alerts.arena, "unit:%s", next->code);
		if (alert_update(r->w->store, a, r->e) < 0)
			return -1;
		alerts_reindex(&r->alerts);
	}
	return 0;
}

static int reconcile_all(struct reconcile *r)
{
	if (carry_on(r) < 0)
		return -1;
	for (size_t i = 0; i < r->j->count; i++)
		if (reconcile_one(r, &r->j->items[i]) < 0)
			return -1;
	for (size_t i = 0; i < r->alerts.count; i++) {
		struct alert *a = &r->alerts.items[i];
		if (!a->seen && alert_is_live(a->state) && not_reported(r, a) < 0)
			return -1;
	}
	return 0;
}

int alerts_foresee(const struct world *w, const struct judgement *j, struct err *e)
{
	struct reconcile r = {
		.w = w, .j = j, .today = j->today, .watch_from = watch_from(w->store), .e = e};
	int rc = record_runs(&r) < 0 || record_unloadable(&r) < 0 ? -1 : 0;
	if (rc == 0)
		rc = results_record(w, j, e);
	if (rc == 0 && r.watch_from != DAY_NONE && r.today >= r.watch_from) {
		rc = watch_start(w->store, r.today, e);
		if (rc == 0)
			rc = alerts_load(&r.alerts, w->store, ALERTS_ALL, e);
		if (rc == 0)
			rc = reconcile_all(&r);
	}
	alerts_unload(&r.alerts);
	return rc;
}

int alerts_reconcile(const struct world *w, const struct judgement *j, struct err *e)
{
	if (store_begin(w->store, e) < 0)
		return -1;
	if (alerts_foresee(w, j, e) == 0 && store_commit(w->store, e) == 0)
		return 0;
	store_rollback(w->store);
	return -1;
}
