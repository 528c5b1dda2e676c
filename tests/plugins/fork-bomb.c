/*
 * fork-bomb.c: starts processes that start processes, and takes no refusal.
 */
#define BAD_NAME "fork-bomb"
#include "bad.h"

#include <unistd.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	for (;;)
		if (fork() < 0)
			continue;
	return LN_COMPLETE;
}
