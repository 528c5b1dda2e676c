/*
 * spool_letter.c: see spool_letter.h.
 */
#include "mail/spool_letter.h"

#include "mail/admin_letter.h"
#include "mail/draft.h"
#include "mail/mailing.h"
#include "mail/outbox.h"

enum { PROBLEMS_SHOWN = 30 };

/* 1 if the letter about the stamp is there already, 0, -1. */
static int is_told(struct store *s, const char *stamp, struct err *e)
{
	struct stmt *st = store_stmt(s, "SELECT 1 FROM letter WHERE kind = 'import' AND steps = ?1", e);
	if (!st)
		return -1;
	stmt_text(st, 1, stamp);
	int rc = stmt_step(st, e);
	stmt_reset(st);
	return rc;
}

static json_t *make_view(struct draft *d, const struct spool_outcome *o)
{
	json_t *view = json_object(), *problems = json_array();
	char hm[6];
	view_day(d, view, "day", d->now.day);
	view_text(d, view, "time", moment_hm(d->now.second, hm));
	view_text(d, view, "label", d->world->settings->data_label);
	view_text(d, view, "file", o->name);
	view_text(d, view, "moved", o->moved);
	view_text(d, view, "folder", d->world->settings->import_directory);
	view_flag(view, "taken", o->taken);
	view_number(d, view, "added", o->added);
	view_number(d, view, "changed", o->changed);
	view_number(d, view, "unchanged", o->unchanged);
	view_number(d, view, "count", (int64_t)o->problem_count);
	for (size_t i = 0; i < o->problem_count && i < PROBLEMS_SHOWN; i++) {
		json_t *p = json_object();
		view_text(d, p, "text", o->problems[i]);
		json_array_append_new(problems, p);
	}
	json_object_set_new(view, "problems", problems);
	json_object_set_new(view, "more", json_null());
	if (o->problem_count > PROBLEMS_SHOWN)
		view_number(d, view, "more", (int64_t)o->problem_count - PROBLEMS_SHOWN);
	return view;
}

static int queue(const struct spool_letters *s, const struct spool_outcome *o, const char *secret, struct err *e)
{
	struct unit admin;
	struct digest digest;
	struct draft d;
	struct letter l = {0};
	int64_t number;
	if (outbox_next_number(s->world->store, &number, e) < 0)
		return -1;
	admin_draft_init(&d, &digest, &admin, LETTER_IMPORT, s->world, s->templates, s->now);
	struct admin_letter what = {
		.kind = LETTER_IMPORT,
		.template = "import",
		.to = {.email = s->world->settings->admin.email, .name = s->world->settings->admin.name},
		.view = make_view(&d, o),
	};
	int rc = admin_letter_make(&l, &what, &d, number, secret, e);
	if (rc == 0) {
		free(l.steps);
		l.steps = xstrdup(o->stamp);
		rc = admin_letter_queue(&l, &d, number, e);
	}
	letter_release(&l);
	json_decref(what.view);
	draft_release(&d);
	return rc;
}

int spool_letter_queue(void *context, const struct spool_outcome *o, struct err *e)
{
	const struct spool_letters *s = context;
	int told = is_told(s->world->store, o->stamp, e);
	if (told || !s->world->settings->admin.email)
		return told < 0 ? -1 : 0;
	char *secret = mailing_secret(s->world->store, e);
	int rc = secret ? queue(s, o, secret, e) : -1;
	free(secret);
	return rc;
}
