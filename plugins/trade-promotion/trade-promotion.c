/*
 * trade-promotion.c: mục 6 of the Phụ lục is to be part of other programmes and
 * names no number and no date, so nothing of it is ever overdue: what is asked is
 * whether anything of each kind was done in a year, and which of the four kinds of
 * pilot models of điểm c khoản 3.8 has none.
 */
#include "langnghe_plugin.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MARK(name, heading, sentence, what_to_do, law)                                             \
	{                                                                                          \
		.size = sizeof(struct ln_mark_row), .id = name, .label = heading,                  \
		.lacks = sentence, .action = what_to_do, .clause = law                             \
	}
#define ROW_6 "mục 6 Phụ lục"
#define PILOTS "điểm c khoản 3.8 mục 3 Điều 1"

static const struct ln_mark_row year_marks[] = {
	MARK("trade-promotion", "Xúc tiến thương mại", "chưa ghi nhận hoạt động xúc tiến thương mại cho làng nghề trong năm",
		"Đề nghị lồng ghép sản phẩm làng nghề vào chương trình xúc tiến thương mại của năm theo " ROW_6
		" Quyết định số 4182/QĐ-UBND.", ROW_6),
	MARK("website", "Trang thông tin điện tử", "chưa ghi nhận hỗ trợ trang thông tin điện tử cho làng nghề trong năm",
		"Đề nghị hỗ trợ làng nghề xây dựng, duy trì trang thông tin điện tử giới thiệu sản phẩm theo " ROW_6
		" Quyết định số 4182/QĐ-UBND.", ROW_6),
	MARK("online-sale", "Bán hàng trực tuyến", "chưa ghi nhận hỗ trợ bán hàng trực tuyến cho làng nghề trong năm",
		"Đề nghị hỗ trợ cơ sở làng nghề đưa sản phẩm lên sàn thương mại điện tử theo " ROW_6
		" Quyết định số 4182/QĐ-UBND.", ROW_6),
	MARK("value-chain", "Chuỗi liên kết giá trị", "chưa ghi nhận hoạt động xây dựng chuỗi liên kết giá trị làng nghề trong năm",
		"Đề nghị hỗ trợ xây dựng chuỗi liên kết giá trị từ vùng nguyên liệu đến tiêu thụ sản phẩm theo " ROW_6
		" và điểm a khoản 3.8 mục 3 Điều 1 Quyết định số 4182/QĐ-UBND.", ROW_6),
};
enum { YEAR_MARKS = sizeof year_marks / sizeof *year_marks };
static const char *const year_kinds[YEAR_MARKS] = {"trade_promotion", "website", "online_sale", "value_chain"};

static const struct ln_mark_row pilot_marks[] = {
	MARK("pilot-material", "Gắn với vùng nguyên liệu có chứng chỉ",
		"chưa có mô hình làng nghề gắn với vùng nguyên liệu có chứng chỉ",
		"Đề nghị đề xuất mô hình thí điểm làng nghề tiêu biểu gắn với vùng nguyên liệu có chứng chỉ theo " PILOTS
		" Quyết định số 4182/QĐ-UBND.", PILOTS),
	MARK("pilot-tourism", "Gắn với du lịch", "chưa có mô hình làng nghề gắn với du lịch",
		"Đề nghị đề xuất mô hình thí điểm bảo tồn, phát triển làng nghề gắn với du lịch theo " PILOTS
		" Quyết định số 4182/QĐ-UBND.", PILOTS),
	MARK("pilot-brand", "Gắn với thương hiệu", "chưa có mô hình nghề truyền thống gắn với xây dựng thương hiệu",
		"Đề nghị đề xuất mô hình thí điểm nghề truyền thống gắn với xây dựng thương hiệu theo " PILOTS
		" Quyết định số 4182/QĐ-UBND.", PILOTS),
	MARK("pilot-technology", "Khoa học công nghệ, xử lý ô nhiễm",
		"chưa có mô hình ứng dụng khoa học công nghệ vào sản xuất và xử lý ô nhiễm",
		"Đề nghị đề xuất mô hình thí điểm ứng dụng khoa học công nghệ mới vào sản xuất và xử lý ô nhiễm theo " PILOTS
		" Quyết định số 4182/QĐ-UBND.", PILOTS),
};
enum { PILOT_MARKS = sizeof pilot_marks / sizeof *pilot_marks };

