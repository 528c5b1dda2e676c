/*
 * preview.c: the eve of a sending time. Decides the letters of that time from
 * the alerts as they stand, without storing anything, and queues one letter to
 * the administrator that lists them and says how to stop them.
 */
#include "mail/preview.h"

#include "base/text.h"
#include "mail/draft.h"
#include "mail/message.h"
#include "mail/outbox.h"
#include "mail/rounds.h"

int preview_digests(const struct world *w, struct runner_set *runners, struct moment now,
	struct digests *out, struct judgement *j, struct moment *sending, struct err *e)
{
	*sending = round_next_send(w, now);
	if (judgement_make(j, w, runners, sending->day, NULL, e) < 0)
		return -1;
	if (digests_make(out, w, j, *sending, e) == 0)
		return 0;
	judgement_release(j);
	return -1;
}

/* One row a letter: to whom, how many items, whether the overview, the worst item. */
static json_t *rows_of(struct draft *d, const struct digests *digests)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < digests->count; i++) {
		const struct digest *one = &digests->items[i];
		json_t *row = json_object();
		view_text(d, row, "unit", one->unit->name);
		json_object_set_new(row, "items", json_null());
		view_flag(row, "overview", one->overview_count > 0);
		if (one->item_count > 0)
			view_number(d, row, "items", (int64_t)one->item_count);
		view_text(d, row, "worst", one->item_count ? one->items[0].summary : NULL);
		json_object_set_new(row, "receipt", json_boolean(one->kind == LETTER_RECEIPT));
		json_array_append_new(rows, row);
	}
	return rows;
}

static int render(
	struct draft *d, const json_t *view, struct letter *l, struct message *m, struct err *e)
{
	struct buf subject = {0}, text = {0}, html = {0};
	int rc = template_render(d->templates, "preview-subject", false, view, &subject, e);
	if (rc == 0)
		rc = template_render(d->templates, "preview", false, view, &text, e);
	if (rc == 0)
		rc = template_render(d->templates, "preview", true, view, &html, e);
	if (rc == 0) {
		l->subject = text_nfc(clean_line(&d->arena, subject.len ? subject.s : ""), true);
		m->subject = l->subject;
		m->text = text.s;
		m->html = html.s;
		rc = message_make(m, &l->bytes, &l->size, e);
	}
	buf_release(&subject);
	buf_release(&text);
	buf_release(&html);
	return rc;
}

static int make_letter(struct letter *l, struct draft *d, const struct digests *digests,
	struct moment sending, int64_t number, const char *secret, struct err *e)
{
	const struct settings *s = d->world->settings;
	json_t *view = json_object();
	char hm[6];
	view_day(d, view, "day", sending.day);
	view_text(d, view, "time", moment_hm(sending.second, hm));
	view_number(d, view, "letters", (int64_t)digests->count);
	view_text(d, view, "label", s->data_label);
	json_object_set_new(view, "held", json_boolean(outbox_is_held(d->world->store, NULL)));
	json_object_set_new(view, "rows", rows_of(d, digests));
	char *from_name = NULL, *from = NULL;
	int rc = address_split(s->mail.from, &from_name, &from);
	if (rc < 0)
		err_set(e, "mail.from '%s' is no address", s->mail.from);
	l->message_id = compose_message_id(number, secret, from ? from : "");
	l->worst = xstrdup("news");
	l->steps = xstrdup("preview");
	l->items = digests->count;
	l->recipient_count = 1;
	l->recipients = xcalloc(1, sizeof *l->recipients);
	l->recipients[0] = (struct recipient){
		xstrdup(s->mail.redirect_to ? s->mail.redirect_to : s->admin.email),
		s->admin.name ? xstrdup(s->admin.name) : NULL};
	struct message m = {
		.from_name = from_name,
		.from = from,
		.reply_to = s->mail.reply_to,
		.to = l->recipients,
		.to_count = 1,
		.message_id = l->message_id,
		.unit = "admin",
		.items = "none",
		.simulated = s->data_label != NULL,
		.date = d->now,
		.utc_offset_s = s->utc_offset_s,
	};
	if (rc == 0)
		rc = render(d, view, l, &m, e);
	json_decref(view);
	free(from_name);
	free(from);
	return rc;
}

/* No unit's letter: it stands in the outbox under a name that no unit code can take. */
static const char preview_unit[] = "@admin";

static struct digest digest_to(const struct unit *admin, struct moment now)
{
	return (struct digest){
		.kind = LETTER_PREVIEW, .day = now.day, .unit = admin, .last_letter = DAY_NONE};
}

int preview_compose(struct letter *out, const struct world *w, const struct templates *t,
	const struct digests *digests, struct moment now, struct moment sending, int64_t number,
	const char *secret, struct err *e)
{
	struct unit admin = {.code = (char *)preview_unit, .name = w->settings->admin.name};
	struct digest d = digest_to(&admin, now);
	struct draft draft;
	struct letter letter = {0};
	draft_init(&draft, &d, w, t, now);
	int rc = make_letter(&letter, &draft, digests, sending, number, secret, e);
	draft_release(&draft);
	if (rc < 0)
		letter_release(&letter);
	else
		*out = letter;
	return rc;
}

static int store_letter(const struct world *w, const struct letter *letter, int64_t number,
	struct moment now, struct err *e)
{
	struct unit admin = {.code = (char *)preview_unit, .name = w->settings->admin.name};
	struct digest d = digest_to(&admin, now);
	if (store_begin(w->store, e) < 0)
		return -1;
	/* Held letters are what it is about; it goes itself. */
	if (outbox_queue(w->store, letter, &d, number, now, false, e) == 0 &&
		store_commit(w->store, e) == 0)
		return 0;
	store_rollback(w->store);
	return -1;
}

static int queue(const struct world *w, const struct templates *t, const struct digests *digests,
	struct moment now, struct moment sending, struct err *e)
{
	struct letter letter = {0};
	int64_t number;
	char *secret = mailing_secret(w->store, e);
	int rc = secret ? outbox_next_number(w->store, &number, e) : -1;
	if (rc == 0)
		rc = preview_compose(&letter, w, t, digests, now, sending, number, secret, e);
	if (rc == 0)
		rc = store_letter(w, &letter, number, now, e);
	letter_release(&letter);
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
