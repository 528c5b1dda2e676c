/*
 * environment.c: Điều 56 of the environment law and targets H1-H4 of the plan.
 * One pass over each view, in the order of the villages' codes, with sums kept
 * here: a province may have 5 500 villages and 600 000 establishments. What is
 * not known is reported as unknown; a paper of the wrong kind, of the past or
 * still on somebody's desk is not a plan.
 */
#include "rows.h"
#include "village.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DETAIL = 240, SUBJECT = CODE + 8 };
static const int32_t target_years[] = {2025, 2030};

/* Judging one village. Each writes its detail ("" none) and gives the mark's state. */

/* An approved paper of the kind that counts. */
static enum ln_mark_state approved_state(
	const struct check *c, const struct village *v, int32_t day, char detail[DETAIL])
{
	const struct ln_host *h = c->host;
	int32_t to = v->valid_to;
	if (to == LN_NO_DAY && v->approved_on != LN_NO_DAY)
		to = h->add_months(h->self, v->approved_on, (int32_t)(12 * c->valid_years)) - 1;
	if (to == LN_NO_DAY || to >= day)
		return LN_OK;
	snprintf(detail, DETAIL, "đã hết hiệu lực từ ngày %s; UBND xã, phường lập, trình lại",
		h->day_vi(h->self, to));
	return LN_EXPIRED;
}

static enum ln_mark_state submitted_state(
	const struct check *c, const struct village *v, char detail[DETAIL])
{
	const struct ln_host *h = c->host;
	if (v->submitted_on == LN_NO_DAY)
		snprintf(detail, DETAIL, "đã trình, chờ phê duyệt");
	else
		snprintf(detail, DETAIL, "đã trình ngày %s, chờ phê duyệt",
			h->day_vi(h->self, v->submitted_on));
	return c->waiting_lacks ? LN_LACKS : LN_WAITING;
}

static enum ln_mark_state plan_state(
	const struct check *c, const struct village *v, int32_t day, char detail[DETAIL])
{
	enum plan_state state = v->plan;
	bool counts = v->type == TYPE_PLAN ||
		      (v->type == TYPE_COMMITMENT && c->commitment_counts) ||
		      (v->type == TYPE_SCHEME && c->scheme_counts);
	detail[0] = '\0';
	if (!counts && (state == PLAN_APPROVED || state == PLAN_UNKNOWN)) {
		snprintf(detail, DETAIL, "mới có %s bảo vệ môi trường, cần nâng lên phương án",
			v->type == TYPE_COMMITMENT ? "cam kết" : "đề án");
		return LN_LACKS;
	}
	/* Counted for a day before the decision of approval: then it was on somebody's desk. */
	if (state == PLAN_APPROVED && v->approved_on > day)
		state = v->submitted_on != LN_NO_DAY && v->submitted_on <= day ? PLAN_SUBMITTED
									       : PLAN_DRAFTING;
	switch (state) {
	case PLAN_UNKNOWN:
		return LN_UNKNOWN;
	case PLAN_NONE:
		snprintf(detail, DETAIL, "chưa lập; UBND xã, phường lập, trình");
		return LN_LACKS;
	case PLAN_DRAFTING:
		snprintf(detail, DETAIL, "UBND xã, phường đang lập, chưa trình");
		return LN_LACKS;
	case PLAN_RETURNED:
		snprintf(detail, DETAIL,
			"đã trình và bị trả lại; UBND xã, phường hoàn thiện, trình lại");
		return LN_LACKS;
	case PLAN_SUBMITTED:
		return submitted_state(c, v, detail);
	case PLAN_APPROVED:
		return approved_state(c, v, day, detail);
	}
	return LN_UNKNOWN;
}

static enum ln_mark_state state_of(enum answer a)
{
	return a == ANSWER_YES ? LN_OK : a == ANSWER_NO ? LN_LACKS : LN_UNKNOWN;
}

static enum ln_mark_state group_state(const struct village *v, int32_t day)
{
	return v->group == ANSWER_YES && v->group_on > day ? LN_LACKS : state_of(v->group);
}

static enum ln_mark_state infrastructure_state(const struct village *v)
{
	enum answer all[] = {v->drainage, v->wastewater, v->solid_waste}, worst = ANSWER_YES;
	for (int i = 0; i < 3; i++) {
		if (all[i] == ANSWER_NO)
			return LN_LACKS;
		worst = all[i] == ANSWER_UNKNOWN ? ANSWER_UNKNOWN : worst;
	}
	return state_of(worst);
}

