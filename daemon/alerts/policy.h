/*
 * policy.h: who gets a reminder when: policy.md's P2-P20 as pure functions.
 * Nothing here reads a clock or a store. The steps of a matter towards one unit
 * are a list of named days; a step is due by state, not by coincidence: on or
 * after its day, while it has not been told (architecture.md, "The rule about
 * time"). The case table tests/sim/ *.cases is run against this code and against
 * an independent model in Python.
 */
#ifndef ALERTS_POLICY_H
#define ALERTS_POLICY_H

#include "plan/calendar.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "rules/judge.h"

/* Order of urgency (policy.md, head): subject lines and sorting. */
enum urgency {
	URGENCY_OVERDUE,
	URGENCY_DUE_NOW,  /* due in <= reminders.urgent_days */
	URGENCY_LEGAL,    /* a gap against the law (H1) */
	URGENCY_EXPIRED,
	URGENCY_MISSED,
	URGENCY_SHORT,
	URGENCY_AT_RISK,
	URGENCY_DUE_LATER,
	URGENCY_MISSING,  /* other things missing or expiring */
	URGENCY_UNKNOWN,
	URGENCY_NEWS      /* resolved, inherited: nothing to do */
};

enum role {
	ROLE_DEBTOR,       /* owes the duty */
	ROLE_LEAD,         /* chủ trì */
	ROLE_PLACE,        /* địa bàn: the commune the subject lies in */
	ROLE_COORDINATING  /* phối hợp */
};
const char *role_name(enum role r); /* debtor lead place coordinating */
const char *role_vi(enum role r);
enum role role_named(const char *name);

enum { STEP_TEXT = 32, STEPS_MOST = 160 };

struct step {
	char name[STEP_TEXT]; /* identity, kept with the notice: "before-7", "overdue-4", "month-2026-12" */
	int32_t day;          /* from this day on it is due */
	int32_t alone_day;    /* from this day on it may cause a letter by itself; until then it only rides */
	bool start;           /* P2: of what was there at go-live: by itself on any day from alone_day on */
	bool low;             /* P15: rides with urgent ones, by itself only on low days */
	int rank;             /* P9: news of a status (2) goes before "worse" (1) before periodic steps (0) */
	bool kept;            /* P20: told although acknowledged */
};

/* All that the policy looks at in one alert towards one unit. */
struct matter {
	enum ln_kind kind;
	enum status status;
	enum role role;
	enum cadence cadence;     /* of the duty, where there is one */
	bool has_duty;
	const int *duty_steps;    /* the duty's own steps, or NULL */
	size_t duty_step_count;
	int32_t collected_on;     /* P13: the collector reported then: only monthly steps after it; DAY_NONE */
	int32_t last_day;         /* LN_DUE: last on-time day, extension included */
	int32_t next_first_step;  /* LN_DUE: first step day of the duty's next period; DAY_NONE none */
	int32_t valid_to;         /* LN_EXPIRY */
	int target_year;          /* LN_SHORT */
	int32_t found_on;         /* the day the alert was opened */
	int32_t status_since;     /* the day it took its present status */
	int status_seq;           /* counts its changes of status, so that each is told once */
	int worse_seq;            /* counts how often it got worse since it was told (P9) */
	int32_t worse_since;
	bool lost;                /* P8: missing or short became unknown: "mất số liệu" */
	int32_t started;          /* P2: the first check since go-live */
	int32_t first_told;       /* towards this unit, DAY_NONE: never */
	int32_t acknowledged_on;  /* DAY_NONE: not */
	int32_t snoozed_until;    /* DAY_NONE: not */
	const char *unit;         /* code: P2 spreads the start by it */
};

/* Every step of the matter up to `until`, in order of day. Returns the count, at most max. */
size_t policy_steps(const struct matter *m, const struct reminders *r, const struct calendar *c,
	int32_t until, struct step *out, size_t max);

/* Whether a step was told (or passed over) before. */
typedef bool policy_told(const void *context, const char *step);

struct decision {
	bool due;                /* a step is due today */
	struct step step;        /* the latest due one */
	struct step passed[STEPS_MOST]; /* earlier ones, not told: passed over */
	size_t passed_count;
	struct step skipped[STEPS_MOST]; /* left out because acknowledged (P20) */
	size_t skipped_count;
	int32_t next_day;        /* the next step's day after today, DAY_NONE none */
};
void policy_decide(const struct matter *m, const struct reminders *r, const struct calendar *c,
	int32_t today, policy_told *told, const void *context, struct decision *out);

/* P20: whether the step is left out because the alert is acknowledged: of the steps from that day on
 * every second one, the first first; up to the unit's first telling, none. Ask for the steps in order;
 * *alternation begins at 0. */
bool policy_skips(const struct matter *m, const struct step *step, bool told, int *alternation);
/* LN_DUE: the day from which an overdue matter is `lapsed` (P5). */
int32_t policy_lapse_day(const struct matter *m, const struct reminders *r, const struct calendar *c);
/* P15: Mondays (or the week's first working day) and first working days of a month. */
bool policy_is_low_day(const struct calendar *c, int32_t day);
/* P2: the working day on which this unit's first list may go by itself. */
int32_t policy_start_day(const struct reminders *r, const struct calendar *c, int32_t started,
	const char *unit);
/* days_left is counted to last_day, negative when over. */
enum urgency policy_urgency(enum ln_kind kind, enum status status, bool legal, int days_left,
	const struct reminders *r);

#endif
