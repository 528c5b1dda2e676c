/*
 * rejects.h: where an import writes down what it refuses: one sentence per
 * cell, rows counted once, at most so many kept.
 */
#ifndef REGISTER_REJECTS_H
#define REGISTER_REJECTS_H

#include "base/mem.h"
#include "register/import.h"

enum { REJECTS_KEPT = 1000, WARNINGS_KEPT = 1000 };

struct rejects {
	struct import_result *result;
	const char *file;
	int row; /* of the row that is being read */
	int in_row; /* refused cells of it */
	struct buf *reasons; /* if not NULL, this row's sentences are gathered here too */
	size_t capacity, warning_capacity;
};

void rejects_begin_row(struct rejects *r, int row);
/* Says that a cell of the row is refused. column and value may be NULL. */
void rejects_add(struct rejects *r, const char *column, const char *value, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* text becomes the result's. */
void rejects_take_warning(struct rejects *r, char *text);

#endif
