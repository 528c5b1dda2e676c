/*
 * preservation.c: what was restored, recognised, made part of tourism; what works,
 * grows and feeds its workers (targets A1-A3, B, F, G); recognitions that lapse or
 * bear the name of a place that is no more; villages at risk without a plan.
 */
#include "places.h"
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUBJECT = 96, DETAIL = 240, SOURCE = 240 };
static const int32_t target_years[] = {2025, 2030};

/* What a target comes to. */
struct sum {
	int64_t good, all, unknown;
	int32_t figures_on;
	char source[SOURCE];
};

static void note_day(struct sum *s, int32_t on, int32_t day)
{
	if (on != LN_NO_DAY && on <= day && on > s->figures_on)
		s->figures_on = on;
}

/* A1, A2. A recognition is one nghề or village, however many thôn it covers. */
static void sum_restored(const struct preservation *p, bool craft, int32_t from, int32_t day, struct sum *s)
{
	const struct ln_host *h = p->host;
	int64_t restored = 0, recognised = 0;
	bool new_counts = h->setting_int(h->self, "recognised_counts") != 0;
	for (size_t i = 0; i < p->recognition_count; i++) {
		const struct recognition *r = &p->recognitions[i];
		if (r->craft != craft || !r->recognised)
			continue;
		bool is_restored = r->restored != LN_NO_DAY && r->restored >= from && r->restored <= day;
		bool is_new = new_counts && r->on != LN_NO_DAY && r->on >= from && r->on <= day;
		restored += is_restored;
		recognised += is_new && !is_restored;
		if (is_restored || is_new)
			note_day(s, is_restored ? r->restored : r->on, day);
	}
	s->good = restored + recognised;
	/* No list of recognitions at all: nobody knows, and nothing is counted. */
	s->all = p->recognition_count > 0;
	if (s->all)
		s->figures_on = day;
	snprintf(s->source, sizeof s->source, "tính từ ngày %s: %lld khôi phục, bảo tồn; %lld công nhận mới",
		h->day_vi(h->self, from), (long long)restored, (long long)recognised);
}

/* A3. Places of one nghề are one. */
static void sum_tourism(struct preservation *p, int i, struct sum *s)
{
	int32_t day = p->days[i];
	for (size_t k = 0; k < p->recognition_count; k++)
		p->recognitions[k].seen[i] = false;
	for (size_t k = 0; k < p->place_count; k++) {
		const struct place *v = &p->places[k];
		if (v->ended_on <= day || v->tourism == LN_NO_DAY || v->tourism > day)
			continue;
		struct recognition *craft = (struct recognition *)(uintptr_t)v->craft;
		s->good += !craft || !craft->seen[i];
		if (craft)
			craft->seen[i] = true;
	}
	s->all = p->place_count > 0;
	s->figures_on = s->all ? day : LN_NO_DAY;
	snprintf(s->source, sizeof s->source, "sổ theo dõi nghề, làng nghề");
}

/* B. The judgement of the latest year that a day knows of. */
static void sum_effective(const struct preservation *p, int32_t day, struct sum *s)
{
	for (size_t k = 0; k < p->place_count; k++) {
		const struct place *v = &p->places[k];
		enum effective e = EFFECTIVE_UNKNOWN;
		if (v->ended_on <= day)
			continue;
		for (int y = 0; y < YEARS; y++)
			if (v->years[y].effective != EFFECTIVE_UNKNOWN && year_is_known(p, &v->years[y], FIRST_YEAR + y, day)) {
				e = v->years[y].effective;
				note_day(s, v->years[y].on, day);
			}
		s->all++;
		s->good += e == EFFECTIVE_YES;
		s->unknown += e == EFFECTIVE_UNKNOWN;
	}
	snprintf(s->source, sizeof s->source, "đánh giá hằng năm của từng nghề, làng nghề");
}

/* F of one year: of the villages that have both years' output at the same prices. */
struct growth {
	int64_t before, after, both, any;
	int32_t on;
};

