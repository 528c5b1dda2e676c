/*
 * glutton.c: takes memory until there is none, then says so.
 */
#define BAD_NAME "glutton"
#include "bad.h"

#include <stdlib.h>
#include <string.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	for (int i = 0; i < 4096; i++) {
		char *volatile p = malloc(1 << 20); /* volatile: it is taken, not only asked for */
		if (!p) {
			host->log(host->self, "there is no more memory");
			return LN_FAILED;
		}
		memset(p, 1, 1 << 20);
	}
	return LN_COMPLETE;
}
