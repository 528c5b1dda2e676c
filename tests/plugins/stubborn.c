/*
 * stubborn.c: tries to catch every signal, then counts for ever.
 */
#define BAD_NAME "stubborn"
#include "bad.h"

#include <signal.h>

static void nothing(int number)
{
	(void)number;
}

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	for (int i = 1; i < 32; i++)
		signal(i, nothing);
	for (volatile unsigned long i = 0;; i++)
		;
	return LN_COMPLETE;
}
