/*
 * forker.c: starts another process.
 */
#define BAD_NAME "forker"
#include "bad.h"

#include <sys/types.h>
#include <unistd.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	if (fork() < 0) {
		host->log(host->self, "there is no fork");
		return LN_FAILED;
	}
	return LN_COMPLETE;
}
