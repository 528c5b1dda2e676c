/*
 * csv.h: comma, semicolon or tab separated text as spreadsheets write it
 * (RFC 4180 with any line end, BOM allowed). A file is read whole and cut up in
 * place; text from elsewhere may come in pieces. A cell is a pointer into the
 * reader's memory, valid until the next record is read. A record knows the line on
 * which it begins.
 */
#ifndef REGISTER_CSV_H
#define REGISTER_CSV_H

#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	CSV_FILE_BYTES_MAX = 512 * 1024 * 1024,
	CSV_CELLS_MAX = 256,
	CSV_CELL_BYTES_MAX = 32 * 1024
};

struct csv_reader {
	char *data;
	size_t size, at;
	char delimiter;
	int next_line; /* line of the byte at `at` */
	/* The record read last. */
	int row; /* line on which it begins; the first line is 1 */
	char *cells[CSV_CELLS_MAX];
	size_t count;
	const char *problem; /* why the record is malformed, or NULL; it lies in cell count - 1 */
	/* Gives the next piece, whole lines of valid UTF-8, in place of the old one: 1, 0 at the end, -1 if it cannot,
	 * which ends the reading with `failed`. NULL where all is there. */
	int (*more)(void *source, struct buf *piece);
	void *source;
	bool failed;
};

/* Reads the file, checks that it is UTF-8 without NUL, skips a BOM and a "sep=" line. The delimiter
 * is the "sep=" line's, else '\0': csv_use_delimiter must be called. */
int csv_open(struct csv_reader *r, const char *file, struct err *e);
/* The same on a copy of text. name is for errors. */
int csv_open_text(
	struct csv_reader *r, const char *text, size_t size, const char *name, struct err *e);
/* Reads what `more` gives, piece by piece; the source must outlive the reader. */
void csv_open_pieces(struct csv_reader *r, int (*more)(void *source, struct buf *piece), void *source, char delimiter);
void csv_close(struct csv_reader *r);
void csv_use_delimiter(struct csv_reader *r, char delimiter);
/* A copy of the record at the current place, uncut, for looking at the header. The caller frees. */
char *csv_peek(const struct csv_reader *r);

/* Reads the next record that is not blank. False at the end. */
bool csv_next(struct csv_reader *r);

/* Adds a cell, quoted where it must be. */
void csv_put(struct buf *out, const char *cell, char delimiter);

#endif
