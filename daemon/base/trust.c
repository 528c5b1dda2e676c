/*
 * trust.c: see trust.h.
 */
#include "base/trust.h"

#include "base/mem.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OTHERS_WRITE = S_IWGRP | S_IWOTH, MODE_BITS = 07777 };

/* The user's name, or its number. The caller frees. */
static char *user_name(uid_t uid)
{
	const struct passwd *p = getpwuid(uid);
	return p ? xstrdup(p->pw_name) : xasprintf("user %u", (unsigned)uid);
}

static bool is_trusted(uid_t owner, uid_t service)
{
	return owner == 0 || owner == geteuid() || owner == service;
}

static int refuse_owner(const char *path, const char *what, uid_t owner, uid_t service, struct err *e)
{
	char *is = user_name(owner), *may = user_name(service);
	bool root = service == 0;
	err_set(e, "%s %s belongs to %s; only root%s%s may own what is loaded: chown %s %s", what, path, is,
		root ? "" : " or ", root ? "" : may, root ? "root" : may, path);
	free(is);
	free(may);
	return -1;
}

/* One path as it is, a link not followed. */
static int look(const char *path, struct stat *st, struct err *e)
{
	return lstat(path, st) == 0 ? 0 : err_set(e, "%s cannot be looked at: %s", path, strerror(errno));
}

static int check_folder(const char *path, uid_t service, bool further_up, struct err *e)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return err_set(e, "the folder %s cannot be looked at: %s", path, strerror(errno));
	mode_t never = further_up ? S_IWOTH : OTHERS_WRITE;
	if (!further_up && !is_trusted(st.st_uid, service))
		return refuse_owner(path, "the folder", st.st_uid, service, e);
	if ((st.st_mode & never) && !(st.st_mode & S_ISVTX))
		return err_set(e,
			"the folder %s may be written by others (mode %04o), who could put another file into it; not "
			"allowed for what is loaded: chmod go-w %s",
			path, (unsigned)(st.st_mode & MODE_BITS), path);
	return 0;
}

/* The folder of the file, and all those above it. */
static int check_folders(const char *file, uid_t service, struct err *e)
{
	char *folder = xstrdup(file), *slash;
	int rc = 0;
	bool further_up = false;
	while (rc == 0 && (slash = strrchr(folder, '/'))) {
		bool root = slash == folder;
		slash[root ? 1 : 0] = '\0';
		rc = check_folder(folder, service, further_up, e);
		further_up = true;
		if (root)
			break;
	}
	free(folder);
	return rc;
}

static int check_file(const char *path, uid_t service, struct err *e)
{
	struct stat st;
	if (look(path, &st, e) < 0)
		return -1;
	if (!S_ISREG(st.st_mode))
		return err_set(e, "%s is no regular file", path);
	if (!is_trusted(st.st_uid, service))
		return refuse_owner(path, "the file", st.st_uid, service, e);
	if (st.st_mode & OTHERS_WRITE)
		return err_set(e, "the file %s may be written by others (mode %04o); not allowed for what is loaded: chmod go-w %s",
			path, (unsigned)(st.st_mode & MODE_BITS), path);
	return 0;
}

/* A link belongs to somebody too: in a sticky folder anybody may make one. */
static int check_link(const char *path, uid_t service, struct err *e)
{
	struct stat st;
	if (look(path, &st, e) < 0)
		return -1;
	return !S_ISLNK(st.st_mode) || is_trusted(st.st_uid, service) ? 0 : refuse_owner(path, "the link", st.st_uid, service, e);
}

int trust_file(const char *path, uid_t service, struct err *e)
{
	char *real = realpath(path, NULL), *here = NULL, *whole = NULL;
	if (!real)
		return err_set(e, "%s cannot be opened: %s", path, strerror(errno));
	if (*path != '/')
		here = getcwd(NULL, 0);
	whole = here ? xasprintf("%s/%s", here, path) : xstrdup(path);
	int rc = check_link(whole, service, e);
	if (rc == 0)
		rc = check_file(real, service, e);
	if (rc == 0)
		rc = check_folders(real, service, e);
	if (rc == 0 && strcmp(whole, real) != 0)
		rc = check_folders(whole, service, e);
	free(whole);
	free(here);
	free(real);
	return rc;
}
