/*
 * forger.c: writes a frame of its own to every descriptor, then answers as usual.
 */
#define BAD_NAME "forger"
#include "bad.h"

#include <string.h>
#include <unistd.h>

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	char frame[40] = "LNFR\1\0\0";
	frame[16] = sizeof frame; /* the length it says it has */
	for (int fd = 0; fd < 64; fd++)
		if (write(fd, frame, sizeof frame) < 0)
			continue;
	return LN_COMPLETE;
}
