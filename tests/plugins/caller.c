/*
 * caller.c: opens a socket.
 */
#define BAD_NAME "caller"
#include "bad.h"

#include <sys/socket.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	if (socket(AF_INET, SOCK_STREAM, 0) < 0) {
		host->log(host->self, "there is no socket");
		return LN_FAILED;
	}
	return LN_COMPLETE;
}
