/*
 * view.c: the letter as a whole, for the templates: who is written to, the head
 * of five lines, what changed, the blocks in order, the overview, the letters that
 * nobody got, the closing.
 */
#include "mail/draft.h"

#include "base/text.h"

enum {
	CHANGES_SHOWN = 6, /* of one sort; more are only counted */
	ROWS_LEAST = 2     /* of a list, whatever else the letter holds */
};

struct change_group {
	int what;
	const char *flag;
};

static const char *const change_names[] = {"overdue", "units_overdue", "new", "resolved", "ended",
	"worse", "lost", "inherited", "extended", "changes"};

static json_t *view_change_group(struct draft *d, const struct change_group *g)
{
	json_t *names = json_array();
	size_t n = 0;
	for (size_t i = 0; i < d->digest->change_count; i++) {
		const struct change *c = &d->digest->changes[i];
		if ((int)c->what != g->what)
			continue;
		if (n++ < CHANGES_SHOWN) {
			json_t *o = json_object();
			view_text(d, o, "change_text", c->text && *c->text ? c->text : c->name);
			json_array_append_new(names, o);
		}
	}
	json_t *o = view_names(change_names, sizeof change_names / sizeof *change_names);
	view_number(d, o, g->flag, (int64_t)n);
	/* A long list is told by its number alone; so are new matters, which are marked in the
	 * body. */
	if (n <= CHANGES_SHOWN && g->what != CHANGE_NEW)
		json_object_set_new(o, "changes", names);
	else
		json_decref(names);
	if (n > 0)
		return o;
	json_decref(o);
	return NULL;
}

/* The duties that ran over since the last letter: the most that can change, so it is said first. */
static json_t *view_fallen(struct draft *d)
{
	json_t *names = json_array();
	int64_t n = 0;
	for (size_t i = 0; i < d->digest->item_count; i++) {
		const struct item *item = &d->digest->items[i];
		if (!item_fell_overdue(d, item) || n++ >= CHANGES_SHOWN)
			continue;
		const struct finding *f = item->judged ? item->judged->finding : NULL;
		bool dated = f && f->last_day != DAY_NONE;
		json_t *o = json_object(), *line = json_object();
		view_text(d, o, "title", item_title(d, item));
		view_text(d, o, "period", f ? period_words(d, f->period) : NULL);
		view_day(d, o, "since", dated ? f->last_day + 1 : DAY_NONE);
		view_text(d, line, "change_text",
			phrase_text(d->templates, PHRASE_CHANGE_OVERDUE, o, &d->arena));
		json_decref(o);
		json_array_append_new(names, line);
	}
	json_t *group = view_names(change_names, sizeof change_names / sizeof *change_names);
	view_number(d, group, "overdue", n);
	json_object_set_new(group, "changes", names);
	if (n > 0)
		return group;
	json_decref(group);
	return NULL;
}

/* Other units' duties that ran over since the coordinator's last letter: their number. */
static json_t *view_units_fallen(struct draft *d)
{
	const struct digest *g = d->digest;
	int64_t n = 0;
	for (size_t i = 0; i < d->overview_count; i++) {
		const struct overview_row *r = &d->overview[i];
		n += r->days_left < 0 && r->last_day >= g->last_letter &&
		     strcmp(r->unit_name, g->unit->name) != 0;
	}
	if (n == 0 || g->last_letter == DAY_NONE)
		return NULL;
	json_t *group = view_names(change_names, sizeof change_names / sizeof *change_names);
	view_number(d, group, "units_overdue", n);
	return group;
}

static json_t *view_changes(struct draft *d)
{
	static const struct change_group groups[] = {{CHANGE_NEW, "new"}, {CHANGE_WORSE, "worse"},
		{CHANGE_RESOLVED, "resolved"}, {CHANGE_ENDED, "ended"}, {CHANGE_LOST, "lost"},
		{CHANGE_INHERITED, "inherited"}, {CHANGE_EXTENDED, "extended"}};
	json_t *all = json_array();
	json_t *fallen[] = {view_fallen(d), view_units_fallen(d)};
	for (size_t i = 0; i < sizeof fallen / sizeof *fallen; i++)
		if (fallen[i])
			json_array_append_new(all, fallen[i]);
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		json_t *o = view_change_group(d, &groups[i]);
		if (o)
			json_array_append_new(all, o);
	}
	return all;
}

static json_t *overview_row(struct draft *d, const struct overview_row *r, size_t number)
{
	json_t *o = json_object();
	view_number(d, o, "row_number", (int64_t)number);
	view_text(d, o, "unit_name", r->unit_name);
	view_text(d, o, "duty_name", r->duty_name);
	view_text(d, o, "duty_period", period_words(d, r->period));
	view_day(d, o, "duty_last_day", r->last_day);
	view_day(d, o, "last_notice", r->last_notice);
	return o;
}

