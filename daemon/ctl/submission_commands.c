/*
 * submission_commands.c: duties fulfilled, key strokes taken back, extensions
 * granted, and the proof of all that was done about one duty.
 */
#include "ctl/command.h"

#include "ctl/trail.h"

#include "plan/period.h"
#include "register/submissions.h"

static int open_for_writing(struct ctl *c)
{
	int rc = ctl_open_files(c);
	return rc ? rc : ctl_open_store(c, STORE_WRITE);
}

static int done(struct ctl *c, int rc, const struct err *e, const char *what)
{
	if (rc < 0)
		return ctl_fail(CTL_REJECTED, "%s", e->text);
	printf("%s %s %s: %s\n", c->positional[0], c->positional[1], c->positional[2], what);
	ctl_poke(c);
	return CTL_DONE;
}

static int run_submit(struct ctl *c)
{
	struct err e;
	int32_t on, today;
	char late[DAY_TEXT], now[DAY_TEXT];
	int rc = ctl_day(ctl_option(c, "on"), "--on", &on);
	if (rc == 0)
		rc = open_for_writing(c);
	if (rc == 0)
		rc = ctl_today(c, &today);
	if (rc)
		return rc;
	if (on > today)
		return ctl_fail(CTL_REJECTED,
			"--on: %s lies after today, %s; what has not come in yet cannot be "
			"recorded",
			day_iso(on, late), day_iso(today, now));
	struct submission s = {
		.duty = c->positional[0],
		.unit = c->positional[1],
		.period = c->positional[2],
		.document_on = DAY_NONE,
		.received_on = on,
		.document_no = ctl_option(c, "document-no"),
		.note = ctl_option(c, "note"),
		.by = ctl_option(c, "by"),
	};
	return done(c, submission_record(c->world.store, c->world.plan, &s, &e), &e, "recorded");
}

static int run_unsubmit(struct ctl *c)
{
	struct err e;
	int rc = open_for_writing(c);
	if (rc)
		return rc;
	rc = submission_take_back(c->world.store, c->world.plan, c->positional[0], c->positional[1],
		c->positional[2], ctl_option(c, "by"), ctl_option(c, "note"), &e);
	return done(c, rc, &e, "taken back");
}

static int run_extend(struct ctl *c)
{
	struct err e;
	int32_t until;
	int rc = ctl_day(ctl_option(c, "until"), "--until", &until);
	if (rc == 0)
		rc = open_for_writing(c);
	if (rc)
		return rc;
	rc = submission_extend(c->world.store, c->world.plan, c->positional[0], c->positional[1],
		c->positional[2], until, ctl_option(c, "document-no"), ctl_option(c, "by"), &e);
	return done(c, rc, &e, "extended");
}

static int run_trail(struct ctl *c)
{
	struct err e;
	struct table *t;
	const char *name = c->positional[0], *period = c->positional[2];
	int rc = ctl_open_world(c, STORE_READ);
	if (rc == 0)
		rc = ctl_check_unit(c, c->positional[1], "UNIT");
	if (rc)
		return rc;
	const struct duty *duty = plan_duty(c->world.plan, name);
	if (!duty)
		return ctl_fail(
			CTL_USAGE, "DUTY: the plan has no \"%.40s\" (langnghectl plan)", name);
	if (!duty_has_period(c->world.plan, duty, period))
		return ctl_fail(CTL_USAGE, "PERIOD: %s has no period \"%.20s\"", name, period);
	if (trail_table(&c->world, c->positional[0], c->positional[1], c->positional[2], &t, &e) <
		0)
		return ctl_fail(CTL_REJECTED, "%s", e.text);
	return ctl_listing(c, t);
}

const struct command submission_commands[] = {
	{"submit", "DUTY UNIT PERIOD --on DATE --by NAME [--document-no NO] [--note TEXT]",
		"records that a unit fulfilled a duty",
		"langnghectl submit unit-report so-khcn 2026 --on 2026-12-01 --document-no "
		"152/BC-SKHCN "
		"--by 'Lê Thị B'",
		3, 3, "on=! document-no= note= by=! as-of=", run_submit},
	{"unsubmit", "DUTY UNIT PERIOD --by NAME --note TEXT", "takes a wrong key stroke back",
		"langnghectl unsubmit unit-report so-khcn 2026 --by 'Lê Thị B' --note 'nhầm đơn "
		"vị'",
		3, 3, "by=! note=!", run_unsubmit},
	{"extend", "DUTY UNIT PERIOD --until DATE --document-no NO --by NAME",
		"a granted extension moves the last day",
		"langnghectl extend unit-report so-khcn 2026 --until 2026-12-11 --document-no "
		"88/UBND-NN --by 'Lê Thị B'",
		3, 3, "until=! document-no=! by=!", run_extend},
	{"trail", "DUTY UNIT PERIOD", "everything that was done about one duty, in order",
		"langnghectl trail unit-report so-khcn 2026 --json", 3, 3, "", run_trail},
	{0},
};
