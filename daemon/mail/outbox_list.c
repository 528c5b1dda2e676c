/*
 * outbox_list.c: the outbox as people see it and touch it: the listing, one
 * letter's bytes, holding and freeing all sending, acting on one letter.
 */
#include "mail/outbox.h"

#include "alerts/digest.h"
#include "base/mem.h"

static const char held_key[] = "sending_held";

bool outbox_is_held(struct store *s, char **reason)
{
	char *held = store_meta(s, held_key);
	bool is_held = held != NULL;
	if (reason)
		*reason = held;
	else
		free(held);
	return is_held;
}

int outbox_hold(struct store *s, bool hold, const char *reason, struct err *e)
{
	if (store_begin(s, e) < 0)
		return -1;
	const char *sql = hold ? "UPDATE recipient SET delivery = 'held', next_attempt = NULL"
				 " WHERE delivery IN ('queued', 'deferred') AND letter NOT IN"
				 " (SELECT id FROM letter WHERE unit = '" OUTBOX_ADMIN "')"
			       : "UPDATE recipient SET delivery = 'queued' WHERE delivery = 'held'";
	const char *kept = hold ? (reason && *reason ? reason : "held by hand") : NULL;
	if (store_set_meta(s, held_key, kept, e) == 0 && store_exec(s, sql, e) == 0 &&
		store_commit(s, e) == 0)
		return 0;
	store_rollback(s);
	return -1;
}

static int count_rows(
	struct store *s, const char *sql, int64_t letter, int64_t *count, struct err *e)
{
	struct stmt *st = store_stmt(s, sql, e);
	if (!st)
		return -1;
	stmt_int(st, 1, letter);
	int row = stmt_step(st, e);
	if (row == 1)
		*count = col_int(st, 0);
	stmt_reset(st);
	return row < 0 ? -1 : 0;
}

/* The states of a letter's recipients, for a sentence: "sent" or "sent, failed". */
static char *states_of(struct store *s, int64_t letter)
{
	struct err e;
	struct stmt *st = store_stmt(s,
		"SELECT group_concat(delivery, ', ') FROM"
		" (SELECT DISTINCT delivery FROM recipient WHERE letter = ?1 ORDER BY delivery)",
		&e);
	if (!st)
		return xstrdup("unreadable");
	stmt_int(st, 1, letter);
	char *states =
		xstrdup(stmt_step(st, &e) == 1 && col_text(st, 0) ? col_text(st, 0) : "unknown");
	stmt_reset(st);
	return states;
}

struct action {
	const char *name, *update, *from;
};

static const struct action actions[] = {
	{"retry",
		"UPDATE recipient SET delivery = 'queued', next_attempt = NULL WHERE letter = ?1 "
		"AND"
		" email <> '' AND delivery IN ('deferred', 'failed', 'in_doubt')",
		"deferred, failed or in_doubt, with an address"},
	{"release",
		"UPDATE recipient SET delivery = 'queued' WHERE letter = ?1 AND delivery = 'held'",
		"held"},
	{"discard",
		"UPDATE recipient SET delivery = 'superseded', next_attempt = NULL,"
		" smtp_text = 'discarded by hand' WHERE letter = ?1 AND"
		" delivery IN ('queued', 'held', 'deferred', 'failed', 'in_doubt')",
		"queued, held, deferred, failed or in_doubt"},
};

static int act(struct store *s, int64_t letter, const struct action *action, struct err *e)
{
	int64_t known = 0;
	if (count_rows(s, "SELECT count(*) FROM letter WHERE id = ?1", letter, &known, e) < 0)
		return -1;
	if (!known)
		return err_set(e, "there is no letter %lld", (long long)letter);
	struct stmt *st = store_stmt(s, action->update, e);
	if (!st)
		return -1;
	stmt_int(st, 1, letter);
	if (stmt_run(st, e) < 0)
		return -1;
	if (store_changes(s) > 0)
		return 0;
	char *states = states_of(s, letter);
	err_set(e, "letter %lld is %s: %s needs one that is %s", (long long)letter, states,
		action->name, action->from);
	free(states);
	return -1;
}

/* 1 the letter is from before `last_sending`, 0 it is not or there is none, -1. */
static int is_stale(struct store *s, int64_t letter, struct moment last_sending, struct err *e)
{
	char last[MOMENT_TEXT];
	outbox_moment(last_sending, last);
	struct stmt *st =
		store_stmt(s, "SELECT 1 FROM letter WHERE id = ?1 AND queued_at < ?2", e);
	if (!st)
		return -1;
	stmt_int(st, 1, letter);
	stmt_text(st, 2, last);
	int row = stmt_step(st, e);
	stmt_reset(st);
	return row;
}

/* What the letter, just queued again, said may be untrue by now: it is withdrawn, and what is still
 * open goes anew. */
static int renew(struct store *s, int64_t letter, struct err *e)
{
	int64_t reached = 0, ours = 0;
	if (count_rows(s,
		    "SELECT count(*) FROM recipient WHERE letter = ?1 AND"
		    " delivery IN ('sent', 'sending')",
		    letter, &reached, e) < 0 ||
		count_rows(s,
			"SELECT count(*) FROM letter WHERE id = ?1 AND unit = '" OUTBOX_ADMIN "'",
			letter, &ours, e) < 0)
		return -1;
	if (reached || ours)
		return err_set(e,
			"letter %lld is from before the last sending time%s: what it said is not sent again",
			(long long)letter, reached ? " and one address of the unit got it" : "");
	struct stmt *st = store_stmt(s,
		"UPDATE recipient SET delivery = 'superseded', next_attempt = NULL,"
		" smtp_text = coalesce(smtp_text || '; ', '') || 'renewed by hand'"
		" WHERE letter = ?1 AND delivery = 'queued'",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, letter);
	return stmt_run(st, e) < 0 ? -1 : outbox_return(s, letter, e);
}

