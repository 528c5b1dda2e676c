/*
 * post.c: langnghe-post: empties the outbox. Takes the post lock, gives back what
 * a post that died had leased, hands letter by letter to the transport and
 * commits each result by itself. Its last line tells the daemon when to start it
 * again: "next MOMENT reason" or "next never".
 *
 *   langnghe-post [-c CONF] [--letter ID] [--now MOMENT] [--stepped]
 *
 * --letter: no other letter than this; --now: the moment to go by instead of the
 * clock; --stepped: refuse to go by the clock (tests and rehearsals). Exit: 0
 * done, 2 wrong usage, 3 cannot work.
 */
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/monotonic.h"
#include "base/text.h"
#include "mail/outbox.h"
#include "mail/transport.h"

#include <sodium.h>

#include <getopt.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, EXIT_CANNOT = 3 };

enum {
	FIRST_PAUSE_S = 60,
	LONGEST_PAUSE_S = 6 * 60 * 60,
	RUN_MS = 240 * 1000, /* then the daemon starts another; with a last slow letter still within its patience */
	FAILURES_IN_A_ROW = 3 /* then the way out is broken, not a letter: the rest waits */
};

struct post {
	struct settings *settings;
	struct store *store;
	struct mail_transport *transport;
	int64_t only; /* this letter, 0 all */
	bool fixed; /* the moment was handed in */
	int64_t fixed_unix;
	int sent, failed;
	bool refused; /* our name or password was */
	int in_a_row; /* temporary failures one after the other */
	int64_t next; /* when there is more to do, 0 never */
	int64_t run_until_ms; /* by the monotonic clock */
};

