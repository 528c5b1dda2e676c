/*
 * taken.c: copies the files of a configuration aside, and finds them again. The
 * copies live as long as the daemon: the folder is emptied and filled before
 * anybody is told of it, so nothing needs to be on disk.
 */
#include "plan/taken.h"

#include "base/bundle.h"
#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST = 4 << 20 };
static const char conf_name[] = "langnghed.conf", plan_name[] = "plan.conf",
		  calendar_name[] = "calendar.conf", templates_name[] = "templates", rules_name[] = "rules.d";

static int copy_file(const char *from, const char *folder, const char *name, struct err *e)
{
	char *data;
	size_t size;
	if (file_read(from, FILE_MOST, &data, &size, e) < 0)
		return -1;
	char *to = file_join(folder, name);
	int rc = file_write_new(to, data, size, 0640, e);
	free(to);
	free(data);
	return rc;
}

static int is_conf(const struct dirent *d)
{
	size_t n = strlen(d->d_name);
	return d->d_name[0] != '.' && n > 5 && strcmp(d->d_name + n - 5, ".conf") == 0;
}

/* The rules without C. A folder that cannot be read is said by the check before; nothing is copied then. */
static int copy_rules(const char *from, const char *folder, struct err *e)
{
	struct dirent **entries = NULL;
	int n = from ? scandir(from, &entries, is_conf, alphasort) : -1, rc = 0;
	if (n < 0)
		return 0;
	char *to = file_join(folder, rules_name);
	rc = file_make_dirs(to, e);
	for (int i = 0; i < n; i++) {
		char *file = file_join(from, entries[i]->d_name);
		if (rc == 0)
			rc = copy_file(file, to, entries[i]->d_name, e);
		free(file);
		free(entries[i]);
	}
	free(entries);
	free(to);
	return rc;
}

int taken_copy(const struct settings *s, const char *folder, struct err *e)
{
	struct stat st;
	if (stat(folder, &st) == 0 && file_remove_tree(folder, e) < 0)
		return -1;
	if (file_make_dirs(folder, e) < 0)
		return -1;
	int rc = copy_file(s->file, folder, conf_name, e);
	if (rc == 0)
		rc = copy_file(s->plan, folder, plan_name, e);
	if (rc == 0)
		rc = copy_file(s->calendar, folder, calendar_name, e);
	if (rc == 0)
		rc = copy_rules(s->rules_directory, folder, e);
	return rc;
}

const char *taken_folder(void)
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
	char *rules = file_join(taken_folder(), rules_name);
	if (s->rules_directory && access(rules, F_OK) == 0)
		point(&s->rules_directory, rules_name);
	free(rules);
	char *templates = file_join(taken_folder(), templates_name);
	if (access(templates, F_OK) == 0)
		point(&s->templates, templates_name);
	free(templates);
}

int taken_keep_templates(struct settings *s, struct err *e)
{
	struct bundle all;
	if (!taken_folder())
		return 0;
	char *kept = file_join(taken_folder(), templates_name);
	if (strcmp(s->templates, kept) == 0) {
		free(kept);
		return 0;
	}
	char *beside = xasprintf("%s.new", kept);
	unlink(beside); /* of a round that died over it */
	int rc = bundle_read(&all, s->templates, FILE_MOST, e);
	if (rc == 0) {
		rc = bundle_write(&all, beside, e);
		bundle_release(&all);
	}
	if (rc == 0 && rename(beside, kept) < 0)
		rc = err_set(e, "%s cannot be renamed to %s: %s", beside, kept, strerror(errno));
	if (rc == 0)
		point(&s->templates, templates_name);
	free(beside);
	free(kept);
	return rc < 0 ? -1 : 1;
}
