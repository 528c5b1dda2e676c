/*
 * ghost-target.c: reports a target that is in no plan.
 */
#define BAD_NAME "ghost-target"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	return report_one(host, "target:nothing", "Chỉ tiêu không có") < 0 ? LN_FAILED : LN_COMPLETE;
}
