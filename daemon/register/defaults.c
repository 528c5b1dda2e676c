/*
 * defaults.c: loads the lists of a folder once. Which ones were loaded is kept
 * in `meta`, by file name.
 */
#include "register/defaults.h"

#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>

static int by_name(const void *a, const void *b)
{
	return strcmp(
		((const struct default_file *)a)->file, ((const struct default_file *)b)->file);
}

static int find_files(
	const char *folder, const struct kind *k, struct default_files *out, struct err *e)
{
	DIR *d = opendir(folder);
	if (!d)
		return err_set(e, "cannot read the folder %s: %s", folder, strerror(errno));
	char *pattern = xasprintf("%s-*.csv", k->name);
	size_t first = out->count;
	for (struct dirent *entry; (entry = readdir(d));) {
		if (fnmatch(pattern, entry->d_name, FNM_PERIOD) != 0)
			continue;
		VEC_ROOM(out->items, out->count, out->capacity);
		out->items[out->count++] =
			(struct default_file){.file = file_join(folder, entry->d_name), .kind = k};
	}
	free(pattern);
	closedir(d);
	if (out->count > first)
		qsort(out->items + first, out->count - first, sizeof *out->items, by_name);
	return 0;
}

/* The caller frees. */
static char *meta_key(const struct default_file *f)
{
	const char *slash = strrchr(f->file, '/');
	return xasprintf("loaded %s", slash ? slash + 1 : f->file);
}

static bool was_loaded(struct store *s, const struct default_file *f)
{
	char *key = meta_key(f), *value = store_meta(s, key);
	bool loaded = value != NULL;
	free(key);
	free(value);
	return loaded;
}

static int mark_loaded(struct store *s, const struct default_file *f, struct err *e)
{
	char *key = meta_key(f), *value = xasprintf("import %lld", (long long)f->result.number);
	int rc = store_set_meta(s, key, value, e);
	free(key);
	free(value);
	return rc;
}

/* 1 loaded, 0 refused (e says the first reason), -1 failed. */
static int load_one(struct store *s, const struct plan *plan, struct default_file *f, int32_t today,
	struct err *e)
{
	struct import_options options = {.by = "langnghectl init", .today = today};
	import_result_release(&f->result);
	if (import_file(s, plan, f->kind, f->file, &options, &f->result, e) != 0)
		return -1;
	if (f->result.rejected == 0)
		return mark_loaded(s, f, e) == 0 ? 1 : -1;
	const struct reject *r = &f->result.rejects[0];
	err_set(e, "%s row %d, %s \"%s\": %s", f->file, r->row, r->column, r->value, r->reason);
	return 0;
}

/* One go over the kind's files that are left. Returns how many it loaded, -1 failed. *refused: some
 * are left, and e says about the first of them why. */
static int load_pass(struct store *s, const struct plan *plan, const struct kind *k, int32_t today,
	struct default_files *files, bool *done, bool *refused, struct err *e)
{
	int loaded = 0;
	*refused = false;
	for (size_t i = 0; i < files->count; i++) {
		struct err why;
		if (files->items[i].kind != k || done[i])
			continue;
		int rc = load_one(s, plan, &files->items[i], today, &why);
		if (rc != 1 && !*refused)
			*e = why;
		if (rc < 0)
			return -1;
		done[i] = rc == 1;
		loaded += rc;
		*refused = *refused || rc == 0;
	}
	return loaded;
}

static int load_kind(struct store *s, const struct plan *plan, const struct kind *k, int32_t today,
	struct default_files *files, struct err *e)
{
	bool *done = xcalloc(files->count, sizeof *done), refused;
	int loaded;
	for (size_t i = 0; i < files->count; i++)
		if (files->items[i].kind == k)
			done[i] = files->items[i].loaded_before = was_loaded(s, &files->items[i]);
	do
		loaded = load_pass(s, plan, k, today, files, done, &refused, e);
	while (loaded > 0 && refused);
	free(done);
	return loaded < 0 || refused ? -1 : 0;
}

int register_load_defaults(struct store *s, const struct plan *plan, const char *folder,
	int32_t today, struct default_files *out, struct err *e)
{
	const struct kind *units = kind_named("units"), *contacts = kind_named("contacts");
	*out = (struct default_files){0};
	if (find_files(folder, units, out, e) != 0 || find_files(folder, contacts, out, e) != 0 ||
		load_kind(s, plan, units, today, out, e) != 0)
		return -1;
	return load_kind(s, plan, contacts, today, out, e);
}

void default_files_release(struct default_files *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].file);
		import_result_release(&f->items[i].result);
	}
	free(f->items);
	*f = (struct default_files){0};
}
