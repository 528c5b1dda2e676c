/*
 * rule_query.c: see rule_query.h. Whatever is wrong with the query or with a row
 * fails the run with the line of the rule's file; nothing is guessed.
 */
#include "rules/rule_query.h"

#include "base/text.h"
#include "rules/host_private.h"
#include "store/confined.h"

#include <math.h>
#include <string.h>

enum { DECIMALS_SHOWN = 2, HUNDREDTHS = 100 };

enum column { SUBJECT, NAME, COMMUNE, PLACE, PERIOD, SINCE, DETAIL, VALUE, TARGET, DUE, DONE, COLUMNS };
static const char *const column_names[COLUMNS] = {
	"subject", "name", "commune", "place", "period", "since", "detail", "value", "target", "due", "done"};

/* One check of one rule. */
struct query {
	const struct rule_file *rule;
	const struct ln_host *table;
	struct host *host;
	struct stmt *st;
	int column[COLUMNS]; /* where it stands, -1 the query has none */
	int32_t today; /* as the query sees it */
	int32_t due; /* of the row at hand */
	struct buf sentence;
};

/* "FILE:LINE: …", as the reason of the run's failure. */
static int fail(struct query *q, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
static int fail(struct query *q, int line, const char *format, ...)
{
	struct err e;
	va_list ap;
	va_start(ap, format);
	char *text = xvasprintf(format, ap);
	va_end(ap);
	err_set(&e, "%s:%d: %s", q->rule->file, line, text);
	free(text);
	return host_fail(q->host, e.text);
}

/* ---- before the first row */

static int bind(struct query *q)
{
	char day[DAY_TEXT];
	int n = confined_parameters(q->st);
	for (int i = 1; i <= n; i++) {
		const char *name = confined_parameter_name(q->st, i);
		if (name && strcmp(name, ":today") == 0)
			stmt_text(q->st, i, day_iso(q->today, day));
		else if (name && strcmp(name, ":year") == 0)
			stmt_int(q->st, i, day_year(q->today));
		else if (name && strcmp(name, ":threshold") == 0 && q->rule->has_threshold)
			stmt_real(q->st, i, q->rule->threshold);
		else
			return fail(q, q->rule->query_line, "query: there is no parameter %s; there are :today, :year%s",
				name ? name : "?", q->rule->has_threshold ? ", :threshold" : "");
	}
	return 0;
}

static int index_of(struct query *q, const char *name)
{
	for (int i = 0; i < col_count(q->st); i++)
		if (strcmp(col_name(q->st, i), name) == 0)
			return i;
	return -1;
}

static int need(struct query *q, enum column column, const char *why)
{
	if (q->column[column] >= 0)
		return 0;
	struct buf names = {0};
	for (int i = 0; i < col_count(q->st); i++)
		buf_addf(&names, "%s%s", i ? ", " : "", col_name(q->st, i));
	fail(q, q->rule->query_line, "query: no column is named %s (%s); its columns are %s. Name one with … AS %s",
		column_names[column], why, names.s ? names.s : "none", column_names[column]);
	buf_release(&names);
	return -1;
}

static int find_columns(struct query *q)
{
	for (int c = 0; c < COLUMNS; c++)
		q->column[c] = index_of(q, column_names[c]);
	if (need(q, SUBJECT, "what each row is about: 'village:' || code") < 0)
		return -1;
	if (q->rule->kind == RULE_FILE_DUE)
		return need(q, DUE, "the day by which it is to be done") < 0 ? -1
										: need(q, DONE, "the day it was done, null: not yet");
	if (need(q, VALUE, q->rule->kind == RULE_FILE_SHORT ? "what is compared, null: not known"
							      : "1 it is there, 0 it lacks, null not known") < 0)
		return -1;
	if (q->rule->kind == RULE_FILE_SHORT && !q->rule->has_threshold)
		return need(q, TARGET, "or give a threshold");
	return 0;
}

static bool is_built_in(const struct query *q, const char *name)
{
	return strcmp(name, "today") == 0 || (strcmp(name, "threshold") == 0 && q->rule->has_threshold) ||
	       (strcmp(name, "days_left") == 0 && q->rule->kind == RULE_FILE_DUE);
}

static int check_placeholder(void *context, const char *text, size_t length, const char *name, bool plain)
{
	struct query *q = context;
	(void)length;
	(void)plain;
	if (text || is_built_in(q, name) || index_of(q, name) >= 0)
		return 0;
	return fail(q, q->rule->sentence_line,
		"sentence: the placeholder {%s} is no column of the query; besides its columns there are {today}%s%s", name,
		q->rule->has_threshold ? ", {threshold}" : "", q->rule->kind == RULE_FILE_DUE ? ", {days_left}" : "");
}

/* ---- a row */

/* 1.234,5: up to two decimals. */
static void add_number(struct buf *b, double value, bool plain)
{
	char text[NUMBER_TEXT];
	if (value == floor(value) && fabs(value) < 1e15) {
		if (plain)
			buf_addf(b, "%.0f", value);
		else
			buf_add(b, text_int_vi((int64_t)value, text));
	} else if (fabs(value) < 1e12) {
		text_ratio_vi(llround(value * HUNDREDTHS), HUNDREDTHS, DECIMALS_SHOWN, text);
		buf_add(b, text);
	} else {
		buf_addf(b, "%g", value);
	}
}

/* Days as dd/mm/yyyy, numbers as 1.234,5, years as they are, nothing as "chưa rõ". */
static void add_column(struct query *q, int i, const char *name, bool plain)
{
	static const char year[] = "year";
	size_t n = strlen(name), tail = sizeof year - 1;
	char shown[DAY_TEXT];
	int32_t day;
	plain |= n >= tail && strcmp(name + n - tail, year) == 0;
	if (col_is_null(q->st, i))
		buf_add(&q->sentence, "chưa rõ");
	else if (col_is_number(q->st, i))
		add_number(&q->sentence, col_real(q->st, i), plain);
	else if (!plain && day_parse_iso(col_text(q->st, i), &day) == 0)
		buf_add(&q->sentence, day_vi(day, shown));
	else
		buf_add(&q->sentence, col_text(q->st, i));
}

static int add_part(void *context, const char *text, size_t length, const char *name, bool plain)
{
	struct query *q = context;
	char day[DAY_TEXT];
	int i = text ? -1 : index_of(q, name);
	if (text)
		buf_add_n(&q->sentence, text, length);
	else if (i >= 0)
		add_column(q, i, name, plain);
	else if (strcmp(name, "today") == 0)
		buf_add(&q->sentence, day_vi(q->today, day));
	else if (strcmp(name, "threshold") == 0)
		add_number(&q->sentence, q->rule->threshold, plain);
	else
		add_number(&q->sentence, q->due - q->table->today, plain);
	return 0;
}

static const char *text_of(struct query *q, enum column c)
{
	return q->column[c] < 0 ? NULL : col_text(q->st, q->column[c]);
}

/* 0, or -1 when it is there and no day. */
static int day_of(struct query *q, enum column c, int32_t *day)
{
	const char *text = text_of(q, c);
	*day = LN_NO_DAY;
	if (!text || day_parse_iso(text, day) == 0)
		return 0;
	const char *subject = text_of(q, SUBJECT);
	return fail(q, q->rule->query_line, "query: %s: column %s is '%.60s'; allowed: a date like 2026-12-04, or null",
		subject ? subject : "a row", column_names[c], text);
}

static int number_of(struct query *q, enum column c, double *value)
{
	int i = q->column[c];
	const char *subject = text_of(q, SUBJECT);
	if (col_is_number(q->st, i)) {
		*value = col_real(q->st, i);
		return 0;
	}
	return fail(q, q->rule->query_line, "query: %s: column %s is '%.60s'; allowed: a number, or null",
		subject ? subject : "a row", column_names[c], text_of(q, c));
}

static bool holds(double value, enum rule_comparator comparator, double threshold)
{
	switch (comparator) {
	case RULE_GT:
		return value > threshold;
	case RULE_GE:
		return value >= threshold;
	case RULE_EQ:
		return value == threshold;
	case RULE_LE:
		return value <= threshold;
	case RULE_LT:
		return value < threshold;
	}
	return false;
}

/* What the row says of its subject; a target that is null leaves nothing to compare with. */
static int judge_value(struct query *q, uint32_t *state)
{
	double value, threshold = q->rule->threshold;
	bool own = q->rule->kind == RULE_FILE_SHORT && q->column[TARGET] >= 0;
	*state = LN_UNKNOWN;
	if (col_is_null(q->st, q->column[VALUE]) || (own && col_is_null(q->st, q->column[TARGET])))
		return 0;
	if (number_of(q, VALUE, &value) < 0 || (own && number_of(q, TARGET, &threshold) < 0))
		return -1;
	*state = holds(value, q->rule->comparator, threshold) ? LN_OK : LN_LACKS;
	return 0;
}

static int judge_due(struct query *q, uint32_t *state)
{
	int32_t done, today = q->today;
	if (day_of(q, DUE, &q->due) < 0 || day_of(q, DONE, &done) < 0)
		return -1;
	if (done != LN_NO_DAY && done <= today)
		*state = LN_OK;
	else if (q->due == LN_NO_DAY)
		*state = LN_UNKNOWN;
	else
		*state = q->due - q->rule->notice_days <= today ? LN_LACKS : LN_OK;
	return 0;
}

static int report_row(struct query *q)
{
	struct ln_mark mark = {.id = q->rule->id};
	struct ln_finding f = {.size = sizeof f, .rule = q->rule->id, .marks = &mark, .mark_count = 1};
	bool due = q->rule->kind == RULE_FILE_DUE;
	q->due = LN_NO_DAY;
	if ((due ? judge_due(q, &mark.state) : judge_value(q, &mark.state)) < 0 || day_of(q, SINCE, &f.since) < 0)
		return -1;
	buf_clear(&q->sentence);
	if (mark.state == LN_LACKS) {
		rule_sentence_each(q->rule->sentence, add_part, q);
		mark.detail = q->sentence.s;
	}
	f.act_by = q->due;
	f.subject = text_of(q, SUBJECT);
	f.name = text_of(q, NAME);
	f.place = text_of(q, COMMUNE) ? text_of(q, COMMUNE) : text_of(q, PLACE);
	f.period = text_of(q, PERIOD);
	f.detail = text_of(q, DETAIL);
	return q->table->report(q->table->self, &f);
}

static int run(struct query *q)
{
	struct err e;
	q->st = store_prepare(q->host->world.store, q->rule->query, &e);
	if (!q->st)
		return fail(q, q->rule->query_line, "query: %s%s", confined_message(q->host->world.store),
			strncmp(confined_message(q->host->world.store), "no such ", 8) == 0
				? "; langnghe-views(5) names the views and their columns"
				: "");
	if (bind(q) < 0 || find_columns(q) < 0 || rule_sentence_each(q->rule->sentence, check_placeholder, q) < 0)
		return -1;
	int rc;
	while ((rc = stmt_step(q->st, &e)) == 1)
		if (report_row(q) < 0)
			return -1; /* refused: host_fail() knows why */
	return rc < 0 ? fail(q, q->rule->query_line, "query: %s%s", confined_message(q->host->world.store),
				confined_is_over(q->host->world.store) ? ": it takes too long on this register" : "")
		      : 0;
}

static int check(const struct ln_host *table, void *state)
{
	struct query q = {.rule = state, .table = table, .host = table->self};
	q.today = rule_day(q.rule->schedule, table->today);
	int rc = run(&q);
	stmt_free(q.st);
	buf_release(&q.sentence);
	return rc == 0 ? LN_COMPLETE : LN_FAILED;
}

const struct ln_plugin rule_query_code = {
	.abi = LN_ABI, .size = sizeof(struct ln_plugin), .name = RULES_PLUGIN, .check = check};
