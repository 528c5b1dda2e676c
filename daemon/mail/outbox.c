/*
 * outbox.c: a letter's way through the store: queued, leased, settled, withdrawn.
 * Each recipient has a delivery state of its own; one bad address never stops
 * another. What is listed or done by hand is in outbox_list.c.
 */
#include "mail/outbox.h"

#include "alerts/digest.h"
#include "base/mem.h"
#include "mail/undelivered.h"

static const char *const delivery_names[] = {
	"queued", "held", "sending", "sent", "deferred", "in_doubt", "failed", "superseded"};

const char *delivery_name(enum delivery d)
{
	return delivery_names[d];
}

int outbox_next_number(struct store *s, int64_t *number, struct err *e)
{
	struct stmt *st =
		store_stmt(s, "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'letter'", e);
	int row = st ? stmt_step(st, e) : -1;
	if (row < 0)
		return -1;
	*number = row ? col_int(st, 0) : 1;
	stmt_reset(st);
	return 0;
}

void outbox_moment(struct moment m, char out[MOMENT_TEXT])
{
	moment_iso(m, 0, out);
	out[19] = 0;
}

const char *outbox_kind(enum letter_kind kind)
{
	static const char *const kinds[] = {[LETTER_DIGEST] = "digest",
		[LETTER_RECEIPT] = "receipt",
		[LETTER_PREVIEW] = "preview",
		[LETTER_TEST] = "test",
		[LETTER_IMPORT] = "import",
		[LETTER_PLUGIN] = "plugin"};
	return kinds[kind];
}

static int insert_letter(struct store *s, const struct letter *letter, const struct digest *d,
	const char *thread, int64_t number, const char *queued_at, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"INSERT INTO letter(id, message_id, thread, day, unit, kind, subject, worst, "
		"items, steps,"
		" queued_at, bytes, known_change) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
		" ?12, (SELECT coalesce(max(id), 0) FROM change))",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, number);
	stmt_text(st, 2, letter->message_id);
	stmt_text(st, 3, thread);
	stmt_day(st, 4, d->day);
	stmt_text(st, 5, d->unit->code);
	stmt_text(st, 6, outbox_kind(d->kind));
	stmt_text(st, 7, letter->subject);
	stmt_text(st, 8, letter->worst);
	stmt_int(st, 9, (int64_t)letter->items);
	stmt_text(st, 10, letter->steps);
	stmt_text(st, 11, queued_at);
	stmt_blob(st, 12, letter->bytes, letter->size);
	return stmt_run(st, e);
}

static int insert_recipient(struct store *s, int64_t letter, const char *email, const char *name,
	enum delivery delivery, const char *text, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"INSERT INTO recipient(letter, email, name, delivery, smtp_text) VALUES(?1, ?2, "
		"?3, ?4, ?5)",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, letter);
	stmt_text(st, 2, email);
	stmt_text(st, 3, name);
	stmt_text(st, 4, delivery_names[delivery]);
	stmt_text(st, 5, text);
	return stmt_run(st, e);
}

int outbox_queue(struct store *s, const struct letter *letter, const struct digest *d,
	int64_t number, struct moment now, bool held, struct err *e)
{
	char queued_at[MOMENT_TEXT];
	outbox_moment(now, queued_at);
	char *thread = outbox_thread(s, d->unit->code, day_year(d->day));
	int result = insert_letter(
		s, letter, d, thread ? thread : letter->message_id, number, queued_at, e);
	free(thread);
	if (result < 0)
		return -1;
	if (letter->recipient_count == 0)
		return insert_recipient(s, number, "", NULL, DELIVERY_FAILED, OUTBOX_NO_ADDRESS, e);
	for (size_t i = 0; i < letter->recipient_count; i++) {
		const struct recipient *r = &letter->recipients[i];
		enum delivery delivery = held ? DELIVERY_HELD : DELIVERY_QUEUED;
		if (insert_recipient(s, number, r->email, r->name, delivery, NULL, e) < 0)
			return -1;
	}
	return 0;
}

