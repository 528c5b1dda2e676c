/*
 * register_commands.c: the register made, filled, corrected and handed back.
 */
#include "ctl/command.h"

#include "base/file.h"
#include "base/mem.h"
#include "ctl/import_command.h"
#include "ctl/kind_words.h"
#include "register/defaults.h"
#include "register/import.h"

#include <errno.h>
#include <unistd.h>

static const char *const history_keys[] = {"at", "by", "column", "old", "new", NULL};

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

/* Units the plan names may not go: nobody would answer for what it says of them. */

static int refuse_removal(const struct ctl *c, const char *code)
{
	if (!plan_names_unit(c->world.plan, code))
		return 0;
	return ctl_fail(CTL_REJECTED,
		"units %s cannot be removed: the plan names it; a unit that has ended keeps its "
		"row and gets valid_to and successors",
		code);
}

/* The units that an import of units added, less those gone since. */
static int refuse_undoing(const struct ctl *c, int64_t number)
{
	struct err e;
	struct stmt *st = store_stmt(c->world.store,
		"SELECT c.key FROM change c JOIN import i ON i.id = ?1"
		" WHERE i.kind = 'units' AND i.undone_at IS NULL AND c.kind = 'units'"
		" AND c.op = 'add' AND c.id BETWEEN i.first_change AND i.last_change"
		" AND EXISTS (SELECT 1 FROM unit u WHERE u.code = c.key) ORDER BY c.key",
		&e);
	if (!st)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	stmt_int(st, 1, number);
	int rc = 0, step = 0;
	while (rc == 0 && (step = stmt_step(st, &e)) == 1) {
		if (plan_names_unit(c->world.plan, col_text(st, 0)))
			rc = ctl_fail(CTL_REJECTED,
				"import %lld cannot be undone: it added the unit %s, which the "
				"plan names",
				(long long)number, col_text(st, 0));
	}
	if (step < 0)
		rc = ctl_fail(CTL_CANNOT, "%s", e.text);
	stmt_reset(st);
	return rc;
}

static int run_undo_import(struct ctl *c)
{
	struct err e;
	int64_t number, rows = 0;
	int rc = ctl_id(c->positional[0], "N", &number);
	if (rc == 0)
		rc = ctl_open_files(c);
	if (rc == 0)
		rc = ctl_open_store(c, STORE_WRITE);
	if (rc == 0)
		rc = refuse_undoing(c, number);
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
	int rc = k ? ctl_open_files(c) : CTL_USAGE;
	if (rc == 0)
		rc = ctl_open_store(c, STORE_WRITE);
	if (rc == 0 && strcmp(k->name, "units") == 0)
		rc = refuse_removal(c, c->positional[1]);
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
	if (table_rows(t) == 0) {
		table_free(t);
		return ctl_fail(CTL_REJECTED, "there never was a \"%.80s\" among the %s",
			c->positional[1], k->name);
	}
	return ctl_listing(c, t);
}

static bool is_spreadsheet(const char *file)
{
	const char *dot = strrchr(file, '.');
	return dot && strcasecmp(dot, ".xlsx") == 0;
}

/* Written beside it and renamed: a file that is there stays whole. */
static int export_spreadsheet(struct ctl *c, const struct kind *k, const char *file)
{
	struct err e;
	char *part = xasprintf("%s.part", file);
	int rc = export_xlsx(c->world.store, k, ctl_option(c, "unit"), part, &e);
	if (rc == 0 && rename(part, file) < 0)
		rc = err_set(&e, "%s could not be written: %s", file, strerror(errno));
	if (rc < 0)
		unlink(part);
	free(part);
	return rc < 0 ? ctl_fail(CTL_CANNOT, "%s", e.text) : CTL_DONE;
}

static int run_export(struct ctl *c)
{
	struct err e;
	const struct kind *k = kind_asked(c->positional[0]);
	const char *file = c->positional_count > 1 ? c->positional[1] : NULL;
	int rc = k ? ctl_open_units(c, STORE_READ) : CTL_USAGE;
	if (rc == 0)
		rc = ctl_check_unit(c, ctl_option(c, "unit"), "--unit");
	if (rc)
		return rc;
	if (file && is_spreadsheet(file))
		return export_spreadsheet(c, k, file);
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
	{"import", "KIND FILE [--sheet NAME] [--dry-run] [--accept-good REJECTS] [--accept-ending] [--by NAME]",
		"loads a register file (CSV, XLSX), all or nothing; import KIND --help: its columns",
		"langnghectl import villages lang-nghe.csv --dry-run", 2, 2,
		"dry-run sheet= accept-good= accept-ending by=", import_run},
	{"undo-import", "N [--by NAME]", "takes back what import number N did",
		"langnghectl undo-import 12 --by 'Nguyễn Văn A'", 1, 1, "by=", run_undo_import},
	{"remove", "KIND KEY --by NAME --note TEXT", "removes one row that should never have been",
		"langnghectl remove villages TH-0099 --by 'Nguyễn Văn A' --note 'nhập trùng'", 2, 2,
		"by=! note=!", run_remove},
	{"history", "KIND KEY", "who changed what in one row",
		"langnghectl history villages TH-0012 --json", 2, 2, "", run_history},
	{"export", "KIND [FILE] [--unit U]", "writes the rows as CSV, or XLSX by its ending; importing it changes nothing",
		"langnghectl export villages lang-nghe.csv --unit xa-15505", 1, 2,
		"unit=", run_export},
	{0},
};
