/*
 * rows.h: what the reporting plugin looks for, as rows: four rules, the marks of
 * two of them, one setting, the views it reads.
 */
#ifndef REPORTING_ROWS_H
#define REPORTING_ROWS_H

#include "langnghe_plugin.h"

static const struct ln_mark_row duty_marks[] = {
	{sizeof(struct ln_mark_row), "unit-plan", "Kế hoạch cụ thể của đơn vị",
		"chưa có kế hoạch cụ thể của ngành, đơn vị thực hiện Quyết định",
		"Đề nghị xây dựng kế hoạch cụ thể của ngành, đơn vị để triển khai thực hiện "
		"Quyết định số 4182/QĐ-UBND và cung cấp số, ngày văn bản.",
		"khoản 1 Điều 2", 0},
	{sizeof(struct ln_mark_row), "named-leader", "Phân công lãnh đạo chỉ đạo",
		"chưa phân công lãnh đạo trực tiếp chỉ đạo, theo dõi",
		"Đề nghị phân công lãnh đạo trực tiếp chỉ đạo, theo dõi, kiểm tra, đôn đốc việc "
		"thực hiện Kế hoạch và cung cấp số, ngày văn bản phân công.",
		"khoản 1 Điều 2", 0},
};

static const struct ln_mark_row inspection_marks[] = {
	{sizeof(struct ln_mark_row), "inspection-report", "Báo cáo kiểm tra, giám sát",
		"chưa ghi nhận báo cáo kiểm tra, giám sát, đánh giá tình hình thực hiện",
		"Đề nghị báo cáo kết quả kiểm tra, giám sát, đánh giá tình hình thực hiện tại "
		"các địa phương và đề xuất tháo gỡ khó khăn, vướng mắc (nếu có).",
		"mục 8 Phụ lục", 0},
};

static const struct ln_rule_row rules[] = {
	{
		.size = sizeof(struct ln_rule_row),
		.id = "unit-report",
		.kind = LN_DUE,
		.title = "Báo cáo tình hình, kết quả thực hiện Kế hoạch của đơn vị",
		.clause = "khoản 1 Điều 2",
		.severity = LN_WARNING,
		.action = "Đề nghị hoàn thiện báo cáo tình hình, kết quả triển khai, thực hiện Kế "
			  "hoạch, gửi cơ quan đầu mối để tổng hợp, báo cáo UBND tỉnh; trường hợp "
			  "đã gửi, đề nghị cung cấp số, ký hiệu và ngày văn bản.",
		.field = "reports",
	},
	{
		.size = sizeof(struct ln_rule_row),
		.id = "province-report",
		.kind = LN_DUE,
		.title = "Báo cáo tổng hợp gửi UBND tỉnh",
		.clause = "khoản 3 Điều 2",
		.severity = LN_WARNING,
		.action = "Đề nghị tổng hợp báo cáo của các đơn vị, đôn đốc đơn vị chưa gửi và "
			  "báo cáo UBND tỉnh tình hình, kết quả thực hiện Kế hoạch đúng thời "
			  "hạn.",
		.field = "reports",
	},
	{
		.size = sizeof(struct ln_rule_row),
		.id = "unit-duties",
		.kind = LN_MISSING,
		.title = "Kế hoạch của đơn vị và phân công lãnh đạo",
		.clause = "khoản 1 Điều 2",
		.severity = LN_NOTICE,
		.action = "Đề nghị xây dựng kế hoạch cụ thể của ngành, đơn vị; phân công lãnh "
			  "đạo trực tiếp chỉ đạo, theo dõi, kiểm tra, đôn đốc.",
		.marks = duty_marks,
		.mark_count = 2,
		.field = "reports",
	},
	{
		.size = sizeof(struct ln_rule_row),
		.id = "inspection-report",
		.task = "inspection",
		.kind = LN_MISSING,
		.title = "Báo cáo kiểm tra, giám sát, đánh giá",
		.clause = "mục 8 Phụ lục",
		.severity = LN_NOTICE,
		.action = "Đề nghị báo cáo kết quả kiểm tra, giám sát, đánh giá tình hình thực "
			  "hiện tại các địa phương; Quyết định không ấn định thời hạn.",
		.marks = inspection_marks,
		.mark_count = 1,
		.field = "reports",
	},
};

static const struct ln_setting_row settings[] = {
	{sizeof(struct ln_setting_row), "undated_counts", LN_SET_BOOL, 0, 0, 0, NULL,
		"a submission recorded without any date counts as handed in on the last day"},
};

static const char *const inputs[] = {"v_submission", "v_unit", "v_activity", NULL};

#endif
