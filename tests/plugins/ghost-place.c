/*
 * ghost-place.c: reports a thing of its own in a place that does not exist.
 */
#define BAD_NAME "ghost-place"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	const struct ln_mark mark = {"thing", LN_LACKS, 0, 0};
	const struct ln_finding f = {.size = sizeof f,
		.rule = "rule",
		.subject = "museum:1",
		.place = "nowhere",
		.marks = &mark,
		.mark_count = 1};
	return host->report(host->self, &f) < 0 ? LN_FAILED : LN_COMPLETE;
}
