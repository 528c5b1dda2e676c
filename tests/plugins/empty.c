/*
 * empty.c: behaves, and has nothing to do: what a run costs by itself (tests/bench/runner.py).
 */
#define BAD_NAME "empty"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	return LN_COMPLETE;
}
