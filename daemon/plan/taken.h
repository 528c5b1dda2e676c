/*
 * taken.h: the files that the daemon has taken over. At its start and at each
 * accepted reload it copies the configuration, the plan, the calendar and the rules
 * without C aside, whole; the round that follows at once adds the templates, many small files, as
 * one. The daemon's children read those copies. So a file that is being edited, or
 * was broken without a reload, changes nothing: the old ones keep running until
 * all new ones are found in order.
 */
#ifndef PLAN_TAKEN_H
#define PLAN_TAKEN_H

#include "plan/settings.h"

/* Set in the environment of the daemon's children: the folder of the copies. Relative paths in the
 * configuration still count from the original file. */
#define TAKEN_VARIABLE "LANGNGHE_TAKEN_OVER"

/* Copies what s names, but the templates, into folder (made anew). On failure -1 and the folder is not to be used. */
int taken_copy(const struct settings *s, const char *folder, struct err *e);
/* The folder of the copies, as the environment names it; NULL where no daemon is the parent. */
const char *taken_folder(void);
/* Where settings_load reads `file` from: the copy when there is one, else file. The caller frees. */
char *taken_source(const char *file);
/* Points s to the copies of plan, calendar, rules and templates when there are such. */
void taken_point(struct settings *s);
/* The first round after a take-over, with the round's lock: copies the templates, too, and points s to
 * them. 1 it did so now; 0 it is done, or no
 * daemon is the parent; -1. */
int taken_keep_templates(struct settings *s, struct err *e);

#endif
