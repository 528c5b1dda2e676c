/*
 * science-technology.c: target E: villages with a product under a right of
 * intellectual property, every form of it in 2025, a brand in 2030. A right
 * protects the villages that it names, and those whose establishments make a
 * product that it names. And what mục 4 of the Phụ lục is to bring: approved
 * projects.
 */
#include "rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* [0] the day that is judged, then one for each target year: its end, or that day if earlier. */
enum { DAYS_AS_OF = 3, SUBJECT = 96 };
static const int32_t target_years[] = {2025, 2030};

struct village {
	char *code, *commune;
	bool counts; /* a làng nghề: the target says nothing of a nghề truyền thống or another place */
	int32_t ended_on;
	bool good[DAYS_AS_OF];
};

/* "CODE" and where it leads to, sorted by code; to NULL: looked for, not found yet. */
struct link {
	char *from, *to;
};

struct links {
	struct link *items;
	size_t count, room;
};

struct science {
	const struct ln_host *host;
	int32_t days[DAYS_AS_OF];
	struct village *villages; /* in the order of their codes */
	size_t count;
	struct links makers; /* establishment -> village */
	struct links made;   /* product -> establishments joined with | */
	int32_t figures_on;
};

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

static int add_link(struct links *l, const char *from, const char *to)
{
	if (l->count == l->room) {
		l->room = l->room ? l->room * 2 : 256;
		struct link *more = realloc(l->items, l->room * sizeof *more);
		if (!more)
			return -1;
		l->items = more;
	}
	l->items[l->count++] = (struct link){copy(from), copy(to)};
	return 0;
}

static int by_from(const void *a, const void *b)
{
	return strcmp(((const struct link *)a)->from, ((const struct link *)b)->from);
}

/* What is looked for: the values of lists "a|b", each once, in order. Rows of a register may be many; those that
 * rights name are few. */
static int look_for(const struct ln_host *h, struct links *l, const char *list)
{
	const char *one;
	while ((one = h->list_next(h->self, &list)) != NULL)
		if (add_link(l, one, NULL) < 0)
			return -1;
	return 0;
}

static void sort_links(struct links *l)
{
	size_t n = 0;
	if (l->count > 1)
		qsort(l->items, l->count, sizeof *l->items, by_from);
	for (size_t i = 0; i < l->count; i++) {
		if (n > 0 && strcmp(l->items[n - 1].from, l->items[i].from) == 0)
			free(l->items[i].from);
		else
			l->items[n++] = l->items[i];
	}
	l->count = n;
}

static struct link *link_of(const struct links *l, const char *from);

/* Fills in what is looked for from rows (code, where it leads to). */
static int find_links(const struct ln_host *h, struct links *l, const char *sql)
{
	if (l->count == 0)
		return 0;
	struct ln_query *q = h->query(h->self, sql, NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		struct link *found = link_of(l, h->column_text(q, 0));
		if (found && !found->to)
			found->to = copy(h->column_text(q, 1));
	}
	h->query_end(q);
	return rc;
}

static int link_by_code(const void *key, const void *link)
{
	return strcmp(key, ((const struct link *)link)->from);
}

static struct link *link_of(const struct links *l, const char *from)
{
	return from && l->count ? bsearch(from, l->items, l->count, sizeof *l->items, link_by_code) : NULL;
}

static const char *follow(const struct links *l, const char *from)
{
	const struct link *found = link_of(l, from);
	return found ? found->to : NULL;
}

static void links_release(struct links *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->items[i].from);
		free(l->items[i].to);
	}
	free(l->items);
}

static int load_villages(struct science *s)
{
	const struct ln_host *h = s->host;
	size_t room = 0;
	struct ln_query *q =
		h->query(h->self, "SELECT code, commune, kind, ended_on FROM v_village ORDER BY code", NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		if (s->count == room) {
			room = room ? room * 2 : 256;
			struct village *more = realloc(s->villages, room * sizeof *more);
			if (!more)
				return -1;
			s->villages = more;
		}
		const char *kind = h->column_text(q, 2);
		s->villages[s->count++] = (struct village){.code = copy(h->column_text(q, 0)),
			.commune = copy(h->column_text(q, 1)),
			.counts = kind && (strcmp(kind, "village") == 0 || strcmp(kind, "traditional_village") == 0),
			.ended_on = h->column_is_null(q, 3) ? INT32_MAX : h->column_day(q, 3)};
	}
	h->query_end(q);
	return rc;
}

static int village_by_code(const void *key, const void *village)
{
	return strcmp(key, ((const struct village *)village)->code);
}

