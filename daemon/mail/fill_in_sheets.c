/*
 * fill_in_sheets.c: the sheets of an area's list that come back: its villages and their
 * figures whole, of other things the rows that the letter tells of. `langnghectl import
 * KIND FILE` takes the file as it is: each sheet bears its kind's name.
 */
#include "mail/draft.h"

#include "register/fill_in.h"
#include "register/kinds.h"

static bool is_area(const struct unit *u)
{
	return strcmp(u->kind, "commune") == 0 || strcmp(u->kind, "ward") == 0 || strcmp(u->kind, "district") == 0;
}

/* The unit, whom it took over from whole, and a district's communes: rows may bear any of their codes. */
static void add_places(const struct units *all, const struct unit *u, json_t *places)
{
	for (size_t i = 0; i < json_array_size(places); i++)
		if (strcmp(json_string_value(json_array_get(places, i)), u->code) == 0)
			return;
	json_array_append_new(places, json_string(u->code));
	for (size_t i = 0; i < u->predecessor_count; i++)
		if (u->predecessors[i]->successor_count == 1 && is_area(u->predecessors[i]))
			add_places(all, u->predecessors[i], places);
	for (size_t i = 0; strcmp(u->kind, "district") == 0 && i < units_count(all); i++)
		if (units_at(all, i)->parent == u)
			add_places(all, units_at(all, i), places);
}

static bool is_told(const struct item *i)
{
	enum block_kind k = item_block(i);
	return k == BLOCK_MISSING || k == BLOCK_EXPIRY || k == BLOCK_UNKNOWN || item_asks(i);
}

static bool reads(const struct plugin_info *p, const char *input)
{
	for (size_t k = 0; k < p->input_count; k++)
		if (strcmp(p->inputs[k], input) == 0)
			return true;
	return false;
}

/* Whether the letter tells of things of the kind; the codes of those. */
static bool gather(const struct draft *d, const struct kind *k, json_t *codes)
{
	bool years = strcmp(k->name, "village_years") == 0, found = false;
	for (size_t i = 0; i < d->digest->item_count; i++) {
		const struct item *item = &d->digest->items[i];
		const char *subject = item_subject(item), *colon = subject ? strchr(subject, ':') : NULL;
		if (!colon || !is_told(item))
			continue;
		size_t n = (size_t)(colon - subject);
		bool of_kind = (k->coded && strlen(k->table) == n && strncmp(k->table, subject, n) == 0) ||
			       (years && n == 7 && strncmp(subject, "village", n) == 0 && item->judged &&
				       reads(item->judged->plugin, "v_village_year"));
		if (of_kind)
			json_array_append_new(codes, json_string(colon + 1));
		found |= of_kind;
	}
	return found;
}

static int add_sheet(struct draft *d, struct lxw_workbook *book, const struct kind *k, const char *title,
	const char *places, struct buf *names, struct err *e)
{
	json_t *codes = json_array();
	int rc = gather(d, k, codes);
	if (rc) {
		char *list = json_dumps(codes, JSON_COMPACT);
		struct fill_in f = {.places = places, .day = d->digest->day, .codes = list, .title = title};
		rc = fill_in_add(book, d->world->store, k, &f, e);
		free(list);
	}
	json_decref(codes);
	if (rc == 1) {
		json_t *name = json_object();
		view_text(d, name, "name", k->label);
		buf_addf(names, "%s%s", names->len ? ", " : "",
			phrase_text(d->templates, PHRASE_SHEET_NAME, name, &d->arena));
		json_decref(name);
	}
	return rc;
}

int lists_fill_in(struct draft *d, struct lxw_workbook *book, struct err *e)
{
	if (!d->world->store || !d->world->units || !is_area(d->digest->unit))
		return 0;
	json_t *view = json_object(), *units = json_array();
	view_text(d, view, "unit", d->digest->unit->name);
	view_text(d, view, "label", d->world->settings->data_label);
	add_places(d->world->units, d->digest->unit, units);
	char *places = json_dumps(units, JSON_COMPACT);
	const char *title = phrase_text(d->templates, PHRASE_SHEET_TITLE, view, &d->arena);
	struct buf names = {0};
	int rc = 0;
	for (size_t i = 0; kind_at(i) && rc >= 0; i++)
		rc = add_sheet(d, book, kind_at(i), title, places, &names, e);
	if (names.len)
		d->fill_sheets = arena_strdup(&d->arena, names.s);
	buf_release(&names);
	free(places);
	json_decref(units);
	json_decref(view);
	return rc < 0 ? -1 : 0;
}
