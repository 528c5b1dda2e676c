/*
 * rows.h: what the environment plugin looks for, as rows: the four targets H1-H4
 * and the ten things of a village's environment file, each with its law.
 */
#ifndef ENVIRONMENT_ROWS_H
#define ENVIRONMENT_ROWS_H

#include "langnghe_plugin.h"

#define LAW_1 "khoản 1 Điều 56 Luật Bảo vệ môi trường năm 2020"
#define PLAN_H "khoản 1.2 mục 1 Điều 1"

/* In the order of the marks array. */
enum mark_id {
	MARK_PLAN,
	MARK_GROUP,
	MARK_DRAINAGE,
	MARK_WASTEWATER,
	MARK_SOLID_WASTE,
	MARK_REVIEW,
	MARK_COMPLIANCE,
	MARK_RELOCATION,
	MARK_PROJECT,
	MARK_TRADE,
	MARKS
};

#define MARK(name, heading, sentence, what_to_do, law, how_bad)                                    \
	{                                                                                          \
		.size = sizeof(struct ln_mark_row), .id = name, .label = heading,                  \
		.lacks = sentence, .action = what_to_do, .clause = law, .severity = how_bad        \
	}

static const struct ln_mark_row village_marks[MARKS] = {
	[MARK_PLAN] = MARK("env-plan", "Phương án BVMT", "chưa có phương án bảo vệ môi trường",
		"Đề nghị UBND xã, phường lập phương án bảo vệ môi trường làng nghề theo khoản 1, "
		"khoản 4 Điều 56 Luật Bảo vệ môi trường năm 2020, trình UBND tỉnh phê duyệt theo "
		"Nghị định số 131/2025/NĐ-CP.",
		LAW_1, LN_LEGAL),
	[MARK_GROUP] = MARK("env-group", "Tổ chức tự quản BVMT",
		"chưa có tổ chức tự quản về bảo vệ môi trường",
		"Đề nghị UBND xã, phường thành lập và ban hành quy định hoạt động của tổ chức tự "
		"quản về bảo vệ môi trường theo khoản 1, khoản 4 Điều 56 Luật Bảo vệ môi trường "
		"năm 2020.",
		LAW_1, LN_LEGAL),
	[MARK_DRAINAGE] = MARK("env-drainage", "Thu gom nước thải, nước mưa",
		"chưa có hệ thống thu gom nước thải, nước mưa",
		"Đề nghị UBND xã, phường đề xuất đầu tư hệ thống thu gom nước thải, nước mưa "
		"theo điểm a khoản 1 Điều 56 Luật Bảo vệ môi trường năm 2020.",
		"điểm a " LAW_1, LN_LEGAL),
	[MARK_WASTEWATER] = MARK("env-wastewater", "Xử lý nước thải tập trung",
		"chưa có hệ thống thu gom, thoát nước và xử lý nước thải tập trung",
		"Đề nghị UBND xã, phường đề xuất đầu tư hệ thống xử lý nước thải tập trung, hoặc "
		"xác định không áp dụng, theo điểm b khoản 1 Điều 56 Luật Bảo vệ môi trường năm "
		"2020.",
		"điểm b " LAW_1, LN_LEGAL),
	[MARK_SOLID_WASTE] = MARK("env-solid-waste", "Tập kết chất thải rắn",
		"chưa có điểm tập kết, phương án vận chuyển chất thải rắn",
		"Đề nghị UBND xã, phường bố trí điểm tập kết chất thải rắn hoặc phương án vận "
		"chuyển ra ngoài địa bàn theo điểm c khoản 1 Điều 56 Luật Bảo vệ môi trường năm "
		"2020.",
		"điểm c " LAW_1, LN_LEGAL),
	[MARK_REVIEW] = MARK("review", "Rà soát hồ sơ", "chưa được rà soát hồ sơ môi trường theo kỳ",
		"Đề nghị UBND xã, phường rà soát lại hồ sơ môi trường của làng nghề và cập nhật "
		"ngày rà soát theo khoản 4 Điều 56 Luật Bảo vệ môi trường năm 2020.",
		"khoản 4 Điều 56 Luật Bảo vệ môi trường năm 2020",
		LN_NOTICE /* when an entry is stale is a reading of ours */),
	[MARK_COMPLIANCE] = MARK("compliance", "Cơ sở đáp ứng quy định",
		"còn cơ sở chưa đáp ứng quy định về bảo vệ môi trường",
		"Đề nghị UBND xã, phường kiểm tra, hướng dẫn các cơ sở, hộ sản xuất hoàn thành "
		"biện pháp bảo vệ môi trường theo khoản 2 Điều 56 Luật Bảo vệ môi trường năm "
		"2020.",
		"khoản 2 Điều 56 Luật Bảo vệ môi trường năm 2020", LN_LEGAL),
	[MARK_RELOCATION] = MARK("relocation", "Di dời cơ sở", "còn cơ sở phải di dời",
		"Đề nghị UBND xã, phường đôn đốc cơ sở thuộc diện phải di dời, chuyển đổi ngành "
		"nghề thực hiện đúng kế hoạch theo khoản 3 Điều 56 Luật Bảo vệ môi trường năm "
		"2020.",
		"khoản 3 Điều 56 Luật Bảo vệ môi trường năm 2020", LN_LEGAL),
	[MARK_PROJECT] = MARK("pollution-project", "Dự án xử lý ô nhiễm",
		"có nguy cơ gây ô nhiễm, chưa có dự án thu gom, xử lý được phê duyệt",
		"Đề nghị trình cấp có thẩm quyền phê duyệt dự án thu gom, xử lý rác thải, nước "
		"sản xuất tập trung cho làng nghề có nguy cơ gây ô nhiễm theo mục 3 Phụ lục "
		"Quyết định số 4182/QĐ-UBND và Điều 56 Luật Bảo vệ môi trường năm 2020.",
		"mục 3 Phụ lục", LN_WARNING /* the plan's, not the law's */),
	[MARK_TRADE] = MARK("discouraged-trade", "Ngành nghề không khuyến khích",
		"có ngành nghề không khuyến khích phát triển tại làng nghề, chưa có dự án di dời, chuyển đổi được phê duyệt",
		"Đề nghị UBND xã, phường rà soát, đề xuất di dời cơ sở hoặc chuyển đổi ngành, nghề không khuyến khích "
		"phát triển tại làng nghề theo điểm đ khoản 3.3 mục 3 Điều 1 Quyết định số 4182/QĐ-UBND và khoản 3 Điều "
		"56 Luật Bảo vệ môi trường năm 2020.",
		"điểm đ khoản 3.3 mục 3 Điều 1", LN_WARNING /* the plan's; which trades it means is a list of the commune's */),
};

