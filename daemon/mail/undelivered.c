/*
 * undelivered.c: finds the letters that nobody got and puts a line about each
 * into the coordinator's letter.
 */
#include "mail/undelivered.h"

#include "alerts/addressees.h"

static const char nobody_got[] =
	"SELECT l.id, l.unit, l.day, group_concat(r.email, ', '), max(r.smtp_text) FROM letter l"
	" JOIN recipient r ON r.letter = l.id"
	" WHERE l.id IN (SELECT letter FROM recipient WHERE delivery = 'failed')"
	" AND l.kind IN ('digest', 'receipt') AND l.told_in IS NULL AND r.email <> ''"
	" GROUP BY l.id HAVING min(r.delivery = 'failed') = 1 ORDER BY l.unit, l.id";

static void add_row(struct digests *digests, struct digest *d, size_t *capacity, const struct unit *unit,
	struct stmt *st)
{
	VEC_ROOM(d->undelivered, d->undelivered_count, *capacity);
	d->undelivered[d->undelivered_count++] = (struct undelivered_row){
		.letter = col_int(st, 0),
		.unit_name = unit->name,
		.day = col_day(st, 2),
		.addresses = arena_strdup(&digests->arena, col_text(st, 3)),
		.answer = arena_strdup(&digests->arena, col_text(st, 4)),
	};
}

int undelivered_add(struct digests *digests, const struct world *w, struct moment now, struct err *e)
{
	const struct unit *coordinator = coordinator_on(w, now.day);
	if (!coordinator || !digests_open(w, now))
		return 0;
	struct stmt *st = store_stmt(w->store, nobody_got, e);
	struct digest *d = NULL;
	size_t capacity = 0;
	int row = -1;
	while (st && (row = stmt_step(st, e)) == 1) {
		const struct unit *unit = unit_by_code(w->units, col_text(st, 1));
		if (!unit || unit == coordinator)
			continue;
		if (!d)
			d = digests_letter_to(digests, w->store, coordinator, now, e);
		if (!d) {
			stmt_reset(st);
			return -1;
		}
		add_row(digests, d, &capacity, unit, st);
	}
	return row;
}

int undelivered_record(const struct digest *d, struct store *s, int64_t number, struct err *e)
{
	for (size_t i = 0; i < d->undelivered_count; i++) {
		struct stmt *st = store_stmt(s, "UPDATE letter SET told_in = ?2 WHERE id = ?1", e);
		if (!st)
			return -1;
		stmt_int(st, 1, d->undelivered[i].letter);
		stmt_int(st, 2, number);
		if (stmt_run(st, e) < 0)
			return -1;
	}
	return 0;
}

int undelivered_return(struct store *s, int64_t number, struct err *e)
{
	struct stmt *st = store_stmt(s, "UPDATE letter SET told_in = NULL WHERE told_in = ?1", e);
	if (!st)
		return -1;
	stmt_int(st, 1, number);
	return stmt_run(st, e);
}