json_t *view_overview(struct draft *d)
{
	if (d->overview_count == 0)
		return json_null();
	int64_t late = 0, soon = 0, untold = 0; /* soon: today included */
	struct checked checked = {.earliest = DAY_NONE};
	size_t most = (size_t)d->world->settings->reminders.body_rows;
	json_t *rows = json_array();
	for (size_t i = 0; i < d->overview_count; i++) {
		const struct overview_row *r = &d->overview[i];
		late += r->days_left < 0;
		soon += r->days_left >= 0;
		untold += r->last_notice == DAY_NONE;
		checked_add(&checked, r->checked_on);
		if (i < most)
			json_array_append_new(rows, overview_row(d, r, i + 1));
	}
	json_t *o = json_object();
	view_number(d, o, "total", (int64_t)d->overview_count);
	view_number(d, o, "late", late);
	view_number(d, o, "soon", soon);
	view_number(d, o, "untold", untold);
	json_object_set_new(o, "any_late", json_boolean(late > 0));
	json_object_set_new(o, "any_soon", json_boolean(soon > 0));
	json_object_set_new(o, "any_untold", json_boolean(untold > 0));
	json_object_set_new(o, "rows", rows);
	json_object_set_new(o, "more", json_null());
	if (d->overview_count > most)
		view_number(d, o, "more", (int64_t)(d->overview_count - most));
	view_checked_on(d, o, &checked);
	view_day(d, o, "first_last_day", d->overview[0].last_day);
	return o;
}

static json_t *view_undelivered(struct draft *d)
{
	const struct digest *g = d->digest;
	if (g->undelivered_count == 0)
		return json_null();
	size_t most = (size_t)d->world->settings->reminders.body_rows;
	json_t *o = json_object(), *rows = json_array();
	for (size_t i = 0; i < g->undelivered_count && i < most; i++) {
		const struct undelivered_row *r = &g->undelivered[i];
		json_t *row = json_object();
		view_number(d, row, "row_number", (int64_t)i + 1);
		view_text(d, row, "unit_name", r->unit_name);
		view_day(d, row, "sent_on", r->day);
		view_text(d, row, "addresses", r->addresses);
		view_text(d, row, "answer", r->answer);
		json_array_append_new(rows, row);
	}
	view_number(d, o, "total", (int64_t)g->undelivered_count);
	json_object_set_new(o, "rows", rows);
	json_object_set_new(o, "more", json_null());
	if (g->undelivered_count > most)
		view_number(d, o, "more", (int64_t)(g->undelivered_count - most));
	return o;
}

static void view_holder(struct draft *d, json_t *o)
{
	const char *field = NULL;
	if (d->block_count > 0 && d->blocks[0].items[0]->judged &&
		d->blocks[0].items[0]->judged->rule)
		field = d->blocks[0].items[0]->judged->rule->field;
	const struct contact *c = draft_holder(d, field);
	view_text(d, o, "holder", c ? (c->name && *c->name ? c->name : c->email) : NULL);
	view_text(d, o, "holder_email", c && c->name && *c->name ? c->email : NULL);
}

/* "trước đây: …": the name the plan prints for the reader, where it differs. */
static void view_reader(struct draft *d, json_t *o)
{
	const struct digest *g = d->digest;
	view_text(d, o, "unit", g->unit->name);
	const struct unit *named = NULL;
	for (size_t i = 0; i < g->item_count && !named; i++)
		named = g->items[i].named;
	char *display = named ? unit_display(g->unit, named) : NULL;
	const char *shown = display ? display : g->unit->name;
	if (unit_is_local(g->unit)) {
		json_t *name = json_object();
		view_text(d, name, "name", shown);
		shown = phrase_text(d->templates, PHRASE_ADDRESSEE_LOCAL, name, &d->arena);
		json_decref(name);
	}
	view_text(d, o, "unit_display", shown);
	free(display);
}

static void view_receipt(struct draft *d, json_t *o)
{
	const struct digest *g = d->digest;
	const struct judged *j = g->item_count ? g->items[0].judged : NULL;
	int32_t done = j ? j->finding->done_on : DAY_NONE;
	int32_t last = j ? j->finding->last_day : DAY_NONE;
	const char *no = g->submission_no;
	view_text(d, o, "submission_no", no ? no : j ? j->finding->document_no : NULL);
	view_day(d, o, "done_on", done);
	view_day(d, o, "receipt_last_day", last);
	bool known = done != DAY_NONE && last != DAY_NONE;
	json_object_set_new(o, "on_time", json_boolean(known && done <= last));
	json_object_set_new(
		o, "late_days", known && done > last ? json_integer(done - last) : json_null());
}

