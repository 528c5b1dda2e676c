/*
 * opener.c: opens a file that is none of its business.
 */
#define BAD_NAME "opener"
#include "bad.h"

#include <fcntl.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	if (open("/etc/passwd", O_RDONLY) < 0) {
		host->log(host->self, "the file cannot be opened");
		return LN_FAILED;
	}
	report_one(host, "village:1", "Một");
	return LN_COMPLETE;
}
