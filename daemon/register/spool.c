/*
 * spool.c: see spool.h. In this order: import, report, letter, move; a crash in between
 * does what is left again, and an import that is done again changes nothing.
 */
#include "register/spool.h"

#include "base/day.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "register/import.h"
#include "register/xlsx.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_MOST = 1000, REPORT_MODE = 0640 };

/* Editors and copying programs have their own names for what is not finished. */
static bool is_passing(const char *name)
{
	static const char *const endings[] = {".part", ".tmp", ".crdownload", ".filepart", "~", NULL};
	size_t n = strlen(name);
	for (size_t i = 0; endings[i]; i++) {
		size_t k = strlen(endings[i]);
		if (n > k && strcasecmp(name + n - k, endings[i]) == 0)
			return true;
	}
	return *name == '.' || strncmp(name, "~$", 2) == 0;
}

/* "Làng nghề" -> "lang-nghe" */
static char *dashed(const char *s)
{
	char *fold = text_fold(s);
	for (char *p = fold; p && *p; p++)
		if (*p == ' ' || *p == '_')
			*p = '-';
	return fold;
}

static bool begins_with(const char *name, const char *word)
{
	char *prefix = dashed(word);
	size_t n = prefix ? strlen(prefix) : 0;
	bool yes = n > 0 && strncmp(name, prefix, n) == 0 && !(name[n] >= 'a' && name[n] <= 'z');
	free(prefix);
	return yes;
}

/* The kind whose key or label the name begins with; the longest, for "village_years" begins like "village". */
static const struct kind *kind_of_name(const char *name)
{
	const struct kind *best = NULL;
	size_t longest = 0;
	char *plain = dashed(name);
	for (size_t i = 0; plain && kind_at(i); i++) {
		const struct kind *k = kind_at(i);
		const char *words[] = {k->name, k->label};
		for (size_t w = 0; w < 2; w++)
			if (begins_with(plain, words[w]) && strlen(words[w]) > longest) {
				best = k;
				longest = strlen(words[w]);
			}
	}
	free(plain);
	return best;
}

/* ---- one file */

struct run {
	const struct spool *spool;
	char *path;
	struct spool_outcome out;
	struct buf report;
	size_t capacity;
};

static void add_problem(struct run *r, char *text)
{
	buf_addf(&r->report, "%s\n", text);
	if (r->out.problem_count == SPOOL_PROBLEMS_MOST) {
		free(text);
		return;
	}
	VEC_ROOM(r->out.problems, r->out.problem_count, r->capacity);
	r->out.problems[r->out.problem_count++] = text;
}

static void add_rejects(struct run *r, const struct import_result *in)
{
	for (size_t i = 0; i < in->reject_count; i++) {
		const struct reject *bad = &in->rejects[i];
		struct buf b = {0};
		if (in->sheet)
			buf_addf(&b, "%s!", in->sheet);
		if (*bad->cell)
			buf_add(&b, bad->cell);
		else
			buf_addf(&b, "%s%d", in->sheet ? "" : "line ", bad->row);
		buf_addf(&b, ": %s", bad->column);
		if (*bad->value)
			buf_addf(&b, " '%s'", bad->value);
		buf_addf(&b, ": %s", bad->reason);
		add_problem(r, buf_take(&b));
	}
	if (in->held)
		add_problem(r, xasprintf("this file would end %lld of %lld living rows, more than a fifth: import it by "
					 "hand with --accept-ending",
				       (long long)in->ended, (long long)in->living));
}

/* One kind of the file, tried or done. 0 in order, 1 refused, -1 could not be read. */
static int import_kind(struct run *r, const struct kind *k, bool dry_run)
{
	struct import_result in;
	struct err e;
	struct import_options options = {
		.dry_run = dry_run, .by = "import.directory", .today = r->spool->today};
	if (import_file(r->spool->store, r->spool->plan, k, r->path, &options, &in, &e) < 0) {
		add_problem(r, xstrdup(e.text));
		return -1;
	}
	bool refused = in.rejected > 0 || in.held;
	if (refused)
		add_rejects(r, &in);
	if (!dry_run && !refused) {
		r->out.added += in.added;
		r->out.changed += in.changed;
		r->out.unchanged += in.unchanged;
		buf_addf(&r->report, "%s: %lld added, %lld changed, %lld unchanged", k->name, (long long)in.added,
			(long long)in.changed, (long long)in.unchanged);
		if (in.number > 0)
			buf_addf(&r->report, "; import number %lld (langnghectl undo-import %lld)", (long long)in.number,
				(long long)in.number);
		buf_add(&r->report, "\n");
		for (size_t i = 0; i < in.warning_count; i++)
			buf_addf(&r->report, "  %s\n", in.warnings[i]);
	}
	import_result_release(&in);
	return refused;
}

static bool has_sheet(const char *path, const struct kind *k)
{
	struct xlsx *x;
	struct err e;
	if (!xlsx_is(path) || xlsx_open(&x, path, k->label, NULL, false, &e) < 0)
		return false;
	xlsx_close(x);
	return true;
}