/* The sheets that come back: "tờ “Làng nghề”", and where figures are asked for. */
static void view_sheets(struct draft *d, json_t *o)
{
	json_t *names = json_object();
	if (d->fill_sheets) {
		view_text(d, names, "names", d->fill_sheets);
		view_text(d, o, "fill_sheets", phrase_text(d->templates, PHRASE_FILL_SHEETS, names, &d->arena));
		view_text(d, o, "ask_sheet", phrase_text(d->templates, PHRASE_ASK_SHEETS, names, &d->arena));
	} else {
		json_t *name = json_object();
		view_text(d, name, "name", phrase_text(d->templates, PHRASE_SHEET_UNKNOWN, NULL, &d->arena));
		view_text(d, names, "names", phrase_text(d->templates, PHRASE_SHEET_NAME, name, &d->arena));
		view_text(d, o, "fill_sheets", NULL);
		view_text(d, o, "ask_sheet", phrase_text(d->templates, PHRASE_ASK_SHEET, names, &d->arena));
		json_decref(name);
	}
	json_decref(names);
}

static void view_closing(struct draft *d, json_t *o)
{
	const struct settings *s = d->world->settings;
	char hm[6], day[DAY_TEXT];
	view_text(d, o, "label", s->data_label);
	view_text(d, o, "decision_long", d->world->plan->decision_long);
	view_text(d, o, "plan_title", d->world->plan->title);
	view_text(d, o, "reply_to", s->mail.reply_to);
	view_text(d, o, "admin_name", s->admin.name);
	view_text(d, o, "now_time", moment_hm(d->now.second, hm));
	view_text(d, o, "now_date", day_vi(d->digest->day, day));
	view_text(d, o, "list_file", d->list_file);
	view_sheets(d, o);
	view_text(d, o, "calendar_file", d->calendar_file);
	json_object_set_new(o, "other_open", json_null());
	if (d->digest->other_open > 0)
		view_number(d, o, "other_open", d->digest->other_open);
}

/* The letter's rows are shared out in the order of the blocks, but none of the later ones is left without: a list of
 * which nothing is shown says nothing. */
static json_t *view_blocks(struct draft *d)
{
	size_t rows_left = (size_t)d->world->settings->reminders.body_rows;
	json_t *blocks = json_array();
	for (size_t i = 0; i < d->block_count; i++) {
		size_t later = (d->block_count - i - 1) * ROWS_LEAST;
		size_t most = rows_left > later + ROWS_LEAST ? rows_left - later : ROWS_LEAST, left = most;
		json_array_append_new(blocks, view_block(d, &d->blocks[i], (int)i + 1, &left));
		size_t used = most - left;
		rows_left -= used < rows_left ? used : rows_left;
	}
	return blocks;
}

/* Whether anything that the letter tells was not looked at today. */
static bool any_checked(const struct draft *d)
{
	struct checked c = {.earliest = DAY_NONE};
	for (size_t i = 0; i < d->digest->item_count; i++)
		checked_add(&c, d->digest->items[i].checked_on);
	for (size_t i = 0; i < d->overview_count; i++)
		checked_add(&c, d->overview[i].checked_on);
	return c.earliest != DAY_NONE;
}

json_t *view_letter(struct draft *d)
{
	const struct digest *g = d->digest;
	json_t *o = json_object();
	view_reader(d, o);
	view_closing(d, o);
	view_holder(d, o);
	view_receipt(d, o);
	view_day(d, o, "last_letter", g->last_letter);
	json_object_set_new(o, "first_letter", json_boolean(g->last_letter == DAY_NONE));
	json_t *changes = view_changes(d);
	json_object_set_new(o, "any_checked", json_boolean(any_checked(d)));
	json_object_set_new(o, "has_changes", json_boolean(json_array_size(changes) > 0));
	json_object_set_new(o, "change_groups", changes);
	json_t *blocks = view_blocks(d);
	json_t *overview = view_overview(d);
	json_object_set(o, "main", d->block_count ? json_array_get(blocks, 0) : json_null());
	json_object_set_new(
		o, "main_overview", d->block_count ? json_null() : json_incref(overview));
	json_object_set_new(o, "blocks", blocks);
	json_t *undelivered = view_undelivered(d);
	bool alone = d->block_count == 0 && d->overview_count == 0;
	json_object_set_new(o, "main_undelivered", alone ? json_incref(undelivered) : json_null());
	json_object_set_new(o, "overview", overview);
	json_object_set_new(o, "undelivered", undelivered);
	size_t others = d->block_count > 1 ? d->block_count - 1 : 0;
	bool said = false; /* by a block of its own */
	for (size_t i = 0; i < d->block_count; i++)
		said |= d->blocks[i].kind == BLOCK_UNKNOWN;
	json_object_set_new(o, "ask_cells", json_null());
	if (said)
		json_object_set_new(o, "fill_sheets", json_null());
	if (draft_asks(d) && !said && d->list_file)
		view_number(d, o, "ask_cells", (int64_t)draft_unknown_cells(d));
	json_object_set_new(o, "others", others ? json_integer((json_int_t)others) : json_null());
	return o;
}
