/*
 * conferences.c: the two conferences on Quyết định 801/QĐ-TTg of mục 9 of the Phụ
 * lục. Each is two things, a conference and its report, and is done when both are
 * on record. The decision gives no date: what nobody recorded is not known, and
 * nobody is called late for it (P10) before the plan itself ends.
 */
#include "langnghe_plugin.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { PERIOD = 10, SUBJECT = 96, NUMBER = 120 };

/* One of the two, and how its conference is called in the register. */
struct conference {
	const char *duty, *kind, *name;
};

static const struct conference conferences[] = {
	{"midterm-conference", "conference_midterm", "sơ kết"},
	{"final-conference", "conference_final", "tổng kết"},
};

#define CONFERENCE(name, heading, what_to_do)                                                      \
	{                                                                                          \
		.size = sizeof(struct ln_rule_row), .id = name, .task = "conferences",             \
		.kind = LN_DUE, .title = heading, .clause = "mục 9 Phụ lục",                       \
		.severity = LN_WARNING, .action = what_to_do, .field = "reports"                   \
	}

static const struct ln_rule_row rules[] = {
	CONFERENCE("midterm-conference", "Hội nghị sơ kết thực hiện Quyết định số 801/QĐ-TTg",
		"Đề nghị tổ chức hội nghị sơ kết và lập báo cáo sơ kết theo mục 9 Phụ lục Quyết định số "
		"4182/QĐ-UBND; nếu đã thực hiện, đề nghị cung cấp ngày tổ chức, số và ngày báo cáo."),
	CONFERENCE("final-conference", "Hội nghị tổng kết thực hiện Quyết định số 801/QĐ-TTg",
		"Đề nghị tổ chức hội nghị tổng kết và lập báo cáo tổng kết theo mục 9 Phụ lục Quyết định số "
		"4182/QĐ-UBND; nếu đã thực hiện, đề nghị cung cấp ngày tổ chức, số và ngày báo cáo."),
};

static const struct ln_setting_row settings[] = {
	{.size = sizeof(struct ln_setting_row),
		.name = "report_within_months",
		.type = LN_SET_INT,
		.min = 0,
		.max = 24,
		.value = 6,
		.help = "months after the year of a conference in which its report still belongs to it"},
};

static const char *const inputs[] = {"v_activity", "v_submission", NULL};

/* What is on record of one conference. */
struct record {
	int32_t held, reported;
	char number[NUMBER];
};

/* The last day that counts for a period: the judged one is the end of all knowledge. */
static int32_t at_most(int32_t day, int32_t today)
{
	return day < today ? day : today;
}

static int look_up_held(const struct ln_host *h, const struct conference *c, int32_t first, int32_t last,
	struct record *out)
{
	const struct ln_value kind = {LN_TEXT, 0, c->kind};
	struct ln_query *q = h->query(h->self,
		"SELECT held_on FROM v_activity WHERE kind = ?1 AND ended_on IS NULL AND held_on IS NOT NULL"
		" ORDER BY held_on",
		&kind, 1);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int32_t on = h->column_day(q, 0);
		if (out->held == LN_NO_DAY && on >= first && on <= last)
			out->held = on;
	}
	h->query_end(q);
	return rc;
}

/* The report: handed in as the duty's document, or on record as an activity held with or after it. */
static int look_up_report(const struct ln_host *h, const struct conference *c, const char *period, int32_t first,
	int32_t last, struct record *out)
{
	const struct ln_value values[] = {{LN_TEXT, 0, c->duty}, {LN_TEXT, 0, period}};
	struct ln_query *q = h->query(h->self,
		"SELECT coalesce(document_on, received_on), document_no FROM v_submission WHERE duty = ?1"
		" AND period = ?2 AND coalesce(accepted, 1) <> 0 AND ended_on IS NULL"
		" UNION ALL SELECT held_on, evidence FROM v_activity WHERE kind = 'conference_report'"
		" AND ended_on IS NULL ORDER BY 1",
		values, 2);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int32_t on = h->column_day(q, 0);
		if (on == LN_NO_DAY || on < first || on > last || out->reported != LN_NO_DAY)
			continue;
		out->reported = on;
		const char *no = h->column_text(q, 1);
		snprintf(out->number, sizeof out->number, "%s", no ? no : "");
	}
	h->query_end(q);
	return rc;
}

static void describe(const struct ln_host *h, const struct conference *c, const struct record *r, char *out, size_t size)
{
	if (r->held != LN_NO_DAY && r->reported == LN_NO_DAY)
		snprintf(out, size, "Hội nghị %s đã tổ chức ngày %s; chưa ghi nhận báo cáo %s.", c->name,
			h->day_vi(h->self, r->held), c->name);
	else if (r->held == LN_NO_DAY && r->reported != LN_NO_DAY)
		snprintf(out, size, "Đã có báo cáo %s ngày %s; chưa ghi nhận ngày tổ chức hội nghị.", c->name,
			h->day_vi(h->self, r->reported));
	else if (r->held == LN_NO_DAY)
		snprintf(out, size, "Chưa ghi nhận hội nghị và báo cáo %s.", c->name);
}

static int report(const struct ln_host *h, const struct conference *c, const char *period, const struct ln_debtor *d)
{
	int32_t first, last;
	if (h->duty_span(h->self, c->duty, period, &first, &last) < 0)
		return -1;
	struct record r = {LN_NO_DAY, LN_NO_DAY, ""};
	int32_t months = (int32_t)h->setting_int(h->self, "report_within_months");
	int32_t late = at_most(h->add_months(h->self, last + 1, months) - 1, h->today);
	if (look_up_held(h, c, first, at_most(last, h->today), &r) < 0 ||
		look_up_report(h, c, period, first, late, &r) < 0)
		return -1;
	bool done = r.held != LN_NO_DAY && r.reported != LN_NO_DAY;
	char subject[SUBJECT], detail[240] = "";
	snprintf(subject, sizeof subject, "unit:%.80s", d->unit);
	describe(h, c, &r, detail, sizeof detail);
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = c->duty,
		.subject = subject,
		.period = period,
		.name = d->name,
		.unit = d->unit,
		.duty = c->duty,
		.required = 1,
		.recorded = done,
		.last_day = d->last_day,
		.done_on = !done ? LN_NO_DAY : r.held > r.reported ? r.held : r.reported,
		.document_no = done ? r.number : NULL,
		.not_applicable = d->not_applicable,
		.detail = detail,
	};
	return h->report(h->self, &f);
}

static int check(const struct ln_host *h, void *state)
{
	(void)state;
	struct ln_debtor d = {.size = sizeof d};
	char period[PERIOD];
	for (size_t n = 0; n < sizeof conferences / sizeof *conferences; n++) {
		const struct conference *c = &conferences[n];
		for (uint32_t i = 0; h->duty_period(h->self, c->duty, i, period) == 0; i++)
			for (uint32_t k = 0; h->debtor(h->self, c->duty, period, k, &d) == 0; k++)
				if (report(h, c, period, &d) < 0)
					return LN_FAILED;
	}
	return LN_COMPLETE;
}

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {
	.abi = LN_ABI,
	.size = sizeof(struct ln_plugin),
	.name = "conferences",
	.version = "1.0",
	.summary = "the midterm and the final conference, each with its report (task 9)",
	.rules = rules,
	.rule_count = sizeof rules / sizeof *rules,
	.settings = settings,
	.setting_count = sizeof settings / sizeof *settings,
	.inputs = inputs,
	.check = check,
};
