/*
 * xlsx.h: a sheet of a spreadsheet (XLSX, ECMA-376) as delimited text, so that one
 * importer takes both: one line a row, in the sheet's own numbering, cells
 * separated by tabs. Dates become YYYY-MM-DD, formulas their last value, error
 * values stay as they stand ("#N/A": the importer refuses them). Read as a stream:
 * what is kept are the strings that cells share. DOCTYPE, bombs, encrypted and older
 * files are refused.
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

struct xlsx;

/* Whether the file begins like a ZIP archive, as an XLSX does; false also where it cannot be read. */
bool xlsx_is(const char *file);
/* sheet: its name; NULL: the one named `usual` if it is there, else the first. whole: the first piece is all there is.
 * -1: a sentence that names the file and what is wrong. The file's name stays the caller's and must outlive it. */
int xlsx_open(struct xlsx **out, const char *file, const char *sheet, const char *usual, bool whole, struct err *e);
/* The next piece of lines, added to text: the first has ten rows at least where they are there. 1, 0 at the end, -1:
 * xlsx_why() says why. It is a csv_reader's `more`. */
int xlsx_more(void *x, struct buf *text);
const char *xlsx_why(const struct xlsx *x);
const char *xlsx_sheet_name(const struct xlsx *x);
/* "5, 9, 10": the hidden rows that were read so far, at most 20; how many there are. */
const char *xlsx_hidden(const struct xlsx *x, size_t *count);
size_t xlsx_rows_guess(const struct xlsx *x); /* about how many rows it has, by its size */
void xlsx_close(struct xlsx *x);
/* "C7" of column 2 (from 0) and row 7. */
void xlsx_cell_name(size_t column, int row, char out[16]);

#endif
