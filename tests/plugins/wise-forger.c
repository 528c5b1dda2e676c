/*
 * wise-forger.c: finds the pipe and writes a frame of its own into it, then
 * answers as usual. It cannot know the request's key.
 */
#define BAD_NAME "wise-forger"
#include "bad.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int check(const struct ln_host *host, void *state)
{
	char frame[48] = "LNFR\4\0\0";
	struct stat st;
	int pipe = -1;
	(void)host;
	(void)state;
	frame[16] = sizeof frame; /* the length it says it has */
	for (int fd = 3; fd < 64; fd++)
		if (fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode))
			pipe = fd; /* the last one is the way out */
	return write(pipe, frame, sizeof frame) == sizeof frame ? LN_COMPLETE : LN_FAILED;
}
