/*
 * mailing.c: one sending time. Decides with a first transaction that is rolled
 * back (what would be due if every letter that nobody accepted were withdrawn),
 * then queues unit by unit, each in a transaction of its own.
 */
#include "mail/mailing.h"

#include "alerts/alert.h"
#include "mail/outbox.h"
#include "mail/undelivered.h"

#include <sodium.h>

static const char secret_key[] = "secret";

char *mailing_secret(struct store *s, struct err *e)
{
	char *secret = store_meta(s, secret_key);
	if (secret)
		return secret;
	unsigned char random[32];
	char hex[2 * sizeof random + 1];
	if (sodium_init() < 0) {
		err_set(e, "libsodium could not be started");
		return NULL;
	}
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(hex, sizeof hex, random, sizeof random);
	if (store_begin(s, e) < 0)
		return NULL;
	if (store_set_meta(s, secret_key, hex, e) == 0 && store_commit(s, e) == 0)
		return xstrdup(hex);
	store_rollback(s);
	return NULL;
}

/* A unit with letters from before that go anew (P1, P23), and how many would be withdrawn. */
struct waiting_unit {
	char *code;
	int letters;
};

struct waiting {
	struct waiting_unit *items;
	size_t count, capacity;
};

static void waiting_release(struct waiting *w)
{
	for (size_t i = 0; i < w->count; i++)
		free(w->items[i].code);
	free(w->items);
}

static int letters_waiting(const struct waiting *w, const char *code)
{
	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->items[i].code, code) == 0)
			return w->items[i].letters;
	return 0;
}

/* The unit's first letter of today withdraws them; its second finds none. */
static void waiting_done(struct waiting *w, const char *code)
{
	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->items[i].code, code) == 0)
			w->items[i].letters = 0;
}

static void add_waiting(void *context, const char *unit)
{
	struct waiting *w = context;
	VEC_ROOM(w->items, w->count, w->capacity);
	w->items[w->count++] = (struct waiting_unit){.code = xstrdup(unit)};
}

static int make(struct digests *out, const struct world *w, const struct judgement *j, struct moment now,
	struct err *e)
{
	if (digests_make(out, w, j, now, e) < 0)
		return -1;
	int rc = undelivered_add(out, w, now, e);
	if (rc < 0)
		digests_release(out);
	return rc;
}

/* P1: today's letters are decided as if the waiting ones had been withdrawn; nothing is changed, so
 * that a crash here leaves the old letters where they were. ahead: j has not been reconciled yet. */
static int decide(struct digests *out, const struct world *w, const struct judgement *j,
	struct waiting *waiting, bool ahead, struct moment now, struct err *e)
{
	if (waiting->count == 0 && !ahead)
		return make(out, w, j, now, e);
	if (store_begin(w->store, e) < 0)
		return -1;
	int rc = 0;
	for (size_t i = 0; i < waiting->count && rc == 0; i++)
		rc = outbox_supersede(
			w->store, waiting->items[i].code, now, &waiting->items[i].letters, e);
	if (rc == 0 && ahead)
		rc = alerts_foresee(w, j, e);
	if (rc == 0)
		rc = make(out, w, j, now, e);
	store_rollback(w->store);
	return rc;
}

int mailing_foresee(struct digests *out, const struct world *w, const struct judgement *j,
	struct moment sending, struct err *e)
{
	struct waiting waiting = {0};
	int rc = outbox_waiting_units(w->store, add_waiting, &waiting, e);
	if (rc == 0)
		rc = decide(out, w, j, &waiting, true, sending, e);
	waiting_release(&waiting);
	return rc;
}

/* Whether the same things could not be addressed before: one row a matter, not one a day. */
static bool said_before(struct store *s, const struct digest *d, const struct letter *letter)
{
	struct err e;
	struct stmt *st = store_stmt(s,
		"SELECT 1 FROM letter l JOIN recipient r ON r.letter = l.id"
		" WHERE l.unit = ?1 AND l.steps = ?2 AND r.email = '' AND r.delivery = 'failed'",
		&e);
	if (!st)
		return false;
	stmt_text(st, 1, d->unit->code);
	stmt_text(st, 2, letter->steps);
	bool said = stmt_step(st, &e) == 1;
	stmt_reset(st);
	return said;
}