static struct village *village_of(const struct science *s, const char *code)
{
	return code && s->count ? bsearch(code, s->villages, s->count, sizeof *s->villages, village_by_code) : NULL;
}

/* Whether the list "a|b" names the word. */
static bool names(const struct ln_host *h, const char *list, const char *word)
{
	const char *one;
	while (word && (one = h->list_next(h->self, &list)) != NULL)
		if (strcmp(one, word) == 0)
			return true;
	return false;
}

/* One right, and where it leads. */
struct right {
	const char *form, *villages, *products;
	int32_t from, to;
};

static void protect(const struct science *s, struct village *v, const struct right *r)
{
	const struct ln_host *h = s->host;
	for (int i = 0; v && i < DAYS_AS_OF; i++) {
		int32_t year = i ? target_years[i - 1] : target_years[1];
		bool narrow = year >= h->setting_int(h->self, "brand_from_year");
		if (narrow && !names(h, h->setting_text(h->self, "brand_forms"), r->form))
			continue;
		v->good[i] |= r->from != LN_NO_DAY && r->from <= s->days[i] && r->to >= s->days[i];
	}
}

static void protect_all(const struct science *s, const struct right *r)
{
	const struct ln_host *h = s->host;
	const char *rest = r->villages, *code;
	while ((code = h->list_next(h->self, &rest)) != NULL)
		protect(s, village_of(s, code), r);
	rest = r->products;
	while ((code = h->list_next(h->self, &rest)) != NULL) {
		const char *makers = follow(&s->made, code), *maker;
		while ((maker = h->list_next(h->self, &makers)) != NULL)
			protect(s, village_of(s, follow(&s->makers, maker)), r);
	}
}

/* A subject may hold no slash, and a number often does. */
static void subject_of(char *out, size_t size, const char *no)
{
	snprintf(out, size, "ip-right:%.80s", no);
	for (char *c = out; *c; c++)
		if (*c == '/')
			*c = '_';
}

static int report_right(const struct science *s, const char *no, const char *name, const struct right *r)
{
	const struct ln_host *h = s->host;
	const char *rest = r->villages, *first = h->list_next(h->self, &rest);
	const struct village *v = village_of(s, first);
	char subject[SUBJECT];
	subject_of(subject, sizeof subject, no);
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_RIGHTS].id,
		.subject = subject,
		.name = name,
		.place = v ? v->commune : NULL,
		.valid_to = r->to,
	};
	return h->report(h->self, &f);
}

/* A right without an end (chỉ dẫn địa lý) protects for good, and nothing of it runs out. */
static int load_rights(struct science *s)
{
	const struct ln_host *h = s->host;
	struct ln_query *q = h->query(h->self,
		"SELECT no, form, name, villages, products, granted_on, valid_to, ended_on FROM v_ip_right ORDER BY no",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		bool endless = h->column_is_null(q, 6);
		int32_t ended = h->column_day(q, 7);
		struct right r = {h->column_text(q, 1), h->column_text(q, 3), h->column_text(q, 4), h->column_day(q, 5),
			endless ? INT32_MAX : h->column_day(q, 6)};
		if (ended != LN_NO_DAY && ended <= r.to)
			r.to = ended - 1;
		protect_all(s, &r);
		if (r.from != LN_NO_DAY && r.from <= h->today && r.from > s->figures_on)
			s->figures_on = r.from;
		if (!endless && ended == LN_NO_DAY && r.from <= h->today &&
			report_right(s, h->column_text(q, 0), h->column_text(q, 2), &r) < 0)
			return -1;
	}
	h->query_end(q);
	return rc;
}

/* i: the index of the day that the year is counted on. What the list of rights does not name is not protected: the
 * list is the knowledge, so no member is unknown, unless there is no right at all. */
static int report_target(const struct science *s, int32_t year, int i)
{
	const struct ln_host *h = s->host;
	int64_t good = 0, all = 0;
	for (size_t k = 0; k < s->count; k++) {
		const struct village *v = &s->villages[k];
		if (!v->counts || v->ended_on <= s->days[i])
			continue;
		all++;
		good += v->good[i];
	}
	char period[16];
	snprintf(period, sizeof period, "%d", (int)year);
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_TARGET].id,
		.subject = "target:ip",
		.period = period,
		.name = rules[RULE_TARGET].title,
		.target = "ip",
		.numerator = good,
		.denominator = all,
		.unknown = s->figures_on == LN_NO_DAY ? all : 0,
		.figures_on = s->figures_on == LN_NO_DAY ? LN_NO_DAY : s->days[i],
		.source = year >= h->setting_int(h->self, "brand_from_year")
				  ? "danh mục văn bằng bảo hộ: nhãn hiệu, chỉ dẫn địa lý"
				  : "danh mục văn bằng bảo hộ, mọi hình thức",
	};
	return h->report(h->self, &f);
}

