/*
 * shadow-reader.c: reads the system's passwords.
 */
#define BAD_NAME "shadow-reader"
#include "bad.h"

#include <stdio.h>

static int check(const struct ln_host *host, void *state)
{
	char line[200];
	FILE *f = fopen("/etc/shadow", "r");
	(void)state;
	if (!f || !fgets(line, sizeof line, f)) {
		host->log(host->self, "the file cannot be read");
		return LN_FAILED;
	}
	return report_one(host, "village:1", line);
}
