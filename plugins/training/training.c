/*
 * training.c: target C, the share of workers who were trained, from the yearly
 * figures of all places of a trade; who is missing to reach it, in people; the
 * year's plan and classes; villages of which nobody knows.
 */
#include "rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* [0] the day that is judged, then one for each target year: its end, or that day if earlier. */
enum { DAYS_AS_OF = 3, SUBJECT = 96, DETAIL = 240 };
static const int32_t target_years[] = {2025, 2030};

/* The latest figures of a place that a day knows of; workers -1: none. */
struct figures {
	int64_t workers, trained; /* trained -1: not known */
	int32_t year, on;
};

struct place {
	char *code, *name, *commune;
	bool village; /* no craft site: it has a file of its own */
	int32_t ended_on;
	struct figures as_of[DAYS_AS_OF];
};

struct training {
	const struct ln_host *host;
	struct place *places; /* in the order of their codes */
	size_t count;
	int32_t days[DAYS_AS_OF];
};

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

static int load_places(struct training *t)
{
	const struct ln_host *h = t->host;
	size_t room = 0;
	struct ln_query *q =
		h->query(h->self, "SELECT code, name, commune, kind, ended_on FROM v_village ORDER BY code", NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		if (t->count == room) {
			room = room ? room * 2 : 256;
			struct place *more = realloc(t->places, room * sizeof *more);
			if (!more)
				return -1;
			t->places = more;
		}
		const char *kind = h->column_text(q, 3);
		struct place *p = &t->places[t->count++];
		*p = (struct place){.code = copy(h->column_text(q, 0)),
			.name = copy(h->column_text(q, 1)),
			.commune = copy(h->column_text(q, 2)),
			.village = kind && strcmp(kind, "craft_site") != 0,
			.ended_on = h->column_is_null(q, 4) ? INT32_MAX : h->column_day(q, 4)};
		for (int i = 0; i < DAYS_AS_OF; i++)
			p->as_of[i] = (struct figures){-1, -1, 0, LN_NO_DAY};
	}
	h->query_end(q);
	return rc;
}

/* Both in the order of codes; the latest year that a day knows of wins. */
static int load_figures(struct training *t)
{
	const struct ln_host *h = t->host;
	size_t at = 0;
	struct ln_query *q = h->query(h->self,
		"SELECT village, year, workers, workers_trained, figures_on FROM v_village_year"
		" WHERE workers IS NOT NULL ORDER BY village, year",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		const char *code = h->column_text(q, 0);
		while (at < t->count && strcmp(t->places[at].code, code) < 0)
			at++;
		if (at == t->count || strcmp(t->places[at].code, code) != 0)
			continue;
		int32_t year = (int32_t)h->column_int(q, 1), begins = h->day_from_civil(year, 1, 1);
		const struct figures f = {h->column_int(q, 2), h->column_is_null(q, 3) ? -1 : h->column_int(q, 3), year,
			h->column_day(q, 4)};
		for (int i = 0; i < DAYS_AS_OF; i++)
			if (begins <= t->days[i] && f.on <= t->days[i])
				t->places[at].as_of[i] = f;
	}
	h->query_end(q);
	return rc;
}

static int64_t untrained(const struct figures *f)
{
	return f->workers > 0 && f->trained >= 0 && f->trained < f->workers ? f->workers - f->trained : 0;
}

/* Most people untrained first; equal ones by code. */
static int by_people(const void *a, const void *b)
{
	const struct place *x = *(const struct place *const *)a, *y = *(const struct place *const *)b;
	int64_t m = untrained(&x->as_of[0]), n = untrained(&y->as_of[0]);
	return m != n ? (m > n ? -1 : 1) : strcmp(x->code, y->code);
}

/* Lowest share first, in integers; equal ones by people. */
static int by_share(const void *a, const void *b)
{
	const struct place *x = *(const struct place *const *)a, *y = *(const struct place *const *)b;
	const struct figures *f = &x->as_of[0], *g = &y->as_of[0];
	int64_t m = f->trained * g->workers, n = g->trained * f->workers;
	return m != n ? (m < n ? -1 : 1) : by_people(a, b);
}

