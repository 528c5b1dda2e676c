/*
 * apply.h: one parsed row into the register: added, changed cell by cell with
 * history, or found to be there already. Works inside the caller's transaction.
 */
#ifndef REGISTER_APPLY_H
#define REGISTER_APPLY_H

#include "register/checks.h"
#include "register/history.h"

enum { KIND_COLUMNS_MAX = 40, KEY_ALL_BYTES_MAX = 600 };

struct row {
	struct value values[KIND_COLUMNS_MAX];
	char key[KEY_ALL_BYTES_MAX]; /* as the history writes it */
	int64_t rev; /* of the sheet's #rev cell; 0: none */
};

enum row_outcome { ROW_ADDED, ROW_CHANGED, ROW_UNCHANGED, ROW_REJECTED, ROW_FAILED };

struct applier;

/* kind, plan are borrowed. who->import_id may be set after this. */
int applier_new(struct applier **out, struct store *s, const struct kind *k,
	const struct plan *plan, const struct author *who, struct err *e);
void applier_free(struct applier *a);

/* Writes the row's key into row->key from its values. -1 if it is too long. */
int row_set_key(const struct kind *k, struct row *row);
/* ROW_REJECTED: r says why. ROW_FAILED: e says why, the transaction must be rolled back. */
enum row_outcome applier_row(
	struct applier *a, const struct row *row, struct rejects *r, struct err *e);
/* Rows that lived and were given an end (ended_on; for units valid_to too, without successor). */
int64_t applier_ended(const struct applier *a);
/* Rows of the kind that live now. */
int applier_living(struct applier *a, int64_t *count, struct err *e);

#endif
