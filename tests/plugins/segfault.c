/*
 * segfault.c: writes through a null pointer.
 */
#define BAD_NAME "segfault"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	volatile int *nowhere = 0;
	*nowhere = 1;
	return LN_COMPLETE;
}
