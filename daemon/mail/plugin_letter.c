/*
 * plugin_letter.c: see plugin_letter.h. What a letter is about is the plugin and the
 * moment of its first failure.
 */
#include "mail/plugin_letter.h"

#include "mail/admin_letter.h"
#include "mail/draft.h"
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

static json_t *make_view(struct draft *d, const void *about)
{
	const struct failing *f = about;
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

int plugin_letters_queue(const struct world *w, const struct templates *t, struct moment now, struct err *e)
{
	int row;
	if (!w->settings->admin.email)
		return 0;
	do {
		struct failing f = {0};
		row = find(w, &f, e);
		if (row == 1 && admin_news_queue(w, t, now,
					&(struct admin_news){LETTER_PLUGIN, "plugin", f.stamp, make_view, &f}, e) < 0)
			row = -1;
		release(&f);
	} while (row == 1);
	return row;
}
