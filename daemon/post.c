/*
 * post.c: langnghe-post: empties the outbox. Takes the post lock, gives back what
 * a post that died had leased, hands letter by letter to the transport and
 * commits each result by itself, in the transaction that leases the letter behind
 * it: no letter comes to its end before its lease is committed. Its last line tells
 * the daemon when to start it again: "next MOMENT reason" or "next never".
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

/* A slot's letters: the first is leased, one behind it was only picked. */
struct hand {
	struct lease *letters[TRANSPORT_DEPTH_MOST];
	int count, given;
	bool leased; /* the first, in the transaction at work */
};

struct post {
	struct settings *settings;
	struct store *store;
	struct mail_transport *transport;
	int64_t only; /* this letter, 0 all */
	bool fixed; /* the moment was handed in */
	int64_t fixed_unix;
	struct hand hands[TRANSPORT_SLOTS_MOST];
	bool empty; /* nothing waits any more */
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

/* What became of one letter, in the transaction at work. */
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
	p->refused |= result == SEND_CREDENTIALS;
	if (p->in_a_row == 1 || result == SEND_PERMANENT || result == SEND_IN_DOUBT)
		log_warning("letter %lld to %s: %s", (long long)l->letter, l->email, why->text);
	return outbox_end(p->store, l, outcome_of(result), code,
		result == SEND_OK && !why->text[0] ? NULL : why->text, now, next, e);
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

/* 1 the hand has another letter, 0 nothing waits, -1. */
static int pick(struct post *p, struct hand *h, struct err *e)
{
	int64_t in_hand[TRANSPORT_SLOTS_MOST * TRANSPORT_DEPTH_MOST];
	size_t count = 0;
	struct lease l = {0};
	for (int i = 0; i < TRANSPORT_SLOTS_MOST; i++)
		for (int k = 0; k < p->hands[i].count; k++)
			in_hand[count++] = p->hands[i].letters[k]->recipient;
	for (;;) {
		int found = outbox_pick(p->store, now_unix(p), p->only, in_hand, count, &l, e);
		if (found <= 0)
			return found;
		if (p->settings->mail.transport != TRANSPORT_SMTP || !text_is_invented(l.email)) {
			h->letters[h->count] = xmalloc(sizeof l);
			*h->letters[h->count++] = l;
			return 1;
		}
		struct err why;
		err_set(&why, "an address that ends in .example cannot be written to");
		int rc = outbox_begin(p->store, &l, now_unix(p), e);
		if (rc == 1)
			rc = settle(p, &l, SEND_PERMANENT, 0, &why, e);
		lease_release(&l);
		if (rc < 0)
			return -1;
	}
}

/* The slot's first letter. */
static void forget(struct hand *h)
{
	lease_release(h->letters[0]);
	free(h->letters[0]);
	h->letters[0] = h->letters[1];
	h->letters[1] = NULL;
	h->count--;
	h->given -= h->given > 0;
	h->leased = false;
}

/* Leases the slot's next letter; one that may not go any more is given up, with the connection that it is on
 * its way over. */
static int lease(struct post *p, int slot, bool enough, struct err *e)
{
	struct hand *h = &p->hands[slot];
	while (!h->leased) {
		int found = h->count == 0 && !enough && !p->empty ? pick(p, h, e) : h->count > 0;
		if (found < 0)
			return -1;
		p->empty |= found == 0 && !enough;
		if (found == 0)
			return 0;
		int begun = enough ? 0 : outbox_begin(p->store, h->letters[0], now_unix(p), e);
		if (begun < 0)
			return -1;
		h->leased = begun == 1;
		if (!h->leased) {
			if (h->given)
				p->transport->drop(p->transport, slot);
			forget(h);
		}
	}
	return 0;
}

/* Fills the slot up to `most` letters. */
static int fill(struct post *p, int slot, int most, struct err *e)
{
	struct hand *h = &p->hands[slot];
	bool enough = is_enough(p);
	if (lease(p, slot, enough, e) < 0)
		return -1;
	while (h->count < most && !enough && !p->empty) {
		int found = pick(p, h, e);
		if (found < 0)
			return -1;
		p->empty = found == 0;
	}
	return 0;
}

/* What a slot's turn begins with: the end of its first letter, or nothing yet. */
struct turn {
	int slot;
	bool over;
	enum send_result result;
	int code;
	struct err why;
};

/* What was committed is told to the transport. */
static void hand_over(struct post *p, int slot, bool was_leased)
{
	struct hand *h = &p->hands[slot];
	struct mail_transport *t = p->transport;
	for (int i = 0; i < h->count; i++) {
		if (i == h->given) {
			t->give(t, slot, h->letters[i]);
			h->given++;
		}
		if (i == 0 && h->leased && !was_leased)
			t->release(t, slot);
	}
}

/* One transaction: the results that are there, and the leases of the letters behind them. */
static int take_turns(struct post *p, const struct turn *turns, int count, int most, struct err *e)
{
	const struct err *why = NULL;
	bool was_leased[TRANSPORT_SLOTS_MOST];
	int rc = store_begin(p->store, e);
	if (rc < 0)
		return -1;
	for (int i = 0; i < count && rc == 0; i++) {
		const struct turn *turn = &turns[i];
		struct hand *h = &p->hands[turn->slot];
		if (!turn->over)
			continue;
		rc = settle(p, h->letters[0], turn->result, turn->code, &turn->why, e);
		forget(h);
		if (turn->result == SEND_CREDENTIALS)
			why = &turn->why;
	}
	for (int i = 0; i < count && rc == 0; i++) {
		was_leased[i] = p->hands[turns[i].slot].leased;
		rc = fill(p, turns[i].slot, most, e);
	}
	if (rc < 0 || store_commit(p->store, e) < 0) {
		store_rollback(p->store);
		return -1;
	}
	for (int i = 0; i < count; i++)
		hand_over(p, turns[i].slot, was_leased[i]);
	return why && !outbox_is_held(p->store, NULL) ? hold_for_credentials(p, why, e) : 0;
}

/* Waits for a result; takes all that are there. */
static int take_results(struct post *p, struct turn *turns)
{
	int count = 0;
	do {
		struct turn *t = &turns[count];
		*t = (struct turn){.over = true};
		t->slot = p->transport->take(p->transport, count == 0, &t->result, &t->code, &t->why);
	} while (turns[count].slot >= 0 && ++count < p->transport->slots);
	return count;
}

static bool is_busy(const struct post *p)
{
	for (int i = 0; i < p->transport->slots; i++)
		if (p->hands[i].count)
			return true;
	return false;
}

/* Every slot gets a letter before any gets a second. */
static int deliver_all(struct post *p, struct err *e)
{
	struct mail_transport *t = p->transport;
	struct turn turns[TRANSPORT_SLOTS_MOST] = {0};
	int rc = 0;
	p->run_until_ms = monotonic_ms() + limit_ms(RUN_MS);
	for (int slot = 0; slot < t->slots; slot++)
		turns[slot].slot = slot;
	for (int most = 1; most <= t->depth && rc == 0 && !p->empty; most++)
		rc = take_turns(p, turns, t->slots, most, e);
	while (rc == 0 && is_busy(p)) {
		int count = take_results(p, turns);
		rc = take_turns(p, turns, count, t->depth, e);
	}
	/* Where the store failed, the next run finds them in hand. */
	for (int slot = 0; slot < t->slots; slot++)
		while (p->hands[slot].count)
			forget(&p->hands[slot]);
	return rc;
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
