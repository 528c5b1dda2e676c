/*
 * reporting.c: the reports that Điều 2 of the decision asks for. Who owes what
 * by when comes from the host; this plugin only looks whether it was handed in,
 * by the unit itself or by those it was merged from, on a day not after the one
 * that is judged.
 *
 *   unit-report        R1, khoản 1 Điều 2: every unit, before 05/12
 *   province-report    R2, khoản 3 Điều 2: the coordinator, before 15/12
 *   unit-duties        R0, khoản 1 Điều 2: a plan of one's own, a leader named
 *   inspection-report  R8, mục 8 Phụ lục: the coordinator, without a date
 */
#include "rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MERGERS_DEPTH = 6, PREDECESSORS_MOST = 32, CODE_MOST = 64 };

/* One document handed in. */
struct paper {
	char *unit, *period, *no; /* no may be NULL */
	int32_t on; /* LN_NO_DAY: recorded without a date */
};

/* A unit that another one took over from. */
struct merged {
	char *code, *name, *successor;
	int32_t last; /* its last day */
};

struct reporting {
	const struct ln_host *host;
	struct paper *papers; /* of the duty loaded last */
	size_t paper_count;
	struct merged *merged;
	size_t merged_count;
};

/* What is known about one unit's document for one period. */
struct outcome {
	bool done;
	int32_t on;
	char *no, *detail; /* or NULL */
};

static void papers_release(struct reporting *r)
{
	for (size_t i = 0; i < r->paper_count; i++) {
		free(r->papers[i].unit);
		free(r->papers[i].period);
		free(r->papers[i].no);
	}
	free(r->papers);
	r->papers = NULL;
	r->paper_count = 0;
}

static void merged_release(struct reporting *r)
{
	for (size_t i = 0; i < r->merged_count; i++) {
		free(r->merged[i].code);
		free(r->merged[i].name);
		free(r->merged[i].successor);
	}
	free(r->merged);
}

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

/* One more row at the end of an array; NULL when there is no memory. */
static void *grown(void *rows, size_t count, size_t size)
{
	return count & (count - 1) ? rows : realloc(rows, (count ? count * 2 : 1) * size);
}

/* The accepted papers of one duty; what bears a date after today is not there yet. */
static int load_papers(struct reporting *r, const char *duty)
{
	const struct ln_host *h = r->host;
	const struct ln_value value = {LN_TEXT, 0, duty};
	papers_release(r);
	struct ln_query *q = h->query(h->self,
		"SELECT unit, period, coalesce(received_on, document_on), document_no FROM "
		"v_submission"
		" WHERE duty = ?1 AND coalesce(accepted, 1) <> 0 AND ended_on IS NULL",
		&value, 1);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int32_t on = h->column_day(q, 2);
		if (on != LN_NO_DAY && on > h->today)
			continue;
		struct paper *more = grown(r->papers, r->paper_count, sizeof *more);
		if (!more)
			return -1;
		r->papers = more;
		more[r->paper_count++] = (struct paper){copy(h->column_text(q, 0)),
			copy(h->column_text(q, 1)), copy(h->column_text(q, 3)), on};
	}
	h->query_end(q);
	return rc;
}

/* Units with exactly one successor: merged into it, or renamed. A split passes no report on. */
static int load_merged(struct reporting *r)
{
	const struct ln_host *h = r->host;
	struct ln_query *q = h->query(h->self,
		"SELECT code, name, successors, coalesce(valid_to, ended_on) FROM v_unit"
		" WHERE successors IS NOT NULL AND instr(successors, '|') = 0"
		" AND coalesce(valid_to, ended_on) IS NOT NULL ORDER BY code",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int32_t last = h->column_day(q, 3);
		if (last >= h->today)
			continue;
		struct merged *more = grown(r->merged, r->merged_count, sizeof *more);
		if (!more)
			return -1;
		r->merged = more;
		more[r->merged_count++] = (struct merged){copy(h->column_text(q, 0)),
			copy(h->column_text(q, 1)), copy(h->column_text(q, 2)), last};
	}
	h->query_end(q);
	return rc;
}

static const struct paper *paper_of(const struct reporting *r, const char *unit, const char *period)
{
	for (size_t i = 0; i < r->paper_count; i++)
		if (strcmp(r->papers[i].unit, unit) == 0 &&
			strcmp(r->papers[i].period, period) == 0)
			return &r->papers[i];
	return NULL;
}

