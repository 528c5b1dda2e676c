/*
 * leaver.c: ends its process as if all were well.
 */
#define BAD_NAME "leaver"
#include "bad.h"

#include <stdlib.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	report_one(host, "village:1", "Một");
	exit(0);
}
