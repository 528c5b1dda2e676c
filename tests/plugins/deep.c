/*
 * deep.c: calls itself until the stack ends.
 */
#define BAD_NAME "deep"
#include "bad.h"

static int deeper(volatile int n)
{
	volatile char room[4096];
	room[n % 4096] = (char)n;
	if (n < 0)
		return 0;
	return deeper(n + 1) + room[0];
}

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	return deeper(0);
}
