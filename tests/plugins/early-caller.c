/*
 * early-caller.c: opens a socket while it is being loaded.
 */
#define BAD_NAME "early-caller"
#include "bad.h"

#include <stdlib.h>
#include <sys/socket.h>

__attribute__((constructor)) static void call(void)
{
	if (socket(AF_INET, SOCK_STREAM, 0) < 0)
		abort();
}

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	return report_one(host, "village:1", "Một");
}
