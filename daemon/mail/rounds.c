/*
 * rounds.c: one round. Decides from the moment and the store what is due, does
 * it, and says when the next moment of the calendar is. What was done is kept in
 * the store's meta (last_check, last_send: days), so that a round after days off
 * does what was missed, once.
 */
#include "mail/rounds.h"

#include "alerts/alert.h"
#include "mail/preview.h"
#include "mail/plugin_letter.h"
#include "rules/kept.h"
#include "rules/put_aside.h"

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

static int set_meta_day(struct store *s, const char *key, int32_t day, struct err *e)
{
	char text[DAY_TEXT];
	return store_set_meta(s, key, day_iso(day, text), e);
}

/* P15: whether a duty's last day, or that of a paper, would pass before the next sending time, untold
 * today. */
static int ends_before(
	const struct world *w, int32_t today, int32_t next_send_day, bool *out, struct err *e)
{
	struct stmt *st = store_stmt(w->store,
		"SELECT 1 FROM alert WHERE state IN ('open', 'acknowledged', 'disputed') AND"
		" ((kind = ?1 AND status IN ('due_soon', 'due_today') AND last_day >= ?3 AND"
		"   last_day < ?4) OR"
		"  (kind = ?2 AND status = 'expiring' AND valid_to >= ?3 AND valid_to < ?4)) LIMIT 1",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, LN_DUE);
	stmt_int(st, 2, LN_EXPIRY);
	stmt_day(st, 3, today);
	stmt_day(st, 4, next_send_day);
	int rc = stmt_step(st, e);
	stmt_reset(st);
	*out = rc == 1;
	return rc < 0 ? -1 : 0;
}

struct moment round_next_send(const struct world *w, struct moment m)
{
	int at = w->settings->schedule.send_at;
	int32_t day = m.second < at ? m.day : m.day + 1;
	return (struct moment){calendar_on_or_after(w->calendar, day), at};
}

static struct moment next_check(const struct world *w, struct moment m)
{
	int at = w->settings->schedule.check_at;
	return (struct moment){m.second < at ? m.day : m.day + 1, at};
}

/* The eve of the next sending time after tomorrow's start: the working day before it. */
static struct moment next_preview(const struct world *w, struct moment m)
{
	int at = w->settings->schedule.preview_at;
	int32_t day = m.second < at ? m.day : m.day + 1;
	return (struct moment){calendar_on_or_after(w->calendar, day), at};
}

static bool sent_today(const struct world *w, int32_t day)
{
	int32_t last = meta_day(w->store, "last_send");
	return last == day; /* one that lies ahead was written by a wrong clock (P22) */
}

static int send_is_due(const struct world *w, struct moment now, bool *out, struct err *e)
{
	int32_t live = watch_from(w->store);
	*out = false;
	if (live == DAY_NONE || now.day < live || sent_today(w, now.day))
		return 0;
	bool workday = calendar_is_workday(w->calendar, now.day);
	if (workday && now.second < w->settings->schedule.send_at)
		return 0; /* its time comes */
	if (workday && now.second <= w->settings->schedule.late_until) {
		*out = true;
		return 0;
	}
	return ends_before(w, now.day, round_next_send(w, now).day, out, e);
}

int round_due(const struct world *w, struct moment now, bool force_check, struct round_work *out,
	struct moment *next, const char **reason, struct err *e)
{
	*out = (struct round_work){0};
	int32_t checked = meta_day(w->store, "last_check");
	out->check = force_check || (checked != now.day &&
					    now.second >= w->settings->schedule.check_at);
	if (send_is_due(w, now, &out->send, e) < 0)
		return -1;
	bool over;
	struct moment again;
	if (put_aside_next(w, now, &again, &over, e) < 0)
		return -1;
	out->check |= out->send | over; /* letters are written from today's facts */
	int32_t live = watch_from(w->store);
	int32_t previewed = meta_day(w->store, "last_preview");
	bool previews = w->settings->schedule.preview_at != PREVIEW_OFF;
	out->preview = previews && live != DAY_NONE &&
		       now.second >= w->settings->schedule.preview_at &&
		       calendar_is_workday(w->calendar, now.day) &&
		       previewed != now.day;
	*next = next_check(w, now);
	*reason = "check";
	if (live == DAY_NONE)
		return 0;
	struct moment send = round_next_send(w, now), preview = next_preview(w, now);
	if (moment_compare(send, *next) < 0) {
		*next = send;
		*reason = "send";
	}
	if (previews && moment_compare(preview, *next) < 0) {
		*next = preview;
		*reason = "preview";
	}
	return 0;
}

static int do_round(const struct world *w, struct runner_set *runners, const struct templates *t,
	struct moment now, bool force_check, mailing_sink *sink, void *context,
	struct round_result *r, struct err *e)
{
	*r = (struct round_result){0};
	int withdrawn = 0;
	struct judgement j = {0};
	runners->now = now;
	if (mailing_withdraw_stale(w, now, &withdrawn, e) < 0 ||
		round_due(w, now, force_check, &r->done, &r->next, &r->reason, e) < 0)
		return -1;
	r->mailing.superseded = withdrawn;
	if (!r->done.check && !r->done.preview)
		return 0;
	if (judgement_make(&j, w, runners, now.day, NULL, e) < 0)
		return -1;
	int rc = kept_save(w, &j, e);
	r->findings = j.count;
	for (size_t i = 0; i < j.run_count; i++)
		r->failed_plugins += !j.runs[i].complete;
	if (r->done.check) {
		rc = alerts_reconcile(w, &j, e);
		if (rc == 0)
			rc = mailing_withdraw_ended(w, &withdrawn, e);
		if (rc == 0)
			rc = set_meta_day(w->store, "last_check", now.day, e);
		if (rc == 0 && runners->puts_aside)
			rc = plugin_letters_queue(w, t, now, e);
	}
	if (rc == 0 && !r->done.send && send_is_due(w, now, &r->done.send, e) < 0)
		rc = -1; /* what was just found may be urgent enough (P15) */
	if (rc == 0 && r->done.send) {
		rc = mailing_run(w, &j, t, now, sink, context, &r->mailing, e);
		if (rc == 0 && !r->mailing.overtaken)
			rc = set_meta_day(w->store, "last_send", now.day, e);
	}
	r->mailing.superseded += withdrawn;
	if (rc == 0 && r->done.preview) {
		rc = preview_queue(w, runners, t, now, e);
		if (rc == 0)
			rc = set_meta_day(w->store, "last_preview", now.day, e);
	}
	judgement_release(&j);
	return rc;
}

/* Who is put aside is tried when its pause ends, if nothing comes before. */
static int next_with_pauses(const struct world *w, struct moment now, struct round_result *r, struct err *e)
{
	struct moment again;
	bool over;
	int waiting = put_aside_next(w, now, &again, &over, e);
	if (waiting == 1 && moment_compare(again, r->next) < 0) {
		r->next = again;
		r->reason = "check";
	}
	return waiting < 0 ? -1 : 0;
}

int round_run(const struct world *w, struct runner_set *runners, const struct templates *t,
	struct moment now, bool force_check, mailing_sink *sink, void *context,
	struct round_result *r, struct err *e)
{
	if (do_round(w, runners, t, now, force_check, sink, context, r, e) < 0)
		return -1;
	return next_with_pauses(w, now, r, e);
}