enum queued { QUEUED = 1, OVERTAKEN = 0 };

/* In its transaction: the older letters out, the new one in, its notices told. A letter that could
 * not be addressed tells nobody anything, so its notices stay pending. OVERTAKEN: an older letter
 * was delivered since it was decided; the next sending time decides anew. */
static int queue(const struct world *w, const struct digest *d, const struct letter *letter,
	int64_t number, struct moment now, int waiting, int *superseded, struct err *e)
{
	bool held = outbox_is_held(w->store, NULL);
	if (outbox_supersede(w->store, d->unit->code, now, superseded, e) < 0)
		return -1;
	if (*superseded < waiting)
		return OVERTAKEN;
	if (outbox_queue(w->store, letter, d, number, now, held, e) < 0)
		return -1;
	if (letter->recipient_count && (digest_record(d, w->store, number, e) < 0 ||
					       undelivered_record(d, w->store, number, e) < 0))
		return -1;
	return QUEUED;
}

/* QUEUED, OVERTAKEN or -1; nothing is left behind but by QUEUED. */
static int commit_letter(const struct world *w, const struct digest *d, const struct letter *letter,
	int64_t number, struct moment now, int waiting, int *superseded, struct err *e)
{
	if (store_begin(w->store, e) < 0)
		return -1;
	int rc = queue(w, d, letter, number, now, waiting, superseded, e);
	if (rc == QUEUED && store_commit(w->store, e) < 0)
		rc = -1;
	if (rc != QUEUED)
		store_rollback(w->store);
	return rc;
}

/* What every letter of one sending time needs. */
struct sending {
	const struct world *w;
	const struct templates *t;
	const char *secret;
	struct moment now;
	mailing_sink *sink;
	void *context;
	struct mailing_result *result;
};

static int send_one(const struct sending *s, const struct digest *d, int waiting, struct err *e)
{
	int64_t number;
	struct letter letter = {0};
	if (outbox_next_number(s->w->store, &number, e) < 0)
		return -1;
	char *thread = outbox_thread(s->w->store, d->unit->code, day_year(d->day));
	int rc = compose_letter(&letter, d, s->w, s->t, number, s->secret, thread, s->now, e);
	free(thread);
	if (rc < 0)
		return -1;
	bool addressed = letter.recipient_count > 0;
	int superseded = 0;
	rc = QUEUED;
	if (addressed || !said_before(s->w->store, d, &letter))
		rc = commit_letter(s->w, d, &letter, number, s->now, waiting, &superseded, e);
	if (rc == QUEUED) {
		s->result->superseded += superseded;
		s->result->without_address += !addressed;
		s->result->letters += addressed && d->kind == LETTER_DIGEST;
		s->result->receipts += addressed && d->kind == LETTER_RECEIPT;
		if (addressed && s->sink && s->sink(s->context, d, &letter, e) < 0)
			rc = -1;
	}
	s->result->overtaken |= rc == OVERTAKEN;
	letter_release(&letter);
	return rc < 0 ? -1 : 0;
}

/* P1: what no letter of today replaced is withdrawn all the same: nothing older than the unit's
 * next sending time is ever delivered. Its matters go when they may by themselves. */
static int withdraw_waiting(const struct world *w, const struct waiting *waiting, struct moment now,
	int *superseded, struct err *e)
{
	for (size_t i = 0; i < waiting->count; i++) {
		int letters = 0;
		if (waiting->items[i].letters == 0)
			continue;
		if (store_begin(w->store, e) < 0)
			return -1;
		if (outbox_supersede(w->store, waiting->items[i].code, now, &letters, e) < 0 ||
			store_commit(w->store, e) < 0) {
			store_rollback(w->store);
			return -1;
		}
		*superseded += letters;
	}
	return 0;
}

/* Withdraws the letters that st gives: id, and whether somebody got it (then only the addresses that
 * are still waiting are withdrawn, for the unit was told). One transaction. */
