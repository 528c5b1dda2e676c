/*
 * draft.c: sorts a digest's items into blocks and knows the words that several
 * parts of a letter share: names of units, periods, things, what is lacking.
 */
#include "mail/draft.h"

#include "base/text.h"
#include "plan/period.h"

enum block_kind item_matter(const struct item *i)
{
	if (i->status == STATUS_UNKNOWN)
		return strcmp(i->step.name, "lost") == 0 ? BLOCK_LOST : BLOCK_UNKNOWN;
	if (status_is_good(i->status))
		return BLOCK_RESOLVED;
	switch (i->kind) {
	case LN_DUE:
		return i->status == STATUS_OVERDUE || i->status == STATUS_LAPSED ? BLOCK_OVERDUE
										 : BLOCK_DUE;
	case LN_SHORT:
		return i->role == ROLE_COORDINATING ? BLOCK_SHARED : BLOCK_TARGET;
	case LN_MISSING:
		return BLOCK_MISSING;
	case LN_EXPIRY:
		return BLOCK_EXPIRY;
	}
	return BLOCK_MISSING;
}

enum block_kind item_block(const struct item *i)
{
	if (strcmp(i->step.name, "inherited") == 0)
		return BLOCK_INHERITED;
	if (i->resolution || strcmp(i->step.name, "resolved") == 0)
		return BLOCK_RESOLVED;
	return item_matter(i);
}

/* Duties and targets stand alone; things are listed by rule. */
static bool is_listed(enum block_kind k)
{
	return k != BLOCK_OVERDUE && k != BLOCK_DUE && k != BLOCK_TARGET;
}

/* plugin/rule, the first two parts of the key. */
static bool same_rule(const char *a, const char *b)
{
	const char *slash = strchr(a, '/');
	slash = slash ? strchr(slash + 1, '/') : NULL;
	return slash && strncmp(a, b, (size_t)(slash - a) + 1) == 0;
}

static const struct task *task_of(const struct item *i)
{
	return i->judged ? i->judged->task : NULL;
}

/* Whether the item belongs into the block, which is of its kind. */
static bool goes_together(const struct block *b, const struct item *i)
{
	if (b->kind == BLOCK_SHARED)
		return task_of(b->items[0]) == task_of(i);
	if (b->kind == BLOCK_MISSING || b->kind == BLOCK_EXPIRY)
		return b->items[0]->role == i->role && same_rule(b->items[0]->key, i->key);
	return true;
}

static struct block *block_for(struct draft *d, const struct item *i, enum block_kind kind)
{
	for (size_t k = 0; k < d->block_count && is_listed(kind); k++) {
		struct block *b = &d->blocks[k];
		if (b->kind == kind && goes_together(b, i))
			return b;
	}
	VEC_ROOM(d->blocks, d->block_count, d->block_capacity);
	d->blocks[d->block_count] = (struct block){.kind = kind};
	return &d->blocks[d->block_count++];
}

static void new_first(struct block *b)
{
	const struct item **sorted = xcalloc(b->count, sizeof *sorted);
	size_t n = 0;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < b->count; i++)
			if ((b->items[i]->first_told == DAY_NONE) == (pass == 0))
				sorted[n++] = b->items[i];
	free(b->items);
	b->items = sorted;
	b->capacity = b->count;
}

/* Whether a block of the letter tells the reader's own duty already. */
static bool is_told(struct draft *d, const struct overview_row *r)
{
	if (strcmp(r->unit_name, d->digest->unit->name) != 0)
		return false;
	for (size_t k = 0; k < d->block_count; k++) {
		const struct item *i = d->blocks[k].items[0];
		if ((d->blocks[k].kind == BLOCK_DUE || d->blocks[k].kind == BLOCK_OVERDUE) && i->duty &&
			strcmp(i->duty->name, r->duty_name) == 0 && i->period && strcmp(i->period, r->period) == 0)
			return true;
	}
	return false;
}

/* The overview's rows of this letter: each matter is told once. */
static void take_overview(struct draft *d)
{
	const struct digest *g = d->digest;
	if (g->overview_count == 0)
		return;
	struct overview_row *rows = arena_alloc(&d->arena, g->overview_count * sizeof *rows);
	for (size_t i = 0; i < g->overview_count; i++)
		if (!is_told(d, &g->overview[i]))
			rows[d->overview_count++] = g->overview[i];
	d->overview = rows;
}

