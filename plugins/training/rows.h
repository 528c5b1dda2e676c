/*
 * rows.h: target C and what leads to it: figures of each village, a plan of the
 * year, classes for artisans and employers (khoản 3.5), as rows.
 */
#ifndef TRAINING_ROWS_H
#define TRAINING_ROWS_H

#include "langnghe_plugin.h"

#define MARK(name, heading, sentence, what_to_do, law, how_bad)                                    \
	{                                                                                          \
		.size = sizeof(struct ln_mark_row), .id = name, .label = heading,                  \
		.lacks = sentence, .action = what_to_do, .clause = law, .severity = how_bad        \
	}

enum year_mark { MARK_PLAN, MARK_ARTISANS, MARK_EMPLOYERS, YEAR_MARKS };

static const struct ln_mark_row year_marks[YEAR_MARKS] = {
	[MARK_PLAN] = MARK("training-plan", "Kế hoạch đào tạo năm", "chưa có kế hoạch đào tạo của năm",
		"Đề nghị ban hành kế hoạch đào tạo, nâng cao năng lực nghệ nhân, thợ giỏi, người lao động của năm "
		"theo mục 2 Phụ lục Quyết định số 4182/QĐ-UBND.",
		"mục 2 Phụ lục", LN_WARNING),
	[MARK_ARTISANS] = MARK("artisan-classes", "Lớp cho nghệ nhân, thợ giỏi",
		"chưa có lớp đào tạo cho nghệ nhân, thợ giỏi trong năm",
		"Đề nghị hỗ trợ nghệ nhân, thợ giỏi tham gia khóa đào tạo theo điểm a khoản 3.5 mục 3 Điều 1 Quyết "
		"định số 4182/QĐ-UBND.",
		"điểm a khoản 3.5 mục 3 Điều 1", LN_NOTICE),
	[MARK_EMPLOYERS] = MARK("employer-classes", "Lớp cho người sử dụng lao động",
		"chưa có lớp đào tạo cho người sử dụng lao động trong năm",
		"Đề nghị tổ chức đào tạo cho người sử dụng lao động theo điểm b khoản 3.5 mục 3 Điều 1 Quyết định số "
		"4182/QĐ-UBND.",
		"điểm b khoản 3.5 mục 3 Điều 1", LN_NOTICE),
};

static const struct ln_mark_row village_marks[] = {
	MARK("training-figures", "Số lao động, số đã đào tạo", "chưa có số liệu lao động được đào tạo",
		"Đề nghị UBND xã, phường cung cấp số lao động và số lao động đã được đào tạo của làng nghề.",
		"mục 2 Phụ lục", LN_NOTICE),
};

enum rule_id { RULE_TRAINED, RULE_YEAR, RULE_VILLAGES };

static const struct ln_rule_row rules[] = {
	[RULE_TRAINED] = {.size = sizeof(struct ln_rule_row),
		.id = "trained",
		.task = "training",
		.kind = LN_SHORT,
		.title = "Người lao động được đào tạo",
		.clause = "khoản 1.2 mục 1 Điều 1",
		.severity = LN_WARNING,
		.action = "Đề nghị tổ chức, đôn đốc đào tạo người lao động tại các làng nghề còn nhiều người chưa được "
			  "đào tạo theo mục 2 Phụ lục Quyết định số 4182/QĐ-UBND.",
		.field = "training"},
	[RULE_YEAR] = {.size = sizeof(struct ln_rule_row),
		.id = "training-year",
		.task = "training",
		.kind = LN_MISSING,
		.title = "Công tác đào tạo trong năm",
		.clause = "mục 2 Phụ lục; khoản 3.5 mục 3 Điều 1",
		.severity = LN_WARNING,
		.action = "Đề nghị triển khai công tác đào tạo của năm theo mục 2 Phụ lục Quyết định số 4182/QĐ-UBND.",
		.marks = year_marks,
		.mark_count = YEAR_MARKS,
		.field = "training"},
	[RULE_VILLAGES] = {.size = sizeof(struct ln_rule_row),
		.id = "village-training",
		.task = "training",
		.kind = LN_MISSING,
		.title = "Số liệu đào tạo lao động của làng nghề",
		.clause = "mục 2 Phụ lục",
		.severity = LN_NOTICE,
		.action = "Đề nghị cung cấp số lao động và số lao động đã được đào tạo của làng nghề.",
		.marks = village_marks,
		.mark_count = 1,
		.field = "training"},
};

#define SETTING(key, low, high, preset, text_of)                                                   \
	{                                                                                          \
		.size = sizeof(struct ln_setting_row), .name = key, .type = LN_SET_INT,            \
		.min = low, .max = high, .value = preset, .help = text_of                          \
	}

static const struct ln_setting_row settings[] = {
	SETTING("plan_by_month", 1, 12, 3, "month by the end of which the year's training plan is there"),
	SETTING("classes_from_month", 1, 12, 7,
		"month from which a year without a class for artisans or employers is told"),
	SETTING("figures_years", 1, 10, 2, "years after which a village's figures are asked for again"),
	SETTING("villages_listed", 0, 20, 5, "villages named under the target, by share and by people"),
};

static const char *const inputs[] = {"v_village", "v_village_year", "v_activity", NULL};

#endif
