/*
 * starter.c: starts a shell.
 */
#define BAD_NAME "starter"
#include "bad.h"

#include <unistd.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	char *const argv[] = {(char[]){"/bin/true"}, 0};
	execv(argv[0], argv);
	host->log(host->self, "nothing can be started");
	return LN_FAILED;
}
