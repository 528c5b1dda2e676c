/*
 * rows.h: the three counts of mục 1 of the Phụ lục, as rows.
 */
#ifndef COMMUNICATION_ROWS_H
#define COMMUNICATION_ROWS_H

#include "langnghe_plugin.h"

/* In the order of the rules. */
enum counted { MEDIA_ITEMS, TRAINING_CLASSES, WORKSHOPS, COUNTED };

static const char *const counted_kinds[COUNTED] = {"media_item", "training_class", "workshop"};
static const char *const counted_vi[COUNTED] = {"nội dung tuyên truyền", "lớp tập huấn", "hội thảo"};

#define COUNT(name, heading, what_to_do)                                                           \
	{                                                                                          \
		.size = sizeof(struct ln_rule_row), .id = name, .task = "communication",           \
		.kind = LN_DUE, .title = heading, .clause = "mục 1 Phụ lục",                       \
		.severity = LN_WARNING, .action = what_to_do                                       \
	}

static const struct ln_rule_row rules[COUNTED] = {
	[MEDIA_ITEMS] = COUNT("media-items", "Nội dung tuyên truyền trên báo, đài của tỉnh",
		"Đề nghị phối hợp với Báo và Đài Phát thanh - Truyền hình thực hiện, đăng, phát nội dung tuyên "
		"truyền về bảo tồn và phát triển làng nghề theo mục 1 Phụ lục Quyết định số 4182/QĐ-UBND."),
	[TRAINING_CLASSES] = COUNT("training-classes", "Lớp tập huấn về bảo tồn và phát triển làng nghề",
		"Đề nghị tổ chức lớp tập huấn trong năm theo mục 1 Phụ lục Quyết định số 4182/QĐ-UBND."),
	[WORKSHOPS] = COUNT("workshops", "Hội thảo về bảo tồn và phát triển làng nghề",
		"Đề nghị tổ chức hội thảo trong năm theo mục 1 Phụ lục Quyết định số 4182/QĐ-UBND."),
};

static const struct ln_setting_row settings[] = {
	{.size = sizeof(struct ln_setting_row),
		.name = "per_outlet",
		.type = LN_SET_BOOL,
		.help = "each of the outlets owes the number of media items; otherwise all together"},
	{.size = sizeof(struct ln_setting_row),
		.name = "outlets",
		.type = LN_SET_TEXT,
		.text = "dai-ptth|bao-thanhhoa",
		.help = "units behind the outlets that per_outlet asks for, joined with |"},
};

static const char *const inputs[] = {"v_activity", NULL};

#endif
