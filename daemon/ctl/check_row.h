/*
 * check_row.h: a judged finding as a row of `check`, the widest listing: what
 * a plugin's author compares with what was expected, too.
 */
#ifndef CTL_CHECK_ROW_H
#define CTL_CHECK_ROW_H

#include "ctl/judged_row.h"

struct ctl;

extern const char *const check_keys[]; /* NULL-terminated */
void check_row(struct table *t, const struct world *w, const struct judged *g, int32_t today);
/* All of j, printed; the exit code. */
int check_listing(struct ctl *c, const struct judgement *j);

#endif
