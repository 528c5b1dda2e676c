/*
 * host_private.h: shared by host.c (reports, queries, a check) and host_plan.c
 * (what the plan, the calendar and the settings say).
 */
#ifndef RULES_HOST_PRIVATE_H
#define RULES_HOST_PRIVATE_H

#include "rules/host.h"

enum { HOST_QUERIES_MOST = 8, HOST_PARAMETERS_MOST = 32, HOST_LOG_LINE_MOST = 500 };

struct ln_query {
	struct host *host;
	struct stmt *st; /* NULL: free */
};

/* The units owing the duty asked for last: a plugin asks for one after the other. */
struct host_debtors {
	char *duty, *period;
	const struct unit **units;
	size_t count;
	const struct unit *collector; /* or NULL */
	int32_t last_day;
};

struct host {
	struct ln_host table;
	struct host_world world;
	struct arena arena; /* texts handed out during a check */
	struct buf *frame;
	uint32_t reported, left_out;
	struct finding_keys keys;
	const struct watched *watched; /* NULL: everything is carried */
	struct buf log;
	struct ln_query queries[HOST_QUERIES_MOST];
	struct host_debtors debtors;
	struct plan *own_plan;   /* read when first asked for, unless the world has it */
	struct units *own_units; /* loaded when first asked for, unless the world has them */
	struct err error; /* the last failed query's */
	char *failure; /* why this run fails, the first reason; NULL so far */
};

/* Fails the run with this sentence unless it has failed already. Always -1. */
int host_fail(struct host *h, const char *sentence);
/* ln_host.capability. */
int64_t host_capability(void *self, const char *name);
/* Puts the functions about plan, calendar and settings into the table. */
void host_plan_functions(struct ln_host *table);
/* NULL: they cannot be loaded, and the run has failed. */
const struct plan *host_plan(struct host *h);
const struct units *host_units(struct host *h);
void host_debtors_release(struct host_debtors *d);

#endif
