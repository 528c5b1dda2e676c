/*
 * xlsx.h: a sheet of a spreadsheet (XLSX, ECMA-376) as delimited text, so that one
 * importer takes both: one line a row, in the sheet's own numbering, cells
 * separated by tabs. Dates become YYYY-MM-DD, formulas their last value, error
 * values stay as they stand ("#N/A": the importer refuses them). Read as a stream:
 * what is kept is the text and the strings that cells share. DOCTYPE, bombs,
 * encrypted and older files are refused.
 */
#ifndef REGISTER_XLSX_H
#define REGISTER_XLSX_H

#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>

enum {
	XLSX_ROWS_MOST = 1048576,
	XLSX_PART_BYTES_MOST = 1 << 30, /* of one part, unpacked */
	XLSX_TEXT_BYTES_MOST = 512 << 20
};
#define XLSX_DELIMITER '\t'

struct xlsx_sheet {
	struct buf text;   /* no tabs and no line ends within cells */
	char *name;        /* of the sheet that was read */
	struct buf hidden; /* "5, 9, 10": rows that are hidden, at most some; "" none */
	size_t hidden_count;
};

/* Whether the file begins like a ZIP archive, as an XLSX does; false also where it cannot be read. */
bool xlsx_is(const char *file);
/* sheet: its name, NULL the first one. -1: a sentence that names the file and what is wrong. */
int xlsx_read(struct xlsx_sheet *out, const char *file, const char *sheet, struct err *e);
void xlsx_release(struct xlsx_sheet *s);
/* "C7" of column 2 (from 0) and row 7. */
void xlsx_cell_name(size_t column, int row, char out[16]);

#endif
