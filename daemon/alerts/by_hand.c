/*
 * by_hand.c: what a person says about an alert: acknowledged, snoozed, disputed;
 * and the day watching begins. Each is one transaction and one line of history.
 */
#include "alerts/rows.h"

#include <stdlib.h>

static int32_t meta_day(struct store *s, const char *key)
{
	int32_t day = DAY_NONE;
	char *text = store_meta(s, key);
	if (text)
		day_parse_iso(text, &day);
	free(text);
	return day;
}

int32_t watch_from(struct store *s)
{
	return meta_day(s, "watch_from");
}

int32_t watch_started(struct store *s)
{
	int32_t started = meta_day(s, "watch_started");
	return started != DAY_NONE ? started : watch_from(s);
}

int watch_start(struct store *s, int32_t today, struct err *e)
{
	char text[DAY_TEXT];
	if (meta_day(s, "watch_started") != DAY_NONE)
		return 0;
	return store_set_meta(s, "watch_started", day_iso(today, text), e);
}

int watch_go_live(struct store *s, int32_t day, struct err *e)
{
	char text[DAY_TEXT];
	int32_t since = watch_from(s);
	if (since != DAY_NONE)
		return err_set(e, "already live: watching and writing since %s", day_iso(since, text));
	if (store_begin(s, e) < 0)
		return -1;
	if (store_set_meta(s, "watch_from", day_iso(day, text), e) < 0 || store_commit(s, e) < 0) {
		store_rollback(s);
		return -1;
	}
	return 0;
}

/* The alert's kind, last day and state; -1 with a sentence when there is none or it is over. */
static int look_up(struct store *s, int64_t id, enum ln_kind *kind, int32_t *last_day,
	enum alert_state *state, struct err *e)
{
	struct stmt *st = store_stmt(s, "SELECT kind, last_day, state FROM alert WHERE id = ?1", e);
	if (!st)
		return -1;
	stmt_int(st, 1, id);
	int rc = stmt_step(st, e);
	if (rc == 1) {
		*kind = (enum ln_kind)col_int(st, 0);
		*last_day = col_day(st, 1);
		*state = alert_state_named(col_text(st, 2));
		stmt_reset(st);
	}
	if (rc == 0)
		return err_set(e, "no alert has the id %lld; see langnghectl alerts", (long long)id);
	if (rc < 0)
		return -1;
	if (!alert_is_live(*state))
		return err_set(e, "alert %lld is %s: nothing is left to do about it", (long long)id,
			alert_state_name(*state));
	return 0;
}

static int check_words(const char *by, const char *note, struct err *e)
{
	if (!by || !*by)
		return err_set(e, "--by NAME is missing: who says so");
	if (!note || !*note)
		return err_set(e, "--note TEXT is missing: why");
	return 0;
}

/* The change itself; what an acknowledgement or a snooze does not touch keeps its value. */
struct said {
	enum alert_state state;
	const char *event;
	int32_t acknowledged_on; /* DAY_NONE: unchanged */
	int32_t snoozed_until;   /* DAY_NONE: cleared unless snoozed */
};

static int say(struct store *s, int64_t id, const struct said *what, const char *by, const char *note,
	int32_t today, struct err *e)
{
	if (store_begin(s, e) < 0)
		return -1;
	struct stmt *st = store_stmt(s,
		"UPDATE alert SET state = CASE WHEN ?2 = 'open' AND acknowledged_on IS NOT NULL"
		" THEN 'acknowledged' ELSE ?2 END, acknowledged_on = coalesce(?3, acknowledged_on),"
		" acknowledged_by = CASE WHEN ?2 = 'acknowledged' THEN ?4 ELSE acknowledged_by END,"
		" snoozed_until = ?5, note = ?6 WHERE id = ?1",
		e);
	if (!st)
		goto failed;
	stmt_int(st, 1, id);
	stmt_text(st, 2, alert_state_name(what->state));
	stmt_day(st, 3, what->acknowledged_on);
	stmt_text(st, 4, by);
	stmt_day(st, 5, what->snoozed_until);
	stmt_text(st, 6, note);
	if (stmt_run(st, e) < 0 || alert_event(s, id, today, what->event, by, e, "%s", note) < 0 ||
		store_commit(s, e) < 0)
		goto failed;
	return 0;
failed:
	store_rollback(s);
	return -1;
}

int alert_acknowledge(struct store *s, int64_t id, const char *by, const char *note, int32_t today,
	struct err *e)
{
	enum ln_kind kind;
	enum alert_state state;
	int32_t last_day;
	if (check_words(by, note, e) < 0 || look_up(s, id, &kind, &last_day, &state, e) < 0)
		return -1;
	struct said what = {ALERT_ACKNOWLEDGED, "acknowledged", today, DAY_NONE};
	return say(s, id, &what, by, note, today, e);
}

int alert_snooze(struct store *s, int64_t id, int32_t *day, const char *by, const char *note,
	int32_t today, struct err *e)
{
	enum ln_kind kind;
	enum alert_state state;
	int32_t last_day;
	char text[DAY_TEXT];
	int32_t until = *day;
	if (check_words(by, note, e) < 0 || look_up(s, id, &kind, &last_day, &state, e) < 0)
		return -1;
	if (until <= today)
		return err_set(e, "--until must be a day after %s", day_iso(today, text));
	if (kind == LN_DUE && last_day != DAY_NONE && until > last_day - 1) {
		until = last_day - 1; /* P20 */
		if (until <= today)
			return err_set(e, "this duty's last day is %s: it can no longer be snoozed",
				day_iso(last_day, text));
	}
	*day = until;
	struct said what = {ALERT_SNOOZED, "snoozed", DAY_NONE, until};
	return say(s, id, &what, by, note, today, e);
}

int alert_unsnooze(struct store *s, int64_t id, const char *by, const char *note, int32_t today,
	struct err *e)
{
	enum ln_kind kind;
	enum alert_state state;
	int32_t last_day;
	if (check_words(by, note, e) < 0 || look_up(s, id, &kind, &last_day, &state, e) < 0)
		return -1;
	if (state != ALERT_SNOOZED)
		return err_set(e, "alert %lld is %s, not snoozed", (long long)id, alert_state_name(state));
	/* Its acknowledgement, if there was one, still holds (see say()). */
	struct said what = {ALERT_OPEN, "unsnoozed", DAY_NONE, DAY_NONE};
	return say(s, id, &what, by, note, today, e);
}

int alert_dispute(struct store *s, int64_t id, const char *by, const char *note, int32_t today,
	struct err *e)
{
	enum ln_kind kind;
	enum alert_state state;
	int32_t last_day;
	if (check_words(by, note, e) < 0 || look_up(s, id, &kind, &last_day, &state, e) < 0)
		return -1;
	/* It is in their hands, as if acknowledged: halved, never silenced. */
	struct said what = {ALERT_DISPUTED, "disputed", today, DAY_NONE};
	return say(s, id, &what, by, note, today, e);
}
