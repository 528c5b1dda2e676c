/*
 * wrong-name.c: calls itself something else than its file.
 */
#define BAD_NAME "reporting"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	return report_one(host, "village:1", "Một");
}
