/*
 * digest.h: what one unit is told in one letter: the notices that are due for it
 * today, most urgent first, lead items before coordinating ones before its
 * area's lists. A digest is decided here and rendered in mail/; once its letter
 * is queued its notices are recorded in the same transaction.
 */
#ifndef ALERTS_DIGEST_H
#define ALERTS_DIGEST_H

#include "alerts/policy.h"
#include "rules/judge.h"
#include "rules/last_known.h"

/* One notice: one step of one alert towards the digest's unit. */
struct item {
	int64_t alert;              /* id */
	const char *key;
	const struct judged *judged; /* the facts; NULL when the subject is no longer reported */
	int32_t checked_on;         /* the day they were found, where the plugin fails since; DAY_NONE: today */
	/* From the alert, also there when judged is NULL: */
	const char *name, *summary, *period;
	const struct duty *duty;
	int32_t last_day;
	enum ln_kind kind;
	enum status status;
	enum role role;
	enum urgency urgency;
	struct step step;
	int reminder;               /* this is the n-th letter about it to this unit, from 1 */
	int64_t generation;         /* of the alert: a granted extension begins a new one (P20) */
	int32_t first_told;         /* in this generation; DAY_NONE: new, marked "mới" */
	int32_t act_by;             /* LN_MISSING: act-by date, always set */
	bool acknowledged, disputed;
	const struct unit *named;   /* the unit as the plan names it, when it differs from the digest's */
	bool extended;              /* a granted extension moved the last day */
	const char *extension_no;
	const char *resolution;     /* step "resolved": "resolved" or "ended" */
};

enum change_kind {
	CHANGE_NEW,
	CHANGE_RESOLVED,
	CHANGE_ENDED,
	CHANGE_WORSE,
	CHANGE_LOST,
	CHANGE_INHERITED,
	CHANGE_EXTENDED /* its last day was moved by a granted extension (P20) */
};

/* A line of "đã thay đổi từ thư trước". */
struct change {
	enum change_kind what;
	int64_t alert;
	const char *name, *text;
};

/* Internal to alerts/: one notice to be kept with the letter. */
struct digest_record {
	int64_t alert, generation, told_numerator, told_denominator;
	const char *step;
	int outcome;
};

/* P13, P14: the coordinator's Monday overview and the list beside R2. One row per open duty. */
struct overview_row {
	const char *unit_name, *duty_name, *period;
	enum status status;
	int32_t last_day;
	int days_left;
	int32_t last_notice; /* DAY_NONE: never told */
	int32_t checked_on;  /* as in struct item */
};

/* P23: a letter that every address refused, for the coordinator. */
struct undelivered_row {
	int64_t letter;
	const char *unit_name;
	int32_t day;            /* of the letter */
	const char *addresses;  /* "a@so.example, b@so.example" */
	const char *answer;     /* of the mail server, may be NULL */
};

enum letter_kind {
	LETTER_DIGEST,
	LETTER_RECEIPT,
	LETTER_PREVIEW, /* to the administrator, about the next sending time; no unit's letter */
	LETTER_TEST,    /* by hand, to try the way out; no unit's letter */
	LETTER_IMPORT,  /* to the administrator, about a file of import.directory; no unit's letter */
	LETTER_PLUGIN   /* to the administrator, about a plugin that is put aside; no unit's letter */
};

struct digest {
	enum letter_kind kind;
	int32_t day;
	int hour_minute;             /* second of the day at which it is composed */
	const struct unit *unit;     /* living unit that is written to */
	struct item *items;          /* sorted: urgency, days, size */
	size_t item_count;
	struct change *changes;
	size_t change_count;
	struct overview_row *overview; /* NULL unless this unit is the coordinator and it is time */
	size_t overview_count;
	struct undelivered_row *undelivered; /* filled by mail/undelivered.h */
	size_t undelivered_count;
	size_t unknown_cells;        /* P7: "N ô chưa có số liệu", asked for on a fill-in sheet */
	int32_t last_letter;         /* day of the unit's last letter, DAY_NONE: first */
	int64_t other_open;          /* open alerts of this unit that are not in this letter */
	const char *submission_no;   /* LETTER_RECEIPT: document number, may be NULL */
	const struct digest_record *records; /* internal: the notices this letter tells */
	size_t record_count;
};

struct digests {
	struct arena arena;
	struct last_known known; /* facts of plugins that fail: items point to them */
	struct digest *items;
	size_t count, capacity;
};

/*
 * Decides the letters of the sending time `now` from the reconciled alerts. The store is only read:
 * looking ahead (preview) and sending decide the same.
 */
int digests_make(struct digests *out, const struct world *w, const struct judgement *j,
	struct moment now, struct err *e);
void digests_release(struct digests *d);
/* P15: whether `now` is in the hours of a working day, when whatever is due may go. */
bool digests_open(const struct world *w, struct moment now);
/* The unit's digest among them, else a new and empty one at the end; NULL: the store failed. */
struct digest *digests_letter_to(struct digests *d, struct store *s, const struct unit *unit,
	struct moment now, struct err *e);
/* Records the digest's notices as told by letter `letter` (inside the caller's transaction). */
int digest_record(const struct digest *d, struct store *s, int64_t letter, struct err *e);
/* P1: a letter that nobody accepted is withdrawn: its notices are pending again. In the caller's
 * transaction. */
int notices_return(struct store *s, int64_t letter, struct err *e);

#endif
