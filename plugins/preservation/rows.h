/*
 * rows.h: targets A1-A3, B, F and G, recognitions and villages at risk, as rows.
 */
#ifndef PRESERVATION_ROWS_H
#define PRESERVATION_ROWS_H

#include "langnghe_plugin.h"

#define CLAUSE_32 "khoản 3.2 mục 3 Điều 1"

#define MARK(name, heading, sentence, what_to_do, law, how_bad)                                    \
	{                                                                                          \
		.size = sizeof(struct ln_mark_row), .id = name, .label = heading,                  \
		.lacks = sentence, .action = what_to_do, .clause = law, .severity = how_bad        \
	}

enum village_mark { MARK_PLAN, MARK_CRITERIA, VILLAGE_MARKS };

static const struct ln_mark_row village_marks[VILLAGE_MARKS] = {
	[MARK_PLAN] = MARK("preservation-plan", "Kế hoạch khôi phục, bảo tồn",
		"có nguy cơ mai một, chưa có kế hoạch khôi phục, bảo tồn",
		"Đề nghị xây dựng kế hoạch khôi phục, bảo tồn đối với làng nghề có nguy cơ mai một, thất truyền theo "
		CLAUSE_32 " Quyết định số 4182/QĐ-UBND.",
		CLAUSE_32, LN_WARNING),
	[MARK_CRITERIA] = MARK("criteria", "Tiêu chí 20% số hộ", "không còn đủ 20% số hộ tham gia ngành nghề",
		"Đề nghị rà soát việc đáp ứng tiêu chí công nhận theo Điều 5 Nghị định số 52/2018/NĐ-CP, có biện pháp "
		"duy trì hoặc báo cáo cấp có thẩm quyền.",
		"Điều 5 Nghị định số 52/2018/NĐ-CP", LN_NOTICE),
};

static const struct ln_mark_row rename_marks[] = {
	MARK("renamed", "Đổi tên theo địa danh mới", "còn mang tên đơn vị hành chính trước khi sắp xếp",
		"Đề nghị hướng dẫn, lập hồ sơ đổi tên nghề, làng nghề đã được công nhận cho phù hợp với đơn vị hành chính "
		"hiện nay theo " CLAUSE_32 " Quyết định số 4182/QĐ-UBND.",
		CLAUSE_32, LN_NOTICE),
};

enum target_id {
	TARGET_CRAFTS,
	TARGET_VILLAGES,
	TARGET_TOURISM,
	TARGET_EFFECTIVE,
	TARGET_GROWTH,
	TARGET_INCOME,
	TARGETS, /* the rows after the targets': */
	RULE_RECOGNITIONS = TARGETS,
	RULE_RENAMING,
	RULE_VILLAGES,
	RULES
};

#define TARGET(name, heading, what_to_do)                                                          \
	{                                                                                          \
		.size = sizeof(struct ln_rule_row), .id = name, .kind = LN_SHORT, .title = heading, \
		.clause = "khoản 1.2 mục 1 Điều 1", .severity = LN_WARNING, .action = what_to_do   \
	}

