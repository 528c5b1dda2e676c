/*
 * outbox.h: letters with their delivery state, kept until accounted for. Queued
 * in the transaction that records their notices; leased and settled by post.
 * The only code that writes the tables letter and recipient, with undelivered.c.
 */
#ifndef MAIL_OUTBOX_H
#define MAIL_OUTBOX_H

#include "base/day.h"
#include "base/table.h"
#include "mail/compose.h"
#include "store/store.h"

enum delivery {
	DELIVERY_QUEUED,
	DELIVERY_HELD,
	DELIVERY_SENDING,
	DELIVERY_SENT,
	DELIVERY_DEFERRED,
	DELIVERY_IN_DOUBT,
	DELIVERY_FAILED,
	DELIVERY_SUPERSEDED
};
const char *delivery_name(enum delivery d);
#define OUTBOX_NO_ADDRESS "no address" /* smtp_text of a letter that could not be addressed */
/* The unit of letters to the administrator, a name that no unit code can take. They go out also while
 * all sending is held. */
#define OUTBOX_ADMIN "@admin"

/* A moment as the outbox keeps it, "2026-11-24T08:00:00": sorts like the moments themselves. */
void outbox_moment(struct moment m, char out[MOMENT_TEXT]);
/* The word for a kind of letter in the table `letter`: "digest", "import" … */
const char *outbox_kind(enum letter_kind kind);
/* The number the next letter gets (numbers are never used twice). */
int outbox_next_number(struct store *s, int64_t *number, struct err *e);
/* In the caller's transaction. letter->recipient_count may be 0: kept as `failed`, "no address".
 * The letter's id is its number. held: all sending is on hold. */
int outbox_queue(struct store *s, const struct letter *letter, const struct digest *d, int64_t number,
	struct moment now, bool held, struct err *e);
/* P1: withdraws every letter to the unit queued before `now` that no server has accepted; their
 * notices return. Of a letter that one address accepted, the waiting ones are withdrawn and its
 * notices stay told. P23: addresses that refused a letter before the unit's contacts changed are taken
 * for mended; where all of a letter's did, its notices return too. In the caller's transaction. Adds to
 * *count, which may be NULL. */
int outbox_supersede(struct store *s, const char *unit, struct moment now, int *count, struct err *e);
/* Adds the units with a letter that outbox_supersede would take back to a list, in order of their codes;
 * add takes a copy. */
int outbox_waiting_units(
	struct store *s, void (*add)(void *context, const char *unit), void *context, struct err *e);
/* What the letter told was not told: its notices, the overview and the lines in it return. In the
 * caller's transaction. */
int outbox_return(struct store *s, int64_t letter, struct err *e);
/* Withdraws one letter's waiting recipients; its notices stay as they are. In the caller's transaction. */
int outbox_withdraw(struct store *s, int64_t letter, struct err *e);
/* Message-ID of the unit's first letter of the year (the caller frees), or NULL. */
char *outbox_thread(struct store *s, const char *unit, int year);
/* Day of the unit's last letter that was not superseded, or DAY_NONE. */
int32_t outbox_last_letter(struct store *s, const char *unit);

/* post: the next letter to deliver at `now` with its bytes and one recipient; marks it `sending`
 * (commits). only: of this letter, 0 of any. While sending is held only the administrator's letters
 * are. 1 one, 0 nothing to do, -1 error. */
struct lease {
	int64_t letter, recipient;
	char *message_id, *unit, *email, *bytes;
	size_t size;
	int attempts; /* this one included */
};
int outbox_lease(struct store *s, int64_t now_unix, int64_t only, struct lease *out, struct err *e);
/* The same in two steps, in the caller's transaction. outbox_pick changes nothing: the first letter to
 * deliver whose recipient is none of in_hand; it may be on its way to the server, but not to its end, before
 * outbox_begin: 1 it is `sending`, 0 somebody withdrew or held it since: it must not go, -1. */
int outbox_pick(struct store *s, int64_t now_unix, int64_t only, const int64_t *in_hand, size_t count,
	struct lease *out, struct err *e);
int outbox_begin(struct store *s, const struct lease *l, int64_t now_unix, struct err *e);
/* *next: when the first of the letters put off is to be tried again, unix seconds, 0 none waits. */
int outbox_earliest_retry(struct store *s, int64_t *next, struct err *e);
/* Commits one result. next_attempt_unix: for DEFERRED, and for the first IN_DOUBT of a letter, which is
 * sent again then; a second one stays. code 0: none. */
int outbox_settle(struct store *s, const struct lease *l, enum delivery outcome, int code,
	const char *text, int64_t now_unix, int64_t next_attempt_unix, struct err *e);
/* The same in the caller's transaction. */
int outbox_end(struct store *s, const struct lease *l, enum delivery outcome, int code, const char *text,
	int64_t now_unix, int64_t next_attempt_unix, struct err *e);
void lease_release(struct lease *l);
/* Leases left by a post that died. harmless: a repeat is (maildir: the file's name): back to queued;
 * else in doubt, and sent again once at now_unix. */
int outbox_recover(struct store *s, bool harmless, int64_t now_unix, struct err *e);

/* All sending, but for the administrator's letters. */
int outbox_hold(struct store *s, bool hold, const char *reason, struct err *e);
bool outbox_is_held(struct store *s, char **reason); /* reason may be NULL; the caller frees */
/* By hand: retry, release, discard one letter. The sentence of a failure says its state.
 * last_sending: the last sending time up to now. Bytes from before it are never sent again (P1): a
 * retry withdraws such a letter, its notices return and go in a new one; *renewed says so. Refused
 * when one address of the unit got it, or when it was the administrator's. */
int outbox_act(struct store *s, int64_t letter, const char *action, struct moment last_sending,
	bool *renewed, struct err *e);
/* Rows with the keys id,message_id,unit,recipient,delivery,attempts,next_attempt,smtp_code,smtp_text,
 * queued_at,sent_at,subject_line; state NULL: all. */
int outbox_table(struct store *s, const char *state, int utc_offset_s, struct table **out, struct err *e);
/* How the letter's (first) recipient fared; -1: no such letter, or the store failed. */
struct delivery_state {
	enum delivery delivery;
	char *email, *text; /* text: the server's answer or why not; may be NULL */
};
int outbox_delivery(struct store *s, int64_t letter, struct delivery_state *out, struct err *e);
void delivery_state_release(struct delivery_state *d);
int outbox_bytes(struct store *s, int64_t letter, char **bytes, size_t *size, struct err *e);

#endif
