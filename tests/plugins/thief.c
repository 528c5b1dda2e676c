/*
 * thief.c: asks for what is not published.
 */
#define BAD_NAME "thief"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	struct ln_query *q = host->query(host->self, "SELECT value FROM meta", 0, 0);
	host->query_end(q);
	return LN_COMPLETE;
}
