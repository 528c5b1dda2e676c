/*
 * view_list.c: what the templates may say about a list of things: its rows, what
 * is lacking how often, by when, what is unknown.
 */
#include "mail/draft.h"

enum { LACKS_IN_HEAD = 3 };

static const char *const row_names[] = {"row_name", "row_place", "row_lacks", "row_act_by",
	"row_new", "row_move", "row_ours", "row_reminder", "row_detail", "row_valid_to",
	"row_expired", "row_ended", "row_on_track", "row_summary", "row_title", "row_period", "row_number"};

static json_t *view_row(struct draft *d, const struct item *i, size_t number)
{
	json_t *o = view_names(row_names, sizeof row_names / sizeof *row_names);
	const struct finding *f = i->judged ? i->judged->finding : NULL;
	view_number(d, o, "row_number", (int64_t)number);
	view_text(d, o, "row_name", i->name ? i->name : f ? f->name : i->key);
	view_text(d, o, "row_title", item_title(d, i));
	/* A commune knows where its villages lie. */
	const struct unit *place = f && d->world->units
					   ? unit_by_code(d->world->units, f->place ? f->place : "")
					   : NULL;
	view_text(d, o, "row_place", place == d->digest->unit ? NULL : item_place(d, i));
	view_text(d, o, "row_lacks", item_lacks(d, i));
	view_text(d, o, "row_summary", i->summary);
	view_flag(o, "row_new", i->first_told == DAY_NONE);
	/* Who must act is said in the letter of the place, and elsewhere where another must. */
	bool ours, waiting = item_waiting(d, i, &ours);
	bool said = i->role == ROLE_PLACE || waiting || ours;
	view_text(d, o, "row_move", said ? item_move(d, i) : NULL);
	view_flag(o, "row_ours", ours);
	view_day(d, o, "row_act_by", item_act_by(d, i));
	view_number(d, o, "row_reminder", i->reminder);
	view_flag(o, "row_expired", i->status == STATUS_EXPIRED);
	view_flag(o, "row_ended", i->resolution && strcmp(i->resolution, "ended") == 0);
	view_flag(o, "row_on_track", i->resolution && i->status == STATUS_ON_TRACK);
	if (f) {
		view_text(d, o, "row_detail", f->detail);
		view_text(d, o, "row_period", period_words(d, f->period));
		view_day(d, o, "row_valid_to", f->valid_to);
	}
	return o;
}

static int64_t count_marks(const struct block *b, const char *id, enum ln_mark_state state)
{
	int64_t n = 0;
	for (size_t i = 0; i < b->count; i++) {
		const struct finding *f = b->items[i]->judged ? b->items[i]->judged->finding : NULL;
		for (size_t k = 0; f && k < f->mark_count; k++)
			n += f->marks[k].state == state && strcmp(f->marks[k].id, id) == 0;
	}
	return n;
}

/* "32 chưa có phương án…", with what to do about it; the clause unless it is the rule's own. */
static json_t *view_sum(struct draft *d, const struct rule_info *rule, const struct mark_info *info,
	enum ln_mark_state state, int64_t n)
{
	json_t *o = json_object();
	view_number(d, o, "sum", n);
	view_text(d, o, "label", label_within(d, info->label));
	const char *expired = phrase_text(d->templates, PHRASE_LACK_EXPIRED, o, &d->arena);
	view_text(d, o, "lacks", state == LN_EXPIRED ? expired : info->lacks);
	bool said = info->clause && ((rule->clause && strcmp(info->clause, rule->clause) == 0) ||
					    (info->action && strstr(info->action, info->clause)));
	view_text(d, o, "mark_clause", said ? NULL : info->clause);
	view_text(d, o, "mark_action", info->action);
	return o;
}

