/*
 * early-leaver.c: ends the process while it is being loaded.
 */
#define BAD_NAME "early-leaver"
#include "bad.h"

#include <unistd.h>

__attribute__((constructor)) static void leave(void)
{
	_exit(99);
}

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	return report_one(host, "village:1", "Một");
}
