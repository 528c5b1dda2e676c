/*
 * units.c: the units and their contacts in memory, and the routes from a unit
 * named in 2022 to who carries its work on a day. Everything lives in one arena
 * for as long as the struct units does. duty_debtors and the units of a task
 * are in debtors.c.
 */
#include "register/units.h"

#include "base/mem.h"

struct units {
	struct arena arena;
	struct unit **items; /* by code */
	size_t count, capacity;
	struct contact *contacts;
	size_t contact_count, contact_capacity;
	const char *culprit; /* while loading: the unit that is looked at */
};

enum { PARENTS_MAX = 32 };

static const struct unit *find(const struct units *u, const char *code, size_t n)
{
	size_t low = 0, high = u->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *other = u->items[middle]->code;
		int order = strncmp(other, code, n);
		if (order == 0 && other[n] == '\0')
			return u->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct unit *unit_by_code(const struct units *u, const char *code)
{
	return code ? find(u, code, strlen(code)) : NULL;
}

/* Loading. The text of parent and successors is resolved once all units are there. */

struct raw_links {
	char *parent, *successors;
};

static int read_units(struct units *u, struct raw_links **raw, struct store *s, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT code, name, kind, valid_from, coalesce(valid_to, ended_on), official_code,"
		" parent, successors FROM unit ORDER BY code",
		e);
	if (!st)
		return -1;
	size_t raw_capacity = 0;
	int rc;
	while ((rc = stmt_step(st, e)) == 1) {
		size_t n = u->count;
		VEC_ROOM(*raw, n, raw_capacity);
		VEC_ROOM(u->items, u->count, u->capacity);
		struct unit *unit = arena_alloc(&u->arena, sizeof *unit);
		unit->code = arena_strdup(&u->arena, col_text(st, 0));
		unit->name =
			arena_strdup(&u->arena, col_is_null(st, 1) ? unit->code : col_text(st, 1));
		unit->kind = arena_strdup(&u->arena, col_is_null(st, 2) ? "" : col_text(st, 2));
		unit->valid_from = col_day(st, 3);
		unit->valid_to = col_day(st, 4);
		unit->official_code = arena_strdup(&u->arena, col_text(st, 5));
		(*raw)[n].parent = arena_strdup(&u->arena, col_text(st, 6));
		(*raw)[n].successors = arena_strdup(&u->arena, col_text(st, 7));
		u->items[u->count++] = unit;
	}
	return rc;
}

static struct unit **add_link(struct arena *a, struct unit **links, size_t *count, struct unit *to)
{
	struct unit **longer = arena_alloc(a, (*count + 1) * sizeof *longer);
	if (*count)
		memcpy(longer, links, *count * sizeof *longer);
	longer[(*count)++] = to;
	return longer;
}

static int link_successors(struct units *u, struct unit *unit, const char *text, struct err *e)
{
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, "|");
		struct unit *to = (struct unit *)find(u, p, n);
		if (n && !to)
			return err_set(e,
				"unit %s names the successor %.*s, which is not in the register",
				unit->code, (int)n, p);
		if (to) {
			unit->successors =
				add_link(&u->arena, unit->successors, &unit->successor_count, to);
			to->predecessors =
				add_link(&u->arena, to->predecessors, &to->predecessor_count, unit);
		}
		p += n + (p[n] == '|');
	}
	return 0;
}

static int link_units(struct units *u, const struct raw_links *raw, struct err *e)
{
	for (size_t i = 0; i < u->count; i++) {
		struct unit *unit = u->items[i];
		u->culprit = unit->code;
		if (raw[i].parent) {
			bool same = i > 0 && raw[i - 1].parent && strcmp(raw[i].parent, raw[i - 1].parent) == 0;
			unit->parent = same ? u->items[i - 1]->parent : (struct unit *)unit_by_code(u, raw[i].parent);
			if (!unit->parent)
				return err_set(e,
					"unit %s names the parent %s, which is not in the register",
					unit->code, raw[i].parent);
		}
		if (raw[i].successors && link_successors(u, unit, raw[i].successors, e) != 0)
			return -1;
	}
	return 0;
}

static size_t index_of(const struct units *u, const struct unit *unit)
{
	size_t low = 0, high = u->count;
	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(u->items[middle]->code, unit->code) <= 0)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Takes away, again and again, units that nobody left over precedes. What remains stands in or
 * behind a circle; the first of it that has a successor there is named. NULL if nothing remains. */
