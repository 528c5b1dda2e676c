/*
 * lookup.c: resolves the references in register files. Units and villages are
 * read into memory once per import; keys of the other kinds are asked from the
 * store when a cell names them.
 */
#include "register/lookup.h"

#include "base/day.h"
#include "base/mem.h"
#include "base/text.h"
#include "register/keymap.h"

enum { CANDIDATES_SHOWN = 6, NO_ENTRY = -1 };

struct place {
	char *code, *name, *kind, *successors;
	int32_t valid_to;
	int64_t next_full, next_short; /* the next place with the same folded name, or NO_ENTRY */
};

struct lookup {
	struct store *store;
	const struct plan *plan;
	struct arena arena;
	struct place *places;
	size_t place_count, place_capacity;
	struct keymap by_code; /* code -> index of place */
	struct keymap by_name; /* folded name -> index of the first such place */
	struct keymap by_short_name; /* the same without "xã", "phường", … */
	struct keymap villages;
};

static const char *without_prefix(const char *fold)
{
	static const char *const prefixes[] = {"ubnd ", "xa ", "phuong ", "thi tran ", "huyen ",
		"thi xa ", "thanh pho ", "tinh ", NULL};
	for (int i = 0; prefixes[i]; i++)
		if (strncmp(fold, prefixes[i], strlen(prefixes[i])) == 0)
			return without_prefix(fold + strlen(prefixes[i]));
	return fold;
}

static int64_t link_name(struct keymap *names, const char *fold, int64_t index)
{
	bool added;
	int64_t *first = keymap_add(names, fold, index, &added);
	if (added)
		return NO_ENTRY;
	int64_t next = *first;
	*first = index;
	return next;
}

static struct place *add_place(
	struct lookup *l, const char *code, const char *name, const char *kind)
{
	bool added;
	int64_t index = (int64_t)l->place_count;
	int64_t *known = keymap_add(&l->by_code, code, index, &added);
	if (!added)
		return &l->places[*known];
	VEC_ROOM(l->places, l->place_count, l->place_capacity);
	struct place *p = &l->places[l->place_count++];
	*p = (struct place){.valid_to = DAY_NONE};
	p->code = arena_strdup(&l->arena, code);
	p->name = arena_strdup(&l->arena, name ? name : code);
	p->kind = arena_strdup(&l->arena, kind ? kind : "");
	char *fold = text_fold(p->name);
	p->next_full = fold ? link_name(&l->by_name, fold, index) : NO_ENTRY;
	p->next_short = fold ? link_name(&l->by_short_name, without_prefix(fold), index) : NO_ENTRY;
	free(fold);
	return p;
}

void lookup_add_unit(struct lookup *l, const char *code, const char *name, const char *kind)
{
	add_place(l, code, name, kind);
}

static int read_units(struct lookup *l, struct err *e)
{
	struct stmt *st = store_stmt(l->store,
		"SELECT code, name, kind, coalesce(valid_to, ended_on), successors FROM unit", e);
	if (!st)
		return -1;
	int rc;
	while ((rc = stmt_step(st, e)) == 1) {
		struct place *p = add_place(l, col_text(st, 0), col_text(st, 1), col_text(st, 2));
		p->valid_to = col_day(st, 3);
		p->successors = arena_strdup(&l->arena, col_text(st, 4));
	}
	return rc;
}

static int read_villages(struct lookup *l, struct err *e)
{
	struct stmt *st = store_stmt(l->store, "SELECT code FROM village", e);
	int rc = -1;
	while (st && (rc = stmt_step(st, e)) == 1)
		keymap_add(&l->villages, col_text(st, 0), 1, NULL);
	return rc;
}

int lookup_new(struct lookup **out, struct store *s, const struct plan *plan, struct err *e)
{
	struct lookup *l = xcalloc(1, sizeof *l);
	l->store = s;
	l->plan = plan;
	if (read_units(l, e) != 0 || read_villages(l, e) != 0) {
		lookup_free(l);
		return -1;
	}
	*out = l;
	return 0;
}

