/*
 * good.c: behaves: reports what it reads, the day it judges, its settings.
 */
#define BAD_NAME "good"
#include "bad.h"

#include <stdio.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	struct ln_query *q =
		host->query(host->self, "SELECT code, name FROM v_village ORDER BY code", 0, 0);
	char subject[100], detail[100];
	int rc;
	while ((rc = host->row_next(q)) == 1) {
		snprintf(subject, sizeof subject, "village:%s", host->column_text(q, 0));
		snprintf(detail, sizeof detail, "%s, %d, %s", host->day_vi(host->self, host->today),
			(int)host->setting_int(host->self, "limit"),
			host->setting_text(host->self, "word"));
		const struct ln_mark mark = {"thing", LN_LACKS, detail, 0};
		const struct ln_finding f = {.size = sizeof f,
			.rule = "rule",
			.subject = subject,
			.name = host->column_text(q, 1),
			.marks = &mark,
			.mark_count = 1};
		host->report(host->self, &f);
	}
	host->query_end(q);
	host->log(host->self, "một dòng\ncho quản trị");
	return rc == 0 ? LN_COMPLETE : LN_FAILED;
}
