/*
 * wrong-abi.c: is built for another interface.
 */
#define BAD_NAME "wrong-abi"
#define BAD_ABI 99u
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	return report_one(host, "village:1", "Một");
}
