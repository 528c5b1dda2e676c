/*
 * mail_commands.c: the letters that go out: the listing, one letter, and the
 * hand on the tap; a letter to try the way out. The eve's look ahead (preview) is
 * in rehearse_commands.c.
 */
#include "ctl/command.h"
#include "ctl/places.h"

#include "base/file.h"
#include "base/mem.h"
#include "mail/address.h"
#include "mail/admin_letter.h"
#include "mail/mailing.h"
#include "mail/message.h"
#include "mail/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

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
		rc = ctl_open_units(c, STORE_WRITE);
	if (rc)
		return rc;
	bool renewed;
	struct moment last = mailing_last_sending(&c->world, ctl_now(c));
	if (outbox_act(c->world.store, id, action, last, &renewed, &e) < 0)
		return ctl_fail(CTL_REJECTED, "%s", e.text);
	if (renewed)
		printf("letter %lld is from before the last sending time: what is still open goes in "
		       "a new letter at the next\n",
			(long long)id);
	else
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

/* The brake works with any configuration. Nothing is lost by it. */
static int run_hold(struct ctl *c)
{
	struct err e;
	struct places p;
	struct problems problems = {0};
	const char *note = ctl_option(c, "note");
	places_find(c, &p, &problems);
	for (size_t i = 0; i < problems.count; i++)
		fprintf(stderr, "langnghectl: warning: %s: %s\n", problems.items[i].where,
			problems.items[i].text);
	int rc = store_open(&c->world.store, p.database, STORE_WRITE, &e);
	if (rc == 0)
		rc = outbox_hold(c->world.store, true, note ? note : "held by hand", &e);
	places_release(&p);
	problems_release(&problems);
	if (rc < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	puts("all sending is held; langnghectl release frees it");
	return CTL_DONE;
}

static int run_release(struct ctl *c)
{
	struct err e;
	int rc = ctl_open_store(c, STORE_WRITE);
	if (rc)
		return rc;
	if (outbox_hold(c->world.store, false, NULL, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	puts("sending is free");
	ctl_poke(c);
	return CTL_DONE;
}

/* Runs langnghe-post for this letter alone, as the daemon runs it for all. 0 it ended well. */
static int run_post(const struct ctl *c, int64_t letter, struct err *e)
{
	char *libexec = settings_libexec(), *program = file_join(libexec, "langnghe-post");
	char *number = xasprintf("%lld", (long long)letter);
	const char *argv[] = {program, "-c", settings_path(c->conf), "--letter", number, NULL};
	pid_t pid;
	int status = 0;
	posix_spawn_file_actions_t quiet; /* its last line is for the daemon */
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	int rc = posix_spawn(&pid, program, &quiet, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&quiet);
	if (rc)
		rc = err_set(e, "%s cannot be started: %s", program, strerror(rc));
	while (rc == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (rc == 0 && status != 0)
		rc = err_set(e, "%s ended badly; the letter is queued", program);
	free(number);
	free(program);
	free(libexec);
	return rc;
}

/* What became of the letter, which is kept in the outbox like any other. */
static int say_outcome(struct ctl *c, int64_t letter)
{
	struct delivery_state state;
	struct err e;
	if (outbox_delivery(c->world.store, letter, &state, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	bool sent = state.delivery == DELIVERY_SENT;
	const struct settings *s = c->world.settings;
	bool maildir = s->mail.transport == TRANSPORT_MAILDIR;
	if (sent)
		printf("letter %lld to %s: delivered%s%s\n", (long long)letter, state.email,
			maildir ? " into " : "", maildir ? s->mail.maildir : "");
	int rc = sent ? CTL_DONE
		      : ctl_fail(CTL_REJECTED, "letter %lld to %s: %s%s%s", (long long)letter,
				state.email, delivery_name(state.delivery), state.text ? ": " : "",
				state.text ? state.text : "");
	delivery_state_release(&state);
	return rc;
}

static int queue_test_mail(struct ctl *c, int64_t *letter)
{
	struct err e;
	struct templates *t = NULL;
	struct problems problems = {0};
	int rc = 0;
	if (templates_load(&t, c->world.settings->templates, &problems) < 0)
		rc = ctl_fail(CTL_CANNOT, "%s: %s", problems.items[0].where, problems.items[0].text);
	else if (test_letter_queue(&c->world, t, c->positional[0], ctl_now(c), letter, &e) < 0)
		rc = ctl_fail(CTL_CANNOT, "%s", e.text);
	problems_release(&problems);
	templates_free(t);
	return rc;
}

static int run_test_mail(struct ctl *c)
{
	struct err e;
	int64_t letter;
	if (!address_is_sound(c->positional[0]))
		return ctl_fail(CTL_USAGE, "ADDRESS: \"%.80s\" is no address; allowed: name@place.vn",
			c->positional[0]);
	int rc = ctl_open_store(c, STORE_WRITE);
	if (rc == 0)
		rc = queue_test_mail(c, &letter);
	if (rc)
		return rc;
	if (run_post(c, letter, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	return say_outcome(c, letter);
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
	{"test-mail", "ADDRESS", "sends one letter at once, to try the way out",
		"langnghectl test-mail quan-tri@thanhhoa.example", 1, 1, "", run_test_mail},
	{"hold", "[--note TEXT]", "stops all sending until release",
		"langnghectl hold --note 'rà soát danh sách'", 0, 0, "note=", run_hold},
	{"release", "", "frees all sending", "langnghectl release", 0, 0, "", run_release},
	{0},
};
