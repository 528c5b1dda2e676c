/*
 * import.c: a register file from its first line to the commit. Every row is
 * tried inside one transaction, also after the first refused one, so that all
 * mistakes of a file are told at once; then the transaction is kept or not.
 */
#include "register/import.h"

#include "base/file.h"
#include "base/mem.h"
#include "register/apply.h"
#include "register/bulk.h"
#include "register/fresh.h"
#include "register/header.h"
#include "register/units.h"
#include "register/xlsx.h"

enum { BYTES_A_ROW = 100, HELD_SHARE = 5 }; /* held when more than 1/5 of the living rows end */

/* A large file touches every page of an index, in no order: 64 MiB. A spreadsheet has at most a million rows, and
 * its shared texts want room, too. */
static const char large_cache[] = "PRAGMA cache_size = -65536", small_cache[] = "PRAGMA cache_size = -8192";

/* A row without a code, read last so that codes given further down are known before. */
struct deferred {
	int row;
	size_t count;
	char **cells;
};

struct import_run {
	struct store *store;
	const struct kind *kind;
	const struct import_options *options;
	struct import_result *result;
	struct rejects rejects;
	struct csv_reader csv;
	struct xlsx *xlsx; /* where the text comes from; NULL for text */
	struct header header;
	struct cell_context context;
	struct applier *applier;
	struct author author;
	struct fresh fresh;
	struct bulk rows, history; /* indexes set aside while a large file is read */
	struct keymap seen; /* key -> line */
	struct deferred *deferred;
	size_t deferred_count, deferred_capacity;
	int code_cell; /* cell of the column code, or -1 */
	struct buf reasons; /* accept_good: why the row at hand is refused */
	struct buf refused; /* accept_good: the rows refused so far, as CSV */
	int64_t first_change;
};

static const struct column *column_of_cell(const struct import_run *run, size_t cell)
{
	if (cell >= run->header.count || run->header.column_of[cell] < 0)
		return NULL;
	return &run->kind->columns[run->header.column_of[cell]];
}

static const char *heading(const struct import_run *run, size_t cell)
{
	const struct column *c = column_of_cell(run, cell);
	return c ? c->name : cell < run->header.count ? run->header.cells[cell] : NULL;
}

/* A row that is broken as text, or has more or fewer cells than the header. */
static bool is_misshapen(struct import_run *run, const char *problem, char **cells, size_t count)
{
	size_t want = run->header.count;
	if (problem) {
		rejects_add(&run->rejects, heading(run, count ? count - 1 : 0),
			count ? cells[count - 1] : NULL, "%s", problem);
		return true;
	}
	if (count < want) {
		rejects_add(&run->rejects, heading(run, count), NULL,
			"the row ends early: it has %zu cells, the header %zu", count, want);
		return true;
	}
	for (size_t i = want; i < count; i++)
		if (*cells[i]) {
			rejects_add(&run->rejects, NULL, cells[i],
				"the row has %zu cells, the header %zu: "
				"a cell that holds the delimiter must be quoted",
				count, want);
			return true;
		}
	return false;
}

static void parse_rev(struct import_run *run, const char *cell, struct row *row)
{
	char *end;
	if (!*cell)
		return;
	row->rev = strtoll(cell, &end, 10);
	if (*end || row->rev <= 0)
		rejects_add(&run->rejects, "#rev", cell,
			"is no revision: leave the numbers of the sheet as they are, or delete the "
			"column");
}

static void parse_cells(struct import_run *run, char **cells, struct row *row)
{
	struct err why;
	for (size_t i = 0; i < run->header.count; i++) {
		int column = run->header.column_of[i];
		if (column == HEADER_REV)
			parse_rev(run, cells[i], row);
		else if (column >= 0 && cell_parse(&run->context, &run->kind->columns[column],
						cells[i], &row->values[column], &why) != 0)
			rejects_add(&run->rejects, run->kind->columns[column].name, cells[i], "%s",
				why.text);
	}
}

