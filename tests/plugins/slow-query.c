/*
 * slow-query.c: runs a query without end.
 */
#define BAD_NAME "slow-query"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	struct ln_query *q = host->query(host->self,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) "
		"FROM n",
		0, 0);
	while (host->row_next(q) == 1)
		;
	host->query_end(q);
	return LN_COMPLETE;
}