int outbox_withdraw(struct store *s, int64_t letter, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"UPDATE recipient SET delivery = 'superseded', next_attempt = NULL"
		" WHERE letter = ?1 AND delivery IN ('queued', 'held', 'deferred')",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, letter);
	return stmt_run(st, e);
}

int outbox_return(struct store *s, int64_t letter, struct err *e)
{
	return notices_return(s, letter, e) < 0 ? -1 : undelivered_return(s, letter, e);
}

#define WAITS "r.delivery IN ('queued', 'held', 'deferred')"
/* P23: refused, or there was no address, and the unit's contacts were changed since. A contact's key in
 * the history is unit/address. */
#define MENDED                                                                                     \
	"r.delivery = 'failed' AND l.kind IN ('digest', 'receipt') AND EXISTS(SELECT 1 FROM change c"       \
	" WHERE c.kind = 'contacts' AND c.key >= l.unit || '/' AND c.key < l.unit || '0'"          \
	" AND c.id > l.known_change)"

static int take_mended(struct store *s, int64_t letter, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"UPDATE recipient SET delivery = 'superseded',"
		" smtp_text = coalesce(smtp_text || '; ', '') || 'the contacts were changed since'"
		" WHERE letter = ?1 AND delivery = 'failed'",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, letter);
	return stmt_run(st, e);
}

/* A letter that reached nobody is withdrawn whole and its notices return; of one that reached
 * somebody only the addresses still waiting are, for the unit was told. */
int outbox_supersede(
	struct store *s, const char *unit, struct moment now, int *count, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT l.id, max(r.delivery IN ('sent', 'sending', 'in_doubt')), max(" WAITS "),"
		" max(" MENDED ") FROM letter l JOIN recipient r ON r.letter = l.id"
		" WHERE l.unit = ?1 AND l.queued_at <> ?2 AND l.id IN (SELECT letter FROM recipient r"
		"  WHERE " WAITS " UNION SELECT letter FROM recipient WHERE delivery = 'failed')"
		" GROUP BY l.id HAVING max(" WAITS ") OR max(" MENDED ")",
		e);
	if (!st)
		return -1;
	char before[MOMENT_TEXT];
	outbox_moment(now, before);
	stmt_text(st, 1, unit);
	stmt_text(st, 2, before);
	struct {
		int64_t id;
		bool told, waits, mended;
	} *found = NULL;
	size_t n = 0, capacity = 0;
	int row;
	while ((row = stmt_step(st, e)) == 1) {
		VEC_ROOM(found, n, capacity);
		found[n].id = col_int(st, 0);
		found[n].told = col_int(st, 1) != 0;
		found[n].waits = col_int(st, 2) != 0;
		found[n++].mended = col_int(st, 3) != 0;
	}
	for (size_t i = 0; i < n && row == 0; i++) {
		if (found[i].waits)
			row = outbox_withdraw(s, found[i].id, e);
		if (row == 0 && found[i].mended)
			row = take_mended(s, found[i].id, e);
		if (row == 0 && !found[i].told)
			row = outbox_return(s, found[i].id, e);
	}
	free(found);
	if (row == 0 && count)
		*count += (int)n;
	return row;
}

int outbox_waiting_units(
	struct store *s, void (*add)(void *context, const char *unit), void *context, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT l.unit FROM recipient r JOIN letter l ON l.id = r.letter WHERE " WAITS
		" UNION SELECT l.unit FROM recipient r JOIN letter l ON l.id = r.letter WHERE " MENDED
		" ORDER BY 1",
		e);
	int row = -1;
	while (st && (row = stmt_step(st, e)) == 1)
		add(context, col_text(st, 0));
	return row;
}

char *outbox_thread(struct store *s, const char *unit, int year)
{
	struct err e;
	struct stmt *st = store_stmt(s,
		"SELECT message_id FROM letter WHERE unit = ?1 AND day BETWEEN ?2 AND ?3"
		" ORDER BY id LIMIT 1",
		&e);
	if (!st)
		return NULL;
	stmt_text(st, 1, unit);
	stmt_day(st, 2, day_from_civil(year, 1, 1));
	stmt_day(st, 3, day_from_civil(year, 12, 31));
	char *thread = stmt_step(st, &e) == 1 ? xstrdup(col_text(st, 0)) : NULL;
	stmt_reset(st);
	return thread;
}

