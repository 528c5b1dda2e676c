/*
 * mumbler.c: reports text that is not UTF-8.
 */
#define BAD_NAME "mumbler"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	report_one(host, "village:1", "L\xe0ng");
	return LN_COMPLETE;
}