static struct growth growth_of(const struct preservation *p, int y, int32_t day)
{
	struct growth g = {.on = LN_NO_DAY};
	for (size_t k = 0; k < p->place_count; k++) {
		const struct place *v = &p->places[k];
		const struct year *now = &v->years[y], *last = &v->years[y - 1];
		if (!v->village || v->ended_on <= day)
			continue;
		bool known = now->output >= 0 && year_is_known(p, now, FIRST_YEAR + y, day);
		bool last_known = last->output >= 0 && year_is_known(p, last, FIRST_YEAR + y - 1, day);
		g.any += known || last_known;
		if (!known || !last_known || last->output == 0 || now->basis != last->basis)
			continue;
		g.before += last->output;
		g.after += now->output;
		g.both++;
		if (now->on > g.on)
			g.on = now->on;
	}
	return g;
}

/* The latest year that enough villages have told. */
static void sum_growth(const struct preservation *p, int32_t year, int32_t day, struct sum *s)
{
	const struct ln_host *h = p->host;
	int64_t least = h->setting_int(h->self, "growth_coverage");
	for (int y = YEARS - 1; y > 0; y--) {
		if (FIRST_YEAR + y > year)
			continue;
		struct growth g = growth_of(p, y, day);
		if (g.both == 0 || 100 * g.both < least * g.any)
			continue;
		s->good = g.after - g.before;
		s->all = g.before;
		s->figures_on = g.on;
		snprintf(s->source, sizeof s->source, "năm %d so với năm %d, trên %lld/%lld làng nghề có số liệu của cả hai năm",
			FIRST_YEAR + y, FIRST_YEAR + y - 1, (long long)g.both, (long long)g.any);
		return;
	}
	snprintf(s->source, sizeof s->source, "chưa có năm nào đủ số liệu giá trị sản xuất");
}

/* G. Income of the latest year against 2020, of the places that have both, each by its workers. */
static void sum_income(const struct preservation *p, int32_t year, int32_t day, struct sum *s)
{
	int64_t both = 0, places = 0;
	for (size_t k = 0; k < p->place_count; k++) {
		const struct place *v = &p->places[k];
		const struct year *base = &v->years[BASE_YEAR - FIRST_YEAR], *now = NULL;
		if (v->ended_on <= day)
			continue;
		places++;
		for (int y = BASE_YEAR - FIRST_YEAR + 1; y < YEARS && FIRST_YEAR + y <= year; y++)
			if (v->years[y].income > 0 && year_is_known(p, &v->years[y], FIRST_YEAR + y, day))
				now = &v->years[y];
		if (!now || base->income <= 0 || now->workers <= 0 || !year_is_known(p, base, BASE_YEAR, day))
			continue;
		both++;
		s->good += now->income * now->workers;
		s->all += base->income * now->workers;
		note_day(s, now->on, day);
	}
	snprintf(s->source, sizeof s->source, "bình quân theo lao động của %lld/%lld nghề, làng nghề có số liệu cả hai năm",
		(long long)both, (long long)places);
}

static void sum_of(struct preservation *p, enum target_id id, int32_t year, int i, struct sum *s)
{
	const struct ln_host *h = p->host;
	int32_t from = p->count_from;
	if (year == 2030 && h->setting_int(h->self, "additional"))
		from = h->day_from_civil(2026, 1, 1);
	*s = (struct sum){.figures_on = LN_NO_DAY};
	switch (id) {
	case TARGET_CRAFTS:
	case TARGET_VILLAGES:
		sum_restored(p, id == TARGET_CRAFTS, from, p->days[i], s);
		break;
	case TARGET_TOURISM:
		sum_tourism(p, i, s);
		break;
	case TARGET_EFFECTIVE:
		sum_effective(p, p->days[i], s);
		break;
	case TARGET_GROWTH:
		sum_growth(p, year, p->days[i], s);
		break;
	case TARGET_INCOME:
		sum_income(p, year, p->days[i], s);
		break;
	default:
		break;
	}
}

