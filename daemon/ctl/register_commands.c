/*
 * register_commands.c: the register made, filled, corrected and handed back.
 */
#include "ctl/command.h"

#include "base/file.h"
#include "base/mem.h"
#include "register/defaults.h"
#include "register/import.h"

#include <errno.h>
#include <unistd.h>

static const char *const import_keys[] = {"file", "row", "column", "value", "reason", "number",
	"added", "changed", "unchanged", "rejected", NULL};
static const char *const history_keys[] = {"at", "by", "column", "old", "new", NULL};

/* The kind of that name; NULL after one line on stderr that names all of them. */
static const struct kind *kind_asked(const char *name)
{
	const struct kind *k = kind_named(name);
	if (k)
		return k;
	struct buf all = {0};
	for (size_t i = 0; (k = kind_at(i)); i++)
		buf_addf(&all, "%s%s", i ? ", " : "", k->name);
	ctl_fail(CTL_USAGE, "\"%.40s\" is no kind of register file; allowed: %s", name, all.s);
	buf_release(&all);
	return NULL;
}

static const char *who(const struct ctl *c)
{
	const char *by = ctl_option(c, "by");
	return by ? by : "langnghectl";
}

static int run_init(struct ctl *c)
{
	struct err e;
	int rc = ctl_open_files(c);
	if (rc)
		return rc;
	const char *database = c->world.settings->database;
	bool existed = access(database, F_OK) == 0;
	char *folder = xstrdup(database);
	char *slash = strrchr(folder, '/');
	if (slash && slash != folder) {
		*slash = '\0';
		rc = file_make_dirs(folder, &e);
	}
	free(folder);
	if (rc == 0)
		rc = store_open(&c->world.store, database, STORE_CREATE, &e);
	if (rc < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	printf("database %s: %s, version %d\n", database, existed ? "there" : "created",
		store_version());
	struct default_files files = {0};
	rc = register_load_defaults(c->world.store, c->world.plan, c->world.settings->units_dir,
		ctl_now(c).day, &files, &e);
	for (size_t i = 0; i < files.count; i++) {
		const struct default_file *f = &files.items[i];
		if (f->loaded_before)
			printf("%s: loaded before, left alone\n", f->file);
		else
			printf("%s: %lld %s added, %lld changed\n", f->file,
				(long long)f->result.added, f->kind->name,
				(long long)f->result.changed);
	}
	default_files_release(&files);
	if (rc < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	ctl_poke(c);
	return CTL_DONE;
}

static void import_summary(struct table *t, const struct import_result *r)
{
	table_row(t);
	if (r->number > 0)
		table_int(t, "number", r->number);
	table_int(t, "added", r->added);
	table_int(t, "changed", r->changed);
	table_int(t, "unchanged", r->unchanged);
	table_int(t, "rejected", r->rejected);
}

static void import_print(const struct ctl *c, const struct import_result *r)
{
	for (size_t i = 0; i < r->warning_count; i++)
		fprintf(stderr, "warning: %s\n", r->warnings[i]);
	struct table *t = table_new(import_keys);
	for (size_t i = 0; i < r->reject_count; i++) {
		const struct reject *bad = &r->rejects[i];
		table_row(t);
		table_text(t, "file", bad->file);
		table_int(t, "row", bad->row);
		table_text(t, "column", bad->column);
		table_text(t, "value", bad->value);
		table_text(t, "reason", bad->reason);
	}
	if (c->json)
		import_summary(t, r);
	if (c->json || r->reject_count > 0) {
		ctl_listing(c, t);
	} else {
		table_free(t);
	}
	if (c->json)
		return;
	printf("%lld added, %lld changed, %lld unchanged, %lld rejected", (long long)r->added,
		(long long)r->changed, (long long)r->unchanged, (long long)r->rejected);
	if (r->number > 0)
		printf("; import number %lld", (long long)r->number);
	putchar('\n');
}

static int run_import(struct ctl *c)
{
	struct err e;
	const struct kind *k = kind_asked(c->positional[0]);
	const char *file = c->positional[1], *dot = strrchr(file, '.');
	if (!k)
		return CTL_USAGE;
	if ((dot && strcasecmp(dot, ".xlsx") == 0) || ctl_option(c, "sheet"))
		return ctl_fail(CTL_USAGE,
			"%s: XLSX and --sheet are not in this version; save it as CSV", file);
	int rc = ctl_open_files(c);
	if (rc == 0)
		rc = ctl_open_store(c, STORE_WRITE);
	if (rc)
		return rc;
	struct import_options options = {
		.dry_run = ctl_option(c, "dry-run") != NULL,
		.accept_good = ctl_option(c, "accept-good"),
		.accept_ending = ctl_option(c, "accept-ending") != NULL,
		.by = who(c),
		.today = ctl_now(c).day,
	};
	struct import_result r = {0};
	if (import_file(c->world.store, c->world.plan, k, file, &options, &r, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	import_print(c, &r);
	rc = r.rejected > 0 && !options.accept_good ? CTL_REJECTED : CTL_DONE;
	if (r.held)
		rc = ctl_fail(CTL_REJECTED,
			"%s: it ends %lld of %lld living %s, more than 20 %%; nothing was "
			"loaded; if that is meant, say --accept-ending",
			file, (long long)r.ended, (long long)r.living, k->name);
	if (r.number > 0)
		ctl_poke(c);
	import_result_release(&r);
	return rc;
}

static int run_undo_import(struct ctl *c)
{
	struct err e;
	int64_t number, rows = 0;
	int rc = ctl_id(c->positional[0], "N", &number);
	if (rc == 0)
		rc = ctl_open_store(c, STORE_WRITE);
	if (rc)
		return rc;
	if (import_undo(c->world.store, number, who(c), &rows, &e) < 0)
		return ctl_fail(CTL_REJECTED, "%s", e.text);
	printf("import %lld taken back: %lld rows\n", (long long)number, (long long)rows);
	ctl_poke(c);
	return CTL_DONE;
}

static int run_remove(struct ctl *c)
{
	struct err e;
	const struct kind *k = kind_asked(c->positional[0]);
	int rc = k ? ctl_open_store(c, STORE_WRITE) : CTL_USAGE;
	if (rc)
		return rc;
	if (register_remove(
		    c->world.store, k, c->positional[1], who(c), ctl_option(c, "note"), &e) < 0)
		return ctl_fail(CTL_REJECTED, "%s", e.text);
	printf("%s %s removed\n", k->name, c->positional[1]);
	ctl_poke(c);
	return CTL_DONE;
}

static int run_history(struct ctl *c)
{
	struct err e;
	const struct kind *k = kind_asked(c->positional[0]);
	int rc = k ? ctl_open_store(c, STORE_READ) : CTL_USAGE;
	if (rc)
		return rc;
	struct table *t = table_new(history_keys);
	if (register_history(c->world.store, k, c->positional[1], t, &e) < 0) {
		table_free(t);
		return ctl_fail(CTL_REJECTED, "%s", e.text);
	}
	return ctl_listing(c, t);
}

static int run_export(struct ctl *c)
{
	struct err e;
	const struct kind *k = kind_asked(c->positional[0]);
	const char *file = c->positional_count > 1 ? c->positional[1] : NULL;
	int rc = k ? ctl_open_store(c, STORE_READ) : CTL_USAGE;
	if (rc)
		return rc;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		return ctl_fail(CTL_CANNOT, "no memory for the export");
	rc = export_csv(c->world.store, k, ctl_option(c, "unit"), out, &e);
	if (fclose(out) != 0 && rc == 0)
		rc = err_set(&e, "no memory for the export");
	if (rc == 0 && file && strcmp(file, "-") != 0)
		rc = file_write_atomic(file, text, size, 0640, &e);
	else if (rc == 0 && fwrite(text, 1, size, stdout) != size)
		rc = err_set(&e, "the export could not be written: %s", strerror(errno));
	free(text);
	return rc < 0 ? ctl_fail(CTL_CANNOT, "%s", e.text) : CTL_DONE;
}

const struct command register_commands[] = {
	{"init", "", "creates or upgrades the database and loads the shipped units once",
		"langnghectl -c /etc/langnghe/langnghed.conf init", 0, 0, "", run_init},
	{"import", "KIND FILE [--dry-run] [--accept-good REJECTS] [--accept-ending] [--by NAME]",
		"loads a register file (CSV), all of it or nothing",
		"langnghectl import villages lang-nghe.csv --dry-run", 2, 2,
		"dry-run sheet= accept-good= accept-ending by=", run_import},
	{"undo-import", "N [--by NAME]", "takes back what import number N did",
		"langnghectl undo-import 12 --by 'Nguyễn Văn A'", 1, 1, "by=", run_undo_import},
	{"remove", "KIND KEY --by NAME --note TEXT", "removes one row that should never have been",
		"langnghectl remove villages TH-0099 --by 'Nguyễn Văn A' --note 'nhập trùng'", 2, 2,
		"by=! note=!", run_remove},
	{"history", "KIND KEY", "who changed what in one row",
		"langnghectl history villages TH-0012 --json", 2, 2, "", run_history},
	{"export", "KIND [FILE] [--unit U]", "writes the rows as CSV; importing it changes nothing",
		"langnghectl export villages lang-nghe.csv --unit xa-14842", 1, 2,
		"unit=", run_export},
	{0},
};
