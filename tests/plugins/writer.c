/*
 * writer.c: makes a file.
 */
#define BAD_NAME "writer"
#include "bad.h"

#include <fcntl.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	if (open("/tmp/langnghe-written-by-a-plugin", O_WRONLY | O_CREAT, 0600) < 0) {
		host->log(host->self, "the file cannot be made");
		return LN_FAILED;
	}
	return LN_COMPLETE;
}