static const struct unit *successor_circle(const struct units *u)
{
	size_t *waiting = xcalloc(u->count, sizeof *waiting);
	size_t *ready = xcalloc(u->count, sizeof *ready);
	size_t count = 0, done = 0;
	for (size_t i = 0; i < u->count; i++)
		if ((waiting[i] = u->items[i]->predecessor_count) == 0)
			ready[count++] = i;
	while (done < count) {
		const struct unit *unit = u->items[ready[done++]];
		for (size_t i = 0; i < unit->successor_count; i++) {
			size_t next = index_of(u, unit->successors[i]);
			if (--waiting[next] == 0)
				ready[count++] = next;
		}
	}
	const struct unit *found = NULL;
	for (size_t i = 0; i < u->count && !found; i++)
		if (waiting[i] && u->items[i]->successor_count)
			found = u->items[i];
	free(waiting);
	free(ready);
	return found;
}

static int refuse_circles(struct units *u, struct err *e)
{
	for (size_t i = 0; i < u->count; i++) {
		const struct unit *unit = u->items[i];
		u->culprit = unit->code;
		size_t steps = 0;
		for (const struct unit *up = unit->parent; up; up = up->parent)
			if (up == unit || ++steps > PARENTS_MAX)
				return err_set(e,
					"unit %s is its own parent, through others: "
					"the parents must not form a circle",
					unit->code);
	}
	const struct unit *unit = successor_circle(u);
	u->culprit = unit ? unit->code : NULL;
	if (unit)
		return err_set(e,
			"unit %s is its own successor, through others: "
			"the successors must not form a circle",
			unit->code);
	return 0;
}

static int read_contacts(struct units *u, struct store *s, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT unit, email, name, coalesce(role, 'focal'), coalesce(field, 'all'), "
		"valid_from,"
		" coalesce(valid_to, ended_on) FROM contact ORDER BY unit, email",
		e);
	if (!st)
		return -1;
	int rc;
	while ((rc = stmt_step(st, e)) == 1) {
		const struct unit *unit = unit_by_code(u, col_text(st, 0));
		if (!unit)
			continue;
		VEC_ROOM(u->contacts, u->contact_count, u->contact_capacity);
		u->contacts[u->contact_count++] = (struct contact){
			.unit = unit,
			.email = arena_strdup(&u->arena, col_text(st, 1)),
			.name = arena_strdup(&u->arena, col_text(st, 2)),
			.role = arena_strdup(&u->arena, col_text(st, 3)),
			.field = arena_strdup(&u->arena, col_text(st, 4)),
			.valid_from = col_day(st, 5),
			.valid_to = col_day(st, 6),
		};
	}
	return rc;
}

static int load(struct units *u, struct store *s, struct err *e)
{
	struct raw_links *raw = NULL;
	int rc = read_units(u, &raw, s, e);
	if (rc == 0)
		rc = link_units(u, raw, e);
	if (rc == 0)
		rc = refuse_circles(u, e);
	free(raw);
	return rc;
}

static int load_all(struct units **out, struct store *s, bool contacts, struct err *e)
{
	struct units *u = xcalloc(1, sizeof *u);
	if (load(u, s, e) != 0 || (contacts && read_contacts(u, s, e) != 0)) {
		units_free(u);
		return -1;
	}
	*out = u;
	return 0;
}

int units_load(struct units **out, struct store *s, struct err *e)
{
	return load_all(out, s, true, e);
}

int units_load_bare(struct units **out, struct store *s, struct err *e)
{
	return load_all(out, s, false, e);
}

int units_check(struct store *s, char **culprit, struct err *e)
{
	struct units *u = xcalloc(1, sizeof *u);
	int rc = load(u, s, e);
	*culprit = rc != 0 ? xstrdup(u->culprit) : NULL;
	units_free(u);
	return rc;
}

void units_free(struct units *u)
{
	if (!u)
		return;
	free(u->items);
	free(u->contacts);
	arena_release(&u->arena);
	free(u);
}

size_t units_count(const struct units *u)
{
	return u->count;
}

const struct unit *units_at(const struct units *u, size_t i)
{
	return i < u->count ? u->items[i] : NULL;
}

static bool within(int32_t from, int32_t to, int32_t day)
{
	return (from == DAY_NONE || day >= from) && (to == DAY_NONE || day <= to);
}

bool unit_lives(const struct unit *unit, int32_t day)
{
	return within(unit->valid_from, unit->valid_to, day);
}

static bool is_one_of(const char *kind, const char *const *kinds)
{
	for (; *kinds; kinds++)
		if (strcmp(kind, *kinds) == 0)
			return true;
	return false;
}

bool unit_is_local(const struct unit *unit)
{
	static const char *const kinds[] = {"commune", "ward", "district", NULL};
	return is_one_of(unit->kind, kinds);
}

bool unit_is_province_level(const struct unit *unit)
{
	static const char *const kinds[] = {"department", "office", "media", "party", NULL};
	return is_one_of(unit->kind, kinds);
}

/* Routes. */

