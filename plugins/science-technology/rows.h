/*
 * rows.h: target E in its two readings, rights that run out, and the projects of
 * mục 4 of the Phụ lục, as rows.
 */
#ifndef SCIENCE_TECHNOLOGY_ROWS_H
#define SCIENCE_TECHNOLOGY_ROWS_H

#include "langnghe_plugin.h"

#define MARK(name, heading, sentence, what_to_do, law)                                             \
	{                                                                                          \
		.size = sizeof(struct ln_mark_row), .id = name, .label = heading,                  \
		.lacks = sentence, .action = what_to_do, .clause = law                             \
	}

static const struct ln_mark_row project_marks[] = {
	MARK("approval", "Phê duyệt dự án", "đã đến ngày dự kiến, chưa được phê duyệt",
		"Đề nghị hoàn thiện hồ sơ, trình cấp có thẩm quyền phê duyệt dự án theo mục 4 Phụ lục Quyết định số "
		"4182/QĐ-UBND, hoặc xác định lại thời gian phê duyệt.",
		"mục 4 Phụ lục"),
};

static const struct ln_mark_row task_marks[] = {
	MARK("approved-project", "Dự án được phê duyệt",
		"chưa có dự án mô hình khoa học công nghệ, thương hiệu, truy xuất nguồn gốc được phê duyệt",
		"Đề nghị đề xuất, trình cấp có thẩm quyền phê duyệt dự án theo mục 4 Phụ lục Quyết định số "
		"4182/QĐ-UBND.",
		"mục 4 Phụ lục"),
};

enum rule_id { RULE_TARGET, RULE_RIGHTS, RULE_PROJECTS, RULE_TASK };

static const struct ln_rule_row rules[] = {
	[RULE_TARGET] = {.size = sizeof(struct ln_rule_row),
		.id = "ip",
		.task = "science-technology",
		.kind = LN_SHORT,
		.title = "Làng nghề có sản phẩm được bảo hộ sở hữu trí tuệ",
		.clause = "khoản 1.2 mục 1 Điều 1",
		.severity = LN_WARNING,
		.action = "Đề nghị hướng dẫn, hỗ trợ các làng nghề đăng ký bảo hộ nhãn hiệu, chỉ dẫn địa lý cho sản phẩm "
			  "theo mục 4 Phụ lục Quyết định số 4182/QĐ-UBND."},
	[RULE_RIGHTS] = {.size = sizeof(struct ln_rule_row),
		.id = "rights",
		.task = "science-technology",
		.kind = LN_EXPIRY,
		.title = "Văn bằng bảo hộ sở hữu trí tuệ của làng nghề",
		.clause = "mục 4 Phụ lục",
		.severity = LN_WARNING,
		.action = "Đề nghị hướng dẫn chủ văn bằng làm thủ tục gia hạn trước khi văn bằng bảo hộ hết hiệu lực."},
	[RULE_PROJECTS] = {.size = sizeof(struct ln_rule_row),
		.id = "projects",
		.task = "science-technology",
		.kind = LN_MISSING,
		.title = "Dự án khoa học công nghệ, thương hiệu chưa được phê duyệt",
		.clause = "mục 4 Phụ lục",
		.severity = LN_WARNING,
		.action = "Đề nghị hoàn thiện, trình phê duyệt dự án theo mục 4 Phụ lục Quyết định số 4182/QĐ-UBND.",
		.marks = project_marks,
		.mark_count = 1},
	[RULE_TASK] = {.size = sizeof(struct ln_rule_row),
		.id = "approved-projects",
		.task = "science-technology",
		.kind = LN_MISSING,
		.title = "Dự án của nhiệm vụ số 4",
		.clause = "mục 4 Phụ lục",
		.severity = LN_NOTICE,
		.action = "Đề nghị đề xuất, trình phê duyệt dự án theo mục 4 Phụ lục Quyết định số 4182/QĐ-UBND.",
		.marks = task_marks,
		.mark_count = 1},
};

static const struct ln_setting_row settings[] = {
	/* §1.5 no 15: "sở hữu thương hiệu" is narrower than "quyền sở hữu trí tuệ": the signs under which a
	 * product is sold. A chỉ dẫn địa lý is one; a patent and a design are none. */
	{.size = sizeof(struct ln_setting_row),
		.name = "brand_forms",
		.type = LN_SET_TEXT,
		.text = "geographical_indication|collective_mark|certification_mark|trademark",
		.help = "forms of rights that are \"sở hữu thương hiệu\" (target of 2030), joined with |"},
	{.size = sizeof(struct ln_setting_row),
		.name = "brand_from_year",
		.type = LN_SET_INT,
		.min = 2025,
		.max = 2031,
		.value = 2030,
		.help = "target year from which only brand_forms count; 2031 never"},
};

static const char *const inputs[] = {
	"v_village", "v_ip_right", "v_product", "v_establishment", "v_project", NULL};

#endif