static void list_first(FILE *text, const char *title, const struct place **sorted, size_t count, size_t most)
{
	for (size_t i = 0; i < count && i < most; i++) {
		const struct figures *f = &sorted[i]->as_of[0];
		fprintf(text, "%s%s: %lld/%lld người đã đào tạo, còn %lld người (năm %d)\n", i ? "" : title, sorted[i]->name,
			(long long)f->trained, (long long)f->workers, (long long)untrained(f), (int)f->year);
	}
}

/* The villages to begin with: where the share is lowest, and where most people are. The caller frees. */
static char *list_villages(const struct training *t)
{
	const struct ln_host *h = t->host;
	size_t most = (size_t)h->setting_int(h->self, "villages_listed"), n = 0, size;
	const struct place **open = calloc(t->count + 1, sizeof *open);
	char *lines = NULL;
	FILE *text = open_memstream(&lines, &size);
	for (size_t i = 0; open && i < t->count; i++)
		if (t->places[i].ended_on > h->today && untrained(&t->places[i].as_of[0]) > 0)
			open[n++] = &t->places[i];
	if (text && open && n > 0) {
		qsort(open, n, sizeof *open, by_share);
		list_first(text, "Tỷ lệ thấp nhất: ", open, n, most);
		qsort(open, n, sizeof *open, by_people);
		list_first(text, "Nhiều người chưa đào tạo nhất: ", open, n, most);
	}
	if (text)
		fclose(text);
	free(open);
	return lines;
}

/* i: the index of the day that the year is counted on. Workers of whom nobody says how many were trained are
 * unknown members; where nobody knows the workers no member is invented. */
static int report_target(const struct training *t, int32_t year, int i, const char *lines)
{
	const struct ln_host *h = t->host;
	int64_t good = 0, all = 0, unknown = 0, silent = 0, places = 0;
	int32_t on = LN_NO_DAY;
	for (size_t k = 0; k < t->count; k++) {
		const struct figures *f = &t->places[k].as_of[i];
		if (t->places[k].ended_on <= t->days[i])
			continue;
		places++;
		silent += f->workers < 0;
		if (f->workers < 0)
			continue;
		all += f->workers;
		unknown += f->trained < 0 ? f->workers : 0;
		good += f->trained < 0 ? 0 : f->trained < f->workers ? f->trained : f->workers;
		if (f->on > on)
			on = f->on;
	}
	char period[16], source[200];
	snprintf(period, sizeof period, "%d", (int)year);
	snprintf(source, sizeof source, "số liệu năm của %lld/%lld làng nghề, điểm có nghề", (long long)(places - silent),
		(long long)places);
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_TRAINED].id,
		.subject = "target:trained",
		.period = period,
		.name = rules[RULE_TRAINED].title,
		.target = "trained",
		.numerator = good,
		.denominator = all,
		.unknown = unknown,
		.figures_on = on,
		.source = source,
		.list = lines,
	};
	return h->report(h->self, &f);
}

/* How often an activity of the year is on record. -1: the query failed. */
static int64_t held(const struct training *t, const char *sql, int32_t year)
{
	const struct ln_host *h = t->host;
	int32_t last = h->day_from_civil(year, 12, 31);
	struct ln_query *q = h->query(h->self, sql, NULL, 0);
	int64_t n = 0;
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int32_t on = h->column_day(q, 0);
		n += on >= h->day_from_civil(year, 1, 1) && on <= last && on <= h->today;
	}
	h->query_end(q);
	return rc < 0 ? -1 : n;
}

#define CLASSES(audience)                                                                          \
	"SELECT held_on FROM v_activity WHERE kind = 'training_class' AND audience = '" audience           \
	"' AND ended_on IS NULL AND held_on IS NOT NULL"