int32_t outbox_last_letter(struct store *s, const char *unit)
{
	struct err e;
	struct stmt *st = store_stmt(s,
		"SELECT max(day) FROM letter l WHERE unit = ?1 AND EXISTS("
		" SELECT 1 FROM recipient r WHERE r.letter = l.id AND r.delivery <> 'superseded'"
		" AND r.email <> '')",
		&e);
	if (!st)
		return DAY_NONE;
	stmt_text(st, 1, unit);
	int32_t day = stmt_step(st, &e) == 1 ? col_day(st, 0) : DAY_NONE;
	stmt_reset(st);
	return day;
}

/* What a recipient must be to be picked. */
struct pick {
	int64_t now_unix, only;
	bool held; /* all sending: none but the administrator's */
	const int64_t *in_hand;
	size_t count;
};

static bool is_in_hand(const struct pick *p, int64_t recipient)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->in_hand[i] == recipient)
			return true;
	return false;
}

/* The first recipient that waits in this state, or 0 rows. The index recipient_open gives them in order, so
 * that a long queue costs no more than a short one; it is used only where its own condition is repeated. */
static int first_waiting(
	struct store *s, const char *delivery, const struct pick *p, int64_t *recipient, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT r.id FROM recipient r WHERE r.delivery = ?1"
		" AND r.delivery NOT IN ('sent', 'superseded', 'failed')"
		" AND (?1 = 'queued' OR r.next_attempt <= ?2) AND (?3 = 0 OR r.letter = ?3)"
		" AND (?4 = 0 OR (SELECT unit FROM letter WHERE id = r.letter) = ?5)"
		" ORDER BY r.letter, r.id",
		e);
	if (!st)
		return -1;
	stmt_text(st, 1, delivery);
	stmt_int(st, 2, p->now_unix);
	stmt_int(st, 3, p->only);
	stmt_int(st, 4, p->held);
	stmt_text(st, 5, OUTBOX_ADMIN);
	int row;
	do {
		row = stmt_step(st, e);
		*recipient = row == 1 ? col_int(st, 0) : 0;
	} while (row == 1 && is_in_hand(p, *recipient));
	stmt_reset(st);
	return row;
}

static int read_letter(struct store *s, int64_t recipient, struct lease *out, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT l.id, r.id, l.message_id, l.unit, r.email, l.bytes, r.attempts + 1"
		" FROM recipient r JOIN letter l ON l.id = r.letter WHERE r.id = ?1",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, recipient);
	int row = stmt_step(st, e);
	if (row == 1) {
		const void *bytes = col_blob(st, 5, &out->size);
		out->letter = col_int(st, 0);
		out->recipient = col_int(st, 1);
		out->message_id = xstrdup(col_text(st, 2));
		out->unit = xstrdup(col_text(st, 3));
		out->email = xstrdup(col_text(st, 4));
		out->bytes = xmalloc(out->size + 1);
		if (out->size)
			memcpy(out->bytes, bytes, out->size);
		out->bytes[out->size] = 0;
		out->attempts = (int)col_int(st, 6);
	}
	stmt_reset(st);
	return row;
}

/* What never was tried goes first. */
int outbox_pick(struct store *s, int64_t now_unix, int64_t only, const int64_t *in_hand, size_t count,
	struct lease *out, struct err *e)
{
	static const enum delivery order[] = {DELIVERY_QUEUED, DELIVERY_DEFERRED, DELIVERY_IN_DOUBT};
	const struct pick pick = {now_unix, only, outbox_is_held(s, NULL), in_hand, count};
	struct lease lease = {0};
	int64_t recipient = 0;
	int row = 0;
	for (size_t i = 0; i < sizeof order / sizeof *order && row == 0; i++)
		row = first_waiting(s, delivery_names[order[i]], &pick, &recipient, e);
	if (row == 1)
		row = read_letter(s, recipient, &lease, e);
	if (row == 1)
		*out = lease;
	return row;
}

