/*
 * mail_samples.h: a world made by hand (the plan, the calendar and the settings
 * of the sample; a few units and contacts of its own) and digests of every kind,
 * for test_mail.c. Facts are invented.
 */
#ifndef TEST_MAIL_SAMPLES_H
#define TEST_MAIL_SAMPLES_H

#include "alerts/alert.h"
#include "base/file.h"
#include "base/mem.h"
#include "mail/mailing.h"
#include "mail/outbox.h"
#include "plan/plan.h"

#include <math.h>
#include <unistd.h>

struct sample {
	struct arena arena;
	struct world w;
	struct templates *t;
	char *folder;
	struct digest digest;
	struct item items[120];
	struct change changes[60];
	struct overview_row rows[60];
	struct moment now;
};

static struct mark_info environment_marks[] = {
	{"env-plan", "Phương án BVMT", "chưa có phương án bảo vệ môi trường",
		"Đề nghị UBND cấp xã lập, trình UBND tỉnh phê duyệt phương án (qua Sở Nông nghiệp "
		"và Môi "
		"trường)",
		"khoản 1 Điều 56 Luật Bảo vệ môi trường 2020", 0},
	{"env-group", "Tổ chức tự quản", "chưa có tổ chức tự quản về bảo vệ môi trường",
		"Đề nghị UBND cấp xã ra quyết định thành lập tổ chức tự quản",
		"khoản 1 Điều 56 Luật Bảo vệ môi trường 2020", 0},
	{"env-solid-waste", "Điểm tập kết chất thải rắn", "chưa có điểm tập kết chất thải rắn",
		"Đề nghị bố trí điểm tập kết hoặc phương án vận chuyển ra ngoài địa bàn", NULL, 0},
};
static struct mark_info leader_marks[] = {
	{"plan", "Kế hoạch", "chưa có kế hoạch cụ thể của đơn vị", NULL, NULL, 0}};

static struct rule_info rules[] = {
	{.id = "unit-report",
		.title = "Báo cáo năm",
		.clause = "khoản 1 Điều 2",
		.action = "Gửi báo cáo.",
		.field = "reports",
		.kind = LN_DUE,
		.severity = LN_WARNING},
	{.id = "village-environment",
		.title = "Hồ sơ môi trường của làng nghề",
		.task = "environment",
		.clause = "khoản 1 Điều 56 Luật Bảo vệ môi trường 2020",
		.action = "Rà soát từng làng nghề, hoàn thiện hồ sơ còn thiếu.",
		.field = "environment",
		.kind = LN_MISSING,
		.severity = LN_LEGAL,
		.marks = environment_marks,
		.mark_count = 3},
	{.id = "target",
		.title = "Chỉ tiêu",
		.clause = "mục 1.2 Điều 1",
		.action = "Rà soát các cơ sở chưa được phân hạng, hướng dẫn lập hồ sơ trong năm.",
		.field = "ocop",
		.kind = LN_SHORT,
		.severity = LN_WARNING},
	{.id = "ocop-certificate",
		.title = "Giấy chứng nhận OCOP",
		.clause = "Quyết định số 148/QĐ-TTg ngày 24/02/2023",
		.action = "Hướng dẫn chủ thể lập hồ sơ đánh giá lại trước khi hết hạn.",
		.field = "ocop",
		.kind = LN_EXPIRY,
		.severity = LN_NOTICE},
	{.id = "unit-plan",
		.title = "Kế hoạch cụ thể của đơn vị",
		.clause = "khoản 1 Điều 2",
		.action = "Ban hành kế hoạch.",
		.kind = LN_MISSING,
		.severity = LN_WARNING,
		.marks = leader_marks,
		.mark_count = 1},
};
enum { RULE_REPORT, RULE_ENVIRONMENT, RULE_TARGET, RULE_EXPIRY, RULE_PLAN };
static struct plugin_info plugin = {.name = "sample", .run = "sample", .rules = rules, .rule_count = 5};

