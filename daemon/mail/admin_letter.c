/*
 * admin_letter.c: what the letters to the administrator share: one recipient,
 * a template without attachments, a place in the outbox under a name that no
 * unit code can take. The letter that tries the way out is made here too.
 */
#include "mail/admin_letter.h"

#include "base/text.h"
#include "mail/address.h"
#include "mail/draft.h"
#include "mail/mailing.h"
#include "mail/message.h"
#include "mail/outbox.h"

static int render(const struct admin_letter *what, const struct draft *d, struct letter *l,
	struct message *m, struct err *e)
{
	struct buf subject = {0}, text = {0}, html = {0};
	char name[64];
	snprintf(name, sizeof name, "%s-subject", what->template);
	int rc = template_render(d->templates, name, false, what->view, &subject, e);
	if (rc == 0)
		rc = template_render(d->templates, what->template, false, what->view, &text, e);
	if (rc == 0)
		rc = template_render(d->templates, what->template, true, what->view, &html, e);
	if (rc == 0) {
		struct arena arena = {0};
		l->subject = text_nfc(clean_line(&arena, subject.len ? subject.s : ""), true);
		arena_release(&arena);
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

int admin_letter_make(struct letter *out, const struct admin_letter *what, struct draft *d,
	int64_t number, const char *secret, struct err *e)
{
	const struct settings *s = d->world->settings;
	char *from_name = NULL, *from = NULL;
	if (address_split(s->mail.from, &from_name, &from) < 0)
		return err_set(e, "mail.from '%s' is no address", s->mail.from);
	struct letter l = {0};
	const char *redirect = s->mail.redirect_to;
	l.message_id = compose_message_id(number, secret, from);
	l.worst = xstrdup("news");
	l.steps = xstrdup(what->template);
	l.items = what->items;
	l.recipient_count = 1;
	l.recipients = xcalloc(1, sizeof *l.recipients);
	l.recipients[0] = (struct recipient){xstrdup(redirect ? redirect : what->to.email),
		what->to.name ? xstrdup(what->to.name) : NULL};
	struct message m = {
		.from_name = from_name,
		.from = from,
		.reply_to = s->mail.reply_to,
		.to = l.recipients,
		.to_count = 1,
		.original_to = redirect ? what->to.email : NULL,
		.message_id = l.message_id,
		.unit = "admin",
		.items = "none",
		.simulated = s->data_label != NULL,
		.date = d->now,
		.utc_offset_s = s->utc_offset_s,
	};
	int rc = render(what, d, &l, &m, e);
	free(from_name);
	free(from);
	if (rc < 0)
		letter_release(&l);
	else
		*out = l;
	return rc;
}

void admin_draft_init(struct draft *d, struct digest *digest, struct unit *admin,
	enum letter_kind kind, const struct world *w, const struct templates *t, struct moment now)
{
	*admin = (struct unit){.code = (char *)OUTBOX_ADMIN, .name = w->settings->admin.name};
	*digest = (struct digest){
		.kind = kind, .day = now.day, .unit = admin, .last_letter = DAY_NONE};
	draft_init(d, digest, w, t, now);
}

int admin_letter_queue(const struct letter *l, const struct draft *d, int64_t number, struct err *e)
{
	struct store *s = d->world->store;
	if (store_begin(s, e) < 0)
		return -1;
	/* Held letters are what it may be about; it goes itself. */
	if (outbox_queue(s, l, d->digest, number, d->now, false, e) == 0 && store_commit(s, e) == 0)
		return 0;
	store_rollback(s);
	return -1;
}

/* 1 if the letter about the stamp is there already, 0, -1. */
static int is_told(struct store *s, const struct admin_news *news, struct err *e)
{
	struct stmt *st = store_stmt(s, "SELECT 1 FROM letter WHERE kind = ?1 AND steps = ?2", e);
	if (!st)
		return -1;
	stmt_text(st, 1, outbox_kind(news->kind));
	stmt_text(st, 2, news->stamp);
	int rc = stmt_step(st, e);
	stmt_reset(st);
	return rc;
}

static int queue_news(const struct world *w, const struct templates *t, struct moment now, const struct admin_news *news,
	const char *secret, struct err *e)
{
	struct unit admin;
	struct digest digest;
	struct draft d;
	struct letter l = {0};
	int64_t number;
	if (outbox_next_number(w->store, &number, e) < 0)
		return -1;
	admin_draft_init(&d, &digest, &admin, news->kind, w, t, now);
	struct admin_letter what = {
		.kind = news->kind,
		.template = news->template,
		.to = {.email = w->settings->admin.email, .name = w->settings->admin.name},
		.view = news->view(&d, news->about),
	};
	int rc = admin_letter_make(&l, &what, &d, number, secret, e);
	if (rc == 0) {
		free(l.steps);
		l.steps = xstrdup(news->stamp);
		rc = admin_letter_queue(&l, &d, number, e);
	}
	letter_release(&l);
	json_decref(what.view);
	draft_release(&d);
	return rc;
}

int admin_news_queue(const struct world *w, const struct templates *t, struct moment now, const struct admin_news *news,
	struct err *e)
{
	int told = w->settings->admin.email ? is_told(w->store, news, e) : 1;
	if (told)
		return told < 0 ? -1 : 0;
	char *secret = mailing_secret(w->store, e);
	int rc = secret ? queue_news(w, t, now, news, secret, e) : -1;
	free(secret);
	return rc;
}

static json_t *test_view(struct draft *d, const char *address)
{
	const struct settings *s = d->world->settings;
	json_t *view = json_object();
	char hm[6];
	view_day(d, view, "day", d->now.day);
	view_text(d, view, "time", moment_hm(d->now.second, hm));
	view_text(d, view, "label", s->data_label);
	view_text(d, view, "address", address);
	view_text(d, view, "from", s->mail.from);
	view_text(d, view, "reply_to", s->mail.reply_to);
	view_text(d, view, "redirect", s->mail.redirect_to);
	view_text(d, view, "maildir", s->mail.maildir);
	view_flag(view, "held", outbox_is_held(d->world->store, NULL));
	return view;
}

int test_letter_queue(const struct world *w, const struct templates *t, const char *address,
	struct moment now, int64_t *number, struct err *e)
{
	char *secret = mailing_secret(w->store, e);
	if (!secret || outbox_next_number(w->store, number, e) < 0) {
		free(secret);
		return -1;
	}
	struct unit admin;
	struct digest digest;
	struct draft d;
	struct letter l = {0};
	admin_draft_init(&d, &digest, &admin, LETTER_TEST, w, t, now);
	struct admin_letter what = {
		.kind = LETTER_TEST,
		.template = "test",
		.to = {.email = address},
		.view = test_view(&d, address),
	};
	int rc = admin_letter_make(&l, &what, &d, *number, secret, e);
	if (rc == 0)
		rc = admin_letter_queue(&l, &d, *number, e);
	letter_release(&l);
	json_decref(what.view);
	draft_release(&d);
	free(secret);
	return rc;
}
