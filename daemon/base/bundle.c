/*
 * bundle.c: see bundle.h. As a file: the folder's path on the first line, then
 * for each file its size and name on a line, and its bytes.
 */
#include "base/bundle.h"

#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MOST = 1000 };

static int by_name(const void *a, const void *b)
{
	const struct bundle_file *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static void add(struct bundle *b, char *take_name, char *take_bytes, size_t size)
{
	VEC_ROOM(b->files, b->count, b->capacity);
	b->files[b->count++] = (struct bundle_file){take_name, take_bytes, size};
}

/* Adds the file `name` of the folder open as `at`; room holds limit + 1 bytes. */
static int read_one(struct bundle *b, int at, const char *name, char *room, size_t limit, struct err *e)
{
	int fd = openat(at, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t size = 0;
	ssize_t got = fd < 0 ? -1 : 1;
	/* Of a regular file a short read is the last. */
	for (bool more = true; got > 0 && more && size <= limit;) {
		got = read(fd, room + size, limit + 1 - size);
		more = got == (ssize_t)(limit + 1 - size);
		size += got > 0 ? (size_t)got : 0;
	}
	int why = errno;
	if (fd >= 0)
		close(fd);
	if (got < 0)
		return err_set(e, "cannot read %s/%s: %s", b->folder, name, strerror(why));
	if (size > limit)
		return err_set(e, "%s/%s is too large: at most %zu bytes are read", b->folder, name, limit);
	char *bytes = xmalloc(size + 1);
	memcpy(bytes, room, size);
	bytes[size] = '\0';
	add(b, xstrdup(name), bytes, size);
	return 0;
}

static bool is_file(DIR *d, const struct dirent *one)
{
	struct stat st;
	if (one->d_type == DT_REG)
		return true;
	return one->d_type != DT_DIR && fstatat(dirfd(d), one->d_name, &st, 0) == 0 &&
	       S_ISREG(st.st_mode);
}

static int read_folder(struct bundle *b, DIR *d, size_t limit, struct err *e)
{
	int rc = 0;
	char *room = xmalloc(limit + 1);
	for (struct dirent *one; rc == 0 && (one = readdir(d)) != NULL;) {
		if (one->d_name[0] == '.' || !is_file(d, one))
			continue;
		rc = b->count == FILES_MOST
			     ? err_set(e, "%s: more than %d files", b->folder, FILES_MOST)
			     : read_one(b, dirfd(d), one->d_name, room, limit, e);
	}
	free(room);
	if (b->count > 1)
		qsort(b->files, b->count, sizeof *b->files, by_name);
	return rc;
}

/* One record at *at; false when it is none of ours. */
static bool take_record(struct bundle *b, const char **at, const char *end, size_t limit)
{
	char *after;
	uintmax_t size = strtoumax(*at, &after, 10);
	const char *line_end = memchr(*at, '\n', (size_t)(end - *at));
	if (after == *at || *after != ' ' || !line_end || after >= line_end || size > limit ||
		size > (uintmax_t)(end - line_end - 1))
		return false;
	char *bytes = xmalloc((size_t)size + 1);
	memcpy(bytes, line_end + 1, (size_t)size);
	bytes[size] = '\0';
	add(b, xstrndup(after + 1, (size_t)(line_end - after - 1)), bytes, (size_t)size);
	*at = line_end + 1 + size;
	return true;
}

static int read_file(struct bundle *b, const char *path, size_t limit, struct err *e)
{
	char *all;
	size_t size;
	if (file_read(path, FILES_MOST * limit, &all, &size, e) < 0)
		return -1;
	const char *at = memchr(all, '\n', size), *end = all + size;
	int rc = at ? 0 : -1;
	if (at) {
		b->folder = xstrndup(all, (size_t)(at - all));
		at++;
	}
	while (rc == 0 && at < end)
		rc = take_record(b, &at, end, limit) ? 0 : -1;
	free(all);
	return rc < 0 ? err_set(e, "%s is not what was written there", path) : 0;
}

int bundle_read(struct bundle *out, const char *path, size_t limit, struct err *e)
{
	struct bundle b = {0};
	DIR *d = opendir(path);
	int rc;
	if (d) {
		b.folder = xstrdup(path);
		rc = read_folder(&b, d, limit, e);
		closedir(d);
	} else {
		rc = errno == ENOTDIR ? read_file(&b, path, limit, e)
				      : err_set(e, "the folder %s cannot be read: %s", path,
						strerror(errno));
	}
	if (rc < 0)
		bundle_release(&b);
	*out = b;
	return rc;
}

int bundle_write(const struct bundle *b, const char *path, struct err *e)
{
	struct buf all = {0};
	buf_addf(&all, "%s\n", b->folder);
	for (size_t i = 0; i < b->count; i++) {
		buf_addf(&all, "%zu %s\n", b->files[i].size, b->files[i].name);
		buf_add_n(&all, b->files[i].bytes, b->files[i].size);
	}
	int rc = file_write_new(path, all.s, all.len, 0640, e);
	buf_release(&all);
	return rc;
}

void bundle_release(struct bundle *b)
{
	for (size_t i = 0; i < b->count; i++) {
		free(b->files[i].name);
		free(b->files[i].bytes);
	}
	free(b->files);
	free(b->folder);
	*b = (struct bundle){0};
}
