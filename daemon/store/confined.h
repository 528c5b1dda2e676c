/*
 * confined.h: a read-only connection for code we do not trust. Only SELECT over
 * the published views (v_*) runs: an authorizer refuses everything else,
 * whatever the view's own body reads is allowed through the view alone, and a
 * progress limit ends a query that takes too long. Used by langnghe-runner.
 */
#ifndef STORE_CONFINED_H
#define STORE_CONFINED_H

#include "store/store.h"

/* Of each statement; langnghe-views(5) tells them. */
enum {
	CONFINED_SQL_MOST = 20 * 1000,    /* bytes of its text */
	CONFINED_VALUE_MOST = 1000 * 1000, /* bytes of one text or row */
	CONFINED_OPS_MOST = 25 * 1000,    /* instructions of the prepared statement */
	CONFINED_DEPTH_MOST = 50,         /* levels of an expression */
	CONFINED_SELECTS_MOST = 50        /* SELECTs joined by UNION and its like */
};

/* Opens path read-only and defensive, authorizer not yet on. memory_mib caps SQLite's heap. */
int confined_open(struct store **out, const char *path, int memory_mib, struct err *e);
/* Turns the authorizer on for good. */
void confined_lock(struct store *s);
/* Queries are interrupted once the process has used limit_ms more of processor time; 0 no limit. */
void confined_limit(struct store *s, int limit_ms);
/* While trusted the host's own statements run unhindered (a granted extension, a read transaction);
 * nothing of the stranger's may be prepared or stepped meanwhile. */
void confined_trust(struct store *s, bool trusted);
/* The columns that the stranger's statements have read since the lock, as "|village.code|village.ended_on|". The caller's. */
char *confined_reads(const struct store *s);
const char *const *confined_functions(void); /* those that may be called, NULL-terminated */
/* How many parameters (?1 ?2 …) a prepared statement has. */
int confined_parameters(const struct stmt *st);
const char *confined_parameter_name(const struct stmt *st, int i); /* ":today"; NULL for ?1 */
/* Whether a published view has this name. */
bool confined_has_view(const struct store *s, const char *name);
/* Why the last statement failed, in SQLite's own words. */
const char *confined_message(const struct store *s);
/* Whether the limit of processor time is used up. */
bool confined_is_over(const struct store *s);

#endif
