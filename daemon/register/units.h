/*
 * units.h: the bodies of the plan then and now, in memory. Units merge, split
 * and end on dates; a letter to a unit of 2022 goes to who carries its work
 * today. Loaded once per round; never changes.
 */
#ifndef REGISTER_UNITS_H
#define REGISTER_UNITS_H

#include "base/day.h"
#include "base/err.h"
#include "plan/plan.h"
#include "store/store.h"

struct unit {
	char *code, *name, *kind; /* kind: province department office media party district commune ward */
	struct unit *parent;      /* or NULL */
	int32_t valid_from, valid_to; /* DAY_NONE: open; valid_to is the last day it lives */
	struct unit **successors; /* in the order given; several: a split */
	size_t successor_count;
	struct unit **predecessors;
	size_t predecessor_count;
	char *official_code;
};

struct contact {
	const struct unit *unit;
	char *email, *name;
	char *role;  /* leader focal officer */
	char *field; /* all environment ocop training reports */
	int32_t valid_from, valid_to;
};

struct units;
int units_load(struct units **out, struct store *s, struct err *e);
/* Without contacts: who reads the rules' part needs no address, and a plugin's process shall hold none. */
int units_load_bare(struct units **out, struct store *s, struct err *e);
void units_free(struct units *u);
/* Whether units_load would take what the store holds now. On -1 *culprit (the caller's, may be NULL)
 * is the code of the unit at fault. */
int units_check(struct store *s, char **culprit, struct err *e);

size_t units_count(const struct units *u);
const struct unit *units_at(const struct units *u, size_t i); /* by code order */
const struct unit *unit_by_code(const struct units *u, const char *code); /* or NULL */
bool unit_lives(const struct unit *unit, int32_t day);
bool unit_is_local(const struct unit *unit); /* commune, ward or district */
bool unit_is_province_level(const struct unit *unit); /* department office media party */

enum unit_route {
	ROUTE_SELF,      /* lives */
	ROUTE_SUCCESSOR, /* one successor carries it, perhaps through several steps */
	ROUTE_SPLIT,     /* several successors and no rule: an alarm; P16 sends it to the parent */
	ROUTE_ENDED      /* ended without successor: an alarm */
};
/* Who acts for unit on day. *out: the living unit for SELF and SUCCESSOR; for SPLIT and ENDED the
 * living parent's line or NULL. */
enum unit_route unit_on(const struct unit *unit, int32_t day, const struct unit **out);
/* The living units that carry the work of one that has ended, or will: several where it was split. Fills
 * out and returns their number, at most UNIT_BEARERS_MOST. */
enum { UNIT_BEARERS_MOST = 64 };
size_t unit_bearers(
	const struct unit *unit, int32_t day, const struct unit *out[UNIT_BEARERS_MOST]);
/* Whether a is p itself or descends from p through successors. */
bool unit_descends(const struct unit *a, const struct unit *p);

/* Contacts of a living unit on day for a field ("all" contacts always match), focal first, then
 * officers of the field, then the leader only if nobody else. Returns the count written. */
size_t unit_contacts(const struct units *u, const struct unit *unit, const char *field, int32_t day,
	const struct contact **out, size_t max);
/* The leader's contact, or NULL. */
const struct contact *unit_leader(const struct units *u, const struct unit *unit, int32_t day);
/* Every contact, for listings. */
size_t units_contact_count(const struct units *u);
const struct contact *units_contact_at(const struct units *u, size_t i);

/* The units owing duty d for a period whose last day is last_day (living on that day): owed_by
 * resolved through successors, "@reporting" expanded, duplicates collapsed. The collector is left
 * out (it is `not_applicable`) and reported in *collector (may be NULL). Returns the count; the
 * array is the caller's. */
size_t duty_debtors(const struct units *u, const struct plan *p, const struct duty *d,
	int32_t last_day, const struct unit ***out, const struct unit **collector);
/* Units of a task on a day: lead, and coordinating ones without the lead, duplicates collapsed;
 * "@province" expands to the living province-level units with a role in the appendix, "@districts"
 * to nothing (a commune's coordinating role alone never causes a letter, P14). */
const struct unit *task_lead(const struct units *u, const struct task *t, int32_t day);
size_t task_coordinating(const struct units *u, const struct plan *p, const struct task *t,
	int32_t day, const struct unit ***out);
/* "Sở Nông nghiệp và Môi trường (trước đây: Sở Tài nguyên và Môi trường)": today's name with the
 * name the plan prints when they differ. The caller frees. */
char *unit_display(const struct unit *today, const struct unit *named);
/* Whether the plan names this code as lead, coordinating, owing, collecting or answering unit. Such
 * a unit is never removed, nor ended without a successor. */
bool plan_names_unit(const struct plan *p, const char *code);

#endif
