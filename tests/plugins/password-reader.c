/*
 * password-reader.c: reads the mail server's password.
 */
#define BAD_NAME "password-reader"
#include "bad.h"

#include <stdio.h>

#ifndef BAD_PASSWORD
#define BAD_PASSWORD "/etc/langnghe/smtp-password"
#endif

static int check(const struct ln_host *host, void *state)
{
	char line[200];
	FILE *f = fopen(BAD_PASSWORD, "r");
	(void)state;
	if (!f || !fgets(line, sizeof line, f)) {
		host->log(host->self, "the file cannot be read");
		return LN_FAILED;
	}
	return report_one(host, "village:1", line);
}