void draft_init(struct draft *d, const struct digest *digest, const struct world *w,
	const struct templates *t, struct moment now)
{
	*d = (struct draft){.digest = digest, .world = w, .templates = t, .now = now};
	for (size_t i = 0; i < digest->item_count; i++) {
		const struct item *item = &digest->items[i];
		struct block *b = block_for(d, item, item_block(item));
		VEC_ROOM(b->items, b->count, b->capacity);
		b->items[b->count++] = item;
	}
	for (size_t k = 0; k < d->block_count; k++)
		if (is_listed(d->blocks[k].kind) && d->blocks[k].kind != BLOCK_EXPIRY)
			new_first(&d->blocks[k]);
	take_overview(d);
}

void draft_release(struct draft *d)
{
	for (size_t k = 0; k < d->block_count; k++)
		free(d->blocks[k].items);
	free(d->blocks);
	arena_release(&d->arena);
	*d = (struct draft){0};
}

bool item_asks(const struct item *i)
{
	return i->status == STATUS_UNKNOWN || (i->judged && i->judged->unknowns > 0);
}

size_t draft_unknown_cells(const struct draft *d)
{
	size_t cells = 0;
	for (size_t i = 0; i < d->digest->item_count; i++) {
		const struct item *item = &d->digest->items[i];
		size_t marks = item->judged ? item->judged->unknowns : 0;
		cells += !item_asks(item) ? 0 : marks ? marks : 1;
	}
	return cells;
}

bool draft_asks(const struct draft *d)
{
	for (size_t k = 0; k < d->block_count; k++)
		if (d->blocks[k].kind == BLOCK_UNKNOWN)
			return true;
	return d->digest->unknown_cells > 0;
}

bool draft_has_lists(const struct draft *d)
{
	for (size_t k = 0; k < d->block_count; k++)
		if (d->blocks[k].kind == BLOCK_MISSING || d->blocks[k].kind == BLOCK_EXPIRY ||
			d->blocks[k].kind == BLOCK_UNKNOWN)
			return true;
	return d->overview_count > 0;
}

/* Bytes of the UTF-8 character at s, 0 if it is none. *point is set. */
static size_t character(const unsigned char *s, uint32_t *point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = s[0] < 0x80       ? 1
		   : s[0] >> 5 == 6  ? 2
		   : s[0] >> 4 == 14 ? 3
		   : s[0] >> 3 == 30 ? 4
				     : 0;
	if (n == 0)
		return 0;
	*point = n == 1 ? s[0] : s[0] & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		*point = *point << 6 | (s[i] & 0x3Fu);
	}
	bool surrogate = *point >= 0xD800 && *point <= 0xDFFF;
	return *point < least[n] || *point > 0x10FFFF || surrogate ? 0 : n;
}

/* Characters that could break a line, hide or turn text around. */
static bool is_unfit(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x2028 && c <= 0x202E) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0xFEFF;
}

const char *clean_line(struct arena *a, const char *s)
{
	if (!s)
		return NULL;
	struct buf b = {0};
	uint32_t point;
	for (const unsigned char *c = (const unsigned char *)s; *c;) {
		size_t n = character(c, &point);
		if (n == 0)
			buf_add(&b, "\xEF\xBF\xBD");
		else if (is_unfit(point))
			buf_add(&b, " ");
		else
			buf_add_n(&b, (const char *)c, n);
		c += n ? n : 1;
	}
	const char *line = arena_strdup(a, b.len ? b.s : "");
	buf_release(&b);
	return line;
}

const struct unit *draft_unit(const struct draft *d, const char *code)
{
	return code && *code && d->world->units ? unit_by_code(d->world->units, code) : NULL;
}

const char *unit_name_of(const struct draft *d, const char *code)
{
	const struct unit *u = draft_unit(d, code);
	return u ? u->name : code && *code ? code : NULL;
}

const char *unit_name_today(const struct draft *d, const char *code)
{
	const struct unit *u = draft_unit(d, code), *today = NULL;
	if (u && unit_on(u, d->digest->day, &today) != ROUTE_ENDED && today)
		return today->name;
	return unit_name_of(d, code);
}

const char *period_words(struct draft *d, const char *period)
{
	static const char *const roman[] = {"I", "II", "III", "IV"};
	int year = 0, n = 0;
	char form[2] = "";
	if (!period || !*period || strcmp(period, "once") == 0)
		return NULL;
	enum phrase p = PHRASE_PERIOD_YEAR;
	const char *part = NULL;
	if (sscanf(period, "%4d-%1[QH]%1d", &year, form, &n) == 3 && n >= 1 && n <= 4) {
		p = form[0] == 'Q' ? PHRASE_PERIOD_QUARTER : PHRASE_PERIOD_HALF;
		part = roman[n - 1];
	} else if (sscanf(period, "%4d-%2d", &year, &n) == 2) {
		p = PHRASE_PERIOD_MONTH;
		part = arena_printf(&d->arena, "%02d", n);
	} else if (sscanf(period, "%4d", &year) != 1) {
		return clean_line(&d->arena, period);
	}
	json_t *o = json_object();
	view_text(d, o, "year", arena_printf(&d->arena, "%d", year));
	view_text(d, o, "part", part);
	const char *words = phrase_text(d->templates, p, o, &d->arena);
	json_decref(o);
	return words;
}

