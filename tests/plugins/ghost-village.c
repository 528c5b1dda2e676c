/*
 * ghost-village.c: reports a village that is in no register.
 */
#define BAD_NAME "ghost-village"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	return report_one(host, "village:nowhere", "Làng không có") < 0 ? LN_FAILED : LN_COMPLETE;
}
