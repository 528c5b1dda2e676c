/*
 * bad.h: the rows every badly behaved plugin of the tests shares. Each file
 * defines BAD_NAME and a check() that does one thing wrong; nothing here may be
 * copied into a real plugin.
 */
#ifndef TESTS_BAD_H
#define TESTS_BAD_H

#include "langnghe_plugin.h"

static int check(const struct ln_host *host, void *state);

#ifndef BAD_ABI
#define BAD_ABI LN_ABI
#endif
#ifndef BAD_SIZE
#define BAD_SIZE sizeof(struct ln_plugin)
#endif
#ifndef BAD_ACTION
#define BAD_ACTION "Đề nghị làm việc cần làm."
#endif

#ifndef BAD_MARKS
#define BAD_MARKS bad_marks
static const struct ln_mark_row bad_marks[] = {
	{sizeof(struct ln_mark_row), "thing", "Vật", "chưa có vật", "Đề nghị có vật.", "mục 1", 0},
	{sizeof(struct ln_mark_row), "other", "Khác", "chưa có thứ khác", "Đề nghị có.", "mục 2", 0},
};
#endif

static const struct ln_rule_row bad_rules[] = {
	{.size = sizeof(struct ln_rule_row),
		.id = "rule",
		.kind = LN_MISSING,
		.title = "Quy tắc",
		.clause = "mục 1",
		.severity = LN_NOTICE,
		.action = BAD_ACTION,
		.marks = BAD_MARKS,
		.mark_count = 2},
};

static const struct ln_setting_row bad_settings[] = {
	{sizeof(struct ln_setting_row), "limit", LN_SET_INT, 1, 10, 3, 0, "a number"},
	{sizeof(struct ln_setting_row), "word", LN_SET_TEXT, 0, 0, 0, "chữ", "a text"},
};

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {
	.abi = BAD_ABI,
	.size = BAD_SIZE,
	.name = BAD_NAME,
	.version = "1",
	.summary = "behaves badly in one way",
	.rules = bad_rules,
	.rule_count = 1,
	.settings = bad_settings,
	.setting_count = 2,
	.check = check,
};

/* Reports one subject that lacks nothing. */
static inline int report_one(const struct ln_host *host, const char *subject, const char *name)
{
	const struct ln_mark mark = {"thing", LN_OK, 0, 0};
	const struct ln_finding f = {.size = sizeof f,
		.rule = "rule",
		.subject = subject,
		.name = name,
		.marks = &mark,
		.mark_count = 1};
	return host->report(host->self, &f);
}

#endif
