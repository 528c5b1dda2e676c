/*
 * rows.h: the alert tables in memory, for the length of one transaction:
 * every alert that is not over, with the units it is addressed to and the steps
 * each was told. Internal to alerts/.
 */
#ifndef ALERTS_ROWS_H
#define ALERTS_ROWS_H

#include "alerts/alert.h"
#include "base/mem.h"

enum outcome {
	OUTCOME_PENDING,  /* news that waits for a letter */
	OUTCOME_TOLD,
	OUTCOME_PASSED,   /* a later step went instead */
	OUTCOME_SKIPPED,  /* acknowledged */
	OUTCOME_RETURNED  /* was in a letter that nobody accepted: due again, on any working day */
};

struct told_step {
	const char *step;
	int outcome; /* enum outcome */
	int32_t day;
};

struct alert_unit {
	const char *unit, *named, *inherited_from;
	enum role role;
	int32_t since, until;
	int64_t told_numerator, told_denominator; /* -1: never */
	struct told_step *steps; /* of the alert's present generation */
	size_t step_count, step_capacity;
	bool wanted;             /* reconcile: still addressed */
};

struct alert {
	int64_t id;
	const char *key, *plugin, *rule, *subject, *period, *task, *duty, *target, *name, *place;
	enum ln_kind kind;
	enum status status;
	enum alert_state state;
	int severity, level;
	int64_t generation;
	int32_t opened_on, found_on, ended_on, status_since, worse_since;
	int64_t status_seq, worse_seq;
	bool lost;
	int32_t last_day, valid_to, done_on;
	const char *document_no, *extension_no;
	int64_t numerator, denominator, unknown; /* -1: none */
	int64_t lacks, unknowns;
	int32_t acknowledged_on, snoozed_until;
	const char *acknowledged_by, *note, *summary;
	struct alert_unit *units;
	size_t unit_count, unit_capacity;
	bool seen;               /* reconcile: reported today */
};

struct alerts {
	struct arena arena;
	struct alert *items;
	size_t count, capacity;
	uint32_t *index;         /* open addressing: position + 1 by hash of the key */
	size_t index_size;
};

enum alerts_which { ALERTS_LIVE, ALERTS_ALL };
/* LIVE: open, acknowledged, snoozed or disputed, and those with news still to tell. */
int alerts_load(struct alerts *out, struct store *s, enum alerts_which which, struct err *e);
void alerts_unload(struct alerts *a);
void alerts_reindex(struct alerts *a); /* after a key was changed */
struct alert *alerts_find(const struct alerts *a, const char *key);
struct alert_unit *alert_unit_of(const struct alert *a, const char *unit);
const struct told_step *told_step_of(const struct alert_unit *u, const char *step);
bool alert_is_live(enum alert_state s);
/* Of an alert about a unit ("unit:so-khcn") its code, else NULL. */
const char *alert_unit_of_subject(const struct alert *a);
/* Of a duty whose plugin fails: whether the register itself says that it was handed in by `today`, or it has lapsed (P5).
 * Then nobody is reminded, though the alert stays. */
bool alert_is_over(const struct world *w, const struct alert *a, int32_t today);
/* Days of the first and last letter to the unit about it, and how many; DAY_NONE, 0: none. */
void told_days(const struct alert_unit *u, int32_t *first, int32_t *last, int *count);
/* For policy_decide: context is a struct alert_unit. */
bool step_was_told(const void *context, const char *step);

int alert_insert(struct store *s, struct alert *a, struct err *e);
int alert_update(struct store *s, const struct alert *a, struct err *e);
int alert_unit_save(struct store *s, int64_t alert, const struct alert_unit *u, struct err *e);
int alert_event(struct store *s, int64_t alert, int32_t day, const char *event, const char *by,
	struct err *e, const char *format, ...) __attribute__((format(printf, 7, 8)));
int notice_save(struct store *s, int64_t alert, const char *unit, int64_t generation,
	const char *step, int outcome, int32_t day, int64_t letter, struct err *e);

/* All that the policy looks at in alert a towards unit u. */
void matter_of(struct matter *m, const struct world *w, const struct alert *a,
	const struct alert_unit *u, int32_t started);

#endif
