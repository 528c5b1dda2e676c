/*
 * village.h: what is kept of one village or craft site while a check runs, and of the check
 * itself; the few words and days both are made of. Days that are not known are
 * LN_NO_DAY, which is before all others.
 */
#ifndef ENVIRONMENT_VILLAGE_H
#define ENVIRONMENT_VILLAGE_H

#include "langnghe_plugin.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* [0] is the day that is judged, then one for each target year: its end, or that day if earlier. */
enum { DAYS_AS_OF = 3, CODE = 80 };

enum plan_state {
	PLAN_UNKNOWN,
	PLAN_NONE,
	PLAN_DRAFTING,
	PLAN_SUBMITTED,
	PLAN_RETURNED,
	PLAN_APPROVED
};
enum plan_type { TYPE_PLAN, TYPE_COMMITMENT, TYPE_SCHEME };
enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES }; /* "na" counts as yes: nothing is lacking */

/* Establishments of one village, of all that are counted. */
struct tally {
	int64_t total, good, unknown;
	int32_t figures_on;
};

/* Relocations that are required and not done. */
struct relocations {
	int64_t listed, overdue, soon, later, undated, unknown;
	int32_t first_due;
};

struct village {
	char *code, *name, *commune;
	bool site; /* a craft_site: its establishments count for H4, nothing else of it does */
	bool traditional, recognised[DAYS_AS_OF];
	enum plan_state plan;
	enum plan_type type;
	int32_t submitted_on, approved_on, valid_to, group_on, reviewed_on, ended_on;
	enum answer group, drainage, wastewater, solid_waste, risk;
	struct tally listed[DAYS_AS_OF], yearly[DAYS_AS_OF]; /* yearly.total -1: not known */
	int64_t craft_households[DAYS_AS_OF]; /* -1 not known */
	struct relocations moves;
	bool project;
	int32_t project_planned; /* of one not approved; LN_NO_DAY */
	bool project_named;
	bool trade_known, discouraged; /* its trade is one of the setting's */
	bool conversion, conversion_named; /* a relocation project names it: approved, or not */
};

struct check {
	const struct ln_host *host;
	struct village *villages;
	size_t count;
	int32_t days[DAYS_AS_OF]; /* [0] today, then the day each target year is counted on */
	int64_t valid_years, reviewed_months, notice_days;
	bool commitment_counts, scheme_counts, traditional_count, recognised_only, waiting_lacks, trades_listed;
	const char *lead; /* whose move a submitted plan is */
};

/* Where the establishments of a village are known from. */
enum tally_from { FROM_NOTHING, FROM_HOUSEHOLDS, FROM_SUMS, FROM_LIST, TALLIES };

/* What the members of a target come to. */
struct sum {
	int64_t good, all, unknown, from[TALLIES];
	int32_t figures_on;
};

/* Fills the check from the views. 0, or -1: a query failed. */
int load(struct check *c);

static inline int32_t later(int32_t a, int32_t b)
{
	return a > b ? a : b; /* LN_NO_DAY is before all */
}

static inline int word_of(const char *s, const char *const *words)
{
	for (int i = 0; s && words[i]; i++)
		if (strcmp(s, words[i]) == 0)
			return i + 1;
	return 0;
}

static inline enum answer answer_of(const char *s)
{
	static const char *const good[] = {"yes", "na", "1", NULL}, *const bad[] = {
									    "no", "0", NULL};
	return word_of(s, good) ? ANSWER_YES : word_of(s, bad) ? ANSWER_NO : ANSWER_UNKNOWN;
}

/* Both lists are in the order of codes: moves *at on to the village of this code, or gives NULL. */
static inline struct village *village_at(const struct check *c, size_t *at, const char *code)
{
	int order = -1;
	while (*at < c->count && (order = strcmp(c->villages[*at].code, code)) < 0)
		++*at;
	return *at < c->count && order == 0 ? &c->villages[*at] : NULL;
}

static inline int village_by_code(const void *key, const void *village)
{
	return strcmp(key, ((const struct village *)village)->code);
}

/* The next village of "TH-0001|TH-0002"; *rest moves on. False at the end. *v NULL: not ours. */
static inline bool next_village(const struct check *c, const char **rest, struct village **v)
{
	const char *code = c->host->list_next(c->host->self, rest);
	if (!code)
		return false;
	*v = c->count ? bsearch(code, c->villages, c->count, sizeof *c->villages, village_by_code)
		      : NULL;
	return true;
}

#endif
