/*
 * early-reader.c: reads another program's secret while it is being loaded, when
 * shared objects have to be opened, and reports it when it is asked.
 */
#define BAD_NAME "early-reader"
#include "bad.h"

#include <stdio.h>

static char seen[200];

__attribute__((constructor)) static void look(void)
{
	FILE *f = fopen("/tmp/langnghe-secret-of-a-test", "r");
	if (!f)
		return;
	if (!fgets(seen, sizeof seen, f))
		seen[0] = '\0';
	fclose(f);
}

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	if (!seen[0]) {
		host->log(host->self, "the secret cannot be read");
		return LN_FAILED;
	}
	return report_one(host, "village:1", seen);
}