/* How many of the block lack each thing, and what to do about it. */
static void view_marks(struct draft *d, json_t *o, const struct block *b)
{
	static const enum ln_mark_state states[] = {LN_LACKS, LN_EXPIRED};
	const struct rule_info *rule = b->items[0]->judged ? b->items[0]->judged->rule : NULL;
	json_t *sums = json_array();
	int64_t most = 0;
	struct buf line = {0};
	for (size_t m = 0; rule && m < 2 * rule->mark_count; m++) {
		const struct mark_info *info = &rule->marks[m / 2];
		int64_t n = count_marks(b, info->id, states[m % 2]);
		if (n == 0)
			continue;
		json_t *sum = view_sum(d, rule, info, states[m % 2], n);
		json_array_append_new(sums, sum);
		if (m % 2 && json_array_size(sums) > 1 && count_marks(b, info->id, LN_LACKS))
			json_object_set_new(sum, "mark_action", json_null()); /* said just before */
		const char *words =
			b->count == 1 ? json_string_value(json_object_get(sum, "lacks"))
				      : phrase_text(d->templates, PHRASE_LACK_SUM, sum, &d->arena);
		if (json_array_size(sums) <= LACKS_IN_HEAD)
			buf_addf(&line, "%s%s", line.len ? "; " : "", words);
		if (json_array_size(sums) > 1)
			continue;
		json_object_set(o, "top", sum); /* the rule names the weightiest first */
		most = n;
	}
	if (json_array_size(sums) > LACKS_IN_HEAD) {
		json_t *more = json_object();
		view_number(d, more, "n", (int64_t)json_array_size(sums) - LACKS_IN_HEAD);
		buf_add(&line, phrase_text(d->templates, PHRASE_MORE_LACKS, more, &d->arena));
		json_decref(more);
	}
	view_flag(o, "top_all", most > 0 && most == (int64_t)b->count);
	view_text(d, o, "lacks_line", line.len ? line.s : NULL);
	buf_release(&line);
	if (json_array_size(sums) == 1 && most == (int64_t)b->count)
		view_text(d, o, "one_lack",
			json_string_value(json_object_get(json_array_get(sums, 0), "lacks")));
	json_object_set_new(o, "lacks_sums", sums);
}

/* Whether the subject is the unit that is written to, under today's name or an older one. */
static bool is_reader(const struct draft *d, const char *subject)
{
	if (strncmp(subject, "unit:", 5) != 0)
		return false;
	const struct unit *u = d->world->units ? unit_by_code(d->world->units, subject + 5) : NULL;
	return u ? u == d->digest->unit || unit_descends(d->digest->unit, u)
		 : strcmp(subject + 5, d->digest->unit->code) == 0;
}

/* Days of a list in their order, those without one left out. */
struct days {
	int32_t *items;
	size_t count;
};