const char *role_words(struct draft *d, enum role role)
{
	static const enum phrase of[] = {[ROLE_DEBTOR] = PHRASE_ROLE_DEBTOR_WORD,
		[ROLE_LEAD] = PHRASE_ROLE_LEAD_WORD,
		[ROLE_PLACE] = PHRASE_ROLE_PLACE_WORD,
		[ROLE_COORDINATING] = PHRASE_ROLE_COORDINATING_WORD};
	/* A department that a matter was handed to is no place. */
	bool asked = role == ROLE_PLACE && !unit_is_local(d->digest->unit);
	return phrase_text(d->templates, asked ? PHRASE_ROLE_ASKED : of[role], NULL, &d->arena);
}

enum phrase thing_phrase(const char *subject)
{
	static const struct {
		const char *prefix;
		enum phrase phrase;
	} things[] = {{"village:", PHRASE_THING_VILLAGE}, {"unit:", PHRASE_THING_UNIT},
		{"product:", PHRASE_THING_PRODUCT}, {"recognition:", PHRASE_THING_RECOGNITION},
		{"zone:", PHRASE_THING_ZONE}, {"project:", PHRASE_THING_PROJECT},
		{"difficulty:", PHRASE_THING_DIFFICULTY}, {"place:", PHRASE_THING_PLACE},
		{"ip-right:", PHRASE_THING_IP_RIGHT}};
	for (size_t i = 0; i < sizeof things / sizeof *things; i++)
		if (strncmp(subject, things[i].prefix, strlen(things[i].prefix)) == 0)
			return things[i].phrase;
	return PHRASE_THING_OTHER;
}

const char *item_subject(const struct item *i)
{
	if (i->judged)
		return i->judged->finding->subject;
	const char *s = strchr(i->key, '/');
	s = s ? strchr(s + 1, '/') : NULL;
	return s ? s + 1 : "";
}

const char *subject_code(const char *subject)
{
	const char *colon = strchr(subject, ':');
	return colon ? colon + 1 : subject;
}

const char *item_title(struct draft *d, const struct item *i)
{
	const struct judged *g = i->judged;
	const char *title = NULL;
	if (g && g->duty)
		title = g->duty->name;
	else if (g && g->target)
		title = g->target->name;
	else if (g && g->rule)
		title = g->rule->title;
	else if (i->duty)
		title = i->duty->name;
	return clean_line(&d->arena, title ? title : i->name ? i->name : i->key);
}

const char *item_place(struct draft *d, const struct item *i)
{
	return i->judged ? clean_line(&d->arena, unit_name_of(d, i->judged->finding->place)) : NULL;
}

const char *label_within(struct draft *d, const char *label)
{
	static const char big_d[] = "Đ", small_d[] = "đ";
	char *s = arena_strdup(&d->arena, label);
	bool word = s && s[0] && !(s[1] >= 'A' && s[1] <= 'Z') && s[1] != ' ' && s[1];
	if (word && strncmp(s, big_d, strlen(big_d)) == 0)
		memcpy(s, small_d, strlen(small_d));
	else if (word && s[0] >= 'A' && s[0] <= 'Z')
		s[0] = (char)(s[0] - 'A' + 'a');
	return s;
}

static const char *mark_words(
	struct draft *d, const struct mark_info *info, const struct finding_mark *m)
{
	json_t *o = json_object();
	view_text(d, o, "label", label_within(d, info->label));
	view_text(d, o, "detail", m->detail);
	const char *words = m->state == LN_EXPIRED
				    ? phrase_text(d->templates, PHRASE_ROW_EXPIRED, o, &d->arena)
			    : m->state == LN_WAITING
				    ? phrase_text(d->templates, PHRASE_ROW_WAITING, o, &d->arena)
				    : clean_line(&d->arena, info->lacks);
	json_decref(o);
	return words;
}

enum { LACKS_SPELLED = 2 }; /* of one subject; more are told by their short names */

