/*
 * diarist.c: logs for ever.
 */
#define BAD_NAME "diarist"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	for (;;)
		host->log(host->self, "one more line for the administrator");
	return LN_COMPLETE;
}
