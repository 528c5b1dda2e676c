/*
 * alert_commands.c: the alerts, what is done about them by hand, and the day
 * from which the plan is watched.
 */
#include "ctl/command.h"

#include "alerts/alert.h"
#include "mail/rounds.h"

static int run_alerts(struct ctl *c)
{
	struct err e;
	struct table *t;
	int32_t today;
	const char *state = ctl_option(c, "state");
	struct alert_filter filter = {
		.unit = ctl_option(c, "unit"), .state = state, .task = ctl_option(c, "task")};
	if (state && strcmp(alert_state_name(alert_state_named(state)), state) != 0)
		return ctl_fail(CTL_USAGE,
			"--state: \"%.40s\"; allowed: open, acknowledged, snoozed, "
			"disputed, resolved, ended, withdrawn, lapsed",
			state);
	int rc = ctl_open_world(c, STORE_READ);
	if (rc == 0)
		rc = ctl_today(c, &today);
	if (rc)
		return rc;
	if (filter.task) {
		const struct task *task = plan_task(c->world.plan, filter.task);
		if (!task)
			return ctl_fail(CTL_USAGE,
				"--task: \"%.40s\" is no task of the plan; allowed: 1 to "
				"9 or a task's name (langnghectl plan)",
				filter.task);
		filter.task = task->id;
	}
	rc = ctl_check_unit(c, filter.unit, "--unit");
	if (rc)
		return rc;
	if (alerts_table(&c->world, &filter, today, &t, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	bool not_yet = watch_from(c->world.store) == DAY_NONE;
	rc = ctl_listing(c, t);
	return rc == CTL_DONE && not_yet ? ctl_fail(rc, "watching has not begun, so nothing is alerted: langnghectl go-live") : rc;
}

/* What is common to the four acts by hand: the id, the day, the store. */
static int begin(struct ctl *c, int64_t *id, int32_t *today)
{
	int rc = ctl_id(c->positional[0], "ID", id);
	if (rc == 0)
		rc = ctl_open_store(c, STORE_WRITE);
	return rc ? rc : ctl_today(c, today);
}

static int finish(struct ctl *c, int rc, const struct err *e, const char *what)
{
	if (rc < 0)
		return ctl_fail(CTL_REJECTED, "%s", e->text);
	printf("alert %s: %s\n", c->positional[0], what);
	ctl_poke(c);
	return CTL_DONE;
}

static int run_ack(struct ctl *c)
{
	struct err e;
	int64_t id;
	int32_t today;
	int rc = begin(c, &id, &today);
	if (rc)
		return rc;
	rc = alert_acknowledge(
		c->world.store, id, ctl_option(c, "by"), ctl_option(c, "note"), today, &e);
	return finish(c, rc, &e, "acknowledged");
}

static int run_snooze(struct ctl *c)
{
	struct err e;
	int64_t id;
	int32_t today, until;
	int rc = ctl_day(ctl_option(c, "until"), "--until", &until);
	int32_t asked = rc == 0 ? until : DAY_NONE;
	if (rc == 0)
		rc = begin(c, &id, &today);
	if (rc)
		return rc;
	rc = alert_snooze(
		c->world.store, id, &until, ctl_option(c, "by"), ctl_option(c, "note"), today, &e);
	char day[DAY_TEXT], said[80];
	snprintf(said, sizeof said, "snoozed until %s%s", day_iso(until, day),
		until < asked ? ", the day before its last day" : "");
	return finish(c, rc, &e, said);
}

static int run_unsnooze(struct ctl *c)
{
	struct err e;
	int64_t id;
	int32_t today;
	int rc = begin(c, &id, &today);
	if (rc)
		return rc;
	rc = alert_unsnooze(
		c->world.store, id, ctl_option(c, "by"), ctl_option(c, "note"), today, &e);
	return finish(c, rc, &e, "no longer snoozed");
}

static int run_dispute(struct ctl *c)
{
	struct err e;
	int64_t id;
	int32_t today;
	int rc = begin(c, &id, &today);
	if (rc)
		return rc;
	rc = alert_dispute(
		c->world.store, id, ctl_option(c, "by"), ctl_option(c, "note"), today, &e);
	return finish(c, rc, &e, "disputed");
}

static int run_explain(struct ctl *c)
{
	struct err e;
	struct table *t;
	int64_t id;
	int32_t today;
	int rc = ctl_id(c->positional[0], "ID", &id);
	if (rc == 0)
		rc = ctl_open_world(c, STORE_READ);
	if (rc == 0)
		rc = ctl_today(c, &today);
	if (rc == 0)
		rc = ctl_check_unit(c, ctl_option(c, "unit"), "--unit");
	if (rc)
		return rc;
	if (alert_explain(&c->world, id, ctl_option(c, "unit"), today, &t, &e) < 0)
		return ctl_fail(CTL_REJECTED, "%s", e.text);
	return ctl_listing(c, t);
}

/* Going live in the middle of a working day is no sending time that was missed: today's counts as
 * over. Kept before the day from which is watched, so that no round sees the one without the other;
 * before that day it says nothing. */
static int close_today(const struct ctl *c, struct moment now, struct err *e)
{
	struct store *s = c->world.store;
	char text[DAY_TEXT];
	if (watch_from(s) != DAY_NONE || now.second < c->world.settings->schedule.send_at ||
		!calendar_is_workday(c->world.calendar, now.day))
		return 0;
	if (store_begin(s, e) < 0)
		return -1;
	if (store_set_meta(s, "last_send", day_iso(now.day, text), e) == 0 &&
		store_commit(s, e) == 0)
		return 0;
	store_rollback(s);
	return -1;
}

static int run_go_live(struct ctl *c)
{
	struct err e;
	char text[DAY_TEXT], hm[6];
	int32_t day = DAY_NONE;
	int rc = c->positional_count ? ctl_day(c->positional[0], "DATE", &day) : 0;
	if (rc == 0)
		rc = ctl_open_units(c, STORE_WRITE);
	if (rc)
		return rc;
	struct moment now = ctl_now(c);
	if (day == DAY_NONE)
		day = now.day;
	if (day == now.day && close_today(c, now, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	if (watch_go_live(c->world.store, day, &e) < 0)
		return ctl_fail(CTL_REJECTED, "%s", e.text);
	printf("watching and writing from %s\n", day_iso(day, text));
	struct moment begin = {day, 0};
	struct moment first = round_next_send(&c->world, day > now.day ? begin : now);
	printf("the first letters go on %s at %s%s\n", day_iso(first.day, text), moment_hm(first.second, hm),
		day < now.day ? ", or at once where a daemon makes up for today's sending time" : "");
	ctl_poke(c);
	return CTL_DONE;
}

const struct command alert_commands[] = {
	{"alerts", "[--unit U] [--state S] [--task T] [--as-of DATE]",
		"the alerts, a row for each unit addressed",
		"langnghectl alerts --unit so-nnmt --state open", 0, 0,
		"unit= state= task= as-of=", run_alerts},
	{"ack", "ID --by NAME --note TEXT", "seen: fewer reminders, never the last ones",
		"langnghectl ack 17 --by 'Lê Thị B' --note 'đang trình ký'", 1, 1,
		"by=! note=! as-of=", run_ack},
	{"snooze", "ID --until DATE --by NAME --note TEXT", "quiet until a day",
		"langnghectl snooze 17 --until 2026-11-30 --by 'Lê Thị B' --note 'chờ số liệu'", 1,
		1, "until=! by=! note=! as-of=", run_snooze},
	{"unsnooze", "ID --by NAME --note TEXT", "no longer quiet",
		"langnghectl unsnooze 17 --by 'Lê Thị B' --note 'đã có số liệu'", 1, 1,
		"by=! note=! as-of=", run_unsnooze},
	{"dispute", "ID --by NAME --note TEXT", "\"this is not ours\", kept with its reason",
		"langnghectl dispute 17 --by 'Trần C' --note 'thuộc thẩm quyền UBND xã'", 1, 1,
		"by=! note=! as-of=", run_dispute},
	{"explain", "ID [--unit U] [--as-of DATE]",
		"why a letter about it did or did not go, and what comes next",
		"langnghectl explain 17 --unit so-nnmt", 1, 1, "unit= as-of=", run_explain},
	{"go-live", "[DATE]", "starts watching and writing (default: today)",
		"langnghectl go-live 2026-11-24", 0, 1, "", run_go_live},
	{0},
};