int outbox_act(struct store *s, int64_t letter, const char *action, struct moment last_sending,
	bool *renewed, struct err *e)
{
	*renewed = false;
	const struct action *found = NULL;
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (strcmp(actions[i].name, action) == 0)
			found = &actions[i];
	if (!found)
		return err_set(
			e, "'%s' is no action on a letter: retry, release or discard", action);
	char *reason = NULL;
	if (strcmp(action, "discard") != 0 && outbox_is_held(s, &reason)) {
		err_set(e, "all sending is on hold (%s): free it with 'langnghectl release'",
			reason);
		free(reason);
		return -1;
	}
	if (store_begin(s, e) < 0)
		return -1;
	int stale = strcmp(action, "retry") == 0 ? is_stale(s, letter, last_sending, e) : 0;
	int rc = stale < 0 ? -1 : act(s, letter, found, e);
	if (rc == 0 && stale)
		rc = renew(s, letter, e);
	if (rc == 0 && store_commit(s, e) == 0) {
		*renewed = stale;
		return 0;
	}
	store_rollback(s);
	return -1;
}

static const char *const keys[] = {"id", "message_id", "unit", "recipient", "delivery", "attempts",
	"next_attempt", "smtp_code", "smtp_text", "queued_at", "sent_at", "subject_line", NULL};

static void set_unix(struct table *t, const char *key, struct stmt *st, int column, int offset_s)
{
	char text[MOMENT_TEXT];
	if (!col_is_null(st, column))
		table_text(t, key,
			moment_iso(
				moment_from_unix(col_int(st, column), offset_s), offset_s, text));
}

static void add_row(struct table *t, struct stmt *st, int offset_s)
{
	table_row(t);
	table_int(t, "id", col_int(st, 0));
	table_text(t, "message_id", col_text(st, 1));
	table_text(t, "unit", col_text(st, 2));
	if (*col_text(st, 3))
		table_text(t, "recipient", col_text(st, 3));
	table_text(t, "delivery", col_text(st, 4));
	table_int(t, "attempts", col_int(st, 5));
	set_unix(t, "next_attempt", st, 6, offset_s);
	if (!col_is_null(st, 7))
		table_int(t, "smtp_code", col_int(st, 7));
	table_text(t, "smtp_text", col_text(st, 8));
	struct moment queued;
	char text[MOMENT_TEXT];
	if (moment_parse(col_text(st, 9), offset_s, &queued) == 0)
		table_text(t, "queued_at", moment_iso(queued, offset_s, text));
	set_unix(t, "sent_at", st, 10, offset_s);
	table_text(t, "subject_line", col_text(st, 11));
}

int outbox_table(
	struct store *s, const char *state, int utc_offset_s, struct table **out, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT l.id, l.message_id, l.unit, r.email, r.delivery, r.attempts, "
		"r.next_attempt,"
		" r.smtp_code, r.smtp_text, l.queued_at, r.sent_at, l.subject"
		" FROM letter l JOIN recipient r ON r.letter = l.id"
		" WHERE ?1 IS NULL OR r.delivery = ?1 ORDER BY l.id, r.id",
		e);
	if (!st)
		return -1;
	stmt_text(st, 1, state);
	struct table *t = table_new(keys);
	int row;
	while ((row = stmt_step(st, e)) == 1)
		add_row(t, st, utc_offset_s);
	if (row < 0) {
		table_free(t);
		return -1;
	}
	*out = t;
	return 0;
}

static enum delivery delivery_named(const char *name)
{
	for (int d = 0; d < DELIVERY_SUPERSEDED; d++)
		if (strcmp(delivery_name((enum delivery)d), name) == 0)
			return (enum delivery)d;
	return DELIVERY_SUPERSEDED;
}

int outbox_delivery(struct store *s, int64_t letter, struct delivery_state *out, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT delivery, email, smtp_text FROM recipient WHERE letter = ?1 ORDER BY id LIMIT 1",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, letter);
	int row = stmt_step(st, e);
	if (row == 1)
		*out = (struct delivery_state){delivery_named(col_text(st, 0)),
			xstrdup(col_text(st, 1)),
			col_is_null(st, 2) ? NULL : xstrdup(col_text(st, 2))};
	stmt_reset(st);
	if (row == 0)
		return err_set(e, "there is no letter %lld", (long long)letter);
	return row < 0 ? -1 : 0;
}

void delivery_state_release(struct delivery_state *d)
{
	free(d->email);
	free(d->text);
}

int outbox_bytes(struct store *s, int64_t letter, char **bytes, size_t *size, struct err *e)
{
	struct stmt *st = store_stmt(s, "SELECT bytes FROM letter WHERE id = ?1", e);
	if (!st)
		return -1;
	stmt_int(st, 1, letter);
	int row = stmt_step(st, e);
	if (row == 1) {
		size_t n = 0;
		const void *blob = col_blob(st, 0, &n);
		char *copy = xmalloc(n + 1);
		if (n)
			memcpy(copy, blob, n);
		copy[n] = 0;
		*bytes = copy;
		*size = n;
	}
	stmt_reset(st);
	if (row == 0)
		return err_set(e, "there is no letter %lld", (long long)letter);
	return row < 0 ? -1 : 0;
}
