/*
 * lookup.h: what the references of a file's cells may point at: the units by
 * code and by name, the villages, the other kinds by a query each, the plan's
 * duties, targets and tasks. Made for one import; the units of the file itself
 * may be added, so that a row may name one that stands further down.
 */
#ifndef REGISTER_LOOKUP_H
#define REGISTER_LOOKUP_H

#include "plan/plan.h"
#include "register/kinds.h"
#include "store/store.h"

struct lookup;

int lookup_new(struct lookup **out, struct store *s, const struct plan *plan, struct err *e);
void lookup_free(struct lookup *l);

/* A unit of the file that is being read. */
void lookup_add_unit(struct lookup *l, const char *code, const char *name, const char *kind);

/*
 * The key that `text` stands for in column c (its ref): for units and places a code or a unique
 * name. 0 and *key (valid while l lives, or text itself); -1 with the reason in e.
 */
int lookup_resolve(struct lookup *l, const struct column *c, const char *text, const char **key,
	struct err *e);
/* Says in e why a row of today may no longer name this unit as its place; false when it may. */
bool lookup_place_has_ended(const struct lookup *l, const char *code, int32_t today, struct err *e);

#endif
