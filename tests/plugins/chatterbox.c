/*
 * chatterbox.c: writes for ever into every descriptor that takes it, its pipe
 * among them.
 */
#define BAD_NAME "chatterbox"
#include "bad.h"

#include <sys/stat.h>
#include <unistd.h>

static int check(const struct ln_host *host, void *state)
{
	static const char words[4096];
	struct stat st;
	int pipe = -1;
	(void)host;
	(void)state;
	for (int fd = 3; fd < 64; fd++)
		if (fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode))
			pipe = fd; /* the last one is the way out */
	for (;;)
		if (write(pipe, words, sizeof words) < 0)
			break;
	return LN_COMPLETE;
}
