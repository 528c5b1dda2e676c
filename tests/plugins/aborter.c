/*
 * aborter.c: aborts, as a failed assertion does.
 */
#define BAD_NAME "aborter"
#include "bad.h"

#include <stdlib.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	abort();
}