int outbox_earliest_retry(struct store *s, int64_t *next, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT min(next_attempt) FROM recipient WHERE delivery IN ('deferred', 'in_doubt')"
		" AND delivery NOT IN ('sent', 'superseded', 'failed')",
		e);
	int row = st ? stmt_step(st, e) : -1;
	if (row < 0)
		return -1;
	*next = row ? col_int(st, 0) : 0;
	stmt_reset(st);
	return 0;
}

int outbox_begin(struct store *s, const struct lease *l, int64_t now_unix, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"UPDATE recipient SET delivery = 'sending', attempts = ?2, leased_at = ?3"
		" WHERE id = ?1 AND delivery IN ('queued', 'deferred', 'in_doubt')",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, l->recipient);
	stmt_int(st, 2, l->attempts);
	stmt_int(st, 3, now_unix);
	if (stmt_run(st, e) < 0)
		return -1;
	return store_changes(s) > 0;
}

int outbox_lease(struct store *s, int64_t now_unix, int64_t only, struct lease *out, struct err *e)
{
	if (store_begin(s, e) < 0)
		return -1;
	int found = outbox_pick(s, now_unix, only, NULL, 0, out, e), rc = found;
	if (rc == 1)
		rc = outbox_begin(s, out, now_unix, e);
	if (rc >= 0 && store_commit(s, e) < 0)
		rc = -1;
	if (rc < 0)
		store_rollback(s);
	if (rc < 0 && found == 1)
		lease_release(out);
	return rc;
}

int outbox_end(struct store *s, const struct lease *l, enum delivery outcome, int code, const char *text,
	int64_t now_unix, int64_t next_attempt_unix, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"UPDATE recipient SET delivery = ?2, smtp_code = ?3, smtp_text = ?4, sent_at = ?5,"
		" next_attempt = CASE WHEN ?2 = 'in_doubt' AND doubts > 0 THEN NULL ELSE ?6 END,"
		" doubts = doubts + (?2 = 'in_doubt'), leased_at = NULL"
		" WHERE id = ?1 AND delivery = 'sending'",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, l->recipient);
	stmt_text(st, 2, delivery_names[outcome]);
	if (code)
		stmt_int(st, 3, code);
	else
		stmt_null(st, 3);
	stmt_text(st, 4, text);
	if (outcome == DELIVERY_SENT)
		stmt_int(st, 5, now_unix);
	else
		stmt_null(st, 5);
	if (outcome == DELIVERY_DEFERRED || outcome == DELIVERY_IN_DOUBT)
		stmt_int(st, 6, next_attempt_unix);
	else
		stmt_null(st, 6);
	return stmt_run(st, e);
}

int outbox_settle(struct store *s, const struct lease *l, enum delivery outcome, int code,
	const char *text, int64_t now_unix, int64_t next_attempt_unix, struct err *e)
{
	if (store_begin(s, e) < 0)
		return -1;
	if (outbox_end(s, l, outcome, code, text, now_unix, next_attempt_unix, e) == 0 &&
		store_commit(s, e) == 0)
		return 0;
	store_rollback(s);
	return -1;
}

void lease_release(struct lease *l)
{
	free(l->message_id);
	free(l->unit);
	free(l->email);
	free(l->bytes);
	*l = (struct lease){0};
}

int outbox_recover(struct store *s, bool harmless, int64_t now_unix, struct err *e)
{
	if (harmless)
		return store_exec(s,
			"UPDATE recipient SET delivery = 'queued', leased_at = NULL"
			" WHERE delivery = 'sending'",
			e);
	struct stmt *st = store_stmt(s,
		"UPDATE recipient SET delivery = 'in_doubt', leased_at = NULL,"
		" next_attempt = CASE WHEN doubts > 0 THEN NULL ELSE ?1 END, doubts = doubts + 1,"
		" smtp_text = 'sending was cut off: it may have arrived' WHERE delivery = 'sending'",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, now_unix);
	return stmt_run(st, e);
}
