/*
 * flood.c: reports a million findings.
 */
#define BAD_NAME "flood"
#include "bad.h"

#include <stdio.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	char subject[32];
	for (int i = 0; i < 1000000; i++) {
		snprintf(subject, sizeof subject, "village:%d", i);
		report_one(host, subject, "Một trong rất nhiều");
	}
	return LN_COMPLETE;
}
