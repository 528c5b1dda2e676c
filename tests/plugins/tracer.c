/*
 * tracer.c: looks into its parent's memory.
 */
#define BAD_NAME "tracer"
#include "bad.h"

#include <sys/ptrace.h>
#include <unistd.h>

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	if (ptrace(PTRACE_ATTACH, getppid(), 0, 0) < 0) {
		host->log(host->self, "the parent cannot be traced");
		return LN_FAILED;
	}
	return LN_COMPLETE;
}
