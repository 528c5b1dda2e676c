/*
 * fresh.h: rows that are new: codes for those that have none, and a warning
 * when a name of the same place looks the same.
 */
#ifndef REGISTER_FRESH_H
#define REGISTER_FRESH_H

#include "register/cell.h"
#include "register/keymap.h"

struct fresh {
	struct store *store;
	const struct kind *kind;
	int64_t next_number; /* 0: not asked yet */
	struct keymap names; /* folded name and place -> index into codes */
	bool names_read;
	int name_column, place_column; /* -1: this kind's names are not compared */
	char **codes;
	size_t code_count, code_capacity;
};

void fresh_init(struct fresh *f, struct store *s, const struct kind *k);
void fresh_release(struct fresh *f);
/* The next free code, not one of `taken`. The caller frees. NULL on failure. */
char *fresh_code(struct fresh *f, const struct keymap *taken, struct err *e);
/* Remembers a row that was added; *like is the code of one that looks the same, or NULL. */
int fresh_name(struct fresh *f, const struct value *values, const char *code, const char **like,
	struct err *e);

#endif
