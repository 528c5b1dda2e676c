/*
 * closer.c: closes every descriptor, then waits.
 */
#define BAD_NAME "closer"
#include "bad.h"

#include <unistd.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	for (int fd = 0; fd < 64; fd++)
		close(fd);
	for (;;)
		sleep(100);
	return LN_COMPLETE;
}
