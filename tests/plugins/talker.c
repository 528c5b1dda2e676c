/*
 * talker.c: writes to standard output and error: harmless.
 */
#define BAD_NAME "talker"
#include "bad.h"

#include <stdio.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	printf("xin chào\n");
	fflush(stdout);
	fprintf(stderr, "xin chào\n");
	report_one(host, "village:1", "Một");
	return LN_COMPLETE;
}
