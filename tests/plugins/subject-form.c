/*
 * subject-form.c: reports a subject of no known form.
 */
#define BAD_NAME "subject-form"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	report_one(host, "TH-0012", "Một");
	return LN_COMPLETE;
}
