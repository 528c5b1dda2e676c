/*
 * plugin_letter.c: see plugin_letter.h. What was told is known by the letter's
 * own stamp, the plugin and the moment of its first failure, so that a round that
 * dies over it tells nothing twice.
 */
#include "mail/plugin_letter.h"

#include "mail/admin_letter.h"
#include "mail/draft.h"
#include "mail/mailing.h"
#include "mail/outbox.h"
#include "rules/rule_file.h"

#include <string.h>

/* One plugin that is put aside. */
struct failing {
	char *name, *file, *since, *error, *stamp;
	int64_t failures;
	struct moment next;
	int32_t last_complete; /* day, or DAY_NONE: never */
};

static void release(struct failing *f)
{
	free(f->name);
	free(f->file);
	free(f->since);
	free(f->error);
	free(f->stamp);
}

/* The next one that nobody was told of: 1, 0 none, -1. */
static int find(const struct world *w, struct failing *f, struct err *e)
{
	struct stmt *st = store_stmt(w->store,
		"SELECT name, file, failing_since, last_error, failures, next_try, last_complete,"
		" name || ' ' || failing_since FROM plugin_run"
		" WHERE next_try IS NOT NULL AND failing_since IS NOT NULL AND NOT EXISTS"
		" (SELECT 1 FROM letter WHERE kind = 'plugin' AND steps = name || ' ' || failing_since) LIMIT 1",
		e);
	if (!st)
		return -1;
	int row = stmt_step(st, e);
	if (row == 1) {
		*f = (struct failing){xstrdup(col_text(st, 0)), xstrdup(col_text(st, 1)), xstrdup(col_text(st, 2)),
			xstrdup(col_text(st, 3)), xstrdup(col_text(st, 7)), col_int(st, 4), {0, 0}, col_day(st, 6)};
		if (moment_parse(col_text(st, 5), w->settings->utc_offset_s, &f->next) < 0)
			row = err_set(e, "plugin %s: its next try '%s' is no moment", f->name, col_text(st, 5));
	}
	stmt_reset(st);
	return row;
}

static json_t *make_view(struct draft *d, const struct failing *f)
{
	json_t *view = json_object();
	struct moment since;
	char hm[6];
	view_text(d, view, "label", d->world->settings->data_label);
	view_text(d, view, "name", f->name);
	/* A rule without C was copied when it was taken over; the copy is nothing to mend. */
	bool rule = rule_of_run(f->name) != NULL;
	view_text(d, view, "file", rule ? NULL : f->file);
	view_flag(view, "rule", rule);
	view_text(d, view, "error", f->error);
	view_number(d, view, "failures", f->failures);
	if (moment_parse(f->since, d->world->settings->utc_offset_s, &since) == 0)
		view_day(d, view, "since", since.day);
	view_day(d, view, "next_day", f->next.day);
	view_text(d, view, "next_time", moment_hm(f->next.second, hm));
	view_day(d, view, "last_complete", f->last_complete);
	return view;
}

static int queue(const struct world *w, const struct templates *t, struct moment now, const struct failing *f,
	const char *secret, struct err *e)
{
	struct unit admin;
	struct digest digest;
	struct draft d;
	struct letter l = {0};
	int64_t number;
	if (outbox_next_number(w->store, &number, e) < 0)
		return -1;
	admin_draft_init(&d, &digest, &admin, LETTER_PLUGIN, w, t, now);
	struct admin_letter what = {
		.kind = LETTER_PLUGIN,
		.template = "plugin",
		.to = {.email = w->settings->admin.email, .name = w->settings->admin.name},
		.view = make_view(&d, f),
	};
	int rc = admin_letter_make(&l, &what, &d, number, secret, e);
	if (rc == 0) {
		free(l.steps);
		l.steps = xstrdup(f->stamp);
		rc = admin_letter_queue(&l, &d, number, e);
	}
	letter_release(&l);
	json_decref(what.view);
	draft_release(&d);
	return rc;
}

int plugin_letters_queue(const struct world *w, const struct templates *t, struct moment now, struct err *e)
{
	if (!w->settings->admin.email)
		return 0;
	char *secret = NULL;
	int row;
	for (;;) {
		struct failing f = {0};
		row = find(w, &f, e);
		if (row == 1 && !secret && !(secret = mailing_secret(w->store, e)))
			row = -1;
		if (row == 1 && queue(w, t, now, &f, secret, e) < 0)
			row = -1;
		release(&f);
		if (row <= 0)
			break;
	}
	free(secret);
	return row;
}
