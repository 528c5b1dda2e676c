/*
 * villages.c: see villages.h. The register's villages and the findings about
 * villages are both in order of code, so one walk joins them; a village of which
 * nothing is reported has a row all the same.
 */
#include "ctl/villages.h"

#include "ctl/judged_row.h"
#include "register/each.h"

static const char *const keys[] = {
	"code", "name", "place", "trade", "lacks", "unknown", "status", "waiting_for", NULL};

static const char prefix[] = "village:";

struct walk {
	struct table *t;
	const char *lacks, *place;
	int32_t today;
	const struct judged **about; /* findings about villages, by code */
	size_t count, next;
};

/* What the rules say of one village. */
struct said {
	struct buf lacks, unknown, waiting;
	enum status worst;
};

static const char *code_of(const struct judged *g)
{
	return g->finding->subject + strlen(prefix);
}

static int compare_by_code(const void *a, const void *b)
{
	const struct judged *const *left = a, *const *right = b;
	int rc = strcmp(code_of(*left), code_of(*right));
	return rc ? rc : strcmp((*left)->key, (*right)->key);
}

/* 0 the worst. */
static int rank(enum status s)
{
	static const enum status order[] = {
		STATUS_EXPIRED, STATUS_MISSING, STATUS_EXPIRING, STATUS_UNKNOWN};
	int i = 0;
	while (i < (int)(sizeof order / sizeof *order) && order[i] != s)
		i++;
	return i;
}

static void said_add(struct said *v, const struct judged *g)
{
	const struct finding *f = g->finding;
	if (rank(g->status) < rank(v->worst))
		v->worst = g->status;
	marks_joined(&v->lacks, f, true);
	marks_joined(&v->unknown, f, false);
	for (size_t i = 0; i < f->mark_count; i++) {
		if (f->marks[i].state == LN_WAITING && f->marks[i].waiting_for)
			buf_addf(&v->waiting, "%s%s", v->waiting.len ? "|" : "",
				f->marks[i].waiting_for);
	}
}

/* Whether word stands between the bars of joined. */
static bool has_word(const char *joined, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = joined; p && *p; p += strcspn(p, "|"), p += *p == '|') {
		if (strcspn(p, "|") == n && memcmp(p, word, n) == 0)
			return true;
	}
	return false;
}

static bool has_ended(const struct register_row *row, int32_t today)
{
	int32_t day;
	const char *text = register_cell(row, "ended_on");
	return text && day_parse_iso(text, &day) == 0 && day <= today;
}

static int see_village(void *context, const struct register_row *row, struct err *e)
{
	struct walk *w = context;
	const char *code = register_cell(row, "code"), *place = register_cell(row, "commune");
	struct said v = {.worst = STATUS_IN_ORDER};
	(void)e;
	while (w->next < w->count && strcmp(code_of(w->about[w->next]), code) < 0)
		w->next++;
	for (size_t i = w->next; i < w->count && strcmp(code_of(w->about[i]), code) == 0; i++)
		said_add(&v, w->about[i]);
	bool wanted = !has_ended(row, w->today) && (!w->lacks || has_word(v.lacks.s, w->lacks)) &&
		      (!w->place || (place && strcmp(place, w->place) == 0));
	if (wanted) {
		table_row(w->t);
		table_text(w->t, "code", code);
		table_text(w->t, "name", register_cell(row, "name"));
		table_text(w->t, "place", place);
		table_text(w->t, "trade", register_cell(row, "trade"));
		table_text(w->t, "lacks", v.lacks.s);
		table_text(w->t, "unknown", v.unknown.s);
		table_text(w->t, "status", status_name(v.worst));
		table_text(w->t, "waiting_for", v.waiting.s);
	}
	buf_release(&v.lacks);
	buf_release(&v.unknown);
	buf_release(&v.waiting);
	return 0;
}

struct table *villages_table(const struct world *w, const struct judgement *j, const char *lacks,
	const char *place, struct err *e)
{
	struct walk walk = {
		.t = table_new(keys), .lacks = lacks, .place = place, .today = j->today};
	walk.about = xcalloc(j->count, sizeof *walk.about);
	for (size_t i = 0; i < j->count; i++) {
		if (strncmp(j->items[i].finding->subject, prefix, strlen(prefix)) == 0)
			walk.about[walk.count++] = &j->items[i];
	}
	qsort(walk.about, walk.count, sizeof *walk.about, compare_by_code);
	int rc = register_each(w->store, kind_named("villages"), see_village, &walk, e);
	free(walk.about);
	if (rc == 0)
		return walk.t;
	table_free(walk.t);
	return NULL;
}
