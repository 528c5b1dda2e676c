/*
 * cell.h: from what stands in a cell to a value of its column, or a sentence
 * about why not. An empty cell is absent (it leaves what is known), "?" and
 * "không rõ" make a value unknown.
 */
#ifndef REGISTER_CELL_H
#define REGISTER_CELL_H

#include "register/kinds.h"
#include "register/lookup.h"

enum value_state { VALUE_ABSENT, VALUE_UNKNOWN, VALUE_TEXT, VALUE_INT };

enum { TEXT_BYTES_MAX = 8000, KEY_BYTES_MAX = 120, REFS_MAX = 1000 };

struct value {
	enum value_state state;
	const char *text; /* VALUE_TEXT; lies in the cell, the lookup, the plan or `owned` */
	int64_t number; /* VALUE_INT */
	char *owned; /* freed by value_clear; NULL if nothing is */
	char *if_changed; /* why this value is refused unless the register says it already; or NULL
			   */
};

struct cell_context {
	struct lookup *lookup;
	const struct plan *plan;
	int32_t today;
};

/* cell may be trimmed in place. 0, or -1 with the reason in e; *v is then absent. */
int cell_parse(const struct cell_context *c, const struct column *column, char *cell,
	struct value *v, struct err *e);
void value_clear(struct value *v);
bool value_is_known(const struct value *v);
/* The value as the history and the exports write it: NULL when unknown or absent. buffer is used
 * for numbers. yes/no columns give "yes" and "no". */
enum { VALUE_BUFFER = 24 };
const char *value_text(
	const struct column *column, const struct value *v, char buffer[VALUE_BUFFER]);

#endif
