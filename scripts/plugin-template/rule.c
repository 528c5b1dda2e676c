/*
 * @NAME@.c: villages whose row in the register nobody has reviewed for a year.
 *
 * A starting point: it builds, and passes its cases, as it is. Change it from top to bottom, at
 * the places marked CHANGE; after each change build and run the cases again (README.md).
 */
#include <langnghe_plugin.h>

#include <stdio.h>

/*
 * CHANGE 1: what is looked for. A rule of kind LN_MISSING has one mark, or more, for each thing
 * that a subject may lack. Officers read these texts: Vietnamese, in NFC. `lacks` stands in a
 * sentence behind the village's name, `action` is a whole sentence, `clause` says which paper asks
 * for it.
 */
static const struct ln_mark_row marks[] = {
	{.size = sizeof(struct ln_mark_row),
		.id = "reviewed",
		.label = "Rà soát thông tin",
		.lacks = "chưa rà soát thông tin trong thời hạn",
		.action = "Đề nghị rà soát thông tin của làng nghề, ghi ngày rà soát vào sổ theo "
			  "dõi.",
		.clause = "khoản 3.2 mục 3 Điều 1"},
};

/*
 * CHANGE 2: the rule. Its `id` names alerts for ever: choose it well, and put the old one into
 * `former_ids` if you must change it. `task` is one of `langnghectl plan` (whose lead gets the
 * list), or left out: the coordinator's. `severity` is LN_NOTICE, LN_WARNING, or LN_LEGAL (against
 * a law itself).
 */
static const struct ln_rule_row rules[] = {
	{.size = sizeof(struct ln_rule_row),
		.id = "village-reviewed",
		.kind = LN_MISSING,
		.title = "Rà soát thông tin làng nghề",
		.clause = "khoản 3.2 mục 3 Điều 1",
		.severity = LN_NOTICE,
		.action = "Đề nghị rà soát, cập nhật thông tin làng nghề trong sổ theo dõi.",
		.marks = marks,
		.mark_count = sizeof marks / sizeof *marks},
};

/*
 * CHANGE 3: the settings. The administrator writes them as plugins.@NAME@.months (settings.conf); a
 * value outside of min and max is refused with its line before the plugin runs.
 */
static const struct ln_setting_row settings[] = {
	{.size = sizeof(struct ln_setting_row),
		.name = "months",
		.type = LN_SET_INT,
		.min = 1,
		.max = 120,
		.value = 12,
		.help = "months after which a village is to be reviewed again"},
};

/* CHANGE 4: every view that the query reads; a change of one makes the plugin run again. */
static const char *const inputs[] = {"v_village", NULL};

/* CHANGE 5: the columns that are read. They are those of `langnghectl import villages --help`. */
static const char query[] = "SELECT code, name, commune, reviewed_on FROM v_village"
			    " WHERE ended_on IS NULL OR ended_on > ?1 ORDER BY code";
enum { CODE, NAME, COMMUNE, REVIEWED_ON };

/*
 * CHANGE 6: the judgement of one village. Three answers: LN_OK, known and good; LN_LACKS, known to
 * be missing; LN_UNKNOWN, nobody has said: then it is asked for, and never counted as missing.
 */
static enum ln_mark_state judge(const struct ln_host *host, int32_t reviewed_on)
{
	int32_t months = (int32_t)host->setting_int(host->self, "months");
	/* A later day had not come yet on the day that is judged. */
	if (reviewed_on == LN_NO_DAY || reviewed_on > host->today)
		return LN_UNKNOWN;
	return host->add_months(host->self, reviewed_on, months) > host->today ? LN_OK : LN_LACKS;
}

/* Says what was found of one row, also of a good one: only a known good value ends an alert. */
static int report(const struct ln_host *host, struct ln_query *q)
{
	char subject[80], detail[80] = "";
	int32_t reviewed_on = host->column_day(q, REVIEWED_ON);
	struct ln_mark mark = {.id = "reviewed", .state = judge(host, reviewed_on)};
	if (mark.state == LN_LACKS) {
		snprintf(detail, sizeof detail, "gần nhất ngày %s",
			host->day_vi(host->self, reviewed_on));
		mark.detail = detail;
	}
	snprintf(subject, sizeof subject, "village:%s", host->column_text(q, CODE));
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = "village-reviewed",
		.subject = subject,
		.name = host->column_text(q, NAME),
		.place = host->column_text(q, COMMUNE), /* lets the commune know */
		.marks = &mark,
		.mark_count = 1,
	};
	return host->report(host->self, &f);
}

/* Runs once for each day that is judged; keeps nothing between two days. LN_COMPLETE only if every
 * village was reported: after LN_FAILED nothing is concluded from the others. */
static int check(const struct ln_host *host, void *state)
{
	char today[16];
	int32_t year, month, day;
	(void)state;
	host->day_to_civil(host->today, &year, &month, &day);
	snprintf(today, sizeof today, "%04d-%02d-%02d", (int)year, (int)month, (int)day);
	const struct ln_value value = {.type = LN_TEXT, .text = today};
	struct ln_query *q = host->query(host->self, query, &value, 1);
	int row = host->row_next(q);
	while (row == 1)
		row = report(host, q) == 0 ? host->row_next(q) : -1;
	host->query_end(q);
	return row == 0 ? LN_COMPLETE : LN_FAILED;
}

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {
	.abi = LN_ABI,
	.size = sizeof(struct ln_plugin),
	.name = "@NAME@", /* the name of the file, without .so */
	.version = "1.0",
	.summary = "villages that nobody has reviewed for a while", /* CHANGE 7: one English line */
	.rules = rules,
	.rule_count = sizeof rules / sizeof *rules,
	.settings = settings,
	.setting_count = sizeof settings / sizeof *settings,
	.inputs = inputs,
	.check = check,
};