static enum ln_mark_state review_state(
	const struct check *c, const struct village *v, char detail[DETAIL])
{
	const struct ln_host *h = c->host;
	if (v->reviewed_on == LN_NO_DAY || v->reviewed_on > c->days[0])
		return LN_UNKNOWN;
	if (h->add_months(h->self, v->reviewed_on, (int32_t)c->reviewed_months) >= c->days[0])
		return LN_OK;
	snprintf(detail, DETAIL, "rà soát gần nhất ngày %s", h->day_vi(h->self, v->reviewed_on));
	return LN_LACKS;
}

/* The list of establishments wins over the year's sums where it names at least as many. Of craft
 * households alone the state is unknown; where nothing is known no member is invented. */
static enum tally_from tally_of(const struct village *v, int i, struct tally *t)
{
	const struct tally *list = &v->listed[i], *sums = &v->yearly[i];
	int64_t households = v->craft_households[i];
	if (list->total > 0 && list->total >= sums->total) {
		*t = *list;
		return FROM_LIST;
	}
	if (sums->total >= 0) {
		*t = *sums;
		return FROM_SUMS;
	}
	*t = (struct tally){.figures_on = LN_NO_DAY};
	if (households <= 0)
		return FROM_NOTHING;
	t->total = t->unknown = households;
	return FROM_HOUSEHOLDS;
}

static enum ln_mark_state compliance_state(const struct village *v, char detail[DETAIL])
{
	struct tally t;
	if (tally_of(v, 0, &t) == FROM_NOTHING)
		return LN_UNKNOWN;
	long long bad = t.total - t.good - t.unknown;
	if (bad > 0 && t.unknown > 0)
		snprintf(detail, DETAIL, "%lld/%lld cơ sở chưa đáp ứng; %lld cơ sở chưa có số liệu",
			bad, (long long)t.total, (long long)t.unknown);
	else if (bad > 0)
		snprintf(detail, DETAIL, "%lld/%lld cơ sở chưa đáp ứng", bad, (long long)t.total);
	return bad > 0 ? LN_LACKS : t.unknown > 0 ? LN_UNKNOWN : LN_OK;
}

static enum ln_mark_state relocation_state(
	const struct check *c, const struct village *v, char detail[DETAIL])
{
	const struct ln_host *h = c->host;
	const struct relocations *m = &v->moves;
	const char *first = m->first_due == LN_NO_DAY ? "" : h->day_vi(h->self, m->first_due);
	if (m->overdue > 0)
		snprintf(detail, DETAIL, "%lld cơ sở quá thời hạn di dời (sớm nhất ngày %s)",
			(long long)m->overdue, first);
	else if (m->soon > 0)
		snprintf(detail, DETAIL, "%lld cơ sở phải di dời, hạn gần nhất ngày %s",
			(long long)m->soon, first);
	else if (m->undated > 0)
		snprintf(detail, DETAIL, "%lld cơ sở phải di dời, chưa xác định thời hạn",
			(long long)m->undated);
	else if (m->later > 0)
		snprintf(detail, DETAIL, "%lld cơ sở phải di dời từ ngày %s", (long long)m->later,
			first);
	if (m->overdue + m->soon + m->undated > 0)
		return LN_LACKS;
	return m->unknown > 0 || m->listed == 0 ? LN_UNKNOWN : LN_OK;
}

static enum ln_mark_state project_state(
	const struct check *c, const struct village *v, char detail[DETAIL])
{
	const struct ln_host *h = c->host;
	if (v->risk != ANSWER_YES)
		return v->risk == ANSWER_NO ? LN_OK : LN_UNKNOWN;
	if (v->project)
		return LN_OK;
	if (v->project_planned != LN_NO_DAY)
		snprintf(detail, DETAIL, "dự án chưa được phê duyệt, dự kiến ngày %s",
			h->day_vi(h->self, v->project_planned));
	else if (v->project_named)
		snprintf(detail, DETAIL, "đã có đề xuất dự án, chưa được phê duyệt");
	return LN_LACKS;
}

static enum ln_mark_state trade_state(const struct village *v, char detail[DETAIL])
{
	if (!v->trade_known)
		return LN_UNKNOWN;
	if (!v->discouraged || v->conversion)
		return LN_OK;
	if (v->conversion_named)
		snprintf(detail, DETAIL, "đã có đề xuất dự án, chưa được phê duyệt");
	return LN_LACKS;
}