/* The running year: its plan is due by the end of a month, its classes are looked for later in it. */
static int report_running_year(const struct training *t)
{
	const struct ln_host *h = t->host;
	int32_t year, month, day;
	h->day_to_civil(h->today, &year, &month, &day);
	int32_t plan_by = h->add_months(h->self,
		h->day_from_civil(year, (int32_t)h->setting_int(h->self, "plan_by_month"), 1), 1) - 1;
	int64_t counts[YEAR_MARKS] = {
		held(t, "SELECT held_on FROM v_activity WHERE kind = 'work_plan' AND task = 'training' AND ended_on IS NULL"
			" AND held_on IS NOT NULL", year),
		held(t, CLASSES("artisan"), year),
		held(t, CLASSES("employer"), year),
	};
	bool early = month < h->setting_int(h->self, "classes_from_month");
	struct ln_mark marks[YEAR_MARKS];
	uint32_t n = 0;
	for (int i = 0; i < YEAR_MARKS; i++) {
		if (counts[i] < 0)
			return -1;
		if (i != MARK_PLAN && counts[i] == 0 && early)
			continue; /* there is time: nothing is said yet */
		marks[n++] = (struct ln_mark){year_marks[i].id, counts[i] > 0 ? LN_OK : LN_LACKS, NULL, NULL};
	}
	char period[16];
	snprintf(period, sizeof period, "%d", (int)year);
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_YEAR].id,
		.subject = "task:training",
		.period = period,
		.name = "Công tác đào tạo",
		.marks = marks,
		.mark_count = n,
		.act_by = counts[MARK_PLAN] == 0 && plan_by >= h->today ? plan_by : LN_NO_DAY,
	};
	return h->report(h->self, &f);
}

static int report_village(const struct training *t, const struct place *p)
{
	const struct ln_host *h = t->host;
	int32_t year, month, day;
	h->day_to_civil(h->today, &year, &month, &day);
	const struct figures *f = &p->as_of[0];
	bool known = f->workers >= 0 && f->trained >= 0 && year - f->year <= h->setting_int(h->self, "figures_years");
	char subject[SUBJECT], detail[DETAIL] = "";
	if (!known && f->workers >= 0)
		snprintf(detail, sizeof detail, "số liệu gần nhất của năm %d%s", (int)f->year,
			f->trained < 0 ? ", chưa có số đã đào tạo" : "");
	const struct ln_mark mark = {village_marks[0].id, known ? LN_OK : LN_UNKNOWN, detail, NULL};
	snprintf(subject, sizeof subject, "village:%.80s", p->code);
	const struct ln_finding finding = {
		.size = sizeof finding,
		.rule = rules[RULE_VILLAGES].id,
		.subject = subject,
		.name = p->name,
		.place = p->commune,
		.marks = &mark,
		.mark_count = 1,
	};
	return h->report(h->self, &finding);
}

static int report_all(struct training *t)
{
	const struct ln_host *h = t->host;
	struct ln_target target = {.size = sizeof target};
	char *lines = list_villages(t);
	int rc = 0;
	for (int i = 0; i + 1 < DAYS_AS_OF && rc == 0; i++)
		if (h->target(h->self, "trained", target_years[i], &target) == 0)
			rc = report_target(t, target_years[i], i + 1, lines);
	free(lines);
	if (rc == 0)
		rc = report_running_year(t);
	for (size_t i = 0; i < t->count && rc == 0; i++)
		if (t->places[i].village && t->places[i].ended_on > h->today)
			rc = report_village(t, &t->places[i]);
	return rc;
}

static int check(const struct ln_host *host, void *state)
{
	struct training t = {.host = host};
	(void)state;
	t.days[0] = host->today;
	for (int i = 0; i + 1 < DAYS_AS_OF; i++) {
		int32_t end = host->day_from_civil(target_years[i], 12, 31);
		t.days[i + 1] = end < host->today ? end : host->today;
	}
	int rc = load_places(&t);
	if (rc == 0)
		rc = load_figures(&t);
	if (rc == 0)
		rc = report_all(&t);
	for (size_t i = 0; i < t.count; i++) {
		free(t.places[i].code);
		free(t.places[i].name);
		free(t.places[i].commune);
	}
	free(t.places);
	return rc == 0 ? LN_COMPLETE : LN_FAILED;
}

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {
	.abi = LN_ABI,
	.size = sizeof(struct ln_plugin),
	.name = "training",
	.version = "1.0",
	.summary = "workers trained, target C, and the year's training (task 2)",
	.rules = rules,
	.rule_count = sizeof rules / sizeof *rules,
	.settings = settings,
	.setting_count = sizeof settings / sizeof *settings,
	.inputs = inputs,
	.check = check,
};
