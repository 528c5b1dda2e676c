/*
 * fat.c: reports texts that together are larger than a frame.
 */
#define BAD_NAME "fat"
#include "bad.h"

#include <stdio.h>
#include <string.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	static const char filler[] = "Một câu dài. ";
	char subject[32], text[60001];
	for (size_t i = 0; i + sizeof filler < sizeof text; i += sizeof filler - 1)
		memcpy(text + i, filler, sizeof filler);
	for (int i = 0; i < 2000; i++) {
		snprintf(subject, sizeof subject, "village:%d", i);
		report_one(host, subject, text);
	}
	return LN_COMPLETE;
}
