/*
 * summary.h: one Vietnamese sentence that sums a judged finding up, for
 * listings. Letters do not use it: their wording is in conf/templates/.
 */
#ifndef RULES_SUMMARY_H
#define RULES_SUMMARY_H

#include "rules/judge.h"

/* The text lives in the arena. */
const char *summary_make(struct arena *a, const struct judged *g);

#endif
