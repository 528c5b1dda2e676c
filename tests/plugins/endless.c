/*
 * endless.c: counts for ever.
 */
#define BAD_NAME "endless"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	for (volatile unsigned long i = 0;; i++)
		;
	return LN_COMPLETE;
}
