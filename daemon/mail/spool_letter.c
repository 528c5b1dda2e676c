/*
 * spool_letter.c: see spool_letter.h.
 */
#include "mail/spool_letter.h"

#include "mail/admin_letter.h"
#include "mail/draft.h"

enum { PROBLEMS_SHOWN = 30 };

static json_t *make_view(struct draft *d, const void *about)
{
	const struct spool_outcome *o = about;
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

int spool_letter_queue(void *context, const struct spool_outcome *o, struct err *e)
{
	const struct spool_letters *s = context;
	return admin_news_queue(s->world, s->templates, s->now,
		&(struct admin_news){LETTER_IMPORT, "import", o->stamp, make_view, o}, e);
}
