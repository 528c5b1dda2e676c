/*
 * rows.h: target D and the certificates of ranked products, as rows.
 */
#ifndef OCOP_ROWS_H
#define OCOP_ROWS_H

#include "langnghe_plugin.h"

enum rule_id { RULE_TARGET, RULE_CERTIFICATES };

static const struct ln_rule_row rules[] = {
	[RULE_TARGET] = {.size = sizeof(struct ln_rule_row),
		.id = "ocop",
		.task = "ocop",
		.kind = LN_SHORT,
		.title = "Cơ sở ngành nghề nông thôn có sản phẩm OCOP",
		.clause = "khoản 1.2 mục 1 Điều 1",
		.severity = LN_WARNING,
		.action = "Đề nghị hỗ trợ, hướng dẫn các cơ sở ngành nghề nông thôn lập hồ sơ tham gia đánh giá, phân hạng "
			  "sản phẩm OCOP theo mục 5 Phụ lục Quyết định số 4182/QĐ-UBND.",
		.field = "ocop"},
	[RULE_CERTIFICATES] = {.size = sizeof(struct ln_rule_row),
		.id = "certificates",
		.task = "ocop",
		.kind = LN_EXPIRY,
		.title = "Giấy chứng nhận sản phẩm OCOP",
		.clause = "mục 5 Phụ lục; Quyết định số 148/QĐ-TTg ngày 24/02/2023",
		.severity = LN_WARNING,
		.action = "Đề nghị hướng dẫn chủ thể lập hồ sơ đánh giá, phân hạng lại sản phẩm OCOP trước khi giấy chứng "
			  "nhận (có giá trị 36 tháng) hết hạn.",
		.field = "ocop"},
};

#define SETTING(key, low, high, preset, text_of)                                                   \
	{                                                                                          \
		.size = sizeof(struct ln_setting_row), .name = key, .type = LN_SET_INT,            \
		.min = low, .max = high, .value = preset, .help = text_of                          \
	}

static const struct ln_setting_row settings[] = {
	SETTING("least_stars", 1, 5, 3, "stars from which a product counts as ranked"),
	SETTING("valid_months", 12, 120, 36, "months a certificate is valid where the register gives no end"),
	SETTING("forget_months", 0, 120, 24,
		"months after its end from which a certificate that nobody renewed is no longer told; 0 never"),
};

static const char *const inputs[] = {"v_product", "v_establishment", "v_village_year", "v_village", NULL};

#endif
