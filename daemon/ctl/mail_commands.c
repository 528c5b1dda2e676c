/*
 * mail_commands.c: the letters that go out: the listing, one letter, and the
 * hand on the tap. The eve's look ahead (preview) is in rehearse_commands.c.
 */
#include "ctl/command.h"

#include "mail/message.h"
#include "mail/outbox.h"

static int run_outbox(struct ctl *c)
{
	static const char *const states[] = {"queued", "held", "sending", "sent", "deferred",
		"in_doubt", "failed", "superseded", NULL};
	struct err e;
	struct table *t;
	const char *state = ctl_option(c, "state");
	bool known = !state;
	for (int i = 0; states[i] && !known; i++)
		known = strcmp(states[i], state) == 0;
	if (!known)
		return ctl_fail(CTL_USAGE,
			"--state: \"%.40s\"; allowed: queued, held, sending, sent, "
			"deferred, in_doubt, failed, superseded",
			state);
	int rc = ctl_open_store(c, STORE_READ);
	if (rc)
		return rc;
	if (outbox_table(c->world.store, state, c->world.settings->utc_offset_s, &t, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	return ctl_listing(c, t);
}

static int run_show(struct ctl *c)
{
	struct err e;
	int64_t id;
	char *bytes;
	size_t size;
	int rc = ctl_id(c->positional[0], "ID", &id);
	if (rc == 0)
		rc = ctl_open_store(c, STORE_READ);
	if (rc)
		return rc;
	if (outbox_bytes(c->world.store, id, &bytes, &size, &e) < 0)
		return ctl_fail(CTL_REJECTED, "%s", e.text);
	char *text = NULL;
	if (!ctl_option(c, "text"))
		fwrite(bytes, 1, size, stdout);
	else if (message_read(bytes, size, &text, &e) == 0)
		fputs(text, stdout);
	else
		rc = ctl_fail(CTL_CANNOT, "letter %lld: %s", (long long)id, e.text);
	free(text);
	free(bytes);
	return rc;
}

static int act(struct ctl *c, const char *action)
{
	struct err e;
	int64_t id;
	int rc = ctl_id(c->positional[0], "ID", &id);
	if (rc == 0)
		rc = ctl_open_store(c, STORE_WRITE);
	if (rc)
		return rc;
	int offset = c->world.settings->utc_offset_s;
	int64_t now = moment_to_unix(ctl_now(c), offset);
	if (outbox_act(c->world.store, id, action, now, &e) < 0)
		return ctl_fail(CTL_REJECTED, "%s", e.text);
	printf("letter %lld: %s\n", (long long)id, action);
	ctl_poke(c);
	return CTL_DONE;
}

static int run_retry(struct ctl *c)
{
	return act(c, "retry");
}

static int run_release_one(struct ctl *c)
{
	return act(c, "release");
}

static int run_discard(struct ctl *c)
{
	return act(c, "discard");
}

static int set_hold(struct ctl *c, bool hold)
{
	struct err e;
	int rc = ctl_open_store(c, STORE_WRITE);
	if (rc)
		return rc;
	const char *note = ctl_option(c, "note");
	if (outbox_hold(c->world.store, hold, note ? note : "held by hand", &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	puts(hold ? "all sending is held; langnghectl release frees it" : "sending is free");
	ctl_poke(c);
	return CTL_DONE;
}

static int run_hold(struct ctl *c)
{
	return set_hold(c, true);
}

static int run_release(struct ctl *c)
{
	return set_hold(c, false);
}

const struct command mail_commands[] = {
	{"outbox", "[--state S]", "every letter and recipient with its delivery",
		"langnghectl outbox --state failed --json", 0, 0, "state=", run_outbox},
	{"outbox show", "ID [--text]", "one letter as it goes out; --text: for reading",
		"langnghectl outbox show 31 --text", 1, 1, "text", run_show},
	{"outbox retry", "ID", "tries a letter again that failed or was put off",
		"langnghectl outbox retry 31", 1, 1, "", run_retry},
	{"outbox release", "ID", "frees one held letter", "langnghectl outbox release 31", 1, 1, "",
		run_release_one},
	{"outbox discard", "ID", "one letter will not be sent", "langnghectl outbox discard 31", 1,
		1, "", run_discard},
	{"hold", "[--note TEXT]", "stops all sending until release",
		"langnghectl hold --note 'rà soát danh sách'", 0, 0, "note=", run_hold},
	{"release", "", "frees all sending", "langnghectl release", 0, 0, "", run_release},
	{0},
};