static int withdraw_each(struct store *s, struct stmt *st, int *superseded, struct err *e)
{
	struct found {
		int64_t id;
		bool told;
	} *letters = NULL;
	size_t n = 0, capacity = 0;
	int rc;
	while ((rc = stmt_step(st, e)) == 1) {
		VEC_ROOM(letters, n, capacity);
		letters[n++] = (struct found){col_int(st, 0), col_int(st, 1) != 0};
	}
	if (rc == 0 && n > 0)
		rc = store_begin(s, e);
	for (size_t i = 0; i < n && rc == 0; i++) {
		rc = outbox_withdraw(s, letters[i].id, e);
		if (rc == 0 && !letters[i].told)
			rc = outbox_return(s, letters[i].id, e);
	}
	if (rc == 0 && n > 0)
		rc = store_commit(s, e);
	if (rc < 0)
		store_rollback(s);
	else
		*superseded += (int)n;
	free(letters);
	return rc;
}

#define WAITING_LETTERS                                                                            \
	"SELECT l.id, EXISTS(SELECT 1 FROM recipient r WHERE r.letter = l.id AND"                  \
	"  r.delivery IN ('sent', 'sending', 'in_doubt'))"                                         \
	" FROM letter l WHERE EXISTS(SELECT 1 FROM recipient r WHERE r.letter = l.id AND"          \
	"  r.delivery IN ('queued', 'held', 'deferred'))"

int mailing_withdraw_ended(const struct world *w, int *superseded, struct err *e)
{
	struct stmt *st = store_stmt(w->store,
		WAITING_LETTERS " AND l.kind = 'digest' AND l.worst <> 'news'"
				" AND EXISTS(SELECT 1 FROM notice n WHERE n.letter = l.id)"
				" AND NOT EXISTS(SELECT 1 FROM notice n JOIN alert a ON a.id = n.alert"
				"  WHERE n.letter = l.id"
				"  AND a.state IN ('open', 'acknowledged', 'snoozed', 'disputed'))",
		e);
	return st ? withdraw_each(w->store, st, superseded, e) : -1;
}

struct moment mailing_last_sending(const struct world *w, struct moment now)
{
	int at = w->settings->schedule.send_at;
	return (struct moment){
		calendar_on_or_before(w->calendar, now.second >= at ? now.day : now.day - 1), at};
}

int mailing_withdraw_stale(const struct world *w, struct moment now, int *superseded, struct err *e)
{
	char last[MOMENT_TEXT], ahead[MOMENT_TEXT];
	outbox_moment(mailing_last_sending(w, now), last);
	/* P22: more than a day ahead; a clock set back by minutes takes nothing back. */
	outbox_moment((struct moment){now.day + 1, now.second}, ahead);
	struct stmt *st = store_stmt(
		w->store, WAITING_LETTERS " AND (l.queued_at < ?1 OR l.queued_at > ?2)", e);
	if (!st)
		return -1;
	stmt_text(st, 1, last);
	stmt_text(st, 2, ahead);
	return withdraw_each(w->store, st, superseded, e);
}

int mailing_run(const struct world *w, const struct judgement *j, const struct templates *t,
	struct moment now, mailing_sink *sink, void *context, struct mailing_result *r,
	struct err *e)
{
	struct digests digests = {0};
	struct waiting waiting = {0};
	struct mailing_result result = {0};
	char *secret = mailing_secret(w->store, e);
	int rc = secret ? outbox_waiting_units(w->store, add_waiting, &waiting, e) : -1;
	if (rc == 0)
		rc = decide(&digests, w, j, &waiting, false, now, e);
	if (rc == 0) {
		const struct sending sending = {w, t, secret, now, sink, context, &result};
		for (size_t i = 0; i < digests.count && rc == 0; i++) {
			const struct digest *d = &digests.items[i];
			rc = send_one(&sending, d, letters_waiting(&waiting, d->unit->code), e);
			waiting_done(&waiting, d->unit->code);
		}
		digests_release(&digests);
	}
	/* P15: out of hours only who cannot wait is written to; the others' letters stay where they are. */
	if (rc == 0 && calendar_is_workday(w->calendar, now.day) &&
		now.second <= w->settings->schedule.late_until)
		rc = withdraw_waiting(w, &waiting, now, &result.superseded, e);
	waiting_release(&waiting);
	free(secret);
	*r = result; /* also on failure: what was committed stays */
	return rc;
}