/* The kinds of the file: that of its name, or each that has a sheet of its own. */
static size_t kinds_of(const struct run *r, const struct kind *out[64])
{
	size_t n = 0;
	for (size_t i = 0; kind_at(i) && n < 64; i++)
		if (has_sheet(r->path, kind_at(i)))
			out[n++] = kind_at(i);
	if (n == 0 && (out[0] = kind_of_name(r->out.name)))
		n = 1;
	return n;
}

/* All kinds are tried before the first is done: one mistake refuses the file. */
static void import_all(struct run *r)
{
	const struct kind *kinds[64];
	size_t n = kinds_of(r, kinds);
	bool fine = n > 0;
	if (n == 0) {
		struct buf b = {0};
		buf_add(&b, "what is in it is not said: let its name begin with one of");
		for (size_t i = 0; kind_at(i); i++)
			buf_addf(&b, "%s %s", i ? "," : "", kind_at(i)->name);
		add_problem(r, buf_take(&b));
	}
	for (size_t i = 0; i < n; i++)
		fine &= import_kind(r, kinds[i], true) == 0;
	for (size_t i = 0; i < n && fine; i++)
		fine = import_kind(r, kinds[i], false) == 0;
	r->out.taken = fine;
}

static int write_report(struct run *r, const char *folder, struct err *e)
{
	char *path = xasprintf("%s/%s.txt", folder, r->out.stamp);
	int rc = 0;
	r->out.report = r->report.len ? r->report.s : "";
	if (access(path, F_OK) < 0)
		rc = file_write_atomic(path, r->out.report, strlen(r->out.report), REPORT_MODE, e);
	free(path);
	return rc;
}

static int settle(struct run *r, struct err *e)
{
	const char *where = r->out.taken ? "done" : "rejected";
	char *folder = file_join(r->spool->folder, where), *to = file_join(folder, r->out.stamp);
	char *moved = xasprintf("%s/%s", where, r->out.stamp);
	r->out.moved = moved;
	int rc = file_make_dirs(folder, e);
	if (rc == 0)
		rc = write_report(r, folder, e);
	if (rc == 0)
		rc = r->spool->tell(r->spool->context, &r->out, e);
	if (rc == 0 && rename(r->path, to) < 0)
		rc = err_set(e, "%s cannot be moved to %s: %s", r->path, to, strerror(errno));
	if (rc == 0)
		log_info("%s: %s, %lld added, %lld changed, %zu problems", r->out.name, where, (long long)r->out.added,
			(long long)r->out.changed, r->out.problem_count);
	free(moved);
	free(to);
	free(folder);
	return rc;
}

static char *stamp_of(const struct spool *s, const char *name, int64_t mtime)
{
	struct moment m = moment_from_unix(mtime, s->utc_offset_s);
	struct civil c = day_to_civil(m.day);
	return xasprintf("%04d%02d%02d-%02d%02d%02d-%s", c.year, c.month, c.day, m.second / 3600, m.second / 60 % 60,
		m.second % 60, name);
}

static int take(const struct spool *s, const char *name, int64_t mtime, struct err *e)
{
	char *stamp = stamp_of(s, name, mtime);
	struct run r = {.spool = s, .path = file_join(s->folder, name), .out = {.name = name, .stamp = stamp}};
	buf_addf(&r.report, "%s\n", name);
	import_all(&r);
	buf_add(&r.report, r.out.taken ? "" : "Nothing was loaded.\n");
	int rc = settle(&r, e);
	for (size_t i = 0; i < r.out.problem_count; i++)
		free(r.out.problems[i]);
	free(r.out.problems);
	buf_release(&r.report);
	free(r.path);
	free(stamp);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_names(const char *folder, char *names[NAMES_MOST], size_t *count, struct err *e)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	*count = 0;
	if (!dir)
		return err_set(e, "import.directory %s cannot be read: %s", folder, strerror(errno));
	while (*count < NAMES_MOST && (entry = readdir(dir)))
		if (!is_passing(entry->d_name))
			names[(*count)++] = xstrdup(entry->d_name);
	closedir(dir);
	qsort(names, *count, sizeof *names, by_name);
	return 0;
}

int spool_run(const struct spool *s, bool *unsettled, int *handled, struct err *e)
{
	char **names = xcalloc(NAMES_MOST, sizeof *names);
	size_t count;
	*unsettled = false;
	*handled = 0;
	int rc = list_names(s->folder, names, &count, e);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct stat st;
		char *path = file_join(s->folder, names[i]);
		bool is_file = lstat(path, &st) == 0 && S_ISREG(st.st_mode);
		free(path);
		if (!is_file)
			continue;
		if (llabs(s->now_s - (int64_t)st.st_mtime) < SPOOL_SETTLED_S) {
			*unsettled = true;
			continue;
		}
		rc = take(s, names[i], (int64_t)st.st_mtime, e);
		*handled += rc == 0;
	}
	*unsettled |= count == NAMES_MOST && *handled > 0;
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
	return rc;
}
