/*
 * taken.h: the files that the daemon has taken over. At its start and at each
 * accepted reload it copies the configuration, the plan, the calendar and the
 * templates aside, whole; its children read those copies. So a file that is
 * being edited, or was broken without a reload, changes nothing: the old ones
 * keep running until all new ones are found in order.
 */
#ifndef PLAN_TAKEN_H
#define PLAN_TAKEN_H

#include "plan/settings.h"

/* Set in the environment of the daemon's children: the folder of the copies. Relative paths in the
 * configuration still count from the original file. */
#define TAKEN_VARIABLE "LANGNGHE_TAKEN_OVER"

/* Copies what s names into folder (made anew). On failure -1 and the folder is not to be used. */
int taken_copy(const struct settings *s, const char *folder, struct err *e);
/* Where settings_load reads `file` from: the copy when there is one, else file. The caller frees. */
char *taken_source(const char *file);
/* Points s to the copies of plan, calendar and templates when there are such. */
void taken_point(struct settings *s);

#endif
