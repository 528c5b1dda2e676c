/*
 * far-future.c: reports a date in the year 99999.
 */
#define BAD_NAME "far-future"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	const struct ln_mark mark = {"thing", LN_LACKS, 0, 0};
	const struct ln_finding f = {.size = sizeof f,
		.rule = "rule",
		.subject = "village:1",
		.marks = &mark,
		.mark_count = 1,
		.since = 35804721};
	host->report(host->self, &f);
	return LN_COMPLETE;
}
