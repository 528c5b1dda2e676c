/*
 * killer.c: kills its parent.
 */
#define BAD_NAME "killer"
#include "bad.h"

#include <signal.h>
#include <unistd.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	if (kill(getppid(), SIGKILL) < 0) {
		host->log(host->self, "the parent cannot be killed");
		return LN_FAILED;
	}
	return LN_COMPLETE;
}
