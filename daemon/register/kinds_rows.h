/*
 * kinds_rows.h: the table of kinds, for kinds.c alone.
 */
#ifndef REGISTER_KINDS_ROWS_H
#define REGISTER_KINDS_ROWS_H

#include "register/kinds.h"

extern const struct kind register_kinds[];
extern const size_t register_kind_count;

#endif