/* The distinct units that carry the work of an ended unit on day: successors that have not ended. A
 * successor that begins some days later carries it already, so that no day is nobody's. */
static size_t bearers(const struct unit *unit, int32_t day, const struct unit **out, size_t count)
{
	for (size_t i = 0; i < unit->successor_count; i++) {
		const struct unit *s = unit->successors[i];
		if (s->valid_to != DAY_NONE && day > s->valid_to) {
			count = bearers(s, day, out, count);
			continue;
		}
		size_t seen = 0;
		while (seen < count && out[seen] != s)
			seen++;
		if (seen == count && count < UNIT_BEARERS_MOST)
			out[count++] = s;
	}
	return count;
}

static const struct unit *living_parent(const struct unit *unit, int32_t day)
{
	for (const struct unit *up = unit->parent; up; up = up->parent) {
		const struct unit *out[UNIT_BEARERS_MOST];
		if (unit_lives(up, day))
			return up;
		if (bearers(up, day, out, 0) == 1)
			return out[0];
	}
	return NULL;
}

size_t unit_bearers(const struct unit *unit, int32_t day, const struct unit *out[UNIT_BEARERS_MOST])
{
	size_t count = 0;
	if (unit->valid_to != DAY_NONE && day > unit->valid_to)
		return bearers(unit, day, out, 0);
	/* Not begun yet: its predecessor is still at work, if there was one alone. */
	for (size_t i = 0; i < unit->predecessor_count; i++)
		if (unit_lives(unit->predecessors[i], day) && count < UNIT_BEARERS_MOST)
			out[count++] = unit->predecessors[i];
	return count;
}

enum unit_route unit_on(const struct unit *unit, int32_t day, const struct unit **out)
{
	if (unit_lives(unit, day)) {
		*out = unit;
		return ROUTE_SELF;
	}
	const struct unit *found[UNIT_BEARERS_MOST];
	size_t count = unit_bearers(unit, day, found);
	*out = count == 1 ? found[0] : living_parent(unit, day);
	return count == 1 ? ROUTE_SUCCESSOR : count > 1 ? ROUTE_SPLIT : ROUTE_ENDED;
}

bool unit_descends(const struct unit *a, const struct unit *p)
{
	if (a == p)
		return true;
	for (size_t i = 0; i < a->predecessor_count; i++)
		if (unit_descends(a->predecessors[i], p))
			return true;
	return false;
}

char *unit_display(const struct unit *today, const struct unit *named)
{
	if (!named || today == named || strcmp(today->name, named->name) == 0)
		return xstrdup(today->name);
	return xasprintf("%s (trước đây: %s)", today->name, named->name);
}

/* Contacts. */

static bool contact_answers(const struct contact *c, const struct unit *unit, int32_t day)
{
	return c->unit == unit && within(c->valid_from, c->valid_to, day);
}

/* Appends the unit's contacts of a role; field NULL: only those for everything; any: whatever
 * field. */
static size_t add_contacts(const struct units *u, const struct unit *unit, const char *role,
	const char *field, bool any, int32_t day, const struct contact **out, size_t count,
	size_t max)
{
	for (size_t i = 0; i < u->contact_count && count < max; i++) {
		const struct contact *c = &u->contacts[i];
		bool matches = any || strcmp(c->field, "all") == 0 ||
			       (field && strcmp(c->field, field) == 0);
		if (contact_answers(c, unit, day) && strcmp(c->role, role) == 0 && matches)
			out[count++] = c;
	}
	return count;
}

size_t unit_contacts(const struct units *u, const struct unit *unit, const char *field, int32_t day,
	const struct contact **out, size_t max)
{
	size_t n = add_contacts(u, unit, "focal", field, false, day, out, 0, max);
	n = add_contacts(u, unit, "officer", field, false, day, out, n, max);
	if (n == 0)
		n = add_contacts(u, unit, "leader", field, true, day, out, 0, max);
	/* Somebody of the house rather than nobody: his field does not fit, but he is there. */
	if (n == 0)
		n = add_contacts(u, unit, "focal", field, true, day, out, 0, max);
	if (n == 0)
		n = add_contacts(u, unit, "officer", field, true, day, out, 0, max);
	return n;
}

const struct contact *unit_leader(const struct units *u, const struct unit *unit, int32_t day)
{
	for (size_t i = 0; i < u->contact_count; i++)
		if (contact_answers(&u->contacts[i], unit, day) &&
			strcmp(u->contacts[i].role, "leader") == 0)
			return &u->contacts[i];
	return NULL;
}

size_t units_contact_count(const struct units *u)
{
	return u->contact_count;
}

const struct contact *units_contact_at(const struct units *u, size_t i)
{
	return i < u->contact_count ? &u->contacts[i] : NULL;
}