static const struct ln_mark_row route_marks[] = {
	MARK("tourism-route", "Tuyến, điểm du lịch làng nghề", "chưa có tuyến, điểm du lịch làng nghề nào",
		"Đề nghị phối hợp thiết kế tuyến, điểm du lịch làng nghề theo điểm b khoản 3.8 mục 3 Điều 1 Quyết định số "
		"4182/QĐ-UBND.", "điểm b khoản 3.8 mục 3 Điều 1"),
};

enum rule_id { RULE_YEAR, RULE_PILOTS, RULE_ROUTES };

#define RULE(name, heading, law, what_to_do, what_marks, count)                                    \
	{                                                                                          \
		.size = sizeof(struct ln_rule_row), .id = name, .task = "trade-promotion",         \
		.kind = LN_MISSING, .title = heading, .clause = law, .severity = LN_NOTICE,        \
		.action = what_to_do, .marks = what_marks, .mark_count = count                     \
	}

static const struct ln_rule_row rules[] = {
	[RULE_YEAR] = RULE("yearly-activities", "Xúc tiến thương mại, bán hàng, chuỗi liên kết trong năm", ROW_6,
		"Đề nghị triển khai, cập nhật kết quả các hoạt động của năm theo " ROW_6 " Quyết định số 4182/QĐ-UBND.",
		year_marks, YEAR_MARKS),
	[RULE_PILOTS] = RULE("pilot-models", "Mô hình thí điểm liên kết theo chuỗi giá trị", PILOTS,
		"Đề nghị đề xuất, xây dựng các mô hình thí điểm theo " PILOTS " Quyết định số 4182/QĐ-UBND.", pilot_marks,
		PILOT_MARKS),
	[RULE_ROUTES] = RULE("tourism-routes", "Tuyến, điểm du lịch làng nghề", "điểm b khoản 3.8 mục 3 Điều 1",
		"Đề nghị thiết kế, xây dựng tuyến, điểm du lịch làng nghề theo điểm b khoản 3.8 mục 3 Điều 1 Quyết định số "
		"4182/QĐ-UBND.", route_marks, 1),
};

static const struct ln_setting_row settings[] = {
	{.size = sizeof(struct ln_setting_row),
		.name = "from_month",
		.type = LN_SET_INT,
		.min = 1,
		.max = 12,
		.value = 7,
		.help = "month from which a year without an activity of a kind is told"},
};

static const char *const inputs[] = {"v_activity", "v_project", "v_village", NULL};

static int report(const struct ln_host *h, enum rule_id rule, const char *period, const char *name,
	const struct ln_mark *marks, uint32_t count)
{
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[rule].id,
		.subject = "task:trade-promotion",
		.period = period,
		.name = name,
		.marks = marks,
		.mark_count = count,
	};
	return h->report(h->self, &f);
}

/* What was held in the running year, by kind. Early in it only what is there is said. */
static int report_year(const struct ln_host *h)
{
	int64_t held[YEAR_MARKS] = {0};
	int32_t year, month, day;
	h->day_to_civil(h->today, &year, &month, &day);
	int32_t first = h->day_from_civil(year, 1, 1);
	struct ln_query *q = h->query(h->self,
		"SELECT kind, held_on FROM v_activity WHERE kind IN ('trade_promotion', 'website', 'online_sale',"
		" 'value_chain') AND held_on IS NOT NULL AND ended_on IS NULL",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int32_t on = h->column_day(q, 1);
		for (int i = 0; i < YEAR_MARKS; i++)
			held[i] += strcmp(h->column_text(q, 0), year_kinds[i]) == 0 && on >= first && on <= h->today;
	}
	h->query_end(q);
	bool late = month >= h->setting_int(h->self, "from_month");
	struct ln_mark marks[YEAR_MARKS];
	uint32_t n = 0;
	for (int i = 0; i < YEAR_MARKS; i++)
		if (held[i] > 0 || late)
			marks[n++] = (struct ln_mark){year_marks[i].id, held[i] > 0 ? LN_OK : LN_LACKS, NULL, NULL};
	char period[16];
	snprintf(period, sizeof period, "%d", (int)year);
	if (rc < 0 || n == 0)
		return rc;
	return report(h, RULE_YEAR, period, "Hoạt động xúc tiến, quảng bá của năm", marks, n);
}

