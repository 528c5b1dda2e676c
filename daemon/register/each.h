/*
 * each.h: every row of a kind, cell by cell, for listings and checks that look
 * at the register itself. Cells are text as stored (dates ISO, yes/no 1/0), NULL
 * where not known.
 */
#ifndef REGISTER_EACH_H
#define REGISTER_EACH_H

#include "base/err.h"
#include "register/kinds.h"
#include "store/store.h"

struct register_row {
	const struct kind *kind;
	struct stmt *stmt; /* internal */
};

/* 0 go on, else the walk stops and returns it. */
typedef int register_row_seen(void *context, const struct register_row *row, struct err *e);

/* In the order of the key. Returns 0, -1 on failure, or what seen() returned. */
int register_each(struct store *s, const struct kind *k, register_row_seen *seen, void *context,
	struct err *e);
/* Valid until seen() returns. An unknown column is NULL. */
const char *register_cell(const struct register_row *row, const char *column);

#endif
