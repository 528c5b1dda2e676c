/*
 * submissions.c: a duty fulfilled goes through the same checks and history as a
 * row of a file; a key stroke taken back is a removal with its note; an
 * extension has a table of its own. Only who owes a duty can fulfil it.
 */
#include "register/submissions.h"

#include "base/mem.h"
#include "plan/period.h"
#include "register/apply.h"
#include "register/units.h"

enum { DEBTORS_NAMED = 12 };

/* The sentences a person gets who mistyped a duty, a unit or a period. */
static int check_names(struct store *s, const struct plan *p, const char *duty, const char *unit,
	const char *period, struct err *e)
{
	const struct duty *d = plan_duty(p, duty);
	if (!d) {
		struct buf allowed = {0};
		for (size_t i = 0; i < p->duty_count; i++)
			buf_addf(&allowed, "%s%s", i ? ", " : "", p->duties[i].id);
		err_set(e, "the plan has no duty \"%s\", allowed are: %s", duty,
			allowed.s ? allowed.s : "none");
		buf_release(&allowed);
		return -1;
	}
	if (!duty_has_period(p, d, period))
		return err_set(e,
			"the duty %s (%s) has no period \"%s\": it runs from %d to %d; the forms "
			"are "
			"2026, 2026-Q3, 2026-H1, 2026-07 and once",
			duty, cadence_name(d->cadence), period, d->first_year, d->last_year);
	struct stmt *st = store_stmt(s, "SELECT 1 FROM unit WHERE code = ?1", e);
	if (!st)
		return -1;
	stmt_text(st, 1, unit);
	int rc = stmt_step(st, e);
	stmt_reset(st);
	if (rc == 0)
		return err_set(
			e, "there is no unit \"%s\": langnghectl units lists the codes", unit);
	return rc == 1 ? 0 : -1;
}

static int check_author(const char *by, struct err *e)
{
	return by && *by ? 0 : err_set(e, "--by NAME is needed: it is kept in the history");
}

/* "so-khcn, so-taichinh and 5 more", or who does not. The caller frees. */
static char *names_of(const struct unit **debtors, size_t count)
{
	struct buf names = {0};
	size_t shown = count > DEBTORS_NAMED ? DEBTORS_NAMED : count;
	for (size_t i = 0; i < shown; i++)
		buf_addf(&names, "%s%s", i ? ", " : "", debtors[i]->code);
	if (count > shown)
		buf_addf(&names, " and %zu more", count - shown);
	if (count == 0)
		buf_add(&names, "nobody living");
	return buf_take(&names);
}

/* Whether unit owes it, or handed it in before it ended and one of those who owe carries it on. */
static bool is_among(const struct unit *unit, const struct unit **debtors, size_t count, int32_t on)
{
	for (size_t i = 0; i < count; i++) {
		if (debtors[i] == unit || (unit_lives(unit, on) && unit_descends(debtors[i], unit)))
			return true;
	}
	return false;
}

/* Who owes a period: the units that live on its last day, and for "once" on the day it came in. */
static int check_debtor(struct store *s, const struct plan *p, const struct submission *sub,
	int32_t on, struct err *e)
{
	const struct duty *d = plan_duty(p, sub->duty);
	int32_t first, owed_on = duty_last_day(p, d, sub->period);
	struct units *u;
	if (strcmp(sub->period, "once") == 0)
		owed_on = on;
	else if (owed_on == DAY_NONE && period_span(p, sub->period, &first, &owed_on) < 0)
		return 0;
	if (units_load(&u, s, e) < 0)
		return -1;
	const struct unit *unit = unit_by_code(u, sub->unit), *collector = NULL, **debtors = NULL;
	size_t count = duty_debtors(u, p, d, owed_on, &debtors, &collector);
	int rc = 0;
	if (!is_among(unit, debtors, count, on)) {
		char *names = names_of(debtors, count);
		rc = err_set(e, "%s %s %s for %s: it is owed by %s", sub->unit,
			unit == collector ? "collects and does not owe" : "does not owe", sub->duty,
			sub->period, names);
		free(names);
	}
	free(debtors);
	units_free(u);
	return rc;
}

static void set_text(const struct kind *k, struct row *row, const char *column, const char *text)
{
	if (text && *text)
		row->values[kind_column(k, column) - k->columns] =
			(struct value){.state = VALUE_TEXT, .text = text};
}

static int apply(struct store *s, const struct plan *p, const struct kind *k, const struct row *row,
	const char *by, struct err *e)
{
	struct author who = author_now(by);
	struct import_result result = {0};
	struct rejects rejects = {.result = &result, .file = ""};
	struct applier *a;
	if (applier_new(&a, s, k, p, &who, e) != 0)
		return -1;
	int rc = 0;
	enum row_outcome outcome = applier_row(a, row, &rejects, e);
	if (outcome == ROW_REJECTED)
		rc = err_set(e, "%s %s: %s %s", k->name, row->key, result.rejects[0].column,
			result.rejects[0].reason);
	else if (outcome == ROW_FAILED)
		rc = -1;
	applier_free(a);
	import_result_release(&result);
	return rc;
}

