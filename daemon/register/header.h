/*
 * header.h: the first row of a register file: which cell belongs to which
 * column, by key or by Vietnamese label.
 */
#ifndef REGISTER_HEADER_H
#define REGISTER_HEADER_H

#include "register/csv.h"
#include "register/rejects.h"

enum { HEADER_IGNORED = -1, HEADER_REV = -2 };

struct header {
	int column_of[CSV_CELLS_MAX]; /* by cell: column, or one of the above */
	size_t count;
	char *cells[CSV_CELLS_MAX]; /* as they stand */
};

/* Chooses the delimiter with which most columns are known, reads the first row and matches it. What
 * is wrong with it goes to r. -1 if anything is. */
int header_read(struct header *h, struct csv_reader *csv, const struct kind *k, struct rejects *r);
void header_release(struct header *h);
/* Spreadsheets have titles above their header: moves the reader to the row, of the first HEADER_ROWS_MOST ones, in
 * which most columns are known. For text in which every row is one line and the delimiter is chosen. */
enum { HEADER_ROWS_MOST = 10 };
void header_find(struct csv_reader *csv, const struct kind *k);

#endif