/* The paper of a unit that is no more: its own, or the latest of those it had taken over from. */
static const struct paper *inherited(
	const struct reporting *r, const char *unit, const char *period, int depth)
{
	const struct paper *best = paper_of(r, unit, period);
	for (size_t i = 0; i < r->merged_count && !best && depth < MERGERS_DEPTH; i++)
		if (strcmp(r->merged[i].successor, unit) == 0)
			best = inherited(r, r->merged[i].code, period, depth + 1);
	return best;
}

/* Whether the unit existed beside the one that was merged into it, so that it has a part of its own
 * to report. */
static bool lived_beside(const struct reporting *r, const char *unit, int32_t merger)
{
	const struct ln_host *h = r->host;
	const struct ln_value value = {LN_TEXT, 0, unit};
	struct ln_query *q =
		h->query(h->self, "SELECT valid_from FROM v_unit WHERE code = ?1", &value, 1);
	bool beside = false;
	if (h->row_next(q) == 1) {
		int32_t from = h->column_day(q, 0);
		beside = from == LN_NO_DAY || from <= merger;
	}
	h->query_end(q);
	return beside;
}

/* The first day a period covers; LN_NO_DAY (which is before all) for "once". */
static int32_t period_start(const struct ln_host *h, const char *period)
{
	return period[0] >= '0' && period[0] <= '9' ? h->day_from_civil(atoi(period), 1, 1)
						    : LN_NO_DAY;
}

static void settle(
	struct outcome *o, const struct reporting *r, const struct paper *p, int32_t last_day)
{
	const struct ln_host *h = r->host;
	o->on = p->on;
	o->no = copy(p->no);
	o->done = p->on != LN_NO_DAY || last_day == LN_NO_DAY;
	if (p->on == LN_NO_DAY && h->setting_int(h->self, "undated_counts")) {
		o->done = true;
		o->on = last_day == LN_NO_DAY || last_day > h->today ? h->today : last_day;
	} else if (!o->done) {
		o->detail = copy(
			"Đã ghi nhận văn bản nhưng chưa có ngày; đề nghị bổ sung ngày văn bản.");
	}
}

/* Two merged into one: it has reported when all its parts have (P16). */
static void settle_by_parts(
	struct outcome *o, const struct reporting *r, const char *unit, const char *period)
{
	const struct ln_host *h = r->host;
	const struct merged *open[PREDECESSORS_MOST];
	const struct paper *latest = NULL;
	size_t open_count = 0, handed_in = 0;
	int32_t merger = LN_NO_DAY, start = period_start(h, period);
	size_t size;
	FILE *text = open_memstream(&o->detail, &size);
	for (size_t i = 0; text && i < r->merged_count && open_count < PREDECESSORS_MOST; i++) {
		const struct merged *m = &r->merged[i];
		if (strcmp(m->successor, unit) != 0 || m->last < start)
			continue;
		const struct paper *p = inherited(r, m->code, period, 0);
		if (m->last > merger)
			merger = m->last;
		if (!p || p->on == LN_NO_DAY) {
			open[open_count++] = m;
			continue;
		}
		latest = !latest || p->on > latest->on ? p : latest;
		fprintf(text, "%s%s%s (ngày %s)", handed_in++ ? ", " : "Đã có văn bản của ",
			m->name, p->no ? "" : ", không ghi số", h->day_vi(h->self, p->on));
	}
	if (latest) {
		bool own_part = lived_beside(r, unit, merger);
		o->done = open_count == 0 && !own_part;
		fprintf(text, "%s",
			o->done ? " trước khi sắp xếp."
				: " trước khi sắp xếp; còn thiếu phần của ");
		for (size_t i = 0; i < open_count; i++)
			fprintf(text, "%s%s", i ? ", " : "", open[i]->name);
		if (!o->done && own_part)
			fprintf(text, "%scơ quan sau sắp xếp", open_count ? " và " : "");
		if (!o->done)
			fputc('.', text);
		o->on = o->done ? latest->on : LN_NO_DAY;
		o->no = o->done ? copy(latest->no) : NULL;
	}
	if (text)
		fclose(text);
	if (!latest) {
		free(o->detail);
		o->detail = NULL;
	}
}

static struct outcome outcome_of(
	const struct reporting *r, const char *unit, const char *period, int32_t last_day)
{
	struct outcome o = {.on = LN_NO_DAY};
	const struct paper *own = paper_of(r, unit, period);
	if (own)
		settle(&o, r, own, last_day);
	else
		settle_by_parts(&o, r, unit, period);
	return o;
}

static void outcome_release(struct outcome *o)
{
	free(o->no);
	free(o->detail);
}

static int subject_of(char *out, size_t size, const char *unit)
{
	return snprintf(out, size, "unit:%s", unit) < (int)size ? 0 : -1;
}

