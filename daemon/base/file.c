/*
 * file.c: whole files in and out, paths, locks, folders.
 */
#include "base/file.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TREE_DEPTH_MOST = 64 };

static int read_all(int fd, const char *path, char *data, size_t room, size_t *size, struct err *e)
{
	size_t n = 0;
	while (n < room) {
		ssize_t got = read(fd, data + n, room - n);
		if (got == 0)
			break;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(e, "cannot read %s: %s", path, strerror(errno));
		n += (size_t)got;
		if (n < room && n + 1 == room)
			break; /* all that fstat promised, and the room for more stayed empty */
	}
	*size = n;
	return 0;
}

int file_read(const char *path, size_t limit, char **out, size_t *size, struct err *e)
{
	/* O_NONBLOCK: opening a pipe must not wait for its writer; it is refused just below. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_set(e, "cannot open %s: %s", path, strerror(errno));
	struct stat st;
	int rc = -1;
	char *data = NULL;
	if (fstat(fd, &st))
		err_set(e, "cannot read %s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		err_set(e, "cannot read %s: it is not a regular file", path);
	else if ((uint64_t)st.st_size > limit)
		err_set(e, "%s is too large: %lld bytes, at most %zu are read", path,
			(long long)st.st_size, limit);
	else {
		size_t room = (size_t)st.st_size + 1, n = 0; /* one more shows that it grew */
		data = xmalloc(room + 1);
		rc = read_all(fd, path, data, room, &n, e);
		if (rc == 0 && n == room)
			rc = err_set(e, "%s grew while it was read", path);
		if (rc == 0) {
			data[n] = '\0';
			*size = n;
			*out = data;
			data = NULL;
		}
	}
	free(data);
	close(fd);
	return rc;
}

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

/* The folder of path, "." where it names none. The caller frees. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

static int sync_folder(const char *path, struct err *e)
{
	char *folder = folder_of(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc =
		fd < 0 || fsync(fd) ? err_set(e, "cannot sync %s: %s", folder, strerror(errno)) : 0;
	if (fd >= 0)
		close(fd);
	free(folder);
	return rc;
}

int file_write_atomic(const char *path, const void *data, size_t size, int mode, struct err *e)
{
	char *beside = xasprintf("%s.XXXXXX", path);
	int rc = -1;
	int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0) {
		err_set(e, "cannot write beside %s: %s", path, strerror(errno));
		free(beside);
		return -1;
	}
	bool written =
		write_all(fd, data, size) == 0 && fchmod(fd, (mode_t)mode) == 0 && fsync(fd) == 0;
	int why = errno;
	if (close(fd) && written) {
		written = false;
		why = errno;
	}
	if (written && rename(beside, path) == 0) {
		rc = sync_folder(path, e);
	} else {
		err_set(e, "cannot write %s: %s", path, strerror(written ? errno : why));
		unlink(beside);
	}
	free(beside);
	return rc;
}

int file_write_new(const char *path, const void *data, size_t size, int mode, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
	if (fd < 0)
		return err_set(e, "cannot write %s: %s", path, strerror(errno));
	int rc = write_all(fd, data, size);
	int why = errno;
	if (close(fd) && rc == 0) {
		rc = -1;
		why = errno;
	}
	if (rc == 0)
		return 0;
	unlink(path);
	return err_set(e, "cannot write %s: %s", path, strerror(why));
}

int file_make_dirs(const char *path, struct err *e)
{
	if (mkdir(path, 0750) == 0)
		return 0;
	char *copy = xstrdup(path);
	int rc = 0;
	for (char *p = copy + 1; *copy && rc == 0; p++) {
		char c = *p;
		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, 0750) && errno != EEXIST)
			rc = err_set(e, "cannot make the folder %s: %s", copy, strerror(errno));
		*p = c;
		if (!c)
			break;
	}
	struct stat st;
	if (rc == 0 && (stat(path, &st) || !S_ISDIR(st.st_mode)))
		rc = err_set(e, "%s is not a folder", path);
	free(copy);
	return rc;
}

/* Takes "/." and "/name/.." out of an absolute path, so that messages name files as people do.
 * (Where a folder on the way is a symbolic link this is another path: our own folders are not.) */
static char *without_dots(char *path)
{
	char *to = path;
	for (const char *from = path; *from;) {
		size_t n = strcspn(from + 1, "/") + 1; /* "/name" */
		if (n == 3 && strncmp(from, "/..", 3) == 0) {
			while (to > path && *--to != '/')
				;
		} else if (n > 1 && !(n == 2 && from[1] == '.')) {
			memmove(to, from, n);
			to += n;
		}
		from += n;
	}
	if (to == path)
		*to++ = '/';
	*to = '\0';
	return path;
}

char *file_resolve(const char *base_file, const char *path)
{
	const char *slash = strrchr(base_file, '/');
	if (path[0] == '/' || !slash)
		return xstrdup(path);
	char *joined = xasprintf("%.*s%s", (int)(slash - base_file + 1), base_file, path);
	return joined[0] == '/' ? without_dots(joined) : joined;
}

char *file_join(const char *folder, const char *name)
{
	size_t n = strlen(folder);
	return xasprintf("%s%s%s", folder, n && folder[n - 1] == '/' ? "" : "/", name);
}

int file_lock(const char *path, int wait, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
	if (fd < 0)
		return err_set(e, "cannot open the lock %s: %s", path, strerror(errno));
	int rc;
	do
		rc = flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
	while (rc && errno == EINTR);
	if (rc == 0)
		return fd;
	int why = errno;
	close(fd);
	if (why == EWOULDBLOCK) {
		err_set(e, "%s is locked by another process", path);
		return -2;
	}
	return err_set(e, "cannot lock %s: %s", path, strerror(why));
}

static int remove_entry(int parent, const char *name, int depth);

/* Empties the folder open as fd and closes it. 0, or -1 with errno. */
static int empty_folder(int fd, int depth)
{
	DIR *folder = fdopendir(fd);
	if (!folder) {
		int why = errno;
		close(fd);
		errno = why;
		return -1;
	}
	int why = 0;
	const struct dirent *entry;
	while (why == 0 && (errno = 0, entry = readdir(folder)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
			remove_entry(dirfd(folder), entry->d_name, depth + 1))
			why = errno;
	if (why == 0)
		why = errno;
	closedir(folder);
	errno = why;
	return why ? -1 : 0;
}

/* Links are removed, never followed. */
static int remove_entry(int parent, const char *name, int depth)
{
	if (unlinkat(parent, name, 0) == 0)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -1;
	if (depth > TREE_DEPTH_MOST) {
		errno = ELOOP;
		return -1;
	}
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || empty_folder(fd, depth))
		return -1;
	return unlinkat(parent, name, AT_REMOVEDIR);
}

int file_remove_tree(const char *path, struct err *e)
{
	if (strspn(path, "/.") == strlen(path))
		return err_set(e, "refused to remove the folder \"%s\"", path);
	if (remove_entry(AT_FDCWD, path, 0) && errno != ENOENT)
		return err_set(e, "cannot remove %s: %s", path, strerror(errno));
	return 0;
}
