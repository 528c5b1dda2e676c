/*
 * file.c: see fuzz_file in fuzz.h: a file in memory.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

const char *fuzz_file(const uint8_t *data, size_t size, int *fd)
{
	static char path[40];
	*fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (*fd < 0 || (size && write(*fd, data, size) != (ssize_t)size)) {
		perror("memfd");
		abort();
	}
	snprintf(path, sizeof path, "/proc/self/fd/%d", *fd);
	return path;
}
