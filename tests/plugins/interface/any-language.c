/*
 * any-language.c: a plugin in the words that C99 to C17 and C++ have in common:
 * compiled as each of them by tests/integration/test_interface.py. It asks for
 * the host's capabilities and fails where one is not as documented.
 */
#include "langnghe_plugin.h"

#ifndef NAME
#define NAME "any-language"
#endif

static const struct ln_mark_row marks[] = {
	{sizeof(struct ln_mark_row), "trade", "Nghề", "chưa ghi nghề", "Đề nghị ghi nghề.", "mục 3 Phụ lục", LN_NOTICE},
};

static const struct ln_rule_row rules[] = {
	{sizeof(struct ln_rule_row), "trade", 0, "environment", LN_MISSING, "Nghề của làng nghề", "mục 3 Phụ lục",
		LN_WARNING, "Đề nghị bổ sung.", 0, marks, 1, 0},
};

static int asks(const struct ln_host *host)
{
	static const struct {
		const char *name;
		int64_t value;
	} known[] = {{"kinds.due", 1}, {"kinds.expiry", 1}, {"marks.severity", 1}, {"limits.findings", 4321},
		{"limits.output", 3 * 1024 * 1024}, {"limits.queries", 8}, {"limits.text", 65536}, {"views.v_village", 1},
		{"views.v_target_result", 1}, {"views.v_contact", 0}, {"views.village", 0}, {"kinds.wish", 0}, {"", 0}};
	unsigned i;
	if (!LN_HOST_HAS(host, capability))
		return -1;
	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (host->capability(host->self, known[i].name) != known[i].value) {
			host->log(host->self, known[i].name);
			return -1;
		}
	return host->capability(host->self, 0) == 0 ? 0 : -1;
}

static int check(const struct ln_host *host, void *state)
{
	struct ln_query *q;
	int rc;
	(void)state;
	if (asks(host) < 0)
		return LN_FAILED;
	q = host->query(host->self, "SELECT 'village:' || code, name, commune, trade IS NOT NULL FROM v_village", 0, 0);
	while ((rc = host->row_next(q)) == 1) {
		struct ln_mark mark = {"trade", LN_OK, 0, 0};
		struct ln_finding f = {sizeof(struct ln_finding), "trade", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
			0, 0, 0, 0, 0, 0, 0};
		if (!host->column_int(q, 3))
			mark.state = LN_LACKS;
		f.subject = host->column_text(q, 0);
		f.name = host->column_text(q, 1);
		f.place = host->column_text(q, 2);
		f.marks = &mark;
		f.mark_count = 1;
		if (host->report(host->self, &f) < 0)
			break;
	}
	host->query_end(q);
	return rc == 0 ? LN_COMPLETE : LN_FAILED;
}

static const char *const inputs[] = {"v_village", 0};

#ifdef __cplusplus
extern "C" {
#endif
LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {LN_ABI, sizeof(struct ln_plugin), NAME, "1.0", "the same in every language",
	rules, 1, 0, 0, inputs, 0, check, 0
#ifdef ADDED
	, 0
#endif
};
#ifdef __cplusplus
}
#endif
