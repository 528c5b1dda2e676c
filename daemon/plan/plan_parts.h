/*
 * plan_parts.h: what the files that make a plan share (plan.c, plan_read.c,
 * readings.c). Nobody else includes it.
 */
#ifndef PLAN_PLAN_PARTS_H
#define PLAN_PLAN_PARTS_H

#include "base/mem.h"
#include "plan/conf_file.h"
#include "plan/plan.h"

/* What plan_load hands out: the plan is the first member, so plan_free finds the arena that holds
 * everything the plan points to. */
struct owned_plan {
	struct plan plan;
	struct arena arena;
};

/* The words of the file, in the order of the enums; NULL-terminated. */
extern const char *const comparator_words[];
extern const char *const cadence_words[];

/* Every reading, defaulted where the group (or g->group itself) is absent. */
void readings_read(struct conf_group *g, struct readings *out);

#endif
