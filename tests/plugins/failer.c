/*
 * failer.c: says that it failed, and why.
 */
#define BAD_NAME "failer"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	report_one(host, "village:1", "Một");
	host->log(host->self, "the figures of 2026 cannot be read");
	return LN_FAILED;
}