/* P17: with no village at all nothing else can be said; the coordinator is asked for the list. */
static const struct ln_mark_row list_marks[] = {
	MARK("village-list", "Danh mục làng nghề", "chưa có danh mục làng nghề",
		"Đề nghị rà soát, lập danh mục nghề truyền thống, làng nghề, làng nghề truyền thống "
		"theo điểm 3.2 mục 3 Điều 1 Quyết định số 4182/QĐ-UBND và cung cấp để nhập vào sổ "
		"theo dõi.",
		"điểm 3.2 mục 3 Điều 1", LN_WARNING),
};

enum target_id {
	TARGET_PLAN,
	TARGET_GROUP,
	TARGET_INFRASTRUCTURE,
	TARGET_COMPLIANCE,
	TARGETS, /* the rows after the targets': */
	RULE_VILLAGES = TARGETS,
	RULE_LIST,
	RULES
};

#define TARGET(name, heading, what_to_do)                                                          \
	{                                                                                          \
		.size = sizeof(struct ln_rule_row), .id = name, .task = "environment",             \
		.kind = LN_SHORT, .title = heading, .clause = PLAN_H, .severity = LN_WARNING,      \
		.action = what_to_do, .field = "environment"                                       \
	}

static const struct ln_rule_row rules[] = {
	[TARGET_PLAN] = TARGET("env-plan", "Làng nghề có phương án bảo vệ môi trường",
		"Đề nghị đôn đốc UBND các xã, phường lập, trình phương án bảo vệ môi trường và "
		"thẩm định, trình UBND tỉnh phê duyệt theo Điều 56 Luật Bảo vệ môi trường năm "
		"2020 và Nghị định số 131/2025/NĐ-CP."),
	[TARGET_GROUP] = TARGET("env-group", "Làng nghề có tổ chức tự quản về bảo vệ môi trường",
		"Đề nghị hướng dẫn, đôn đốc UBND các xã, phường thành lập tổ chức tự quản về bảo "
		"vệ môi trường tại làng nghề theo khoản 1 Điều 56 Luật Bảo vệ môi trường năm "
		"2020."),
	[TARGET_INFRASTRUCTURE] =
		TARGET("env-infrastructure", "Làng nghề có hạ tầng bảo vệ môi trường",
			"Đề nghị tổng hợp nhu cầu, đề xuất đầu tư hạ tầng thu gom, xử lý nước "
			"thải, chất thải rắn của làng nghề theo khoản 1 Điều 56 Luật Bảo vệ môi "
			"trường năm 2020."),
	[TARGET_COMPLIANCE] = TARGET("env-compliance",
		"Cơ sở, hộ sản xuất đáp ứng quy định về bảo vệ môi trường",
		"Đề nghị kiểm tra, hướng dẫn cơ sở, hộ gia đình sản xuất trong làng nghề đáp ứng "
		"các quy định về bảo vệ môi trường theo khoản 2 Điều 56 Luật Bảo vệ môi trường "
		"năm 2020."),
	[RULE_VILLAGES] =
		{
			.size = sizeof(struct ln_rule_row),
			.id = "village-environment",
			.task = "environment",
			.kind = LN_MISSING,
			.title = "Hồ sơ môi trường của làng nghề",
			.clause = "Điều 56 Luật Bảo vệ môi trường năm 2020",
			.severity = LN_LEGAL,
			.action = "Đề nghị hoàn thiện hồ sơ, điều kiện bảo vệ môi trường của "
				  "làng nghề theo Điều 56 Luật Bảo vệ môi trường năm 2020.",
			.marks = village_marks,
			.mark_count = MARKS,
			.field = "environment",
		},
	[RULE_LIST] =
		{
			.size = sizeof(struct ln_rule_row),
			.id = "village-list",
			.kind = LN_MISSING,
			.title = "Danh mục làng nghề",
			.clause = "điểm 3.2 mục 3 Điều 1",
			.severity = LN_WARNING,
			.action = "Đề nghị cung cấp danh mục làng nghề để hệ thống theo dõi được các "
				  "chỉ tiêu và hồ sơ môi trường.",
			.marks = list_marks,
			.mark_count = 1,
			.field = "environment",
		},
};

#define SETTING(key, kind_of, low, high, preset, text_of)                                          \
	{                                                                                          \
		.size = sizeof(struct ln_setting_row), .name = key, .type = kind_of, .min = low,   \
		.max = high, .value = preset, .help = text_of                                      \
	}

static const struct ln_setting_row settings[] = {
	SETTING("count_waiting_as_missing", LN_SET_BOOL, 0, 0, 0,
		"a plan submitted and not yet approved is a gap of the village, not the lead's "
		"move"),
	SETTING("relocation_notice_days", LN_SET_INT, 0, 3650, 180,
		"days before its due day from which a relocation is listed as outstanding"),
	{.size = sizeof(struct ln_setting_row),
		.name = "discouraged_trades",
		.type = LN_SET_TEXT,
		.text = "",
		.help = "words of trades that are not encouraged in a craft village, joined with |; none: not looked at"},
};

static const char *const inputs[] = {
	"v_village", "v_village_year", "v_establishment", "v_recognition", "v_project", NULL};

#endif