static int assign_code(struct import_run *run, struct row *row, struct err *e)
{
	char *code = fresh_code(&run->fresh, &run->seen, e);
	if (!code)
		return -1;
	row->values[0] = (struct value){.state = VALUE_TEXT, .text = code, .owned = code};
	return 0;
}

/* The whole key must be there, and once in the file. */
static void check_key_cells(struct import_run *run, struct row *row)
{
	const struct kind *k = run->kind;
	for (int i = 0; i < key_columns(k); i++)
		if (!value_is_known(&row->values[i]) && run->rejects.in_row == 0)
			rejects_add(&run->rejects, k->columns[i].name, NULL,
				"is empty: it is part of the key of %s", k->name);
	if (run->rejects.in_row)
		return;
	if (row_set_key(k, row) != 0) {
		rejects_add(&run->rejects, k->columns[0].name, NULL, "the key is too long");
		return;
	}
	bool added;
	int64_t *line = keymap_add(&run->seen, row->key, run->rejects.row, &added);
	if (!added)
		rejects_add(&run->rejects, k->columns[0].name, row->key,
			"stands twice in this file, first in row %lld", (long long)*line);
}

static int warn_about_new(
	struct import_run *run, const struct row *row, bool assigned, struct err *e)
{
	const char *like;
	const char *code = row->values[0].text;
	if (assigned)
		rejects_take_warning(&run->rejects,
			xasprintf("row %d: the new row got the code %s", run->rejects.row, code));
	if (!run->kind->coded)
		return 0;
	if (fresh_name(&run->fresh, row->values, code, &like, e) != 0)
		return -1;
	if (like)
		rejects_take_warning(&run->rejects,
			xasprintf("row %d: %s has nearly the name of %s: is it the same?",
				run->rejects.row, code, like));
	return 0;
}

static int apply_row(struct import_run *run, struct row *row, bool assigned, struct err *e)
{
	switch (applier_row(run->applier, row, &run->rejects, e)) {
	case ROW_ADDED:
		run->result->added++;
		return warn_about_new(run, row, assigned, e);
	case ROW_CHANGED:
		run->result->changed++;
		return 0;
	case ROW_UNCHANGED:
		run->result->unchanged++;
		return 0;
	case ROW_REJECTED:
		return 0;
	case ROW_FAILED:
		return -1;
	}
	return -1;
}

static void keep_refused(struct import_run *run, char **cells, size_t count)
{
	for (size_t i = 0; i < count && i < run->header.count; i++) {
		csv_put(&run->refused, cells[i], run->csv.delimiter);
		buf_add_n(&run->refused, &run->csv.delimiter, 1);
	}
	for (size_t i = count; i < run->header.count; i++)
		buf_add_n(&run->refused, &run->csv.delimiter, 1);
	csv_put(&run->refused, run->reasons.s ? run->reasons.s : "", run->csv.delimiter);
	buf_add(&run->refused, "\r\n");
}

static int take_row(struct import_run *run, const char *problem, char **cells, size_t count,
	struct row *row, struct err *e)
{
	int rc = 0;
	bool assigned = false;
	if (!is_misshapen(run, problem, cells, count)) {
		row->rev = 0;
		parse_cells(run, cells, row);
		if (run->kind->coded && run->rejects.in_row == 0 &&
			row->values[0].state == VALUE_ABSENT) {
			rc = assign_code(run, row, e);
			assigned = true;
		}
		if (rc == 0)
			check_key_cells(run, row);
		if (rc == 0 && run->rejects.in_row == 0)
			rc = apply_row(run, row, assigned, e);
		for (size_t i = 0; i < run->kind->column_count; i++)
			if (row->values[i].owned || row->values[i].if_changed ||
				row->values[i].state != VALUE_ABSENT)
				value_clear(&row->values[i]);
	}
	if (rc == 0 && run->rejects.in_row && run->options->accept_good)
		keep_refused(run, cells, count);
	return rc;
}

