/*
 * subjects.h: whether what a plugin's findings speak of exists. "village:TH-0012"
 * is held against the register, as is every word that is a table of it whose key
 * is a code, and "place" against the units; "target", "task" and "duty" against the plan. A word that neither knows, such as
 * a plugin's own "museum", has nothing to be held against and is taken. What has
 * ended exists. So do units and places of a finding and those it waits for, if
 * the register or the plan names them.
 */
#ifndef RULES_SUBJECTS_H
#define RULES_SUBJECTS_H

#include "rules/judge.h"

enum { SUBJECT_WORDS_MOST = 32 };

/* What is known, gathered as it is asked for: for one judgement. Zeroed by the caller. */
struct subjects {
	struct finding_keys known;
	char *gathered[SUBJECT_WORDS_MOST]; /* words whose codes are in known */
	size_t count;
};

/* 0, or -1: a finding of the set speaks of something that does not exist, or the register cannot be
 * read; e says what, after "plugin NAME: ". Without a store only the plan is asked. */
int subjects_check(struct subjects *s, const struct world *w, const struct plugin_info *plugin,
	const struct findings *set, struct err *e);
void subjects_release(struct subjects *s);

#endif