static int by_day(const void *a, const void *b)
{
	const int32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* The day that most of them are; the latest of several. */
static int32_t most_common(const int32_t *days, size_t count)
{
	int32_t common = DAY_NONE;
	size_t most = 0;
	for (size_t i = 0, run = 0; i < count; i++) {
		run = i > 0 && days[i] == days[i - 1] ? run + 1 : 1;
		if (run >= most) {
			most = run;
			common = days[i];
		}
	}
	return common;
}

/* "riêng 3 làng nghề …": the rows, in their order, whose day is not the one that is shown. */
static void view_apart(
	struct draft *d, json_t *o, const char *what, const int32_t *days, size_t count)
{
	if (count == 0)
		return;
	view_flag(o, what, true);
	view_number(d, o, "apart_count", (int64_t)count);
	view_day(d, o, "apart_on", days[0]);
	view_flag(o, "apart_several", days[0] != days[count - 1]);
}

/* By when a list asks to act: the day of most rows, of those to come unless most are over; and one
 * clause on the rows whose day is over, else on those whose day comes sooner. */
static void view_days(struct draft *d, json_t *o, const struct block *b)
{
	struct days all = {xcalloc(b->count, sizeof *all.items), 0};
	for (size_t i = 0; i < b->count; i++) {
		int32_t day = item_act_by(d, b->items[i]);
		if (day != DAY_NONE)
			all.items[all.count++] = day;
	}
	qsort(all.items, all.count, sizeof *all.items, by_day);
	size_t late = 0, sooner = 0;
	while (late < all.count && all.items[late] < d->digest->day)
		late++;
	const int32_t *coming = all.items + late;
	size_t to_come = all.count - late;
	bool mostly_late = late > to_come;
	int32_t common = mostly_late ? most_common(all.items, late) : most_common(coming, to_come);
	/* Each paper runs out on a day of its own: the first is what counts. */
	if (b->kind == BLOCK_EXPIRY && to_come > 0) {
		common = coming[0];
		view_flag(o, "first_of_many", coming[0] != coming[to_come - 1]);
	}
	while (sooner < to_come && coming[sooner] < common)
		sooner++;
	view_day(d, o, "act_by", common);
	if (mostly_late)
		view_apart(d, o, "apart_later", coming, to_come);
	else if (late > 0)
		view_apart(d, o, "apart_late", all.items, late);
	else
		view_apart(d, o, "apart_sooner", coming, sooner);
	free(all.items);
}

void view_sums_of_list(struct draft *d, json_t *o, const struct block *b)
{
	int64_t fresh = 0, waiting = 0, reminder = 1, expired = 0, theirs = 0,
		count = (int64_t)b->count;
	for (size_t i = 0; i < b->count; i++) {
		const struct item *item = b->items[i];
		fresh += item->first_told == DAY_NONE;
		waiting += item_waiting(d, item, NULL) != NULL;
		reminder = item->reminder > reminder ? item->reminder : reminder;
		expired += item->status == STATUS_EXPIRED;
		theirs += item_act_by(d, item) == DAY_NONE;
	}
	bool all_new = fresh == count;
	view_flag(o, "is_single", count == 1);
	view_text(d, o, "only_name", count == 1 ? b->items[0]->name : NULL);
	view_number(d, o, "count", count);
	view_number(d, o, "reminder", reminder);
	view_flag(o, "all_new", all_new);
	if (fresh > 0 && !all_new)
		view_number(d, o, "new_count", fresh);
	if (waiting > 0)
		view_number(d, o, "waiting_count", waiting);
	view_flag(o, "waiting_all", b->kind == BLOCK_MISSING && theirs == count);
	bool on_track = false; /* a target that is reminded no more and is not reached */
	for (size_t i = 0; i < b->count; i++)
		on_track |= b->items[i]->resolution && b->items[i]->status == STATUS_ON_TRACK;
	view_flag(o, "any_on_track", on_track);
	if (b->count > 1)
		view_number(d, o, "more_keys", (int64_t)b->count - 1);
	view_days(d, o, b);
	view_flag(o, "is_expired", expired > 0);
	if (expired > 0 && expired < count) {
		view_number(d, o, "expired_count", expired);
		view_number(d, o, "expiring_count", count - expired);
	}
	view_flag(o, "is_self", b->count == 1 && is_reader(d, item_subject(b->items[0])));
	/* The task itself lacks something: there is nothing to be counted. */
	view_flag(o, "is_task", b->count == 1 && strncmp(item_subject(b->items[0]), "task:", 5) == 0);
	view_text(d, o, "thing",
		phrase_text(
			d->templates, thing_phrase(item_subject(b->items[0])), NULL, &d->arena));
}

void view_list(struct draft *d, json_t *o, const struct block *b, size_t *rows_left)
{
	json_t *rows = json_array();
	for (size_t i = 0; i<b->count && * rows_left> 0; i++, --*rows_left)
		json_array_append_new(rows, view_row(d, b->items[i], i + 1));
	size_t shown = json_array_size(rows);
	json_object_set_new(o, "rows", rows);
	if (shown < b->count)
		view_number(d, o, "more", (int64_t)(b->count - shown));
	view_sums_of_list(d, o, b);
	view_marks(d, o, b);
}

/* P7: one line a rule; the cells are asked for on the fill-in sheet. */
void view_unknown(struct draft *d, json_t *o, const struct block *b)
{
	json_t *groups = json_array();
	bool *seen = xcalloc(b->count, sizeof *seen);
	for (size_t i = 0; i < b->count; i++) {
		const char *title = item_title(d, b->items[i]);
		int64_t n = 0;
		for (size_t k = i; k < b->count && !seen[i]; k++) {
			if (seen[k] || strcmp(item_title(d, b->items[k]), title) != 0)
				continue;
			n++;
			seen[k] = k != i;
		}
		if (n == 0)
			continue;
		json_t *group = json_object();
		view_text(d, group, "group_title", title);
		view_number(d, group, "group_count", n);
		view_flag(group, "group_many", n > 1);
		view_text(d, group, "group_thing",
			phrase_text(d->templates, thing_phrase(item_subject(b->items[i])), NULL,
				&d->arena));
		view_flag(group, "group_target", b->items[i]->kind == LN_SHORT);
		json_array_append_new(groups, group);
	}
	free(seen);
	json_object_set_new(o, "groups", groups);
	view_number(d, o, "cells", (int64_t)draft_unknown_cells(d));
}