static int64_t now_unix(const struct post *p)
{
	struct timespec now;
	if (p->fixed)
		return p->fixed_unix;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

/* 1, 2, 4 … minutes, at most 6 hours; by the real clock up to a quarter more, so that letters put off
 * together do not come back together. */
static int64_t pause_after(const struct post *p, int attempts)
{
	int64_t pause = FIRST_PAUSE_S;
	for (int i = 1; i < attempts && pause < LONGEST_PAUSE_S; i++)
		pause *= 2;
	pause = pause < LONGEST_PAUSE_S ? pause : LONGEST_PAUSE_S;
	return p->fixed ? pause : pause + randombytes_uniform((uint32_t)pause / 4);
}

static enum delivery outcome_of(enum send_result r)
{
	switch (r) {
	case SEND_OK:
		return DELIVERY_SENT;
	case SEND_TEMPORARY:
	case SEND_CREDENTIALS:
		return DELIVERY_DEFERRED;
	case SEND_PERMANENT:
		return DELIVERY_FAILED;
	case SEND_IN_DOUBT:
		return DELIVERY_IN_DOUBT;
	}
	return DELIVERY_IN_DOUBT;
}

/* Nothing of ours will be taken before a person has looked: all sending waits. */
static int hold_for_credentials(struct post *p, const struct err *why, struct err *e)
{
	char *reason = xasprintf("the mail server refuses our name or password: %s", why->text);
	int rc = outbox_hold(p->store, true, reason, e);
	log_error("sending is held: %s", reason);
	free(reason);
	return rc;
}

/* What became of one letter: accounted for and committed. */
static int settle(struct post *p, const struct lease *l, enum send_result result, int code,
	const struct err *why, struct err *e)
{
	int64_t now = now_unix(p);
	bool again = result == SEND_TEMPORARY || result == SEND_CREDENTIALS || result == SEND_IN_DOUBT;
	int64_t next = again ? now + pause_after(p, l->attempts) : 0;
	if (result == SEND_OK)
		p->sent++;
	else
		p->failed++;
	p->in_a_row = result == SEND_TEMPORARY ? p->in_a_row + 1 : 0;
	if (p->in_a_row == 1 || result == SEND_PERMANENT || result == SEND_IN_DOUBT)
		log_warning("letter %lld to %s: %s", (long long)l->letter, l->email, why->text);
	if (outbox_settle(p->store, l, outcome_of(result), code,
		    result == SEND_OK && !why->text[0] ? NULL : why->text, now, next, e) < 0)
		return -1;
	if (result != SEND_CREDENTIALS || p->refused)
		return 0;
	p->refused = true;
	return hold_for_credentials(p, why, e);
}

/* No letter is begun any more: the way out is broken, or the run has been long enough. */
static bool is_enough(struct post *p)
{
	if (p->in_a_row >= FAILURES_IN_A_ROW || p->refused)
		return true;
	if (monotonic_ms() < p->run_until_ms)
		return false;
	p->next = now_unix(p);
	return true;
}

/* Leases the next letter into *l and begins to deliver it on this slot. 1 begun, 2 it came to its end at
 * once, 0 nothing is left, -1. */
static int begin_one(struct post *p, int slot, struct lease *l, struct err *e)
{
	int found = outbox_lease(p->store, now_unix(p), p->only, l, e);
	if (found <= 0)
		return found;
	if (p->settings->mail.transport == TRANSPORT_SMTP && text_is_invented(l->email)) {
		struct err why;
		err_set(&why, "an address that ends in .example cannot be written to");
		int rc = settle(p, l, SEND_PERMANENT, 0, &why, e);
		lease_release(l);
		return rc < 0 ? -1 : 2;
	}
	p->transport->give(p->transport, slot, l);
	return 1;
}

/* As many letters are in hand as the transport takes; each result is committed before the next letter. */
static int deliver_all(struct post *p, struct err *e)
{
	struct mail_transport *t = p->transport;
	struct lease in_hand[TRANSPORT_SLOTS_MOST] = {0};
	bool busy[TRANSPORT_SLOTS_MOST] = {false}, more = true;
	int count = 0, rc = 0;
	p->run_until_ms = monotonic_ms() + RUN_MS;
	while (rc >= 0 && (more || count > 0)) {
		more = more && !is_enough(p);
		if (more && count < t->slots) {
			int slot = 0;
			while (busy[slot])
				slot++;
			rc = begin_one(p, slot, &in_hand[slot], e);
			more = rc != 0;
			busy[slot] = rc == 1;
			count += rc == 1;
		} else if (count > 0) {
			enum send_result result;
			struct err why = {0};
			int code, slot = t->take(t, &result, &code, &why);
			rc = settle(p, &in_hand[slot], result, code, &why, e);
			lease_release(&in_hand[slot]);
			busy[slot] = false;
			count--;
		}
	}
	for (int i = 0; i < t->slots; i++)
		if (busy[i])
			lease_release(&in_hand[i]); /* the store failed: the next run finds them in hand */
	return rc < 0 ? -1 : 0;
}

static void print_next(const struct post *p)
{
	char text[MOMENT_TEXT];
	int offset = p->settings->utc_offset_s;
	if (p->next)
		printf("next %s retry\n",
			moment_iso(moment_from_unix(p->next, offset), offset, text));
	else
		printf("next never\n");
}

/* With the lock held. */
static int work(struct post *p, struct err *e)
{
	char *held = NULL;
	bool harmless = p->settings->mail.transport == TRANSPORT_MAILDIR;
	if (outbox_recover(p->store, harmless, now_unix(p), e) < 0)
		return -1;
	if (outbox_is_held(p->store, &held)) {
		log_warning("sending is held (%s): nothing is delivered but the administrator's letters",
			held);
		free(held);
	}
	if (transport_open(&p->transport, p->settings, e) < 0)
		return -1;
	int64_t retry = 0;
	int rc = deliver_all(p, e);
	if (rc == 0)
		rc = outbox_earliest_retry(p->store, &retry, e);
	if (retry && (p->next == 0 || retry < p->next))
		p->next = retry;
	if (p->sent || p->failed)
		log_info("%d delivered, %d not, by %s", p->sent, p->failed, p->transport->name);
	return rc;
}

static int run(struct post *p, const char *conf, struct err *e)
{
	struct problems problems = {0};
	if (settings_load(settings_path(conf), &p->settings, &problems) < 0) {
		for (size_t i = 0; i < problems.count; i++)
			log_error("%s: %s", problems.items[i].where, problems.items[i].text);
		problems_release(&problems);
		return err_set(e, "the configuration is wrong");
	}
	problems_release(&problems);
	char *lock_path = xasprintf("%s.post-lock", p->settings->database);
	int lock = file_lock(lock_path, 1, e);
	free(lock_path);
	if (lock < 0)
		return -1;
	int rc = store_open(&p->store, p->settings->database, STORE_WRITE, e);
	if (rc == 0)
		rc = work(p, e);
	if (rc == 0)
		print_next(p);
	transport_close(p->transport);
	store_close(p->store);
	close(lock);
	return rc;
}

/* The plan's zone is Viet Nam's unless the moment names its own. */
static int take_moment(struct post *p, const char *s)
{
	struct moment m;
	enum { VIETNAM_S = 7 * 60 * 60 };
	if (moment_parse(s, VIETNAM_S, &m) < 0)
		return -1;
	p->fixed_unix = moment_to_unix(m, VIETNAM_S);
	p->fixed = true;
	return 0;
}

static int usage(const char *what)
{
	fprintf(stderr,
		"langnghe-post: %s\nusage: langnghe-post [-c CONF] [--letter ID] [--now MOMENT]"
		" [--stepped]\n",
		what);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"letter", required_argument, NULL, 'l'}, {"now", required_argument, NULL, 'n'},
		{"stepped", no_argument, NULL, 's'}, {0}};
	signal(SIGPIPE, SIG_IGN); /* a sender may be gone: its letter is accounted for, and the others */
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a daemon that is gone leaves nobody working */
	struct post p = {0};
	const char *conf = NULL;
	bool stepped = false;
	for (int c; (c = getopt_long(argc, argv, "c:", options, NULL)) != -1;) {
		if (c == 'c')
			conf = optarg;
		else if (c == 's')
			stepped = true;
		else if (c == 'l') {
			if ((p.only = atoll(optarg)) < 1)
				return usage("--letter takes a letter's number");
		} else if (c != 'n')
			return usage("unknown option");
		else if (take_moment(&p, optarg) < 0)
			return usage("--now takes a moment such as 2026-11-24T08:00:00+07:00");
	}
	if (optind != argc)
		return usage("no argument is taken");
	if (stepped && !p.fixed)
		return usage("--stepped needs --now");
	log_open("langnghe-post", p.only ? LOG_WARNING : LOG_INFO); /* who asked is told by the caller */
	struct err e;
	int rc = run(&p, conf, &e);
	if (rc < 0)
		log_error("%s", e.text);
	settings_free(p.settings);
	return rc < 0 ? EXIT_CANNOT : 0;
}