static int report_project(const struct ln_host *h, struct ln_query *q)
{
	int32_t planned = h->column_day(q, 2), approved = h->column_day(q, 3);
	bool done = approved != LN_NO_DAY && approved <= h->today;
	char subject[SUBJECT], detail[160] = "";
	snprintf(subject, sizeof subject, "project:%.80s", h->column_text(q, 0));
	if (!done && planned != LN_NO_DAY)
		snprintf(detail, sizeof detail, "dự kiến phê duyệt ngày %s", h->day_vi(h->self, planned));
	bool open = !done && planned != LN_NO_DAY && planned < h->today;
	const struct ln_mark mark = {project_marks[0].id,
		open ? LN_LACKS : done || planned != LN_NO_DAY ? LN_OK : LN_UNKNOWN, detail, NULL};
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_PROJECTS].id,
		.subject = subject,
		.name = h->column_text(q, 1),
		.marks = &mark,
		.mark_count = 1,
	};
	return h->report(h->self, &f);
}

/* Projects of the task, and whether any of them was approved: the task's product, which the decision gives no
 * date before its end. */
static int report_projects(const struct science *s)
{
	const struct ln_host *h = s->host;
	struct ln_query *q = h->query(h->self,
		"SELECT code, name, planned_approval_on, approved_on FROM v_project"
		" WHERE task = 'science-technology' AND ended_on IS NULL ORDER BY code",
		NULL, 0);
	bool any = false;
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int32_t approved = h->column_day(q, 3);
		any |= approved != LN_NO_DAY && approved <= h->today;
		if (report_project(h, q) < 0)
			return -1;
	}
	h->query_end(q);
	const struct ln_mark mark = {task_marks[0].id, any ? LN_OK : LN_LACKS, NULL, NULL};
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_TASK].id,
		.subject = "task:science-technology",
		.name = "Dự án khoa học công nghệ, thương hiệu",
		.marks = &mark,
		.mark_count = 1,
	};
	return rc < 0 ? -1 : h->report(h->self, &f);
}

/* From the products that rights name to their establishments, from these to their villages. */
static int load_makers(struct science *s)
{
	const struct ln_host *h = s->host;
	struct ln_query *q = h->query(h->self, "SELECT products FROM v_ip_right WHERE products IS NOT NULL", NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1)
		if (look_for(h, &s->made, h->column_text(q, 0)) < 0)
			return -1;
	h->query_end(q);
	sort_links(&s->made);
	if (rc < 0 || find_links(h, &s->made, "SELECT code, establishments FROM v_product") < 0)
		return -1;
	for (size_t i = 0; i < s->made.count; i++)
		if (look_for(h, &s->makers, s->made.items[i].to) < 0)
			return -1;
	sort_links(&s->makers);
	return find_links(h, &s->makers, "SELECT code, village FROM v_establishment WHERE village IS NOT NULL");
}

static int check_all(struct science *s)
{
	const struct ln_host *h = s->host;
	struct ln_target t = {.size = sizeof t};
	if (load_villages(s) < 0 || load_makers(s) < 0 || load_rights(s) < 0)
		return -1;
	for (int i = 0; i + 1 < DAYS_AS_OF; i++)
		if (h->target(h->self, "ip", target_years[i], &t) == 0 && report_target(s, target_years[i], i + 1) < 0)
			return -1;
	return report_projects(s);
}

static int check(const struct ln_host *host, void *state)
{
	struct science s = {.host = host, .figures_on = LN_NO_DAY};
	(void)state;
	s.days[0] = host->today;
	for (int i = 0; i + 1 < DAYS_AS_OF; i++) {
		int32_t end = host->day_from_civil(target_years[i], 12, 31);
		s.days[i + 1] = end < host->today ? end : host->today;
	}
	int rc = check_all(&s);
	for (size_t i = 0; i < s.count; i++) {
		free(s.villages[i].code);
		free(s.villages[i].commune);
	}
	free(s.villages);
	links_release(&s.makers);
	links_release(&s.made);
	return rc == 0 ? LN_COMPLETE : LN_FAILED;
}

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {
	.abi = LN_ABI,
	.size = sizeof(struct ln_plugin),
	.name = "science-technology",
	.version = "1.0",
	.summary = "villages under intellectual property, target E, and the projects of task 4",
	.rules = rules,
	.rule_count = sizeof rules / sizeof *rules,
	.settings = settings,
	.setting_count = sizeof settings / sizeof *settings,
	.inputs = inputs,
	.check = check,
};
