/*
 * unit_folder.h: a folder of its own for one test, gone afterwards.
 */
#ifndef TEST_UNIT_FOLDER_H
#define TEST_UNIT_FOLDER_H

#include "base/day.h"
#include "base/file.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
	char *path, *database;
};

static inline int folder_make(void **state)
{
	struct folder *f = xcalloc(1, sizeof *f);
	char path[] = "/tmp/langnghe-store-XXXXXX";
	if (!mkdtemp(path))
		return -1;
	f->path = xstrdup(path);
	f->database = file_join(path, "store.db");
	*state = f;
	return 0;
}

static inline int folder_remove(void **state)
{
	struct folder *f = *state;
	struct err e;
	int rc = file_remove_tree(f->path, &e);
	free(f->path);
	free(f->database);
	free(f);
	return rc;
}

#endif