static const char units_sql[] =
	"INSERT INTO unit(code, name, kind, parent, valid_from, valid_to, successors) VALUES"
	"('ubnd-tinh', 'UBND tỉnh Thanh Hóa', 'province', NULL, NULL, NULL, NULL),"
	"('so-nnmt', 'Sở Nông nghiệp và Môi trường', 'department', 'ubnd-tinh', '2025-03-01', "
	"NULL, NULL),"
	"('so-nnptnt', 'Sở Nông nghiệp và Phát triển nông thôn', 'department', 'ubnd-tinh', NULL,"
	" '2025-02-28', 'so-nnmt'),"
	"('so-tnmt', 'Sở Tài nguyên và Môi trường', 'department', 'ubnd-tinh', NULL, '2025-02-28',"
	" 'so-nnmt'),"
	"('vp-ntm', 'Văn phòng Điều phối xây dựng nông thôn mới tỉnh', 'office', 'ubnd-tinh', NULL,"
	" '2025-02-28', 'so-nnmt'),"
	"('so-khcn', 'Sở Khoa học và Công nghệ', 'department', 'ubnd-tinh', NULL, NULL, NULL),"
	"('so-tttt', 'Sở Thông tin và Truyền thông', 'department', 'ubnd-tinh', NULL, '2025-02-28',"
	" 'so-khcn'),"
	"('so-congthuong', 'Sở Công Thương', 'department', 'ubnd-tinh', NULL, NULL, NULL),"
	"('so-taichinh', 'Sở Tài chính', 'department', 'ubnd-tinh', NULL, NULL, NULL),"
	"('so-gddt', 'Sở Giáo dục và Đào tạo', 'department', 'ubnd-tinh', NULL, NULL, NULL),"
	"('xa-16147', 'xã Thọ Long', 'commune', 'ubnd-tinh', '2025-07-01', NULL, NULL);"
	"INSERT INTO contact(unit, email, name, role, field) VALUES"
	"('so-khcn', 'vanthu@khcn.example', NULL, 'focal', 'all'),"
	"('so-khcn', 'lan@khcn.example', 'Nguyễn Thị Lan', 'officer', 'reports'),"
	"('so-khcn', 'giamdoc@khcn.example', 'Trần Văn Bình', 'leader', 'all'),"
	"('so-nnmt', 'dung@nnmt.example', 'Lê Tiến Dũng', 'officer', 'environment'),"
	"('so-nnmt', 'ocop@nnmt.example', 'Phạm Thu Hà', 'officer', 'ocop'),"
	"('so-nnmt', 'dau-moi@nnmt.example', 'Hoàng Văn Minh', 'focal', 'all'),"
	"('xa-16147', 'xa@tholong.example', 'Đỗ Văn Hùng', 'focal', 'all'),"
	"('xa-16147', 'vanthu@tholong.example', 'x\r\nBcc: y@z', 'officer', 'all');";

static int sample_open(struct sample *s)
{
	struct problems problems = {0};
	struct err e = {0};
	*s = (struct sample){.now = {day_from_civil(2026, 11, 23), 8 * 3600}};
	char folder[] = "/tmp/langnghe-mail-XXXXXX";
	s->folder = xstrdup(mkdtemp(folder));
	char *database = file_join(s->folder, "test.db");
	s->w.database = database;
	int rc = settings_load("conf/sample/langnghed.conf", &s->w.settings, &problems) |
		 plan_load("conf/plan-thanh-hoa.conf", &s->w.plan, &problems) |
		 calendar_load("conf/calendar-vn.conf", &s->w.calendar, &problems) |
		 templates_load(&s->t, "conf/templates/vi", &problems);
	for (size_t i = 0; i < problems.count; i++)
		fprintf(stderr, "%s: %s\n", problems.items[i].where, problems.items[i].text);
	problems_release(&problems);
	if (rc == 0)
		rc = store_open(&s->w.store, database, STORE_CREATE, &e) |
		     store_exec(s->w.store, units_sql, &e) |
		     units_load(&s->w.units, s->w.store, &e);
	if (rc)
		fprintf(stderr, "%s\n", e.text);
	return rc;
}

static void sample_close(struct sample *s)
{
	struct err e;
	templates_free(s->t);
	units_free(s->w.units);
	store_close(s->w.store);
	settings_free(s->w.settings);
	plan_free(s->w.plan);
	calendar_free(s->w.calendar);
	file_remove_tree(s->folder, &e);
	free(s->folder);
	free((char *)s->w.database);
	arena_release(&s->arena);
}

/* Begins another digest. */
static void sample_digest(struct sample *s, const char *unit, int32_t day)
{
	s->now.day = day;
	s->digest = (struct digest){.day = day,
		.hour_minute = 8 * 3600,
		.unit = unit_by_code(s->w.units, unit),
		.items = s->items,
		.changes = s->changes,
		.last_letter = day - 7};
}

