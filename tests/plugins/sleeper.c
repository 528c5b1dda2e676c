/*
 * sleeper.c: sleeps for ever: wall time passes, processor time does not.
 */
#define BAD_NAME "sleeper"
#include "bad.h"

#include <unistd.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	for (;;)
		sleep(100);
	return LN_COMPLETE;
}
