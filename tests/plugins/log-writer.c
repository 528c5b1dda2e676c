/*
 * log-writer.c: writes into every file that its process happens to have open,
 * by mapping it. The database's log is one of them.
 */
#define BAD_NAME "log-writer"
#include "bad.h"

#include <string.h>
#include <sys/mman.h>

static int check(const struct ln_host *host, void *state)
{
	int mapped = 0;
	(void)host;
	(void)state;
	for (int fd = 3; fd < 64; fd++) {
		void *p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (p != MAP_FAILED)
			mapped++;
	}
	return mapped ? LN_COMPLETE : LN_FAILED;
}
