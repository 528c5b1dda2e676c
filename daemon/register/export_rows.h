/*
 * export_rows.h: the rows of a kind that go out, all or those that belong to a unit, for
 * the writers of text and of spreadsheets. Internal to register/.
 */
#ifndef REGISTER_EXPORT_ROWS_H
#define REGISTER_EXPORT_ROWS_H

#include "register/import.h"
#include "register/keymap.h"

/* The rows that belong to a unit: its places, the villages there, the establishments of those. */
struct scope {
	const char *unit; /* NULL: everything */
	struct keymap places, villages, establishments;
};

struct export_rows {
	const struct kind *kind;
	struct scope scope;
	struct stmt *row; /* the row at hand: the kind's columns in their order, then rev */
};

int export_open(struct export_rows *x, struct store *s, const struct kind *k, const char *unit, struct err *e);
int export_next(struct export_rows *x, struct err *e); /* 1 a row, 0 the end, -1 */
void export_close(struct export_rows *x);

#endif
