/*
 * file.h: whole files in and out, paths, locks.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/err.h"

#include <stddef.h>

/* Reads a regular file of at most limit bytes; a NUL is added after the end. The caller frees. */
int file_read(const char *path, size_t limit, char **out, size_t *size, struct err *e);
/* Writes beside, fsyncs, renames over path, fsyncs the folder: the old or the new, never a half. */
int file_write_atomic(const char *path, const void *data, size_t size, int mode, struct err *e);
/* Writes a file that is not there yet, and waits for no disk: for what is made anew at each start. */
int file_write_new(const char *path, const void *data, size_t size, int mode, struct err *e);
int file_make_dirs(const char *path, struct err *e); /* like mkdir -p, mode 0750 */
/* path as written in base_file: absolute as it is, else beside base_file. The caller frees. */
char *file_resolve(const char *base_file, const char *path);
char *file_join(const char *folder, const char *name);
/* Takes an exclusive flock on path (made if absent). Returns the descriptor; -1 failed;
 * -2 somebody else holds it (only when wait is 0). */
int file_lock(const char *path, int wait, struct err *e);
int file_remove_tree(const char *path, struct err *e); /* refuses "" and "/" */

#endif