/* Which of the four models a project is, by its task and kind; -1 none. The register has no word for them. */
static int pilot_of(const char *task, const char *kind)
{
	bool model = strcmp(kind, "pilot") == 0 || strcmp(kind, "model") == 0;
	if (strcmp(kind, "brand") == 0)
		return 2;
	if (!model || !task)
		return -1;
	if (strcmp(task, "raw-material") == 0)
		return 0;
	if (strcmp(task, "trade-promotion") == 0)
		return 1;
	return strcmp(task, "science-technology") == 0 || strcmp(task, "environment") == 0 ? 3 : -1;
}

/* One that is approved makes it; one that is only planned is said to be so. */
static int report_pilots(const struct ln_host *h)
{
	struct ln_mark marks[PILOT_MARKS];
	for (int i = 0; i < PILOT_MARKS; i++)
		marks[i] = (struct ln_mark){pilot_marks[i].id, LN_LACKS, NULL, NULL};
	struct ln_query *q = h->query(h->self,
		"SELECT task, kind, approved_on FROM v_project WHERE kind IN ('pilot', 'model', 'brand')"
		" AND ended_on IS NULL",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int i = pilot_of(h->column_text(q, 0), h->column_text(q, 1));
		int32_t approved = h->column_day(q, 2);
		if (i < 0)
			continue;
		if (approved != LN_NO_DAY && approved <= h->today)
			marks[i] = (struct ln_mark){pilot_marks[i].id, LN_OK, NULL, NULL};
		else if (marks[i].state != LN_OK)
			marks[i].detail = "đã có đề xuất, chưa được phê duyệt";
	}
	h->query_end(q);
	return rc < 0 ? -1 : report(h, RULE_PILOTS, NULL, "Mô hình thí điểm", marks, PILOT_MARKS);
}

/* A route on record, or a village that visitors come to. */
static int report_routes(const struct ln_host *h)
{
	struct ln_query *q = h->query(h->self,
		"SELECT held_on FROM v_activity WHERE kind = 'tourism_route' AND ended_on IS NULL"
		" UNION ALL SELECT tourism_since FROM v_village WHERE tourism_since IS NOT NULL AND ended_on IS NULL",
		NULL, 0);
	bool any = false;
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int32_t on = h->column_day(q, 0);
		any |= on != LN_NO_DAY && on <= h->today;
	}
	h->query_end(q);
	const struct ln_mark mark = {route_marks[0].id, any ? LN_OK : LN_LACKS, NULL, NULL};
	return rc < 0 ? -1 : report(h, RULE_ROUTES, NULL, "Tuyến, điểm du lịch làng nghề", &mark, 1);
}

static int check(const struct ln_host *h, void *state)
{
	(void)state;
	return report_year(h) == 0 && report_pilots(h) == 0 && report_routes(h) == 0 ? LN_COMPLETE : LN_FAILED;
}

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {
	.abi = LN_ABI,
	.size = sizeof(struct ln_plugin),
	.name = "trade-promotion",
	.version = "1.0",
	.summary = "promotion, online sale, value chains, tourism routes and pilot models (task 6)",
	.rules = rules,
	.rule_count = sizeof rules / sizeof *rules,
	.settings = settings,
	.setting_count = sizeof settings / sizeof *settings,
	.inputs = inputs,
	.check = check,
};