/* i: the index of the day that the year is counted on. */
static int report_targets(struct preservation *p, int32_t year, int i)
{
	const struct ln_host *h = p->host;
	struct ln_target t = {.size = sizeof t};
	for (int id = 0; id < TARGETS; id++) {
		struct sum s;
		char subject[SUBJECT], period[16];
		if (h->target(h->self, rules[id].id, year, &t) < 0)
			continue; /* income has no target in 2030 */
		sum_of(p, (enum target_id)id, year, i, &s);
		snprintf(subject, sizeof subject, "target:%s", rules[id].id);
		snprintf(period, sizeof period, "%d", (int)year);
		const struct ln_finding f = {
			.size = sizeof f,
			.rule = rules[id].id,
			.subject = subject,
			.period = period,
			.name = rules[id].title,
			.target = rules[id].id,
			.numerator = s.good,
			.denominator = s.all,
			.unknown = s.unknown,
			.figures_on = s.figures_on,
			.source = s.source,
		};
		if (h->report(h->self, &f) < 0)
			return -1;
	}
	return 0;
}

/* The first place of a recognition says where it lies. */
static const struct place *first_place(const struct preservation *p, const struct recognition *r)
{
	const struct ln_host *h = p->host;
	const char *rest = r->villages, *code = h->list_next(h->self, &rest);
	return place_of(p, code);
}

static int report_validity(const struct preservation *p, const struct recognition *r)
{
	const struct ln_host *h = p->host;
	const struct place *v = first_place(p, r);
	char subject[SUBJECT];
	if (r->valid_to == LN_NO_DAY || !r->recognised)
		return 0; /* most are without a term */
	snprintf(subject, sizeof subject, "recognition:%.80s", r->code);
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_RECOGNITIONS].id,
		.subject = subject,
		.name = r->name,
		.place = v ? v->commune : NULL,
		.valid_to = r->valid_to,
	};
	return h->report(h->self, &f);
}

/* "Xã Xuân Hòa" and "xã Xuân Hòa" are one name; "xã" and "phường" are not (khoản 3.2: từ xã chuyển lên phường). */
static bool same_name(const char *a, const char *b)
{
	char x = a[0] >= 'A' && a[0] <= 'Z' ? (char)(a[0] + 32) : a[0];
	char y = b[0] >= 'A' && b[0] <= 'Z' ? (char)(b[0] + 32) : b[0];
	return x == y && strcmp(a + (a[0] != 0), b + (b[0] != 0)) == 0;
}

static int report_renaming(const struct preservation *p, const struct recognition *r)
{
	const struct ln_host *h = p->host;
	const struct place *v = first_place(p, r);
	const char *now = v ? h->unit_name(h->self, v->commune) : NULL;
	if (!v || !now || !v->old_commune || !r->recognised || r->on >= p->merged_on || h->today < p->merged_on)
		return 0;
	bool renamed = r->renamed != LN_NO_DAY && r->renamed >= p->merged_on && r->renamed <= h->today;
	bool outdated = !same_name(v->old_commune, now) && !renamed;
	char subject[SUBJECT], detail[DETAIL] = "";
	if (outdated)
		snprintf(detail, sizeof detail, "công nhận khi thuộc %s, nay thuộc %s", v->old_commune, now);
	const struct ln_mark mark = {rename_marks[0].id, outdated ? LN_LACKS : LN_OK, detail, NULL};
	snprintf(subject, sizeof subject, "recognition:%.80s", r->code);
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_RENAMING].id,
		.subject = subject,
		.name = r->name,
		.place = v->commune,
		.marks = &mark,
		.mark_count = 1,
	};
	return h->report(h->self, &f);
}

/* Exactly 20 % is enough: "tối thiểu 20%". */
static enum ln_mark_state criteria_state(const struct preservation *p, const struct place *v, char detail[DETAIL])
{
	const struct ln_host *h = p->host;
	int64_t least = h->setting_int(h->self, "least_households");
	const struct year *last = NULL;
	int year = 0;
	for (int y = 0; y < YEARS; y++)
		if (v->years[y].households > 0 && v->years[y].craft_households >= 0 &&
			year_is_known(p, &v->years[y], FIRST_YEAR + y, h->today)) {
			last = &v->years[y];
			year = FIRST_YEAR + y;
		}
	if (!v->recognised || least == 0)
		return LN_OK;
	if (!last)
		return LN_UNKNOWN;
	if (100 * last->craft_households >= least * last->households)
		return LN_OK;
	snprintf(detail, DETAIL, "%lld/%lld hộ, năm %d", (long long)last->craft_households, (long long)last->households,
		year);
	return LN_LACKS;
}