static int report_village(const struct check *c, const struct village *v)
{
	const struct ln_host *h = c->host;
	char detail[MARKS][DETAIL], subject[SUBJECT];
	struct ln_mark marks[MARKS];
	enum ln_mark_state states[MARKS];
	for (int i = 0; i < MARKS; i++)
		detail[i][0] = '\0';
	states[MARK_PLAN] = plan_state(c, v, c->days[0], detail[MARK_PLAN]);
	states[MARK_GROUP] = group_state(v, c->days[0]);
	states[MARK_DRAINAGE] = state_of(v->drainage);
	states[MARK_WASTEWATER] = state_of(v->wastewater);
	states[MARK_SOLID_WASTE] = state_of(v->solid_waste);
	states[MARK_REVIEW] = review_state(c, v, detail[MARK_REVIEW]);
	states[MARK_COMPLIANCE] = compliance_state(v, detail[MARK_COMPLIANCE]);
	states[MARK_RELOCATION] = relocation_state(c, v, detail[MARK_RELOCATION]);
	states[MARK_PROJECT] = project_state(c, v, detail[MARK_PROJECT]);
	states[MARK_TRADE] = trade_state(v, detail[MARK_TRADE]);
	for (int i = 0; i < MARKS; i++)
		marks[i] = (struct ln_mark){village_marks[i].id, states[i], detail[i],
			states[i] == LN_WAITING ? c->lead : NULL};
	bool due = states[MARK_RELOCATION] == LN_LACKS && v->moves.overdue + v->moves.soon > 0;
	snprintf(subject, sizeof subject, "village:%s", v->code);
	struct ln_finding f = {
		.size = sizeof f,
		.rule = "village-environment",
		.subject = subject,
		.name = v->name,
		.place = v->commune,
		.marks = marks,
		.mark_count = c->trades_listed ? MARKS : MARK_TRADE, /* it is the last: without a list nothing is asked */
		.act_by = due ? v->moves.first_due : LN_NO_DAY,
	};
	return h->report(h->self, &f);
}

/* Targets. */

static void add_state(struct sum *s, enum ln_mark_state state, int32_t a, int32_t b, int32_t day)
{
	s->all++;
	s->good += state == LN_OK;
	s->unknown += state == LN_UNKNOWN;
	if (a <= day)
		s->figures_on = later(s->figures_on, a);
	if (b <= day)
		s->figures_on = later(s->figures_on, b);
}

static void add_village(
	struct sum sums[TARGETS], const struct check *c, const struct village *v, int i)
{
	char unused[DETAIL];
	int32_t day = c->days[i];
	struct tally t;
	struct sum *h4 = &sums[TARGET_COMPLIANCE];
	h4->from[tally_of(v, i, &t)]++;
	h4->all += t.total;
	h4->good += t.good;
	h4->unknown += t.unknown;
	h4->figures_on = later(h4->figures_on, t.figures_on);
	/* H1-H3 say "làng nghề" alone; H4 names all kinds of places. */
	if (v->site || (v->traditional && !c->traditional_count) ||
		(c->recognised_only && !v->recognised[i]))
		return;
	add_state(&sums[TARGET_PLAN], plan_state(c, v, day, unused), v->reviewed_on, v->approved_on,
		day);
	add_state(&sums[TARGET_GROUP], group_state(v, day), v->reviewed_on, v->group_on, day);
	add_state(&sums[TARGET_INFRASTRUCTURE], infrastructure_state(v), v->reviewed_on, LN_NO_DAY,
		day);
}

static int report_target(
	const struct check *c, enum target_id id, int32_t year, const struct sum *s)
{
	const struct ln_host *h = c->host;
	char subject[SUBJECT], period[16], source[240] = "sổ theo dõi làng nghề";
	snprintf(subject, sizeof subject, "target:%s", rules[id].id);
	snprintf(period, sizeof period, "%d", year);
	if (id == TARGET_COMPLIANCE)
		snprintf(source, sizeof source,
			"%lld làng nghề, điểm có nghề theo danh sách cơ sở, %lld theo số liệu tổng "
			"hợp năm, %lld theo số hộ làm nghề, %lld chưa có số liệu",
			(long long)s->from[FROM_LIST], (long long)s->from[FROM_SUMS],
			(long long)s->from[FROM_HOUSEHOLDS], (long long)s->from[FROM_NOTHING]);
	struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[id].id,
		.subject = subject,
		.period = period,
		.name = rules[id].title,
		.target = rules[id].id,
		.numerator = s->good,
		.denominator = s->all,
		.unknown = s->unknown,
		.figures_on = s->figures_on,
		.source = source,
	};
	return h->report(h->self, &f);
}

