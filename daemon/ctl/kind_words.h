/*
 * kind_words.h: the kinds of register files in words for the person at the
 * terminal: finding one by name, and what its columns take.
 */
#ifndef CTL_KIND_WORDS_H
#define CTL_KIND_WORDS_H

#include "register/kinds.h"

#include <stdio.h>

/* The kind of that name; NULL after one line on stderr that names all of them. */
const struct kind *kind_asked(const char *name);
/* A line a kind: its name and label. */
void kinds_print(FILE *out);
/* A line a column: its name, label, and what a cell of it may hold. */
void kind_print(const struct kind *k, FILE *out);

#endif
