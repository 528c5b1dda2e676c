/*
 * maildir.c: letters into one Maildir that any mail client opens. A file's name
 * comes from the Message-ID, so that delivering again after a crash writes the
 * same file over instead of a second one. File and folder are synced before the
 * letter counts as delivered.
 */
#include "mail/transport.h"

#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct maildir {
	struct mail_transport base; /* first */
	char *folder;
	const struct lease *in_hand;
};

/* "12.9f86d081@so.example" -> "12.9f86d081.so.example": no separator of folders or flags. */
static char *file_name(const char *message_id)
{
	char *name = xstrdup(message_id);
	for (char *c = name; *c; c++) {
		bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			     (*c >= '0' && *c <= '9') || *c == '-' || (*c == '.' && c != name);
		if (!plain)
			*c = '.';
	}
	if (*name == '.')
		*name = '_';
	return name;
}

/* A client that has seen the letter has moved it to cur/NAME:2,FLAGS. */
static bool is_seen(const struct maildir *m, const char *name)
{
	char *path = file_join(m->folder, "cur");
	DIR *cur = opendir(path);
	bool seen = false;
	size_t n = strlen(name);
	for (struct dirent *entry; cur && !seen && (entry = readdir(cur));)
		seen = strncmp(entry->d_name, name, n) == 0 &&
		       (entry->d_name[n] == 0 || entry->d_name[n] == ':');
	if (cur)
		closedir(cur);
	free(path);
	return seen;
}

static int write_synced(const char *path, const char *bytes, size_t size, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0)
		return err_set(e, "%s cannot be written: %m", path);
	size_t done = 0;
	while (done < size) {
		ssize_t n = write(fd, bytes + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		done += (size_t)n;
	}
	int rc = done == size && fsync(fd) == 0 ? 0 : err_set(e, "%s cannot be written: %m", path);
	if (close(fd) < 0 && rc == 0)
		rc = err_set(e, "%s cannot be written: %m", path);
	if (rc < 0)
		unlink(path);
	return rc;
}

static int sync_folder(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd >= 0 && fsync(fd) == 0 ? 0
					   : err_set(e, "the folder %s cannot be synced: %m", path);
	if (fd >= 0)
		close(fd);
	return rc;
}

static enum send_result deliver(struct maildir *m, const struct lease *l, struct err *e)
{
	char *name = file_name(l->message_id);
	if (is_seen(m, name)) {
		free(name);
		return SEND_OK;
	}
	char *tmp = xasprintf("%s/tmp/%s", m->folder, name);
	char *fresh = xasprintf("%s/new/%s", m->folder, name);
	char *folder = file_join(m->folder, "new");
	int rc = write_synced(tmp, l->bytes, l->size, e);
	if (rc == 0 && rename(tmp, fresh) < 0)
		rc = err_set(e, "%s cannot be renamed to %s: %m", tmp, fresh);
	if (rc == 0)
		rc = sync_folder(folder, e);
	free(folder);
	free(fresh);
	free(tmp);
	free(name);
	return rc == 0 ? SEND_OK : SEND_TEMPORARY;
}

static void give(struct mail_transport *t, int slot, const struct lease *l)
{
	struct maildir *m = (struct maildir *)t;
	(void)slot; /* there is one */
	m->in_hand = l;
}

static void release(struct mail_transport *t, int slot)
{
	(void)t; /* it is delivered when its result is asked for */
	(void)slot;
}

static void drop(struct mail_transport *t, int slot)
{
	struct maildir *m = (struct maildir *)t;
	(void)slot;
	m->in_hand = NULL;
}

static int take(struct mail_transport *t, bool wait, enum send_result *result, int *code, struct err *e)
{
	struct maildir *m = (struct maildir *)t;
	if (!wait && !m->in_hand)
		return -1;
	*code = 0;
	*result = deliver(m, m->in_hand, e);
	m->in_hand = NULL;
	return 0;
}

static void close_maildir(struct mail_transport *t)
{
	struct maildir *m = (struct maildir *)t;
	free(m->folder);
	free(m);
}

int maildir_open(struct mail_transport **out, const char *folder, struct err *e)
{
	static const char *const parts[] = {"tmp", "new", "cur"};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		char *path = file_join(folder, parts[i]);
		int rc = file_make_dirs(path, e);
		free(path);
		if (rc < 0)
			return -1;
	}
	struct maildir *m = xcalloc(1, sizeof *m);
	m->base = (struct mail_transport){
		.name = "maildir",
		.slots = 1,
		.depth = 1,
		.give = give,
		.release = release,
		.drop = drop,
		.take = take,
		.close = close_maildir};
	m->folder = xstrdup(folder);
	*out = &m->base;
	return 0;
}
