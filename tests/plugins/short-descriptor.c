/*
 * short-descriptor.c: says it is shorter than it is.
 */
#define BAD_NAME "short-descriptor"
#define BAD_SIZE 16
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	return report_one(host, "village:1", "Một");
}