/* One unit's R1 or R2. */
static int report_due(const struct reporting *r, const char *rule, const char *period,
	const struct ln_debtor *d, const char *list)
{
	const struct ln_host *h = r->host;
	struct outcome o = outcome_of(r, d->unit, period, d->last_day);
	char subject[CODE_MOST + 8], extended[300];
	if (subject_of(subject, sizeof subject, d->unit) < 0)
		return -1;
	snprintf(extended, sizeof extended,
		"Đã được lùi thời hạn đến ngày %s theo văn bản số %.200s.",
		h->day_vi(h->self, d->last_day), d->extension_no ? d->extension_no : "");
	struct ln_finding f = {
		.size = sizeof f,
		.rule = rule,
		.subject = subject,
		.period = period,
		.name = d->name,
		.unit = d->unit,
		.duty = rule, /* both rules bear their duty's name */
		.required = h->duty_required(h->self, rule),
		.recorded = o.done,
		.last_day = d->last_day,
		.done_on = o.done ? o.on : LN_NO_DAY,
		.document_no = o.no,
		.not_applicable = d->not_applicable,
		.detail = o.detail          ? o.detail
			  : d->extension_no ? extended
					    : NULL,
		.list = list,
	};
	int rc = h->report(h->self, &f);
	outcome_release(&o);
	return rc;
}

static void add_line(FILE *text, const struct ln_host *h, const struct ln_debtor *d)
{
	int32_t left = d->last_day - h->today;
	fprintf(text, "%s: chưa có báo cáo", d->name);
	if (left < 0)
		fprintf(text, ", quá hạn %d ngày", -left);
	else if (left == 0)
		fprintf(text, ", đến hạn hôm nay");
	else
		fprintf(text, ", còn %d ngày", left);
	fprintf(text, " (ngày cuối cùng đúng hạn: %s%s)\n", h->day_vi(h->self, d->last_day),
		d->extension_no ? ", đã được lùi" : "");
}

/* R1 of every unit for a period. *open: a line for each that still owes it; the caller frees. */
static int report_units(const struct reporting *r, const char *period, bool report, char **open)
{
	const struct ln_host *h = r->host;
	struct ln_debtor d = {.size = sizeof d};
	size_t size;
	FILE *text = open_memstream(open, &size);
	int rc = text ? 0 : -1;
	for (uint32_t i = 0; rc == 0 && h->debtor(h->self, "unit-report", period, i, &d) == 0;
		i++) {
		struct outcome o = outcome_of(r, d.unit, period, d.last_day);
		if (!o.done && !d.not_applicable)
			add_line(text, h, &d);
		outcome_release(&o);
		if (report)
			rc = report_due(r, "unit-report", period, &d, NULL);
	}
	if (text)
		fclose(text);
	return rc;
}

static int check_unit_reports(struct reporting *r)
{
	const struct ln_host *h = r->host;
	char period[10];
	int rc = load_papers(r, "unit-report");
	for (uint32_t i = 0; rc == 0 && h->duty_period(h->self, "unit-report", i, period) == 0;
		i++) {
		char *open = NULL;
		rc = report_units(r, period, true, &open);
		free(open);
	}
	return rc;
}

static int check_province_report(struct reporting *r)
{
	const struct ln_host *h = r->host;
	struct ln_debtor d = {.size = sizeof d};
	char period[10];
	int rc = 0;
	for (uint32_t i = 0; rc == 0 && h->duty_period(h->self, "province-report", i, period) == 0;
		i++) {
		char *open = NULL;
		rc = load_papers(r, "unit-report");
		if (rc == 0)
			rc = report_units(r, period, false, &open);
		if (rc == 0)
			rc = load_papers(r, "province-report");
		for (uint32_t k = 0;
			rc == 0 && h->debtor(h->self, "province-report", period, k, &d) == 0; k++)
			if (!d.not_applicable) /* the one who is reported to */
				rc = report_due(r, "province-report", period, &d, open);
		free(open);
	}
	return rc;
}

/* The state of one undated duty of a unit as a mark; detail is the caller's to free. */
static struct ln_mark mark_of(const struct reporting *r, const char *duty, const char *unit,
	const char *period, char **detail)
{
	const struct ln_host *h = r->host;
	struct outcome o = outcome_of(r, unit, period, LN_NO_DAY);
	*detail = o.detail;
	if (o.done && o.on != LN_NO_DAY) {
		char text[256];
		snprintf(text, sizeof text, "văn bản%s%.120s ngày %s", o.no ? " số " : "",
			o.no ? o.no : "", h->day_vi(h->self, o.on));
		free(o.detail);
		*detail = copy(text);
	}
	free(o.no);
	return (struct ln_mark){duty, o.done ? LN_OK : LN_LACKS, *detail, NULL};
}

