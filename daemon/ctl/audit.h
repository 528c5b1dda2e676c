/*
 * audit.h: what an audit's checks share: the world, the day, and how one finding
 * is added. A check looks at one theme and adds a row for each thing that would
 * otherwise end in silence.
 */
#ifndef CTL_AUDIT_H
#define CTL_AUDIT_H

#include "base/table.h"
#include "rules/judge.h"

enum audit_severity { AUDIT_NOTICE, AUDIT_WARNING, AUDIT_ERROR };

/* Codes seen so far, so that each is said once. */
struct codes {
	const char **items;
	size_t count, capacity;
};

struct audit {
	const struct world *w;
	struct moment now;
	struct table *table;
	int errors;
	struct codes addressed; /* units whose address was looked at */
};

/* Whether the code is new; it is remembered (borrowed, so it must outlive the audit). */
bool codes_take(struct codes *c, const char *code);

/* what: a sentence without a final stop; remedy: what to do about it. */
void audit_add(struct audit *a, enum audit_severity severity, const char *where, const char *remedy,
	const char *what, ...) __attribute__((format(printf, 5, 6)));

/* Each returns 0, or -1 when it could not look. */
int audit_units(
	struct audit *a, struct err *e); /* duties' debtors, units the plan names, addresses */
int audit_calendar(
	struct audit *a, struct err *e); /* years without list, duties without a next date */
int audit_register(
	struct audit *a, struct err *e); /* places, dates of figures, names of the plan */
int audit_dates(struct audit *a, struct err *e); /* days of what has happened that have not come */
int audit_running(struct audit *a, struct err *e); /* letters stuck, held, plugins, rounds */
int audit_settings(
	struct audit *a, struct err *e); /* addresses that reach nobody, options without effect */

/* The village lies in a commune that was split: an alarm that names those it may lie in today. */
void audit_split_place(struct audit *a, const struct unit *commune, const char *village);

#endif
