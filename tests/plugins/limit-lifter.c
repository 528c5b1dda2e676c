/*
 * limit-lifter.c: lifts its own limits.
 */
#define BAD_NAME "limit-lifter"
#include "bad.h"

#include <sys/resource.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
	if (setrlimit(RLIMIT_AS, &none) < 0) {
		host->log(host->self, "the limit stays");
		return LN_FAILED;
	}
	return LN_COMPLETE;
}