static int report_missing(const struct reporting *r, const char *rule, const char *duty,
	const char *period, const struct ln_debtor *d, const struct ln_mark *marks, uint32_t count)
{
	const struct ln_host *h = r->host;
	char subject[CODE_MOST + 8];
	if (subject_of(subject, sizeof subject, d->unit) < 0)
		return -1;
	struct ln_finding f = {
		.size = sizeof f,
		.rule = rule,
		.subject = subject,
		.period = period,
		.name = d->name,
		.duty = duty,
		.marks = marks,
		.mark_count = count,
	};
	return h->report(h->self, &f);
}

/* R0: both duties of one unit are one finding, one row of its letter. */
static int check_unit_duties(struct reporting *r)
{
	const struct ln_host *h = r->host;
	struct ln_debtor d = {.size = sizeof d};
	char period[10];
	if (h->duty_period(h->self, "unit-plan", 0, period) < 0)
		return 0;
	int rc = 0;
	for (uint32_t i = 0; rc == 0 && h->debtor(h->self, "unit-plan", period, i, &d) == 0; i++) {
		if (d.not_applicable)
			continue;
		char *detail[2] = {NULL, NULL};
		struct ln_mark marks[2];
		rc = load_papers(r, "unit-plan");
		if (rc == 0) {
			marks[0] = mark_of(r, "unit-plan", d.unit, period, &detail[0]);
			rc = load_papers(r, "named-leader");
		}
		if (rc == 0) {
			marks[1] = mark_of(r, "named-leader", d.unit, period, &detail[1]);
			rc = report_missing(r, "unit-duties", "unit-plan", period, &d, marks, 2);
		}
		free(detail[0]);
		free(detail[1]);
	}
	return rc;
}

/* An inspection report may also be on record as an activity of the year. */
static int32_t activity_on(const struct reporting *r, const char *period)
{
	const struct ln_host *h = r->host;
	int32_t from = period_start(h, period), on = LN_NO_DAY;
	int32_t next = from == LN_NO_DAY ? INT32_MAX : h->day_from_civil(atoi(period) + 1, 1, 1);
	struct ln_query *q = h->query(h->self,
		"SELECT held_on FROM v_activity WHERE kind = 'inspection_report' AND ended_on IS "
		"NULL"
		" AND held_on IS NOT NULL ORDER BY held_on",
		NULL, 0);
	while (h->row_next(q) == 1) {
		int32_t held = h->column_day(q, 0);
		if (held >= from && held <= h->today && held < next)
			on = held;
	}
	h->query_end(q);
	return on;
}

static int check_inspection_report(struct reporting *r)
{
	const struct ln_host *h = r->host;
	struct ln_debtor d = {.size = sizeof d};
	char period[10];
	int rc = load_papers(r, "inspection-report");
	for (uint32_t i = 0;
		rc == 0 && h->duty_period(h->self, "inspection-report", i, period) == 0; i++) {
		int32_t held = activity_on(r, period);
		for (uint32_t k = 0;
			rc == 0 && h->debtor(h->self, "inspection-report", period, k, &d) == 0;
			k++) {
			char *detail, text[64];
			struct ln_mark mark =
				mark_of(r, "inspection-report", d.unit, period, &detail);
			snprintf(text, sizeof text, "báo cáo ngày %s", h->day_vi(h->self, held));
			if (mark.state != LN_OK && held != LN_NO_DAY)
				mark = (struct ln_mark){"inspection-report", LN_OK, text, NULL};
			if (!d.not_applicable)
				rc = report_missing(r, "inspection-report", "inspection-report",
					period, &d, &mark, 1);
			free(detail);
		}
	}
	return rc;
}

static int check(const struct ln_host *host, void *state)
{
	struct reporting r = {.host = host};
	(void)state;
	int rc = load_merged(&r);
	if (rc == 0)
		rc = check_unit_reports(&r);
	if (rc == 0)
		rc = check_province_report(&r);
	if (rc == 0)
		rc = check_unit_duties(&r);
	if (rc == 0)
		rc = check_inspection_report(&r);
	papers_release(&r);
	merged_release(&r);
	return rc == 0 ? LN_COMPLETE : LN_FAILED;
}

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {
	.abi = LN_ABI,
	.size = sizeof(struct ln_plugin),
	.name = "reporting",
	.version = "1.0",
	.summary = "reports and plans that Điều 2 asks every unit for",
	.rules = rules,
	.rule_count = sizeof rules / sizeof *rules,
	.settings = settings,
	.setting_count = sizeof settings / sizeof *settings,
	.inputs = inputs,
	.check = check,
};