const char *item_lacks(struct draft *d, const struct item *i)
{
	if (!i->judged || !i->judged->rule)
		return clean_line(&d->arena, i->summary);
	const struct finding *f = i->judged->finding;
	struct buf words = {0}, labels = {0};
	int64_t n = 0;
	for (size_t k = 0; k < f->mark_count; k++) {
		const struct finding_mark *m = &f->marks[k];
		const struct mark_info *info = rule_mark(i->judged->rule, m->id);
		if (!info || m->state == LN_OK || m->state == LN_UNKNOWN)
			continue;
		bool spelled = m->state != LN_LACKS; /* run out, waiting: said in words always */
		buf_addf(&words, "%s%s", words.len ? "; " : "", mark_words(d, info, m));
		if (!spelled && m->detail && *m->detail)
			buf_addf(&words, " (%s)", clean_line(&d->arena, m->detail));
		buf_addf(&labels, "%s%s", labels.len ? "; " : "",
			spelled ? mark_words(d, info, m) : label_within(d, info->label));
		n++;
	}
	const char *text = words.len ? arena_strdup(&d->arena, words.s) : NULL;
	if (n > LACKS_SPELLED) {
		json_t *o = json_object();
		view_number(d, o, "n", n);
		view_text(d, o, "labels", labels.s);
		text = phrase_text(d->templates, PHRASE_ROW_MANY, o, &d->arena);
		json_decref(o);
	}
	buf_release(&words);
	buf_release(&labels);
	return text;
}

const char *urgency_name(enum urgency u)
{
	static const char *const names[] = {"overdue", "due_now", "legal", "expired", "missed",
		"short", "at_risk", "due_later", "missing", "unknown", "news"};
	return names[u];
}

const struct contact *draft_holder(const struct draft *d, const char *field)
{
	const struct contact *found[8];
	if (!d->world->units)
		return NULL;
	size_t n = unit_contacts(
		d->world->units, d->digest->unit, field ? field : "all", d->digest->day, found, 8);
	/* The officer of the field holds the matter; the focal point where there is none. */
	for (size_t i = 0; i < n; i++)
		if (field && found[i]->field && strcmp(found[i]->field, field) == 0)
			return found[i];
	return n ? found[0] : NULL;
}

const char *measure_text(struct draft *d, const struct target *t, int64_t n, int64_t den)
{
	char number[NUMBER_TEXT];
	if (den <= 0)
		return NULL;
	if (target_is_share(t)) {
		text_percent_vi(n, den, 1, number);
		return arena_printf(&d->arena, "%s%s", number, t->measure);
	}
	text_ratio_vi(n, den, 2, number);
	return arena_printf(&d->arena, "%s %s", number, t->measure);
}

void view_text(struct draft *d, json_t *o, const char *key, const char *value)
{
	json_object_set_new(
		o, key, value ? json_string(clean_line(&d->arena, value)) : json_null());
}

void view_number(struct draft *d, json_t *o, const char *key, int64_t n)
{
	char text[NUMBER_TEXT];
	view_text(d, o, key, text_int_vi(n, text));
}

void checked_add(struct checked *c, int32_t checked_on)
{
	if (checked_on == DAY_NONE)
		c->any_today = true;
	else if (c->earliest == DAY_NONE || checked_on < c->earliest)
		c->earliest = checked_on;
}

void view_checked_on(struct draft *d, json_t *o, const struct checked *c)
{
	view_day(d, o, "checked_on", c->earliest);
	view_flag(o, "checked_some", c->earliest != DAY_NONE && c->any_today);
}

void view_day(struct draft *d, json_t *o, const char *key, int32_t day)
{
	if (day == DAY_NONE) {
		json_object_set_new(o, key, json_null());
		return;
	}
	char text[DAY_TEXT];
	json_t *v = json_object();
	view_text(d, v, "date", day_vi(day, text));
	view_text(d, v, "weekday", day_weekday_vi(day));
	int left = day - d->digest->day;
	bool near = left <= 366; /* "còn 1.491 ngày" helps nobody */
	json_object_set_new(v, "left", left > 0 && near ? json_integer(left) : json_null());
	json_object_set_new(v, "today", json_boolean(left == 0));
	json_object_set_new(v, "over", json_null());
	if (left < 0)
		view_number(d, v, "over", -left);
	json_object_set_new(o, key, v);
}

json_t *view_names(const char *const *names, size_t count)
{
	json_t *o = json_object();
	for (size_t i = 0; i < count; i++)
		json_object_set_new(o, names[i], json_null());
	return o;
}

void view_flag(json_t *o, const char *key, bool value)
{
	json_object_set_new(o, key, json_boolean(value));
}
