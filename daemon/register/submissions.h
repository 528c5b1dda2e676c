/*
 * submissions.h: duties fulfilled, key strokes taken back, extensions granted.
 * All three are register rows with history.
 */
#ifndef REGISTER_SUBMISSIONS_H
#define REGISTER_SUBMISSIONS_H

#include "base/day.h"
#include "base/err.h"
#include "plan/plan.h"
#include "store/store.h"

struct submission {
	const char *duty, *unit, *period; /* unit: code, must exist; period must fit the duty */
	int32_t document_on, received_on; /* received_on counts for "on time" when given, else document_on */
	const char *document_no, *note;
	const char *by;
};

/* Validates against the plan and the units; the error names what is allowed. Twice the same is no
 * error and changes nothing. */
int submission_record(struct store *s, const struct plan *p, const struct submission *sub, struct err *e);
int submission_take_back(struct store *s, const struct plan *p, const char *duty, const char *unit,
	const char *period, const char *by, const char *note, struct err *e);
int submission_extend(struct store *s, const struct plan *p, const char *duty, const char *unit,
	const char *period, int32_t until, const char *document_no, const char *by, struct err *e);
/* A granted extension's day, or DAY_NONE. *document_no (may be NULL) is the caller's. */
int submission_extended_to(struct store *s, const char *duty, const char *unit, const char *period,
	int32_t *until, char **document_no, struct err *e);

/* The day on which it was handed in, if that is recorded, not after `today`, and was not refused; else, and on error,
 * DAY_NONE. */
int32_t submission_day(struct store *s, const char *duty, const char *unit, const char *period, int32_t today, struct err *e);

#endif
