/*
 * import.h: register files in and out. All or nothing unless told otherwise;
 * every changed cell is kept in the history; an import can be undone.
 */
#ifndef REGISTER_IMPORT_H
#define REGISTER_IMPORT_H

#include "base/err.h"
#include "plan/plan.h"
#include "register/kinds.h"
#include "store/store.h"

#include <stdio.h>

struct reject {
	char *file;
	int row;            /* line of the file where the row begins, header = 1 */
	char *column, *value, *reason;
	char cell[16];      /* "C7" in a spreadsheet; "" in text */
};

struct import_result {
	int64_t number;     /* import number; 0 for a dry run or when nothing was loaded */
	int64_t added, changed, unchanged, rejected;
	struct reject *rejects; /* one per cell */
	size_t reject_count; /* capped at 1000 kept; `rejected` counts all rows */
	char **warnings;    /* near-duplicates, assigned codes */
	size_t warning_count; /* capped at 1000 kept */
	bool held;          /* P17: would end > 20 % of the kind's living rows; nothing loaded, say --accept */
	int64_t ended, living; /* rows this file ends, of so many that lived before it */
	char *sheet;        /* of a spreadsheet: the one that was read; NULL for text */
	int header_row;     /* 0: there is none */
};

struct import_options {
	bool dry_run;
	const char *accept_good; /* file for the rejected rows; NULL: all or nothing */
	bool accept_ending;      /* load although more than 20 % of the living rows end (P17) */
	const char *sheet;       /* of a spreadsheet: its name; NULL: the first */
	const char *by;          /* who; NULL: "langnghectl" */
	int32_t today;
};

/* Loads file (CSV, or a sheet of an XLSX) of kind. 0: read to the end, see result (which may reject rows and load
 * nothing); -1: the file could not be read at all. */
int import_file(struct store *s, const struct plan *plan, const struct kind *k, const char *file,
	const struct import_options *options, struct import_result *result, struct err *e);
void import_result_release(struct import_result *r);
/* Takes back what import `number` did. Refused where a row was changed since, naming it. */
int import_undo(struct store *s, int64_t number, const char *by, int64_t *rows, struct err *e);

/* Writes every row (or those of unit's places) as CSV with BOM, keys as header, `#rev` last. */
int export_csv(struct store *s, const struct kind *k, const char *unit, FILE *out, struct err *e);
/* The same as a spreadsheet with Vietnamese headings, dates, drop-downs; #rev is hidden. On failure file may be
 * there in part. */
int export_xlsx(struct store *s, const struct kind *k, const char *unit, const char *file, struct err *e);

/* key: the key columns' values joined with '/'. */
int register_remove(struct store *s, const struct kind *k, const char *key, const char *by,
	const char *note, struct err *e);
struct table;
int register_history(struct store *s, const struct kind *k, const char *key, struct table *t,
	struct err *e); /* keys at,by,column,old,new */

#endif