static bool must_wait(const struct import_run *run)
{
	const struct csv_reader *csv = &run->csv;
	if (!run->kind->coded || run->code_cell < 0 || csv->problem ||
		(size_t)run->code_cell >= csv->count)
		return false;
	const char *code = csv->cells[run->code_cell];
	return code[strspn(code, " \t")] == '\0';
}

static void defer(struct import_run *run)
{
	const struct csv_reader *csv = &run->csv;
	VEC_ROOM(run->deferred, run->deferred_count, run->deferred_capacity);
	struct deferred *d = &run->deferred[run->deferred_count++];
	*d = (struct deferred){.row = csv->row, .count = csv->count};
	d->cells = xcalloc(csv->count, sizeof *d->cells);
	for (size_t i = 0; i < csv->count; i++)
		d->cells[i] = xstrdup(csv->cells[i]);
}

static int take_rows(struct import_run *run, struct err *e)
{
	struct row row = {.rev = 0};
	while (csv_next(&run->csv)) {
		if (must_wait(run)) {
			defer(run);
			continue;
		}
		rejects_begin_row(&run->rejects, run->csv.row);
		if (take_row(run, run->csv.problem, run->csv.cells, run->csv.count, &row, e) != 0)
			return -1;
	}
	if (run->csv.failed)
		return err_set(e, "%s", xlsx_why(run->xlsx));
	for (size_t i = 0; i < run->deferred_count; i++) {
		struct deferred *d = &run->deferred[i];
		rejects_begin_row(&run->rejects, d->row);
		if (take_row(run, NULL, d->cells, d->count, &row, e) != 0)
			return -1;
	}
	return 0;
}

/* Units may name units that stand further down: all codes of the file are known beforehand. */
static int announce_units(struct import_run *run, struct err *e)
{
	struct csv_reader ahead;
	int code = -1, name = -1, kind = -1;
	for (size_t i = 0; i < run->header.count; i++) {
		const struct column *c = column_of_cell(run, i);
		if (!c)
			continue;
		code = strcmp(c->name, "code") == 0 ? (int)i : code;
		name = strcmp(c->name, "name") == 0 ? (int)i : name;
		kind = strcmp(c->name, "kind") == 0 ? (int)i : kind;
	}
	if (csv_open_text(&ahead, run->csv.data + run->csv.at, run->csv.size - run->csv.at, "rows",
		    e) != 0)
		return -1;
	csv_use_delimiter(&ahead, run->csv.delimiter);
	while (csv_next(&ahead))
		if (code >= 0 && (size_t)code < ahead.count)
			lookup_add_unit(run->context.lookup, ahead.cells[code],
				name >= 0 && (size_t)name < ahead.count ? ahead.cells[name] : NULL,
				kind >= 0 && (size_t)kind < ahead.count ? ahead.cells[kind] : NULL);
	csv_close(&ahead);
	return 0;
}

static int begin_import(struct import_run *run, const char *file, struct err *e)
{
	struct stmt *st = store_stmt(run->store,
		"INSERT INTO import (at, by, kind, file, added, changed)"
		" VALUES (?1, ?2, ?3, ?4, 0, 0)",
		e);
	if (!st)
		return -1;
	stmt_text(st, 1, run->author.at);
	stmt_text(st, 2, run->author.by);
	stmt_text(st, 3, run->kind->name);
	stmt_text(st, 4, file);
	if (stmt_run(st, e) != 0)
		return -1;
	run->author.import_id = store_last_id(run->store);
	return history_last(run->store, &run->first_change, e);
}

static int finish_import(struct import_run *run, struct err *e)
{
	int64_t last;
	struct stmt *st = store_stmt(run->store,
		"UPDATE import SET added = ?2, changed = ?3,"
		" first_change = ?4, last_change = ?5 WHERE id = ?1",
		e);
	if (!st || history_last(run->store, &last, e) != 0)
		return -1;
	stmt_int(st, 1, run->author.import_id);
	stmt_int(st, 2, run->result->added);
	stmt_int(st, 3, run->result->changed);
	stmt_int(st, 4, run->first_change + 1);
	stmt_int(st, 5, last);
	return stmt_run(st, e);
}

