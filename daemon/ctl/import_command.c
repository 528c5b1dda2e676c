/*
 * import_command.c: see import_command.h. Refused cells are told one a line and
 * uncut, because what is allowed stands at the end of the sentence.
 */
#include "ctl/import_command.h"

#include "base/mem.h"
#include "base/text.h"
#include "ctl/kind_words.h"
#include "register/import.h"
#include "register/rejects.h"

static const char *const import_keys[] = {"file", "row", "column", "value", "reason", "cell",
	"number", "added", "changed", "unchanged", "rejected", NULL};

struct import {
	const struct kind *kind;
	const char *file;
	struct import_options options;
	struct import_result result;
	bool header_refused; /* no row was read */
};

/* A refused header counts as one row, and no other row counts at all. What is said of it is said of
 * a heading, or of none; a file of units that is refused as a whole may name that line, too, but
 * with the unit at fault. */
static bool is_header_refused(const struct import_result *r)
{
	if (r->rejected != 1 || r->reject_count == 0 || r->added + r->changed + r->unchanged > 0)
		return false;
	const struct reject *first = &r->rejects[0];
	bool of_heading = !*first->value || strcmp(first->value, first->column) == 0;
	return of_heading && first->row == r->header_row;
}

/* A cell on one line. */
static void print_cell(const char *cell)
{
	char *line = text_nfc(cell, true);
	fputs(line ? line : "(not UTF-8)", stdout);
	free(line);
}

/* "FILE:ROW: ", or "FILE:SHEET!C7: " of a spreadsheet. */
static void print_where(const struct import_result *r, const struct reject *bad)
{
	if (!r->sheet)
		printf("%s:%d: ", bad->file, bad->row);
	else if (*bad->cell)
		printf("%s:%s!%s: ", bad->file, r->sheet, bad->cell);
	else
		printf("%s:%s!%d: ", bad->file, r->sheet, bad->row);
}

/* One refused cell: "FILE:ROW: COLUMN 'VALUE': REASON". */
static void print_reject(const struct import_result *r, const struct reject *bad)
{
	print_where(r, bad);
	print_cell(bad->column);
	if (*bad->value) {
		fputs(*bad->column ? " '" : "'", stdout);
		print_cell(bad->value);
		putchar('\'');
	}
	printf("%s%s\n", *bad->column || *bad->value ? ": " : "", bad->reason);
}

static bool is_said_before(const struct import_result *r, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (strcmp(r->rejects[k].reason, r->rejects[i].reason) == 0)
			return true;
	}
	return false;
}

/* The header's headings that share a reason, with the reason once: it lists every column. */
static void print_header_problems(const struct import_result *r)
{
	for (size_t i = 0; i < r->reject_count; i++) {
		const struct reject *bad = &r->rejects[i];
		if (is_said_before(r, i))
			continue;
		print_where(r, bad);
		int named = 0;
		for (size_t k = i; k < r->reject_count; k++) {
			const struct reject *like = &r->rejects[k];
			if (!*like->column || strcmp(like->reason, bad->reason) != 0)
				continue;
			fputs(named++ ? ", '" : "'", stdout);
			print_cell(like->column);
			putchar('\'');
		}
		printf("%s%s%s\n", named ? ": " : "", named > 1 ? "each " : "", bad->reason);
	}
}

static void print_json(const struct ctl *c, const struct import_result *r)
{
	struct table *t = table_new(import_keys);
	for (size_t i = 0; i < r->reject_count; i++) {
		const struct reject *bad = &r->rejects[i];
		table_row(t);
		table_text(t, "file", bad->file);
		table_int(t, "row", bad->row);
		table_text(t, "column", bad->column);
		table_text(t, "value", bad->value);
		table_text(t, "reason", bad->reason);
		table_text(t, "cell", *bad->cell ? bad->cell : NULL);
	}
	table_row(t);
	if (r->number > 0)
		table_int(t, "number", r->number);
	table_int(t, "added", r->added);
	table_int(t, "changed", r->changed);
	table_int(t, "unchanged", r->unchanged);
	table_int(t, "rejected", r->rejected);
	ctl_listing(c, t);
}

/* Whether the refused rows now stand in the file of --accept-good: not after a look only, not where
 * the whole file was refused. A units file whose successors lead nowhere is refused as a whole,
 * too, and tells it by its number only. */
