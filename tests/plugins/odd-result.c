/*
 * odd-result.c: returns neither complete nor failed.
 */
#define BAD_NAME "odd-result"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	return 7;
}