/* The successors and parents must still lead somewhere once all rows are in. */
static bool units_are_broken(struct import_run *run)
{
	char *culprit;
	struct err why;
	if (strcmp(run->kind->name, "units") != 0 || units_check(run->store, &culprit, &why) == 0)
		return false;
	const int64_t *line = culprit ? keymap_get(&run->seen, culprit) : NULL;
	rejects_begin_row(&run->rejects, line ? (int)*line : 1);
	rejects_add(&run->rejects, strstr(why.text, "parent") ? "parent" : "successors", culprit,
		"%s", why.text);
	free(culprit);
	return true;
}

static int is_held(struct import_run *run, struct err *e)
{
	int64_t ended = applier_ended(run->applier), living;
	if (ended == 0)
		return 0;
	if (applier_living(run->applier, &living, e) != 0)
		return -1;
	run->result->ended = ended;
	run->result->living = living + ended - run->result->added;
	run->result->held =
		!run->options->accept_ending && ended * HELD_SHARE > run->result->living;
	return 0;
}

static int write_refused(struct import_run *run, struct err *e)
{
	if (!run->options->accept_good || run->options->dry_run || run->result->rejected == 0)
		return 0;
	struct buf out = {0};
	buf_add(&out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < run->header.count; i++) {
		csv_put(&out, run->header.cells[i], run->csv.delimiter);
		buf_add_n(&out, &run->csv.delimiter, 1);
	}
	buf_add(&out, "#reason\r\n");
	buf_add_n(&out, run->refused.s, run->refused.len);
	int rc = file_write_atomic(run->options->accept_good, out.s, out.len, 0640, e);
	buf_release(&out);
	return rc;
}

/* Where a refused cell of a spreadsheet stands, by its heading. */
static void name_cells(struct import_run *run)
{
	for (size_t i = 0; run->result->sheet && i < run->result->reject_count; i++) {
		struct reject *bad = &run->result->rejects[i];
		for (size_t k = 0; k < run->header.count && !*bad->cell; k++) {
			const char *head = heading(run, k);
			if (head && bad->column && strcmp(head, bad->column) == 0)
				xlsx_cell_name(k, bad->row, bad->cell);
		}
	}
}

/* The file and what was noted of its rows: the indexes that come last are large enough by themselves. */
static void forget_rows(struct import_run *run)
{
	for (size_t i = 0; i < run->deferred_count; i++) {
		for (size_t k = 0; k < run->deferred[i].count; k++)
			free(run->deferred[i].cells[k]);
		free(run->deferred[i].cells);
	}
	free(run->deferred);
	run->deferred = NULL;
	run->deferred_count = 0;
	header_release(&run->header);
	keymap_release(&run->seen);
	csv_close(&run->csv);
	xlsx_close(run->xlsx);
	run->xlsx = NULL;
}

/* Keeps or drops what was done. */
static int settle(struct import_run *run, struct err *e)
{
	struct import_result *result = run->result;
	bool broken = units_are_broken(run);
	if (is_held(run, e) != 0 || finish_import(run, e) != 0)
		return -1;
	bool refused = broken || result->held || (result->rejected && !run->options->accept_good);
	if (refused)
		result->added = result->changed = 0;
	if (!broken && !result->held && write_refused(run, e) != 0)
		return -1;
	if (refused || run->options->dry_run || result->added + result->changed == 0)
		return 0;
	name_cells(run);
	forget_rows(run);
	if (bulk_end(&run->rows, run->store, e) != 0 ||
		bulk_end(&run->history, run->store, e) != 0 || store_commit(run->store, e) != 0)
		return -1;
	result->number = run->author.import_id;
	return 0;
}

/* Rows that nobody sees are read like the others; that is said. */
static void warn_of_hidden(struct import_run *run)
{
	size_t count = 0;
	const char *rows = run->xlsx ? xlsx_hidden(run->xlsx, &count) : "";
	if (count > 0)
		rejects_take_warning(&run->rejects,
			xasprintf("sheet \"%s\": hidden rows are read like the others (%zu): %s%s", run->result->sheet,
				count, rows, count > 20 ? " …" : ""));
}