static inline struct item *add_item(struct sample *s, const char *subject, const char *period,
	int rule, enum status status, enum urgency urgency, enum role role)
{
	struct finding *f = arena_alloc(&s->arena, sizeof *f);
	struct judged *g = arena_alloc(&s->arena, sizeof *g);
	*f = (struct finding){.rule = rules[rule].id,
		.subject = arena_strdup(&s->arena, subject),
		.period = period,
		.last_day = DAY_NONE,
		.done_on = DAY_NONE,
		.figures_on = DAY_NONE,
		.since = DAY_NONE,
		.act_by = DAY_NONE,
		.valid_to = DAY_NONE,
		.required = 1};
	const char *key = arena_printf(
		&s->arena, "sample/%s/%s/%s", rules[rule].id, subject, period ? period : "");
	*g = (struct judged){.finding = f,
		.plugin = &plugin,
		.rule = &rules[rule],
		.key = key,
		.kind = rules[rule].kind,
		.status = status,
		.act_by = DAY_NONE,
		.trend = {NAN, NAN, NAN, 0}};
	struct item *i = &s->items[s->digest.item_count++];
	*i = (struct item){.alert = (int64_t)s->digest.item_count,
		.key = key,
		.judged = g,
		.name = subject,
		.summary = "",
		.kind = rules[rule].kind,
		.status = status,
		.role = role,
		.urgency = urgency,
		.reminder = 1,
		.first_told = DAY_NONE,
		.act_by = DAY_NONE,
		.checked_on = DAY_NONE,
		.last_day = DAY_NONE};
	snprintf(i->step.name, sizeof i->step.name, "before-14");
	return i;
}

static inline struct finding *facts(struct item *i)
{
	return (struct finding *)i->judged->finding;
}

static inline struct judged *judged_of(struct item *i)
{
	return (struct judged *)i->judged;
}

static inline struct item *add_duty(
	struct sample *s, const char *duty, const char *unit, int32_t last_day)
{
	int left = last_day - s->digest.day;
	struct item *i = add_item(s, arena_printf(&s->arena, "unit:%s", unit), "2026", RULE_REPORT,
		left < 0    ? STATUS_OVERDUE
		: left == 0 ? STATUS_DUE_TODAY
			    : STATUS_DUE_SOON,
		left < 0 ? URGENCY_OVERDUE : URGENCY_DUE_LATER, ROLE_DEBTOR);
	i->name = s->digest.unit->name;
	i->reminder = 2;
	i->first_told = s->digest.day - 16;
	judged_of(i)->duty = plan_duty(s->w.plan, duty);
	judged_of(i)->days_left = left;
	facts(i)->last_day = last_day;
	facts(i)->duty = duty;
	i->duty = judged_of(i)->duty;
	i->period = "2026";
	i->last_day = last_day;
	return i;
}

static inline const struct finding_mark *make_marks(
	struct sample *s, unsigned plan, unsigned group, unsigned waste)
{
	struct finding_mark *m = arena_alloc(&s->arena, 3 * sizeof *m);
	m[0] = (struct finding_mark){"env-plan", plan, NULL, NULL};
	m[1] = (struct finding_mark){"env-group", group, NULL, NULL};
	m[2] = (struct finding_mark){"env-solid-waste", waste, NULL, NULL};
	if (plan == LN_WAITING) {
		m[0].detail = "đã trình ngày 12/10/2026, chờ phê duyệt";
		m[0].waiting_for = "so-tnmt";
	}
	return m;
}

