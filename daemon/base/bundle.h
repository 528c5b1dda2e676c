/*
 * bundle.h: the files of a folder, read at once, sorted by name: from the folder
 * itself or from one file that they were written into. One file is one open and
 * one read for who starts often, and cannot be half changed. Sub-folders and names
 * that begin with a dot are left out.
 */
#ifndef BASE_BUNDLE_H
#define BASE_BUNDLE_H

#include "base/err.h"

#include <stddef.h>

struct bundle_file {
	char *name, *bytes; /* a NUL after the bytes */
	size_t size;
};

struct bundle {
	char *folder; /* where they came from */
	struct bundle_file *files;
	size_t count, capacity;
};

/* path: a folder, or what bundle_write wrote. At most limit bytes a file. On failure -1, *out empty. */
int bundle_read(struct bundle *out, const char *path, size_t limit, struct err *e);
/* Into a new file, which need not be on disk when it returns. */
int bundle_write(const struct bundle *b, const char *path, struct err *e);
void bundle_release(struct bundle *b);

#endif
