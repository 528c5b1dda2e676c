/*
 * inspection.c: mục 8 of the Phụ lục: inspections by place, places with villages
 * that nobody inspected for years, difficulties that were raised and not answered.
 * The report on inspection is a duty and is looked at by the plugin `reporting`.
 */
#include "langnghe_plugin.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUBJECT = 96, DETAIL = 240 };

#define ROW_8 "mục 8 Phụ lục"
#define MARK(name, heading, sentence, what_to_do)                                                  \
	{                                                                                          \
		.size = sizeof(struct ln_mark_row), .id = name, .label = heading,                  \
		.lacks = sentence, .action = what_to_do, .clause = ROW_8                           \
	}

static const struct ln_mark_row place_marks[] = {
	MARK("inspection", "Kiểm tra, giám sát", "lâu chưa được kiểm tra, giám sát",
		"Đề nghị đưa địa bàn vào kế hoạch kiểm tra, giám sát theo " ROW_8 " Quyết định số 4182/QĐ-UBND."),
};

static const struct ln_mark_row year_marks[] = {
	MARK("inspections", "Kiểm tra trong năm", "chưa ghi nhận cuộc kiểm tra, giám sát nào trong năm",
		"Đề nghị tổ chức kiểm tra, giám sát, đánh giá tình hình thực hiện Chương trình tại các địa phương theo " ROW_8
		" Quyết định số 4182/QĐ-UBND."),
};

static const struct ln_mark_row difficulty_marks[] = {
	MARK("answer", "Trả lời khó khăn, vướng mắc", "chưa được trả lời",
		"Đề nghị xem xét, trả lời khó khăn, vướng mắc của đơn vị, hoặc đề xuất cấp có thẩm quyền tháo gỡ theo " ROW_8
		" Quyết định số 4182/QĐ-UBND."),
};

enum rule_id { RULE_PLACES, RULE_YEAR, RULE_DIFFICULTIES };

#define RULE(name, heading, how_bad, what_to_do, what_marks)                                       \
	{                                                                                          \
		.size = sizeof(struct ln_rule_row), .id = name, .task = "inspection",              \
		.kind = LN_MISSING, .title = heading, .clause = ROW_8, .severity = how_bad,        \
		.action = what_to_do, .marks = what_marks, .mark_count = 1                         \
	}

static const struct ln_rule_row rules[] = {
	[RULE_PLACES] = RULE("places", "Địa bàn có làng nghề lâu chưa được kiểm tra", LN_NOTICE,
		"Đề nghị đưa các địa bàn vào kế hoạch kiểm tra, giám sát theo " ROW_8 " Quyết định số 4182/QĐ-UBND.",
		place_marks),
	[RULE_YEAR] = RULE("inspections", "Kiểm tra, giám sát trong năm", LN_WARNING,
		"Đề nghị tổ chức kiểm tra, giám sát theo " ROW_8 " Quyết định số 4182/QĐ-UBND.", year_marks),
	[RULE_DIFFICULTIES] = RULE("difficulties", "Khó khăn, vướng mắc chưa được trả lời", LN_WARNING,
		"Đề nghị trả lời, tháo gỡ khó khăn, vướng mắc theo " ROW_8 " Quyết định số 4182/QĐ-UBND.", difficulty_marks),
};

#define SETTING(key, low, high, preset, text_of)                                                   \
	{                                                                                          \
		.size = sizeof(struct ln_setting_row), .name = key, .type = LN_SET_INT,            \
		.min = low, .max = high, .value = preset, .help = text_of                          \
	}

static const struct ln_setting_row settings[] = {
	SETTING("inspect_years", 1, 10, 2, "years after which a place with villages is to be inspected again"),
	SETTING("answer_days", 1, 365, 30, "days within which a difficulty is answered"),
	SETTING("from_month", 1, 12, 7, "month from which a year without any inspection is told"),
};

static const char *const inputs[] = {"v_activity", "v_village", "v_difficulty", NULL};

/* A commune of today with villages, and when it was inspected last. */
struct place {
	char *code;
	int64_t villages;
	int32_t inspected; /* LN_NO_DAY: never on record */
};