static int report_village(const struct preservation *p, const struct place *v)
{
	const struct ln_host *h = p->host;
	bool at_risk = v->at_risk != LN_NO_DAY && v->at_risk <= h->today;
	bool planned = v->plan_on != LN_NO_DAY && v->plan_on <= h->today;
	char subject[SUBJECT], risk[DETAIL] = "", criteria[DETAIL] = "";
	if (at_risk && !planned)
		snprintf(risk, sizeof risk, "có nguy cơ từ ngày %s", h->day_vi(h->self, v->at_risk));
	struct ln_mark marks[VILLAGE_MARKS];
	marks[MARK_PLAN] = (struct ln_mark){village_marks[MARK_PLAN].id, at_risk && !planned ? LN_LACKS : LN_OK, risk, NULL};
	enum ln_mark_state state = criteria_state(p, v, criteria);
	marks[MARK_CRITERIA] = (struct ln_mark){village_marks[MARK_CRITERIA].id, state, criteria, NULL};
	snprintf(subject, sizeof subject, "village:%.80s", v->code);
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_VILLAGES].id,
		.subject = subject,
		.name = v->name,
		.place = v->commune,
		.marks = marks,
		.mark_count = VILLAGE_MARKS,
	};
	return h->report(h->self, &f);
}

static int report_all(struct preservation *p)
{
	const struct ln_host *h = p->host;
	int rc = 0;
	for (int i = 0; i + 1 < DAYS_AS_OF && rc == 0; i++)
		rc = report_targets(p, target_years[i], i + 1);
	for (size_t i = 0; i < p->recognition_count && rc == 0; i++) {
		rc = report_validity(p, &p->recognitions[i]);
		if (rc == 0)
			rc = report_renaming(p, &p->recognitions[i]);
	}
	for (size_t i = 0; i < p->place_count && rc == 0; i++)
		if (p->places[i].ended_on > h->today)
			rc = report_village(p, &p->places[i]);
	return rc;
}

/* A setting's day; LN_NO_DAY with a word in the log where it is none. */
static int32_t day_setting(const struct ln_host *h, const char *name)
{
	int year, month, day;
	char rest;
	const char *text = h->setting_text(h->self, name);
	if (text && sscanf(text, "%4d-%2d-%2d%c", &year, &month, &day, &rest) == 3) {
		int32_t n = h->day_from_civil(year, month, day);
		if (n != LN_NO_DAY)
			return n;
	}
	char line[120];
	snprintf(line, sizeof line, "the setting %s must be a day, YYYY-MM-DD", name);
	h->log(h->self, line);
	return LN_NO_DAY;
}

static int check(const struct ln_host *host, void *state)
{
	struct preservation p = {.host = host};
	(void)state;
	p.days[0] = host->today;
	p.count_from = day_setting(host, "count_from");
	p.merged_on = day_setting(host, "merged_on");
	for (int i = 0; i + 1 < DAYS_AS_OF; i++) {
		int32_t end = host->day_from_civil(target_years[i], 12, 31);
		p.days[i + 1] = end < host->today ? end : host->today;
	}
	int rc = p.count_from == LN_NO_DAY || p.merged_on == LN_NO_DAY ? -1 : load(&p);
	if (rc == 0)
		rc = report_all(&p);
	release(&p);
	return rc == 0 ? LN_COMPLETE : LN_FAILED;
}

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {
	.abi = LN_ABI,
	.size = sizeof(struct ln_plugin),
	.name = "preservation",
	.version = "1.0",
	.summary = "restored, recognised, effective and growing crafts: targets A1 to A3, B, F, G",
	.rules = rules,
	.rule_count = sizeof rules / sizeof *rules,
	.settings = settings,
	.setting_count = sizeof settings / sizeof *settings,
	.inputs = inputs,
	.check = check,
};