void lookup_free(struct lookup *l)
{
	if (!l)
		return;
	keymap_release(&l->by_code);
	keymap_release(&l->by_name);
	keymap_release(&l->by_short_name);
	keymap_release(&l->villages);
	free(l->places);
	arena_release(&l->arena);
	free(l);
}

/* Units and places. */

static bool fits(const struct place *p, const char *ref)
{
	if (strcmp(ref, "units") == 0)
		return true;
	bool local = strcmp(p->kind, "commune") == 0 || strcmp(p->kind, "ward") == 0 ||
		     strcmp(p->kind, "district") == 0;
	return local || (strcmp(ref, "place") == 0 && strcmp(p->kind, "province") == 0);
}

struct matches {
	const struct place *items[CANDIDATES_SHOWN];
	size_t count; /* may exceed what is kept */
};

static struct matches by_fold(
	const struct lookup *l, const char *fold, const char *ref, bool shortened)
{
	struct matches m = {.count = 0};
	const int64_t *first = keymap_get(shortened ? &l->by_short_name : &l->by_name, fold);
	for (int64_t i = first ? *first : NO_ENTRY; i != NO_ENTRY;) {
		const struct place *p = &l->places[i];
		if (fits(p, ref)) {
			if (m.count < CANDIDATES_SHOWN)
				m.items[m.count] = p;
			m.count++;
		}
		i = shortened ? p->next_short : p->next_full;
	}
	return m;
}

/* Of names that differ only in marks ("Cẩm Tú", "Cẩm Tư") the one written just so. */
static const struct place *written_so(const struct matches *m, const char *text)
{
	const struct place *found = NULL;
	char *nfc = text_nfc(text, true);
	for (size_t i = 0; nfc && i < m->count && i < CANDIDATES_SHOWN; i++)
		if (strcmp(m->items[i]->name, nfc) == 0) {
			const struct place *before = found;
			found = before ? NULL : m->items[i];
			if (before)
				break;
		}
	free(nfc);
	return found;
}

static int refuse_ambiguous(const struct matches *m, const char *text, struct err *e)
{
	struct buf names = {0};
	for (size_t i = 0; i < m->count && i < CANDIDATES_SHOWN; i++)
		buf_addf(&names, "%s%s (%s)", i ? ", " : "", m->items[i]->code, m->items[i]->name);
	if (m->count > CANDIDATES_SHOWN)
		buf_add(&names, ", …");
	err_set(e, "\"%s\" is ambiguous, write the code of one of: %s", text, names.s);
	buf_release(&names);
	return -1;
}

static int resolve_unit(
	const struct lookup *l, const char *ref, const char *text, const char **key, struct err *e)
{
	const int64_t *known = keymap_get(&l->by_code, text);
	if (known && !fits(&l->places[*known], ref))
		return err_set(e,
			"%s is no place: a commune, ward or district is needed, it is a %s", text,
			l->places[*known].kind);
	if (known) {
		*key = l->places[*known].code;
		return 0;
	}
	char *fold = text_fold(text);
	if (!fold)
		return err_set(e, "\"%s\" is not valid text", text);
	struct matches m = by_fold(l, fold, ref, false);
	if (m.count == 0)
		m = by_fold(l, without_prefix(fold), ref, true);
	free(fold);
	const struct place *p = m.count == 1 ? m.items[0] : written_so(&m, text);
	if (p) {
		*key = p->code;
		return 0;
	}
	if (m.count > 1)
		return refuse_ambiguous(&m, text, e);
	return err_set(e,
		"there is no unit \"%s\" in the register: write a code (xa-NNNNN for a commune) "
		"or a unit's name",
		text);
}