/* i: the index of the day that the year is counted on. */
static int report_year(const struct check *c, int32_t year, int i)
{
	struct sum sums[TARGETS];
	struct ln_target t = {.size = sizeof t};
	for (int k = 0; k < TARGETS; k++)
		sums[k] = (struct sum){.figures_on = LN_NO_DAY};
	for (size_t k = 0; k < c->count; k++) {
		const struct village *v = &c->villages[k];
		bool ended = v->ended_on != LN_NO_DAY && v->ended_on <= c->days[i];
		if (!ended)
			add_village(sums, c, v, i);
	}
	int rc = 0;
	for (int k = 0; k < TARGETS && rc == 0; k++)
		if (c->host->target(c->host->self, rules[k].id, year, &t) == 0)
			rc = report_target(c, (enum target_id)k, year, &sums[k]);
	return rc;
}

/* A reading of the plan; the host knows all that are asked for here. */
static int64_t reading(const struct ln_host *h, const char *name)
{
	int64_t value = 0;
	h->reading(h->self, name, &value);
	return value;
}

static void set_up(struct check *c)
{
	const struct ln_host *h = c->host;
	struct ln_target t = {.size = sizeof t};
	c->days[0] = h->today;
	for (int i = 0; i + 1 < DAYS_AS_OF; i++) {
		int32_t end = h->day_from_civil(target_years[i], 12, 31);
		c->days[i + 1] = end < h->today ? end : h->today;
		if (h->target(h->self, "env-plan", target_years[i], &t) == 0)
			c->lead = t.unit;
	}
	c->valid_years = reading(h, "plan_valid_years");
	c->reviewed_months = reading(h, "reviewed_within_months");
	c->commitment_counts = reading(h, "commitment_counts");
	c->scheme_counts = reading(h, "scheme_counts");
	c->traditional_count = reading(h, "traditional_villages_count");
	c->recognised_only = reading(h, "recognised_only");
	c->waiting_lacks = h->setting_int(h->self, "count_waiting_as_missing");
	c->notice_days = h->setting_int(h->self, "relocation_notice_days");
	const char *trades = h->setting_text(h->self, "discouraged_trades");
	c->trades_listed = trades && *trades;
}

/* One cause hides its effects: without villages the coordinator is asked for the list, and nobody
 * is told that no village has a plan. */
static int report_list(const struct check *c)
{
	bool found = false;
	for (size_t i = 0; i < c->count && !found; i++)
		found = !c->villages[i].site;
	const struct ln_mark mark = {.id = "village-list", .state = found ? LN_OK : LN_LACKS};
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = "village-list",
		.subject = "task:environment",
		.name = "Danh mục làng nghề",
		.marks = &mark,
		.mark_count = 1,
	};
	return c->host->report(c->host->self, &f);
}

static int check(const struct ln_host *host, void *state)
{
	struct check c = {.host = host};
	(void)state;
	set_up(&c);
	int rc = load(&c);
	for (int i = 0; i + 1 < DAYS_AS_OF && rc == 0; i++)
		rc = report_year(&c, target_years[i], i + 1);
	for (size_t i = 0; i < c.count && rc == 0; i++) {
		const struct village *v = &c.villages[i];
		if (!v->site && (v->ended_on == LN_NO_DAY || v->ended_on > host->today))
			rc = report_village(&c, v);
	}
	if (rc == 0)
		rc = report_list(&c);
	for (size_t i = 0; i < c.count; i++) {
		free(c.villages[i].code);
		free(c.villages[i].name);
		free(c.villages[i].commune);
	}
	free(c.villages);
	return rc == 0 ? LN_COMPLETE : LN_FAILED;
}

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {
	.abi = LN_ABI,
	.size = sizeof(struct ln_plugin),
	.name = "environment",
	.version = "1.0",
	.summary = "environmental files of the craft villages, targets H1 to H4",
	.rules = rules,
	.rule_count = sizeof rules / sizeof *rules,
	.settings = settings,
	.setting_count = sizeof settings / sizeof *settings,
	.inputs = inputs,
	.check = check,
};