/* About how many rows are coming, for deciding how to go about it. */
static size_t rows_coming(const struct import_run *run)
{
	return run->xlsx ? xlsx_rows_guess(run->xlsx) : (run->csv.size - run->csv.at) / BYTES_A_ROW;
}

static int run_import(struct import_run *run, const char *file, struct err *e)
{
	int rc = lookup_new(&run->context.lookup, run->store, run->context.plan, e);
	if (rc == 0)
		rc = bulk_begin(&run->rows, run->store, run->kind->table, rows_coming(run), e);
	if (rc == 0)
		rc = bulk_begin(&run->history, run->store, "change", rows_coming(run), e);
	if (rc == 0)
		rc = begin_import(run, file, e);
	if (rc == 0)
		rc = applier_new(
			&run->applier, run->store, run->kind, run->context.plan, &run->author, e);
	if (rc == 0 && strcmp(run->kind->name, "units") == 0)
		rc = announce_units(run, e);
	if (rc == 0)
		rc = take_rows(run, e);
	if (rc == 0)
		warn_of_hidden(run);
	return rc == 0 ? settle(run, e) : -1;
}

static void release(struct import_run *run)
{
	applier_free(run->applier);
	bulk_release(&run->rows);
	bulk_release(&run->history);
	lookup_free(run->context.lookup);
	fresh_release(&run->fresh);
	forget_rows(run);
	buf_release(&run->reasons);
	buf_release(&run->refused);
}

static int open_rows(struct import_run *run, const char *file, struct err *e)
{
	const char *wanted = run->options->sheet;
	if (!xlsx_is(file) && wanted)
		return err_set(e, "%s is no spreadsheet: --sheet names a sheet of an XLSX file", file);
	if (!xlsx_is(file))
		return csv_open(&run->csv, file, e);
	bool whole = strcmp(run->kind->name, "units") == 0; /* they are looked at before they are read */
	if (xlsx_open(&run->xlsx, file, wanted, run->kind->label, whole, e) < 0)
		return -1;
	run->result->sheet = xstrdup(xlsx_sheet_name(run->xlsx));
	csv_open_pieces(&run->csv, xlsx_more, run->xlsx, XLSX_DELIMITER);
	if (run->csv.failed)
		return err_set(e, "%s", xlsx_why(run->xlsx));
	header_find(&run->csv, run->kind);
	return 0;
}

int import_file(struct store *s, const struct plan *plan, const struct kind *k, const char *file,
	const struct import_options *options, struct import_result *result, struct err *e)
{
	struct import_run *run = xcalloc(1, sizeof *run);
	*result = (struct import_result){0};
	run->store = s;
	run->kind = k;
	run->options = options;
	run->result = result;
	run->rejects = (struct rejects){.result = result, .file = file, .reasons = &run->reasons};
	run->context = (struct cell_context){.plan = plan, .today = options->today};
	run->author = author_now(options->by && *options->by ? options->by : "langnghectl");
	run->code_cell = -1;
	fresh_init(&run->fresh, s, k);
	int rc = open_rows(run, file, e), header = rc == 0 ? header_read(&run->header, &run->csv, k, &run->rejects) : -1;
	result->header_row = rc == 0 ? run->rejects.row : 0;
	if (header == 0) {
		for (size_t i = 0; i < run->header.count; i++)
			if (k->coded && run->header.column_of[i] == 0)
				run->code_cell = (int)i;
		rc = store_exec(s, result->sheet ? small_cache : large_cache, e);
		if (rc == 0)
			rc = store_begin(s, e);
		if (rc == 0)
			rc = run_import(run, file, e);
		store_rollback(s); /* harmless after the commit */
	}
	name_cells(run);
	release(run);
	free(run);
	if (rc != 0)
		import_result_release(result);
	return rc;
}
