/*
 * alert.h: the life of a finding over time. Reconciling compares what a
 * judgement says with the alerts that are kept: opens, updates, resolves, marks
 * lost, ends. Identity is the key plugin/rule/subject/period. The only code
 * that writes the tables alert, alert_unit, notice, alert_event, target_result.
 *
 * An alert ends only by a known good value (resolved), by the end of its
 * subject (ended), by time (lapsed), or by its rule being taken away
 * (withdrawn). A plugin that failed or fell silent changes nothing (P8).
 */
#ifndef ALERTS_ALERT_H
#define ALERTS_ALERT_H

#include "alerts/policy.h"
#include "base/table.h"
#include "rules/judge.h"

enum alert_state {
	ALERT_OPEN,
	ALERT_ACKNOWLEDGED,
	ALERT_SNOOZED,
	ALERT_DISPUTED,
	ALERT_RESOLVED,
	ALERT_ENDED,
	ALERT_WITHDRAWN,
	ALERT_LAPSED
};
const char *alert_state_name(enum alert_state s);
enum alert_state alert_state_named(const char *name);

/* Brings the alerts in line with j, in one transaction. Does nothing but record target results when
 * watching has not begun (no watch_from). */
int alerts_reconcile(const struct world *w, const struct judgement *j, struct err *e);
/* The same inside the caller's transaction: who only looks ahead rolls it back. */
int alerts_foresee(const struct world *w, const struct judgement *j, struct err *e);

/* By hand; `by` and, where the contract says so, `note` must not be empty. today is the day it is
 * said on. Each is kept in the alert's history. */
int alert_acknowledge(struct store *s, int64_t id, const char *by, const char *note, int32_t today,
	struct err *e);
/* *until becomes the day on which it ends: for a duty at the latest the day before its last day (P20). */
int alert_snooze(struct store *s, int64_t id, int32_t *until, const char *by, const char *note,
	int32_t today, struct err *e);
int alert_unsnooze(struct store *s, int64_t id, const char *by, const char *note, int32_t today,
	struct err *e);
/* "This is not ours", "this is not so": the unit is told on as if it had acknowledged, and each item
 * says that it is looked into; only facts or a person's hand end it. */
int alert_dispute(struct store *s, int64_t id, const char *by, const char *note, int32_t today,
	struct err *e);

/* P2: starts watching and writing. watch_from: that day. Refused when already live, naming the day. */
int watch_go_live(struct store *s, int32_t day, struct err *e);
int32_t watch_from(struct store *s); /* DAY_NONE before go-live */
/* The day of the first check since then: what is open at it was there at the start, and is spread over
 * the days after it (P2), also where watching was said to begin earlier. Before it: watch_from. */
int32_t watch_started(struct store *s);
/* Kept by the check of `today`, in its transaction. */
int watch_start(struct store *s, int32_t today, struct err *e);

/* Listings with the keys of the contract. Filters may be NULL. */
struct alert_filter {
	const char *unit, *state, *task;
};
int alerts_table(const struct world *w, const struct alert_filter *f, int32_t today,
	struct table **out, struct err *e);
/* keys date,unit,step,outcome,reason: what was told, passed over, and what comes next. */
int alert_explain(const struct world *w, int64_t id, const char *unit, int32_t today,
	struct table **out, struct err *e);
/* keys at,event,detail,hash: everything about one duty of one unit for one period. */
int duty_trail(const struct world *w, const char *duty, const char *unit, const char *period,
	struct table **out, struct err *e);
/* Last and next notice of the alert `key`, to fill columns of other listings; DAY_NONE where none. */
int alert_notice_days(const struct world *w, const char *key, int32_t today, int32_t *last,
	int32_t *next, struct err *e);

#endif