struct inspection {
	const struct ln_host *host;
	struct place *places; /* in the order of their codes */
	size_t count, room;
	int64_t this_year;
};

static int by_code(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->code, ((const struct place *)b)->code);
}

static struct place *place_of(const struct inspection *n, const char *code)
{
	const struct place key = {.code = (char *)(uintptr_t)code};
	return code && n->count ? bsearch(&key, n->places, n->count, sizeof *n->places, by_code) : NULL;
}

static int add_place(struct inspection *n, const char *code, int64_t villages)
{
	for (size_t i = 0; i < n->count; i++)
		if (strcmp(n->places[i].code, code) == 0) { /* two old communes of one of today */
			n->places[i].villages += villages;
			return 0;
		}
	if (n->count == n->room) {
		n->room = n->room ? n->room * 2 : 64;
		struct place *more = realloc(n->places, n->room * sizeof *more);
		if (!more)
			return -1;
		n->places = more;
	}
	n->places[n->count++] = (struct place){strdup(code), villages, LN_NO_DAY};
	return 0;
}

static int load_places(struct inspection *n)
{
	const struct ln_host *h = n->host;
	struct ln_query *q = h->query(h->self,
		"SELECT commune, count(*) FROM v_village WHERE commune IS NOT NULL AND ended_on IS NULL GROUP BY commune"
		" ORDER BY commune",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		const char *now = h->unit_now(h->self, h->column_text(q, 0));
		if (now && add_place(n, now, h->column_int(q, 1)) < 0)
			return -1;
	}
	h->query_end(q);
	if (n->count > 1)
		qsort(n->places, n->count, sizeof *n->places, by_code);
	return rc;
}

/* An inspection of an old unit is one of who carries its work on; of a district that ended nobody can say which
 * commune was seen. */
static int load_inspections(struct inspection *n)
{
	const struct ln_host *h = n->host;
	int32_t year, month, day;
	h->day_to_civil(h->today, &year, &month, &day);
	struct ln_query *q = h->query(h->self,
		"SELECT places, held_on FROM v_activity WHERE kind = 'inspection' AND held_on IS NOT NULL"
		" AND ended_on IS NULL",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int32_t on = h->column_day(q, 1);
		const char *rest = h->column_text(q, 0), *code;
		if (on > h->today)
			continue;
		n->this_year += on >= h->day_from_civil(year, 1, 1);
		while ((code = h->list_next(h->self, &rest)) != NULL) {
			struct place *p = place_of(n, h->unit_now(h->self, code));
			if (p && on > p->inspected)
				p->inspected = on;
		}
	}
	h->query_end(q);
	return rc;
}

/* The inspection is the lead's to do: the places are its list, and no commune is written to for it. Nobody is
 * late for the years before the plan. */
static int report_place(const struct inspection *n, const struct place *p)
{
	const struct ln_host *h = n->host;
	int32_t years = (int32_t)h->setting_int(h->self, "inspect_years");
	int32_t begin = h->day_from_civil(2022, 11, 29); /* the decision */
	int32_t from = p->inspected > begin ? p->inspected : begin;
	bool late = h->add_months(h->self, from, 12 * years) < h->today;
	const char *name = h->unit_name(h->self, p->code);
	char subject[SUBJECT], detail[DETAIL];
	if (p->inspected == LN_NO_DAY)
		snprintf(detail, sizeof detail, "%lld làng nghề; chưa ghi nhận cuộc kiểm tra nào", (long long)p->villages);
	else
		snprintf(detail, sizeof detail, "%lld làng nghề; kiểm tra gần nhất ngày %s", (long long)p->villages,
			h->day_vi(h->self, p->inspected));
	snprintf(subject, sizeof subject, "place:%.80s", p->code);
	const struct ln_mark mark = {place_marks[0].id, late ? LN_LACKS : LN_OK, detail, NULL};
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_PLACES].id,
		.subject = subject,
		.name = name ? name : p->code,
		.marks = &mark,
		.mark_count = 1,
	};
	return h->report(h->self, &f);
}