int submission_record(
	struct store *s, const struct plan *p, const struct submission *sub, struct err *e)
{
	int32_t on = sub->received_on != DAY_NONE ? sub->received_on : sub->document_on;
	if (check_author(sub->by, e) != 0 ||
		check_names(s, p, sub->duty, sub->unit, sub->period, e) != 0 ||
		(on != DAY_NONE && check_debtor(s, p, sub, on, e) != 0))
		return -1;
	const struct kind *k = kind_named("submissions");
	struct row row = {.rev = 0};
	char document_on[DAY_TEXT], received_on[DAY_TEXT];
	set_text(k, &row, "duty", sub->duty);
	set_text(k, &row, "unit", sub->unit);
	set_text(k, &row, "period", sub->period);
	set_text(k, &row, "document_on", day_iso(sub->document_on, document_on));
	set_text(k, &row, "received_on", day_iso(sub->received_on, received_on));
	set_text(k, &row, "document_no", sub->document_no);
	set_text(k, &row, "note", sub->note);
	if (row_set_key(k, &row) != 0)
		return err_set(
			e, "the key %s/%s/%s is too long", sub->duty, sub->unit, sub->period);
	if (store_begin(s, e) != 0)
		return -1;
	int rc = apply(s, p, k, &row, sub->by, e);
	if (rc == 0)
		rc = store_commit(s, e);
	store_rollback(s);
	return rc;
}

int submission_take_back(struct store *s, const struct plan *p, const char *duty, const char *unit,
	const char *period, const char *by, const char *note, struct err *e)
{
	if (check_names(s, p, duty, unit, period, e) != 0)
		return -1;
	char *key = xasprintf("%s/%s/%s", duty, unit, period);
	int rc = register_remove(s, kind_named("submissions"), key, by, note, e);
	free(key);
	return rc;
}

/* Extensions. */

static int write_extension(struct store *s, const char *duty, const char *unit, const char *period,
	int32_t until, const char *document_no, const char *by, struct err *e)
{
	int32_t before;
	if (submission_extended_to(s, duty, unit, period, &before, NULL, e) != 0)
		return -1;
	struct stmt *st = store_stmt(s,
		"INSERT INTO extension (duty, unit, period, until, document_no, by, at)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET until = "
		"excluded.until,"
		" document_no = excluded.document_no, by = excluded.by, at = excluded.at",
		e);
	if (!st)
		return -1;
	char old[DAY_TEXT], new[DAY_TEXT];
	struct author who = author_now(by);
	stmt_text(st, 1, duty);
	stmt_text(st, 2, unit);
	stmt_text(st, 3, period);
	stmt_day(st, 4, until);
	stmt_text(st, 5, document_no);
	stmt_text(st, 6, by);
	stmt_text(st, 7, who.at);
	if (stmt_run(st, e) != 0)
		return -1;
	char *key = xasprintf("%s/%s/%s", duty, unit, period);
	char *said = xasprintf("%s (%s)", day_iso(until, new), document_no);
	int rc = history_write(s, &who, "submissions", key, "set", "extended_to",
		before == DAY_NONE ? NULL : day_iso(before, old), said, e);
	free(key);
	free(said);
	return rc;
}

int submission_extend(struct store *s, const struct plan *p, const char *duty, const char *unit,
	const char *period, int32_t until, const char *document_no, const char *by, struct err *e)
{
	if (check_author(by, e) != 0 || check_names(s, p, duty, unit, period, e) != 0)
		return -1;
	if (!document_no || !*document_no)
		return err_set(e,
			"--document-no NUMBER is needed: the document that grants the extension");
	char text[DAY_TEXT];
	int32_t last = duty_last_day(p, plan_duty(p, duty), period);
	if (last != DAY_NONE && (until == DAY_NONE || until <= last))
		return err_set(e, "an extension must end after the last on-time day, which is %s",
			day_iso(last, text));
	if (store_begin(s, e) != 0)
		return -1;
	int rc = write_extension(s, duty, unit, period, until, document_no, by, e);
	if (rc == 0)
		rc = store_commit(s, e);
	store_rollback(s);
	return rc;
}

int submission_extended_to(struct store *s, const char *duty, const char *unit, const char *period,
	int32_t *until, char **document_no, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT until, document_no FROM extension"
		" WHERE duty = ?1 AND unit = ?2 AND period = ?3",
		e);
	if (!st)
		return -1;
	stmt_text(st, 1, duty);
	stmt_text(st, 2, unit);
	stmt_text(st, 3, period);
	int rc = stmt_step(st, e);
	if (rc < 0)
		return -1;
	*until = rc == 1 ? col_day(st, 0) : DAY_NONE;
	if (document_no)
		*document_no = rc == 1 ? xstrdup(col_text(st, 1)) : NULL;
	stmt_reset(st);
	return 0;
}

int32_t submission_day(struct store *s, const char *duty, const char *unit, const char *period, int32_t today, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT coalesce(received_on, document_on) AS day FROM submission WHERE duty = ?1 AND unit = ?2 AND period = ?3"
		" AND day <= ?4 AND coalesce(accepted, 1) <> 0 AND ended_on IS NULL",
		e);
	if (!st)
		return DAY_NONE;
	stmt_text(st, 1, duty);
	stmt_text(st, 2, unit);
	stmt_text(st, 3, period);
	stmt_day(st, 4, today);
	int32_t day = stmt_step(st, e) == 1 ? col_day(st, 0) : DAY_NONE;
	stmt_reset(st);
	return day;
}
