/*
 * taken.c: copies the files of a configuration aside, and finds them again.
 */
#include "plan/taken.h"

#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MOST = 4 << 20 };
static const char conf_name[] = "langnghed.conf", plan_name[] = "plan.conf",
		  calendar_name[] = "calendar.conf", templates_name[] = "templates";

static int copy_file(const char *from, const char *folder, const char *name, struct err *e)
{
	char *data;
	size_t size;
	if (file_read(from, FILE_MOST, &data, &size, e) < 0)
		return -1;
	char *to = file_join(folder, name);
	int rc = file_write_atomic(to, data, size, 0640, e);
	free(to);
	free(data);
	return rc;
}

static int copy_folder(const char *from, const char *to, struct err *e)
{
	if (file_make_dirs(to, e) < 0)
		return -1;
	DIR *d = opendir(from);
	if (!d)
		return err_set(e, "%s: %s", from, strerror(errno));
	int rc = 0;
	for (struct dirent *one; rc == 0 && (one = readdir(d)) != NULL;) {
		struct stat st;
		char *path = file_join(from, one->d_name);
		if (one->d_name[0] != '.' && stat(path, &st) == 0 && S_ISREG(st.st_mode))
			rc = copy_file(path, to, one->d_name, e);
		free(path);
	}
	closedir(d);
	return rc;
}

int taken_copy(const struct settings *s, const char *folder, struct err *e)
{
	struct stat st;
	if (stat(folder, &st) == 0 && file_remove_tree(folder, e) < 0)
		return -1;
	if (file_make_dirs(folder, e) < 0)
		return -1;
	char *templates = file_join(folder, templates_name);
	int rc = copy_file(s->file, folder, conf_name, e);
	if (rc == 0)
		rc = copy_file(s->plan, folder, plan_name, e);
	if (rc == 0)
		rc = copy_file(s->calendar, folder, calendar_name, e);
	if (rc == 0)
		rc = copy_folder(s->templates, templates, e);
	free(templates);
	return rc;
}

static const char *taken_folder(void)
{
	const char *folder = getenv(TAKEN_VARIABLE);
	return folder && *folder ? folder : NULL;
}

char *taken_source(const char *file)
{
	const char *folder = taken_folder();
	return folder ? file_join(folder, conf_name) : xstrdup(file);
}

static void point(char **path, const char *name)
{
	free(*path);
	*path = file_join(taken_folder(), name);
}

void taken_point(struct settings *s)
{
	if (!taken_folder())
		return;
	point(&s->plan, plan_name);
	point(&s->calendar, calendar_name);
	point(&s->templates, templates_name);
}