bool lookup_place_has_ended(const struct lookup *l, const char *code, int32_t today, struct err *e)
{
	const int64_t *known = keymap_get(&l->by_code, code);
	const struct place *p = known ? &l->places[*known] : NULL;
	if (!p || p->valid_to == DAY_NONE || p->valid_to >= today)
		return false;
	char day[DAY_TEXT];
	err_set(e, "%s (%s) ended on %s%s%s: name the unit of today, or give this row an ended_on",
		p->code, p->name, day_iso(p->valid_to, day),
		p->successors ? ", its successor is " : "", p->successors ? p->successors : "");
	return true;
}

/* The plan. */

static int refuse_unplanned(
	const struct plan *plan, const char *ref, const char *text, struct err *e)
{
	struct buf allowed = {0};
	if (strcmp(ref, "duty") == 0)
		for (size_t i = 0; i < plan->duty_count; i++)
			buf_addf(&allowed, "%s%s", i ? ", " : "", plan->duties[i].id);
	else if (strcmp(ref, "task") == 0)
		for (size_t i = 0; i < plan->task_count; i++)
			buf_addf(&allowed, "%s%s", i ? ", " : "", plan->tasks[i].id);
	else
		for (size_t i = 0; i < plan->target_count; i++) {
			size_t before = 0; /* a target stands once per year */
			while (strcmp(plan->targets[before].id, plan->targets[i].id) != 0)
				before++;
			if (before == i)
				buf_addf(&allowed, "%s%s", i ? ", " : "", plan->targets[i].id);
		}
	err_set(e, "the plan has no %s \"%s\", allowed are: %s", ref, text,
		allowed.s ? allowed.s : "none");
	buf_release(&allowed);
	return -1;
}

/* Returns 1 when ref looks in the plan and *key is set, 0 when it does not, -1 refused. */
static int resolve_planned(
	const struct plan *plan, const char *ref, const char *text, const char **key, struct err *e)
{
	if (strcmp(ref, "duty") == 0) {
		const struct duty *d = plan_duty(plan, text);
		*key = d ? d->id : NULL;
	} else if (strcmp(ref, "task") == 0) {
		const struct task *t = plan_task(plan, text);
		*key = t ? t->id : NULL;
	} else if (strcmp(ref, "target") == 0) {
		*key = NULL;
		for (size_t i = 0; i < plan->target_count && !*key; i++)
			if (strcmp(plan->targets[i].id, text) == 0)
				*key = plan->targets[i].id;
	} else {
		return 0;
	}
	return *key ? 1 : refuse_unplanned(plan, ref, text, e);
}

/* The other kinds: does a row with this key exist? */
static int resolve_row(struct lookup *l, const char *ref, const char *text, struct err *e)
{
	const struct kind *k = kind_named(ref);
	char *sql = xasprintf("SELECT 1 FROM %s WHERE %s = ?1", k->table, k->columns[0].name);
	struct stmt *st = store_stmt(l->store, sql, e);
	free(sql);
	if (!st)
		return -1;
	stmt_text(st, 1, text);
	int rc = stmt_step(st, e);
	stmt_reset(st);
	if (rc == 0)
		return err_set(e,
			"there is no \"%s\" among the %s: import those first, or mend the code",
			text, ref);
	return rc == 1 ? 0 : -1;
}

int lookup_resolve(
	struct lookup *l, const struct column *c, const char *text, const char **key, struct err *e)
{
	const char *ref = c->ref;
	if (strcmp(ref, "units") == 0 || strcmp(ref, "commune") == 0 || strcmp(ref, "place") == 0)
		return resolve_unit(l, ref, text, key, e);
	int planned = resolve_planned(l->plan, ref, text, key, e);
	if (planned != 0)
		return planned == 1 ? 0 : -1;
	*key = text;
	if (strcmp(ref, "villages") == 0 && keymap_get(&l->villages, text))
		return 0;
	return resolve_row(l, ref, text, e);
}
