/*
 * judge.h: facts meet the plan. A judged finding adds to what a rule reported
 * what only the host may derive: the status, the range that unknown members
 * leave, the gap in points and in things, days left, the sentence that sums it
 * up. Judging is pure: the same facts, plan, calendar and day give the same
 * answer, live, simulated or in a test.
 */
#ifndef RULES_JUDGE_H
#define RULES_JUDGE_H

#include "plan/calendar.h"
#include "plan/plan.h"
#include "register/units.h"
#include "rules/finding.h"
#include "rules/plugin_info.h"
#include "rules/runner.h"
#include "store/store.h"

enum status {
	STATUS_IN_ORDER, /* a thing that lacks nothing; never shown as a problem, printed as null */
	/* duties */
	STATUS_NOT_DUE,
	STATUS_DUE_SOON,
	STATUS_DUE_TODAY,
	STATUS_OVERDUE,
	STATUS_DONE,
	STATUS_DONE_LATE,
	STATUS_LAPSED,
	STATUS_NOT_APPLICABLE,
	/* targets */
	STATUS_MET,
	STATUS_ON_TRACK,
	STATUS_AT_RISK,
	STATUS_SHORT,
	STATUS_MISSED,
	/* things */
	STATUS_MISSING,
	STATUS_EXPIRING,
	STATUS_EXPIRED,
	/* any */
	STATUS_UNKNOWN
};
const char *status_name(enum status s);    /* "due_soon"; NULL for STATUS_IN_ORDER */
const char *status_vi(enum status s);      /* "sắp đến hạn" */
enum status status_named(const char *name); /* STATUS_IN_ORDER for NULL or unknown */
/* Whether this status ends an alert: a known good value (P8). */
bool status_is_good(enum status s);

/* P9: how a target moves, from its yearly results. In percent (or the target's measure); NAN: none. */
struct trend {
	double pace_now, pace_needed; /* per year */
	double forecast;              /* for 31/12 of the target year, clamped; only with 3 points or more */
	int points;
};

struct judged {
	const struct finding *finding;   /* the facts */
	const struct plugin_info *plugin;
	const struct rule_info *rule;
	const struct target *target;     /* LN_SHORT, else NULL */
	const struct duty *duty;         /* or NULL */
	const struct task *task;         /* or NULL */
	const char *key;                 /* plugin/rule/subject/period */
	enum ln_kind kind;
	enum status status;
	enum ln_severity severity;       /* of the worst mark that lacks, else of the rule */
	int days_left;                   /* LN_DUE and LN_EXPIRY, calendar days; negative: days over */
	int64_t range_low, range_high;   /* LN_SHORT: numerator if all unknown are bad / good */
	int64_t gap_things;              /* LN_SHORT: good members still missing to meet the target, known ones */
	struct trend trend;              /* LN_SHORT */
	int32_t act_by;                  /* LN_MISSING: the finding's, else DAY_NONE (set from first notice) */
	size_t lacks, waiting, unknowns; /* LN_MISSING: marks lacking or expired; submitted; unknown */
	int32_t next_first_step;         /* LN_DUE: first step day of the duty's next period, or DAY_NONE */
	const char *summary;             /* one Vietnamese sentence; NULL in order: summary_make says it where it is asked */
	bool before_watch;               /* P2: its last day lies before watch_from: listed, never alerted */
	bool closed;                     /* P10: a target year that is closed */
	bool by_hand;                    /* LN_SHORT: figures entered by hand, for the register has none */
	bool members;                    /* LN_SHORT: numerator and denominator count things */
};

struct plugin_run {
	const struct plugin_info *plugin;
	bool complete;      /* false: failed, nothing is concluded from it */
	char *error;        /* why, or NULL */
	int took_ms;
	size_t findings;
	bool rests;         /* not run: it is put aside (rules/put_aside.h); not complete, and no failure */
	bool kept;          /* not run: nothing it depends on has changed since its last run (rules/kept.h) */
};

/* The world a judgement is made in: borrowed pointers, set up once per round by world_open(). */
struct world {
	struct settings *settings;
	struct plan *plan;
	struct calendar *calendar;
	struct plugin_info **plugins; /* the enabled ones, then the rules without C; NULL where not describable */
	char **plugin_runs;           /* the names that their runs have, also of those that are NULL */
	char **plugin_errors;         /* why those are NULL; NULL of the others */
	size_t plugin_count;
	struct store *store;
	struct units *units;
	const char *database; /* the file behind store */
};

struct judgement {
	int32_t today;
	int32_t watch_from; /* DAY_NONE before go-live */
	struct arena arena;
	struct judged *items;
	size_t count, capacity;
	struct plugin_run *runs;
	size_t run_count;
	struct findings *sets; /* one per run */
	bool puts_aside;       /* of the runner_set; now: its moment */
	struct moment now;
	int64_t seen_change;   /* the register's last change before the first run; -1: no store */
};

/* The runners of a judgement, kept between days (simulation). Zeroed by the caller. */
struct runner_set {
	struct runner **runners;
	size_t count;
	bool puts_aside;   /* of the service: who failed again and again rests (rules/put_aside.h) */
	struct moment now; /* of such a round */
	bool all; /* also ask for what is in order and of which nobody was told (rules/watched.h) */
};
void runner_set_stop(struct runner_set *r);

/* Runs every enabled plugin (only `only`, if not NULL) for today and judges what they report.
 * A failing plugin is a run with complete = false, no error of the judgement. */
int judgement_make(struct judgement *j, const struct world *w, struct runner_set *runners,
	int32_t today, const char *only, struct err *e);
void judgement_release(struct judgement *j);
/* Whether the target is a percentage ("%", "%/năm"), not a count. */
bool target_is_share(const struct target *t);
/* Whether n of d meets the target, exactly (domain §1.5 no 9: never on a rounded percent). d > 0. */
bool target_met(const struct target *t, int64_t n, int64_t d);
/* The least number of good members of d with which the target is met; d + 1 if none is enough. */
int64_t target_needs(const struct target *t, int64_t d);
/* How a duty that is not done stands on `today`, by its last day alone: not due, due soon (its steps have begun), due
 * today, overdue. duty: may be NULL. */
enum status due_status(const struct world *w, const struct duty *duty, int32_t last_day, int32_t today);
/* Judges one finding: used by judgement_make, and by tests that make findings themselves. */
int judge_finding(struct judgement *j, const struct world *w, const struct plugin_info *plugin,
	const struct finding *f, struct err *e);

#endif
