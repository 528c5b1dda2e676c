/*
 * preview.c: the eve of a sending time. Decides the letters of that time as if
 * it had come, without storing anything, and queues one letter to the
 * administrator that lists them and says how to stop them.
 */
#include "mail/preview.h"

#include "mail/admin_letter.h"
#include "mail/draft.h"
#include "mail/outbox.h"
#include "mail/rounds.h"

int preview_digests(const struct world *w, struct runner_set *runners, struct moment now,
	struct digests *out, struct judgement *j, struct moment *sending, struct err *e)
{
	*sending = round_next_send(w, now);
	if (judgement_make(j, w, runners, sending->day, NULL, e) < 0)
		return -1;
	if (mailing_foresee(out, w, j, *sending, e) == 0)
		return 0;
	judgement_release(j);
	return -1;
}

static bool is_addressed(const struct draft *d, const struct digest *one)
{
	struct arena arena = {0};
	struct recipient *to;
	bool addressed = compose_recipients(one, d->world, &arena, &to) > 0;
	arena_release(&arena);
	return addressed;
}

/* How many of the digests become letters: a unit without an address gets none. */
static size_t count_addressed(const struct draft *d, const struct digests *digests)
{
	size_t n = 0;
	for (size_t i = 0; i < digests->count; i++)
		n += is_addressed(d, &digests->items[i]);
	return n;
}

/* One row a letter: to whom, how many items, whether the overview, the worst item. addressed false:
 * those that have nobody to go to. */
static json_t *rows_of(struct draft *d, const struct digests *digests, bool addressed)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < digests->count; i++) {
		const struct digest *one = &digests->items[i];
		if (is_addressed(d, one) != addressed)
			continue;
		json_t *row = json_object();
		view_text(d, row, "unit", one->unit->name);
		json_object_set_new(row, "items", json_null());
		view_flag(row, "overview", one->overview_count > 0);
		view_flag(row, "apart", one->item_count > 0 || one->overview_count > 0);
		json_object_set_new(row, "undelivered", json_null());
		if (one->undelivered_count > 0)
			view_number(d, row, "undelivered", (int64_t)one->undelivered_count);
		if (one->item_count > 0)
			view_number(d, row, "items", (int64_t)one->item_count);
		view_text(d, row, "worst", one->item_count ? one->items[0].summary : NULL);
		json_object_set_new(row, "receipt", json_boolean(one->kind == LETTER_RECEIPT));
		json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *view_of(
	struct draft *d, const struct digests *digests, size_t letters, struct moment sending)
{
	json_t *view = json_object();
	char hm[6];
	view_day(d, view, "day", sending.day);
	view_text(d, view, "time", moment_hm(sending.second, hm));
	view_number(d, view, "letters", (int64_t)letters);
	view_text(d, view, "label", d->world->settings->data_label);
	view_flag(view, "held", outbox_is_held(d->world->store, NULL));
	json_object_set_new(view, "rows", rows_of(d, digests, true));
	json_object_set_new(view, "unaddressed", rows_of(d, digests, false));
	return view;
}

/* Makes the letter; when out is NULL it is queued instead, unless it would announce nothing. */
static int compose(struct letter *out, const struct world *w, const struct templates *t,
	const struct digests *digests, struct moment now, struct moment sending, int64_t number,
	const char *secret, struct err *e)
{
	struct unit admin;
	struct digest digest;
	struct draft d;
	struct letter l = {0};
	admin_draft_init(&d, &digest, &admin, LETTER_PREVIEW, w, t, now);
	size_t letters = count_addressed(&d, digests);
	if (!out && letters == 0) {
		draft_release(&d);
		return 0;
	}
	struct admin_letter what = {
		.kind = LETTER_PREVIEW,
		.template = "preview",
		.to = {w->settings->admin.email, w->settings->admin.name},
		.view = view_of(&d, digests, letters, sending),
		.items = letters,
	};
	int rc = admin_letter_make(&l, &what, &d, number, secret, e);
	if (rc == 0 && !out)
		rc = admin_letter_queue(&l, &d, number, e);
	json_decref(what.view);
	draft_release(&d);
	if (rc == 0 && out)
		*out = l;
	else
		letter_release(&l);
	return rc;
}

int preview_compose(struct letter *out, const struct world *w, const struct templates *t,
	const struct digests *digests, struct moment now, struct moment sending, int64_t number,
	const char *secret, struct err *e)
{
	return compose(out, w, t, digests, now, sending, number, secret, e);
}

static int queue(const struct world *w, const struct templates *t, const struct digests *digests,
	struct moment now, struct moment sending, struct err *e)
{
	int64_t number;
	char *secret = mailing_secret(w->store, e);
	int rc = secret ? outbox_next_number(w->store, &number, e) : -1;
	if (rc == 0)
		rc = compose(NULL, w, t, digests, now, sending, number, secret, e);
	free(secret);
	return rc;
}

int preview_queue(const struct world *w, struct runner_set *runners, const struct templates *t,
	struct moment now, struct err *e)
{
	struct digests digests;
	struct judgement j;
	struct moment sending;
	if (!w->settings->admin.email)
		return 0;
	if (preview_digests(w, runners, now, &digests, &j, &sending, e) < 0)
		return -1;
	int rc = digests.count ? queue(w, t, &digests, now, sending, e) : 0;
	digests_release(&digests);
	judgement_release(&j);
	return rc;
}