static const struct ln_rule_row rules[RULES] = {
	[TARGET_CRAFTS] = TARGET("restored-crafts", "Nghề được khôi phục, bảo tồn, công nhận mới",
		"Đề nghị rà soát, lập kế hoạch khôi phục, bảo tồn và trình công nhận nghề truyền thống theo " CLAUSE_32
		" Quyết định số 4182/QĐ-UBND."),
	[TARGET_VILLAGES] = TARGET("restored-villages", "Làng nghề được khôi phục, bảo tồn, công nhận mới",
		"Đề nghị rà soát, lập kế hoạch khôi phục, bảo tồn và trình công nhận làng nghề theo " CLAUSE_32
		" Quyết định số 4182/QĐ-UBND."),
	[TARGET_TOURISM] = TARGET("tourism", "Nghề, làng nghề gắn với du lịch",
		"Đề nghị phối hợp phát triển nghề, làng nghề gắn với du lịch theo điểm b khoản 3.8 mục 3 Điều 1 Quyết định "
		"số 4182/QĐ-UBND."),
	[TARGET_EFFECTIVE] = TARGET("effective", "Nghề, làng nghề hoạt động có hiệu quả",
		"Đề nghị hỗ trợ các nghề, làng nghề hoạt động chưa hiệu quả theo khoản 3.3 mục 3 Điều 1 Quyết định số "
		"4182/QĐ-UBND."),
	[TARGET_GROWTH] = TARGET("output-growth", "Tốc độ tăng giá trị sản xuất làng nghề",
		"Đề nghị có giải pháp hỗ trợ sản xuất, tiêu thụ sản phẩm làng nghề theo khoản 3.3, 3.7 mục 3 Điều 1 Quyết "
		"định số 4182/QĐ-UBND."),
	[TARGET_INCOME] = TARGET("income", "Thu nhập của lao động so với năm 2020",
		"Đề nghị có giải pháp nâng cao giá trị sản phẩm, thu nhập của lao động làng nghề theo khoản 3.3, 3.7 mục 3 "
		"Điều 1 Quyết định số 4182/QĐ-UBND."),
	[RULE_RECOGNITIONS] = {.size = sizeof(struct ln_rule_row),
		.id = "recognitions",
		.kind = LN_EXPIRY,
		.title = "Quyết định công nhận nghề, làng nghề",
		.clause = "Nghị định số 52/2018/NĐ-CP",
		.severity = LN_WARNING,
		.action = "Đề nghị rà soát, lập hồ sơ công nhận lại trước khi quyết định công nhận hết thời hạn."},
	[RULE_RENAMING] = {.size = sizeof(struct ln_rule_row),
		.id = "renaming",
		.kind = LN_MISSING,
		.title = "Nghề, làng nghề cần đổi tên sau sắp xếp đơn vị hành chính",
		.clause = CLAUSE_32,
		.severity = LN_NOTICE,
		.action = "Đề nghị lập hồ sơ đổi tên nghề, làng nghề theo " CLAUSE_32 " Quyết định số 4182/QĐ-UBND.",
		.marks = rename_marks,
		.mark_count = 1},
	[RULE_VILLAGES] = {.size = sizeof(struct ln_rule_row),
		.id = "village-preservation",
		.kind = LN_MISSING,
		.title = "Bảo tồn, duy trì làng nghề",
		.clause = CLAUSE_32,
		.severity = LN_WARNING,
		.action = "Đề nghị có kế hoạch khôi phục, bảo tồn, duy trì làng nghề theo " CLAUSE_32
			  " Quyết định số 4182/QĐ-UBND.",
		.marks = village_marks,
		.mark_count = VILLAGE_MARKS},
};

static const struct ln_setting_row settings[] = {
	/* §1.5 no 6: the text names no first day. Mục 2 of the decision: "2022 - 2030". */
	{.size = sizeof(struct ln_setting_row),
		.name = "count_from",
		.type = LN_SET_TEXT,
		.text = "2022-01-01",
		.help = "first day, YYYY-MM-DD, from which crafts and villages count as restored or newly recognised"},
	{.size = sizeof(struct ln_setting_row),
		.name = "additional",
		.type = LN_SET_BOOL,
		.help = "the target of 2030 counts from 2026 on, beside that of 2025; otherwise from the beginning"},
	/* no 7: "Khôi phục, bảo tồn và công nhận mới": one count of all three. */
	{.size = sizeof(struct ln_setting_row),
		.name = "recognised_counts",
		.type = LN_SET_BOOL,
		.value = 1,
		.help = "a new recognition counts; otherwise only what was restored"},
	{.size = sizeof(struct ln_setting_row),
		.name = "growth_coverage",
		.type = LN_SET_INT,
		.min = 1,
		.max = 100,
		.value = 50,
		.help = "percent of the villages with any output that a year needs for its growth to be told"},
	{.size = sizeof(struct ln_setting_row),
		.name = "merged_on",
		.type = LN_SET_TEXT,
		.text = "2025-07-01",
		.help = "day, YYYY-MM-DD, from which communes bear their names of today"},
	{.size = sizeof(struct ln_setting_row),
		.name = "least_households",
		.type = LN_SET_INT,
		.min = 0,
		.max = 100,
		.value = 20,
		.help = "percent of its households that a recognised village keeps in the craft (Nghị định 52/2018); 0 not asked"},
};

static const char *const inputs[] = {"v_village", "v_village_year", "v_recognition", NULL};

#endif
