/*
 * twice.c: reports one subject twice.
 */
#define BAD_NAME "twice"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	report_one(host, "village:1", "Một");
	report_one(host, "village:1", "Một");
	return LN_COMPLETE;
}
