/*
 * no-action.c: does not say what to do.
 */
#define BAD_NAME "no-action"
#define BAD_ACTION 0
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	return report_one(host, "village:1", "Một");
}
