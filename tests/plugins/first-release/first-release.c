/*
 * first-release.c: a plugin as it was built against the first release of the
 * interface. The binary beside it is never built again: that it still loads is
 * the test. How it was made (x86-64, gcc 12, the header of 2026-11-27):
 *
 *   (the header as it was then lies beside it, for other machines)
 *
 *   gcc -std=c99 -Os -fPIC -fvisibility=hidden -Iplugins -shared -nostartfiles \
 *       -Wl,-z,defs -Wl,-z,noseparate-code -s -o first-release.so first-release.c
 */
#include "langnghe_plugin.h"

static const struct ln_mark_row marks[] = {
	{sizeof(struct ln_mark_row), "trade", "Nghề", "chưa ghi nghề", "Đề nghị ghi nghề.", "mục 3 Phụ lục", LN_NOTICE},
};

static const struct ln_rule_row rules[] = {
	{sizeof(struct ln_rule_row), "trade", 0, "environment", LN_MISSING, "Nghề của làng nghề", "mục 3 Phụ lục",
		LN_WARNING, "Đề nghị bổ sung.", 0, marks, 1, 0},
	{sizeof(struct ln_rule_row), "reports", 0, 0, LN_DUE, "Báo cáo", "khoản 1 Điều 2", LN_WARNING, "Đề nghị báo cáo.", 0,
		0, 0, "reports"},
	{sizeof(struct ln_rule_row), "figures", 0, 0, LN_SHORT, "Chỉ tiêu", "mục 1 Điều 1", LN_WARNING, "Đề nghị.", 0, 0, 0,
		0},
	{sizeof(struct ln_rule_row), "papers", 0, 0, LN_EXPIRY, "Công nhận", "mục 1", LN_WARNING, "Đề nghị.", 0, 0, 0, 0},
};

static const struct ln_setting_row settings[] = {
	{sizeof(struct ln_setting_row), "most", LN_SET_INT, 1, 1000, 1000, 0, "villages looked at"},
};

static const char *const inputs[] = {"v_village", "v_recognition", 0};

static int villages(const struct ln_host *host, struct ln_finding *figures)
{
	struct ln_value most = {LN_INT, host->setting_int(host->self, "most"), 0};
	struct ln_query *q = host->query(host->self,
		"SELECT 'village:' || code, name, commune, trade IS NOT NULL FROM v_village ORDER BY code LIMIT ?1", &most, 1);
	int rc;
	while ((rc = host->row_next(q)) == 1) {
		struct ln_mark mark = {"trade", host->column_int(q, 3) ? LN_OK : LN_LACKS, 0, 0};
		struct ln_finding f = {0};
		f.size = sizeof f;
		f.rule = "trade";
		f.subject = host->column_text(q, 0);
		f.name = host->column_text(q, 1);
		f.place = host->column_text(q, 2);
		f.marks = &mark;
		f.mark_count = 1;
		if (host->report(host->self, &f) < 0)
			return -1;
		figures->numerator += mark.state == LN_OK;
		figures->denominator++;
	}
	host->query_end(q);
	return rc;
}

static int duties(const struct ln_host *host)
{
	char period[10];
	struct ln_debtor debtor = {0};
	debtor.size = sizeof debtor;
	if (host->duty_period(host->self, "province-report", 0, period) < 0 ||
		host->debtor(host->self, "province-report", period, 0, &debtor) < 0)
		return -1;
	struct ln_finding f = {0};
	f.size = sizeof f;
	f.rule = "reports";
	f.subject = "unit:so-nnmt";
	f.unit = debtor.unit;
	f.name = debtor.name;
	f.duty = "province-report";
	f.period = period;
	f.required = host->duty_required(host->self, "province-report");
	f.last_day = debtor.last_day;
	return host->report(host->self, &f);
}

static int papers(const struct ln_host *host)
{
	struct ln_query *q = host->query(host->self,
		"SELECT 'recognition:' || code, name, valid_to FROM v_recognition WHERE valid_to IS NOT NULL", 0, 0);
	int rc;
	while ((rc = host->row_next(q)) == 1) {
		struct ln_finding f = {0};
		f.size = sizeof f;
		f.rule = "papers";
		f.subject = host->column_text(q, 0);
		f.name = host->column_text(q, 1);
		f.valid_to = host->column_day(q, 2);
		if (host->report(host->self, &f) < 0)
			return -1;
	}
	host->query_end(q);
	return rc;
}

static int check(const struct ln_host *host, void *state)
{
	struct ln_target target = {0};
	struct ln_finding figures = {0};
	(void)state;
	target.size = sizeof target;
	figures.size = sizeof figures;
	figures.rule = "figures";
	figures.subject = "target:effective";
	figures.target = "effective";
	figures.period = "2030";
	figures.figures_on = host->add_months(host->self, host->today, -1);
	if (host->target(host->self, "effective", 2030, &target) < 0 || villages(host, &figures) < 0 || duties(host) < 0 ||
		papers(host) < 0 || host->report(host->self, &figures) < 0)
		return LN_FAILED;
	return LN_COMPLETE;
}

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {LN_ABI, sizeof(struct ln_plugin), "first-release", "1.0",
	"built against the first release", rules, 4, settings, 1, inputs, 0, check, 0};
