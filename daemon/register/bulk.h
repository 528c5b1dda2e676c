/*
 * bulk.h: many rows at once. Keeping an index in order row by row costs more
 * than making it anew when most of a table's rows are new; so they are set
 * aside and made again at the end, inside the caller's transaction: a rollback
 * brings them back as they were.
 */
#ifndef REGISTER_BULK_H
#define REGISTER_BULK_H

#include "base/err.h"
#include "store/store.h"

enum { BULK_INDEXES_MAX = 8 };

struct bulk {
	char *sql[BULK_INDEXES_MAX]; /* CREATE INDEX …, of those set aside */
	size_t count;
};

/* Sets the indexes of table aside if `coming` rows are many, and more than the table has. */
int bulk_begin(struct bulk *b, struct store *s, const char *table, size_t coming, struct err *e);
/* Makes them again. */
int bulk_end(struct bulk *b, struct store *s, struct err *e);
void bulk_release(struct bulk *b);

#endif