/* n villages of the commune that lack this and that; every fourth is new. */
static inline void add_villages(struct sample *s, int n, enum role role, const char *place)
{
	static const char *const crafts[] = {"chiếu cói", "đúc đồng", "mây tre đan", "nước mắm",
		"bánh gai", "dệt thổ cẩm", "rèn", "chế tác đá"};
	static const unsigned states[][3] = {{LN_LACKS, LN_LACKS, LN_OK},
		{LN_LACKS, LN_OK, LN_LACKS}, {LN_WAITING, LN_OK, LN_OK},
		{LN_LACKS, LN_UNKNOWN, LN_OK}, {LN_EXPIRED, LN_OK, LN_OK}};
	for (int k = 0; k < n; k++) {
		char subject[40];
		snprintf(subject, sizeof subject, "village:TH-%04d", k + 1);
		struct item *i = add_item(
			s, subject, NULL, RULE_ENVIRONMENT, STATUS_MISSING, URGENCY_LEGAL, role);
		i->name = arena_printf(&s->arena, "Làng nghề %s thôn %d", crafts[k % 8], k + 1);
		const unsigned *state = states[k % 5];
		facts(i)->marks = make_marks(s, state[0], state[1], state[2]);
		facts(i)->mark_count = 3;
		facts(i)->place = place;
		judged_of(i)->task = plan_task(s->w.plan, "environment");
		for (int m = 0; m < 3; m++)
			judged_of(i)->lacks += state[m] == LN_LACKS || state[m] == LN_EXPIRED;
		judged_of(i)->unknowns = state[1] == LN_UNKNOWN;
		/* On 01/12/2026: Sunday 13/12, and the Thursday of the new ones, 31/12. */
		i->act_by = s->digest.day + (k % 4 ? 12 : 30);
		i->first_told = k % 4 ? s->digest.day - 18 : DAY_NONE;
		i->reminder = k % 4 ? 2 : 1;
		snprintf(i->step.name, sizeof i->step.name, k % 4 ? "month-2026-12" : "first");
	}
}

/* What nobody was told of yet is said as a change, as a real digest does. */
static inline void list_new(struct sample *s)
{
	for (size_t i = 0; i < s->digest.item_count; i++)
		if (s->items[i].first_told == DAY_NONE)
			s->changes[s->digest.change_count++] = (struct change){
				CHANGE_NEW, s->items[i].alert, s->items[i].name, ""};
}

/* A certificate that runs out, or has run out, on valid_to. */
static inline struct item *add_certificate(
	struct sample *s, int number, const char *name, int32_t valid_to)
{
	bool over = valid_to < s->digest.day;
	struct item *i = add_item(s, arena_printf(&s->arena, "product:SP-%04d", number), NULL,
		RULE_EXPIRY, over ? STATUS_EXPIRED : STATUS_EXPIRING,
		over ? URGENCY_EXPIRED : URGENCY_MISSING, ROLE_LEAD);
	i->name = name;
	facts(i)->valid_to = valid_to;
	facts(i)->place = "xa-16147";
	judged_of(i)->days_left = valid_to - s->digest.day;
	judged_of(i)->task = plan_task(s->w.plan, "ocop");
	return i;
}

/* Something that is over and told once: step "resolved" or "ended". */
static inline struct item *add_news(
	struct sample *s, const char *subject, const char *name, const char *step)
{
	struct item *i = add_item(
		s, subject, NULL, RULE_ENVIRONMENT, STATUS_IN_ORDER, URGENCY_NEWS, ROLE_PLACE);
	i->name = name;
	i->resolution = step;
	i->first_told = s->digest.day - 30;
	snprintf(i->step.name, sizeof i->step.name, "%s", step);
	facts(i)->place = "xa-16147";
	s->changes[s->digest.change_count++] = (struct change){
		strcmp(step, "ended") == 0 ? CHANGE_ENDED : CHANGE_RESOLVED, i->alert, name, name};
	return i;
}

static inline struct item *add_target(struct sample *s, const char *id, int year,
	enum status status, int64_t n, int64_t d, int64_t unknown)
{
	enum urgency urgency = status == STATUS_AT_RISK  ? URGENCY_AT_RISK
			       : status == STATUS_SHORT  ? URGENCY_SHORT
			       : status == STATUS_MISSED ? URGENCY_MISSED
							 : URGENCY_UNKNOWN;
	struct item *i = add_item(s, arena_printf(&s->arena, "target:%s", id),
		arena_printf(&s->arena, "%d", year), RULE_TARGET, status, urgency, ROLE_LEAD);
	const struct target *t = plan_target(s->w.plan, id, year);
	i->name = t->name;
	judged_of(i)->target = t;
	judged_of(i)->task = t->task ? plan_task(s->w.plan, t->task) : NULL;
	struct finding *f = facts(i);
	f->numerator = n;
	f->denominator = d;
	f->unknown = unknown;
	judged_of(i)->range_low = n;
	judged_of(i)->range_high = n + unknown;
	if (d > 0) {
		int64_t need =
			(t->value_numerator * d + t->value_denominator - 1) / t->value_denominator;
		judged_of(i)->gap_things = need > n ? need - n : 0;
		f->figures_on = s->digest.day - 40;
		f->source = "báo cáo của các xã, phường";
	}
	return i;
}

#endif
