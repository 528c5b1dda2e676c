/*
 * unknown-rule.c: reports for a rule it does not have, and ignores the refusal.
 */
#define BAD_NAME "unknown-rule"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	const struct ln_finding f = {
		.size = sizeof f, .rule = "no-such-rule", .subject = "village:1"};
	host->report(host->self, &f);
	return LN_COMPLETE;
}
