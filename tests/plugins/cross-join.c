/*
 * cross-join.c: joins the register with itself until no machine could answer.
 */
#define BAD_NAME "cross-join"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	struct ln_query *q = host->query(host->self,
		"WITH n(i) AS (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10))"
		" SELECT count(*) FROM n a, n b, n c, n d, n e, n f, n g, n h, n i, n j, n k, n l, v_unit,"
		" v_village, v_village v2",
		0, 0);
	while (host->row_next(q) == 1)
		;
	host->query_end(q);
	return LN_COMPLETE;
}
