/*
 * spool.h: the folder into which register files are dropped (import.directory). Each is
 * imported, whole or not at all, and moved to done/ or rejected/ with a report beside
 * it. Files that were touched a moment ago are left alone: they may not be whole yet.
 *
 * What a file holds is said by the beginning of its name ("villages-2026.csv",
 * "lang-nghe-2026.xlsx": key or label of the kind), or by its sheets' names, as in the
 * lists that come with letters.
 */
#ifndef REGISTER_SPOOL_H
#define REGISTER_SPOOL_H

#include "base/err.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "store/store.h"

enum { SPOOL_SETTLED_S = 5, SPOOL_PROBLEMS_MOST = 1000 };

/* What came of one file. */
struct spool_outcome {
	const char *name;   /* "villages-2026.csv" */
	const char *stamp;  /* "20261127-083000-villages-2026.csv": name and time of the file; done twice, it is the same */
	const char *moved;  /* "done/20261127-083000-villages-2026.csv" */
	bool taken;
	int64_t added, changed, unchanged;
	char **problems;    /* "Làng nghề!C7: commune 'xa-1': …" */
	size_t problem_count;
	const char *report; /* the whole, as it lies beside the file */
};

struct spool {
	struct store *store;
	const struct plan *plan;
	const char *folder;
	int32_t today;
	int64_t now_s;      /* against the files' own times */
	int utc_offset_s;
	/* Called before the file is moved; after a crash perhaps again for the same stamp. -1 leaves the file. */
	int (*tell)(void *context, const struct spool_outcome *o, struct err *e);
	void *context;
};

/* Takes what lies there, in the order of names. *unsettled: some files are too fresh, or there are more than one run takes: look again. *handled: how many were
 * imported or refused. -1: the folder cannot be used. */
int spool_run(const struct spool *s, bool *unsettled, int *handled, struct err *e);

#endif