static int report_year(const struct inspection *n)
{
	const struct ln_host *h = n->host;
	int32_t year, month, day;
	h->day_to_civil(h->today, &year, &month, &day);
	if (n->this_year == 0 && month < h->setting_int(h->self, "from_month"))
		return 0; /* there is time: nothing is said yet */
	char period[16];
	snprintf(period, sizeof period, "%d", (int)year);
	const struct ln_mark mark = {year_marks[0].id, n->this_year > 0 ? LN_OK : LN_LACKS, NULL, NULL};
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_YEAR].id,
		.subject = "task:inspection",
		.period = period,
		.name = "Kiểm tra, giám sát trong năm",
		.marks = &mark,
		.mark_count = 1,
	};
	return h->report(h->self, &f);
}

/* It waits for the unit that was asked; where nobody was, the lead has to find one. */
static int report_difficulty(const struct inspection *n, struct ln_query *q)
{
	const struct ln_host *h = n->host;
	int32_t raised = h->column_day(q, 2), answered = h->column_day(q, 4);
	bool done = (answered != LN_NO_DAY && answered <= h->today) || !h->column_is_null(q, 6);
	int32_t due = raised == LN_NO_DAY ? LN_NO_DAY : raised + (int32_t)h->setting_int(h->self, "answer_days");
	const char *raiser = h->unit_name(h->self, h->column_text(q, 1)), *text = h->column_text(q, 5);
	const char *asked = h->column_text(q, 3), *now = h->unit_now(h->self, asked);
	char subject[SUBJECT], detail[DETAIL], name[400];
	if (raised != LN_NO_DAY && raised > h->today)
		return 0;
	snprintf(name, sizeof name, "%.300s (%s nêu)", text ? text : "không ghi nội dung", raiser ? raiser : "không rõ đơn vị");
	snprintf(detail, sizeof detail, "%s%s%s%s", raised == LN_NO_DAY ? "" : "nêu ngày ",
		raised == LN_NO_DAY ? "" : h->day_vi(h->self, raised), now ? ", đã gửi " : ", chưa rõ gửi đơn vị nào",
		now ? h->unit_name(h->self, now) : "");
	snprintf(subject, sizeof subject, "difficulty:%.80s", h->column_text(q, 0));
	enum ln_mark_state state = done ? LN_OK : due == LN_NO_DAY ? LN_UNKNOWN : due < h->today ? LN_LACKS : LN_OK;
	const struct ln_mark mark = {difficulty_marks[0].id, state, done ? NULL : detail, NULL};
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_DIFFICULTIES].id,
		.subject = subject,
		.name = name,
		.place = now,
		.marks = &mark,
		.mark_count = 1,
		.since = state == LN_LACKS ? due + 1 : LN_NO_DAY,
	};
	return h->report(h->self, &f);
}

static int report_difficulties(const struct inspection *n)
{
	const struct ln_host *h = n->host;
	struct ln_query *q = h->query(h->self,
		"SELECT code, unit, raised_on, asked_of, answered_on, text, ended_on FROM v_difficulty ORDER BY code", NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1)
		if (report_difficulty(n, q) < 0)
			return -1;
	h->query_end(q);
	return rc;
}

static int check(const struct ln_host *host, void *state)
{
	struct inspection n = {.host = host};
	(void)state;
	int rc = load_places(&n);
	if (rc == 0)
		rc = load_inspections(&n);
	for (size_t i = 0; i < n.count && rc == 0; i++)
		rc = report_place(&n, &n.places[i]);
	if (rc == 0)
		rc = report_year(&n);
	if (rc == 0)
		rc = report_difficulties(&n);
	for (size_t i = 0; i < n.count; i++)
		free(n.places[i].code);
	free(n.places);
	return rc == 0 ? LN_COMPLETE : LN_FAILED;
}

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {
	.abi = LN_ABI,
	.size = sizeof(struct ln_plugin),
	.name = "inspection",
	.version = "1.0",
	.summary = "inspections by place and difficulties without an answer (task 8)",
	.rules = rules,
	.rule_count = sizeof rules / sizeof *rules,
	.settings = settings,
	.setting_count = sizeof settings / sizeof *settings,
	.inputs = inputs,
	.check = check,
};