static bool wrote_refused(const struct import *i)
{
	const struct import_result *r = &i->result;
	return i->options.accept_good && !i->options.dry_run && r->rejected > 0 && !r->held &&
	       !i->header_refused && (r->number > 0 || strcmp(i->kind->name, "units") != 0);
}

/* The last line: the counts, and what stands in the register now. */
static void print_outcome(const struct import *i)
{
	const struct import_result *r = &i->result;
	const char *would = i->options.dry_run ? "would be " : "";
	if (i->header_refused) {
		printf("%sthe header is refused: no row was read, nothing was loaded\n",
			i->options.dry_run ? "dry run: " : "");
		return;
	}
	printf("%s%lld %sadded, %lld %schanged, %lld unchanged, %lld %srejected",
		i->options.dry_run ? "dry run: " : "", (long long)r->added, would,
		(long long)r->changed, would, (long long)r->unchanged, (long long)r->rejected,
		would);
	if (r->number > 0)
		printf("; import number %lld", (long long)r->number);
	else if (i->options.dry_run || r->rejected > 0)
		fputs("; nothing was loaded", stdout);
	if (i->options.dry_run && i->options.accept_good)
		printf(", %s was not written", i->options.accept_good);
	else if (wrote_refused(i))
		printf("; the rejected rows stand in %s", i->options.accept_good);
	putchar('\n');
}

static void print_result(const struct ctl *c, const struct import *i)
{
	const struct import_result *r = &i->result;
	for (size_t k = 0; k < r->warning_count; k++)
		fprintf(stderr, "warning: %s\n", r->warnings[k]);
	if (c->json) {
		print_json(c, r);
		return;
	}
	if (i->header_refused)
		print_header_problems(r);
	for (size_t k = 0; k < r->reject_count && !i->header_refused; k++)
		print_reject(r, &r->rejects[k]);
	if (r->reject_count == REJECTS_KEPT)
		printf("only the first %d refused cells are shown\n", REJECTS_KEPT);
	print_outcome(i);
}

static int exit_code(const struct import *i)
{
	const struct import_result *r = &i->result;
	if (r->held)
		return ctl_fail(CTL_REJECTED,
			"%s: it ends %lld of %lld living %s, more than 20 %%; nothing was "
			"loaded; if that is meant, say --accept-ending",
			i->file, (long long)r->ended, (long long)r->living, i->kind->name);
	if (r->rejected == 0)
		return CTL_DONE;
	bool taken = i->options.dry_run ? i->options.accept_good && !i->header_refused
					: wrote_refused(i);
	return taken ? CTL_DONE : CTL_REJECTED;
}

int import_run(struct ctl *c)
{
	struct err e;
	struct import i = {.kind = kind_asked(c->positional[0]), .file = c->positional[1]};
	const char *by = ctl_option(c, "by");
	if (!i.kind)
		return CTL_USAGE;
	int rc = ctl_open_files(c);
	if (rc == 0)
		rc = ctl_open_store(c, STORE_WRITE);
	if (rc)
		return rc;
	i.options = (struct import_options){
		.dry_run = ctl_option(c, "dry-run") != NULL,
		.accept_good = ctl_option(c, "accept-good"),
		.accept_ending = ctl_option(c, "accept-ending") != NULL,
		.sheet = ctl_option(c, "sheet"),
		.by = by ? by : "langnghectl",
		.today = ctl_now(c).day,
	};
	if (import_file(c->world.store, c->world.plan, i.kind, i.file, &i.options, &i.result, &e) <
		0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	i.header_refused = is_header_refused(&i.result);
	print_result(c, &i);
	rc = exit_code(&i);
	if (i.result.number > 0)
		ctl_poke(c);
	import_result_release(&i.result);
	return rc;
}

int import_help(int argc, char **argv)
{
	const struct kind *k = NULL;
	for (int i = 0; i < argc && !k; i++)
		k = kind_named(argv[i]);
	if (!k && argc > 0 && argv[0][0] != '-')
		return kind_asked(argv[0]) ? CTL_DONE : CTL_USAGE;
	if (k) {
		putchar('\n');
		kind_print(k, stdout);
		return CTL_DONE;
	}
	puts("\nkinds (import KIND --help lists the columns of one):");
	kinds_print(stdout);
	return CTL_DONE;
}
