/*
 * langnghe_plugin.h: all that a rule plugin of langnghed may include.
 *
 * A plugin is a shared object that exports one symbol:
 *
 *     const struct ln_plugin langnghe_plugin = { LN_ABI, sizeof(struct ln_plugin), "name", … };
 *
 * It reads the register through host->query(), says what it found through
 * host->report(), and returns. It states facts only: it sends nothing, writes
 * nothing, and never decides who gets a letter or when; the host does. It runs
 * in a process of its own (langnghe-runner) without network, without files and
 * with limits on time and memory, so a mistake costs one run of that plugin.
 *
 * Rules of the interface
 *  - Growing: within one LN_ABI, fields are only added at the end of a struct. Each struct begins
 *    with its size; a field past the size that the other side was built with does not exist.
 *    Write rows with designated initialisers (.id = …): added fields are 0 then.
 *  - Ownership: everything handed to report() is copied before it returns. Text that the host
 *    returns lives until check() returns, column text until the next ln_row_next().
 *  - Text is UTF-8; officers read it, so it is Vietnamese, in NFC.
 *  - Days are int32_t day numbers since 1970-01-01; LN_NO_DAY is "no date".
 *  - A plugin keeps no global state: check() may be called for several days in one process.
 *  - Missing is not zero. A figure that is not known is reported as unknown, never as 0.
 *  - Every subject that was looked at is reported, also the good ones (a due that is done, a thing
 *    that lacks nothing): only a known good value ends an alert.
 *  - A subject exists: "village:TH-0012", "unit:so-khcn", "task:ocop" are held against register and
 *    plan, and so are unit, place and waiting_for; a word of the plugin's own ("museum:1") is not.
 *  - Errors: what the host refuses (report() -1, query() NULL, row_next() -1) fails the run, whatever
 *    check() returns; error() says why, and so does `langnghectl plugin list`. Returning is enough.
 *  - One thread: no thread, process, file or socket can be made; malloc() and the C library's pure
 *    functions may be used. What is printed goes nowhere: log() is for that.
 *  - Limits of one run, settings of the installation: 200 000 findings, 64 MiB reported, 256 MiB of
 *    memory, 10 s of processor time, 30 s in all. A subject, code or id has at most 300 bytes, any
 *    other text 64 KiB, a query 20 000. Days lie between 1990 and 2200.
 *
 * A whole plugin, museum.c:
 *
 *     #include <langnghe_plugin.h>
 *
 *     static const struct ln_mark_row marks[] = {{.size = sizeof(struct ln_mark_row), .id = "guide",
 *         .label = "Thuyết minh", .lacks = "chưa có thuyết minh", .action = "Đề nghị bổ sung.",
 *         .clause = "mục 6 Phụ lục"}};
 *     static const struct ln_rule_row rules[] = {{.size = sizeof(struct ln_rule_row), .id = "guide",
 *         .kind = LN_MISSING, .title = "Thuyết minh", .clause = "mục 6 Phụ lục",
 *         .severity = LN_NOTICE, .action = "Đề nghị bổ sung.", .marks = marks, .mark_count = 1}};
 *
 *     static int check(const struct ln_host *host, void *state)
 *     {
 *         struct ln_query *q = host->query(host->self, "SELECT 'village:' || code, name, commune,"
 *             " tourism_since IS NOT NULL FROM v_village WHERE ended_on IS NULL", 0, 0);
 *         int rc;
 *         (void)state;
 *         while ((rc = host->row_next(q)) == 1) {
 *             const struct ln_mark mark = {"guide", host->column_int(q, 3) ? LN_OK : LN_LACKS, 0, 0};
 *             const struct ln_finding f = {.size = sizeof f, .rule = "guide",
 *                 .subject = host->column_text(q, 0), .name = host->column_text(q, 1),
 *                 .place = host->column_text(q, 2), .marks = &mark, .mark_count = 1};
 *             if (host->report(host->self, &f) < 0)
 *                 break;
 *         }
 *         host->query_end(q);
 *         return rc == 0 ? LN_COMPLETE : LN_FAILED;
 *     }
 *
 *     static const char *const inputs[] = {"v_village", 0};
 *     LN_EXPORT extern const struct ln_plugin langnghe_plugin;
 *     const struct ln_plugin langnghe_plugin = {.abi = LN_ABI, .size = sizeof(struct ln_plugin),
 *         .name = "museum", .version = "1.0", .summary = "villages with guides", .rules = rules,
 *         .rule_count = 1, .inputs = inputs, .check = check};
 *
 *     cc -shared -fPIC -fvisibility=hidden -Wl,-z,defs -o museum.so museum.c
 *
 * C99 or later, and C++ (there without designated initialisers, in the order of the members).
 *
 * Changes within LN_ABI 1; what was built against an earlier one goes on working:
 *   2026-11-27  first release; ln_host.capability, LN_HOST_HAS
 *   2026-11-26  ln_mark_row.severity; ln_host.add_months, duty_span, list_next, unit_now
 *   2026-11-24  first draft
 */
#ifndef LANGNGHE_PLUGIN_H
#define LANGNGHE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LN_ABI 1u
#define LN_NO_DAY INT32_MIN
#define LN_EXPORT __attribute__((visibility("default")))

/* What a rule's findings are about. */
enum ln_kind {
	LN_DUE = 1,     /* something owed for a period by a date */
	LN_SHORT = 2,   /* a target: numerator and denominator */
	LN_MISSING = 3, /* a subject that lacks one or more things (marks) */
	LN_EXPIRY = 4   /* a subject whose paper runs out on a day */
};

enum ln_severity {
	LN_NOTICE = 1,
	LN_WARNING = 2,
	LN_LEGAL = 3 /* a gap against the law itself, not only against the plan */
};

enum ln_mark_state {
	LN_OK = 0,      /* known and good */
	LN_LACKS = 1,   /* known to be missing */
	LN_UNKNOWN = 2, /* not known: asked for, never counted as missing */
	LN_EXPIRED = 3, /* was there and has run out */
	LN_WAITING = 4  /* submitted: another unit's move (ln_mark.waiting_for) */
};

/* One thing a LN_MISSING rule looks for in each subject. */
struct ln_mark_row {
	uint32_t size;
	const char *id;     /* stable: "env-plan" */
	const char *label;  /* heading of its column: "Phương án BVMT" */
	const char *lacks;  /* in a sentence: "chưa có phương án bảo vệ môi trường" */
	const char *action; /* what to do about it, with the law: a sentence */
	const char *clause; /* "khoản 1 Điều 56 Luật Bảo vệ môi trường 2020" */
	uint32_t severity;  /* enum ln_severity of lacking it; 0: that of its rule */
};

/* One rule of a plugin. */
struct ln_rule_row {
	uint32_t size;
	const char *id;            /* stable, lower case and hyphens: "village-environment" */
	const char *former_ids;    /* names it had before, joined with '|', or NULL */
	const char *task;          /* id of the plan's task, or NULL: the coordinator's */
	uint32_t kind;             /* enum ln_kind */
	const char *title;         /* "Hồ sơ môi trường của làng nghề" */
	const char *clause;        /* where the plan or the law says so */
	uint32_t severity;         /* enum ln_severity */
	const char *action;        /* what the addressee has to do: one Vietnamese sentence, never NULL */
	int32_t act_within_days;   /* LN_MISSING: days from the first notice; 0 the host's default */
	const struct ln_mark_row *marks; /* LN_MISSING: what it looks for */
	uint32_t mark_count;
	const char *field;         /* whose matter inside a unit: environment ocop training reports, or NULL */
};

enum ln_setting_type { LN_SET_INT = 1, LN_SET_BOOL = 2, LN_SET_TEXT = 3 };

/* One setting, written by the administrator as plugins.NAME.KEY; parsed and checked by the host. */
struct ln_setting_row {
	uint32_t size;
	const char *name;
	uint32_t type; /* enum ln_setting_type */
	int64_t min, max;      /* LN_SET_INT */
	int64_t value;         /* default of INT and BOOL */
	const char *text;      /* default of TEXT */
	const char *help;      /* one English line */
};

/* One mark of one subject. It has no size and stands in arrays: it never changes. */
struct ln_mark {
	const char *id;      /* of a ln_mark_row of the rule */
	uint32_t state;      /* enum ln_mark_state */
	const char *detail;  /* Vietnamese, or NULL: "đã trình ngày 12/10/2026" */
	const char *waiting_for; /* unit code whose move it is, or NULL */
};

/* What one rule says about one subject for one period. Zero it, set size, set what applies: a day
 * left 0 means no date, an empty text is none. Rule, subject and period together come once a run. */
struct ln_finding {
	uint32_t size;
	const char *rule;     /* id of one of this plugin's rules */
	const char *subject;  /* "unit:so-khcn", "village:TH-0012", "target:env-plan", "task:ocop" */
	const char *period;   /* "2026", "2026-Q3", "2026-H1", "2026-07", "once", or NULL */
	const char *name;     /* the subject's name for people: "Làng nghề đúc đồng Trà Đông" */
	const char *unit;     /* LN_DUE: who owes it; else NULL */
	const char *place;    /* unit code of the commune the subject lies in, or NULL */
	const char *duty;     /* LN_DUE (and a duty without date reported as LN_MISSING): id of the plan's duty */
	const char *target;   /* LN_SHORT: id of the plan's target; the period is its year */
	/* LN_DUE */
	int64_t required, recorded; /* done when recorded >= required */
	int32_t last_day;     /* last on-time day, as host->due_day() gave it (extensions included) */
	int32_t done_on;      /* the day it was done, or LN_NO_DAY */
	const char *document_no; /* "152/BC-SKHCN", or NULL */
	uint32_t not_applicable; /* 1: this unit does not owe it (the collector) */
	/* LN_SHORT */
	int64_t numerator, denominator; /* known good ones of all (denominator includes the unknown) */
	int64_t unknown;      /* members whose state is not known */
	int32_t figures_on;   /* the day the figures were cut off, or LN_NO_DAY */
	const char *source;   /* Vietnamese, or NULL */
	/* LN_MISSING */
	const struct ln_mark *marks;
	uint32_t mark_count;
	int32_t since;        /* known to be lacking since, or LN_NO_DAY */
	int32_t act_by;       /* a date that the law or the plan gives, or LN_NO_DAY */
	/* LN_EXPIRY */
	int32_t valid_to;
	/* any */
	const char *detail;   /* Vietnamese sentence added to the item, or NULL */
	const char *list;     /* Vietnamese lines (one a line) listed under the item, or NULL */
};

/* A value bound to a parameter of a query. It has no size and stands in arrays: it never changes. */
enum ln_value_type { LN_NULL = 0, LN_INT = 1, LN_TEXT = 2 };
struct ln_value {
	uint32_t type;
	int64_t number;
	const char *text;
};

struct ln_query; /* a running query; opaque */

/* One target of the plan. */
struct ln_target {
	uint32_t size;
	const char *id;
	int32_t year;
	int32_t last_day;  /* 31/12 of the year */
	int32_t close_day; /* after it, figures of that year are closed */
	const char *task, *unit;
};

/* One unit that owes a duty for a period. */
struct ln_debtor {
	uint32_t size;
	const char *unit;  /* code, living on the period's last day */
	const char *name;
	int32_t last_day;  /* last on-time day, a granted extension included; LN_NO_DAY undated */
	uint32_t not_applicable; /* the collector, listed so that it is seen */
	const char *extension_no; /* document that granted the extension, or NULL */
};

/* Whether the host has a member that was added after the first release: LN_HOST_HAS(host, capability). */
#define LN_HOST_HAS(host, member) \
	((host)->size >= offsetof(struct ln_host, member) + sizeof((host)->member))

/* The host, as functions. `self` is passed back as the first argument of each. */
struct ln_host {
	uint32_t abi;  /* LN_ABI of the host */
	uint32_t size;
	void *self;
	int32_t today; /* the day that is judged */

	/* Reports one finding. 0 taken; -1 refused (unknown rule, bad text, too many): the run fails. */
	int (*report)(void *self, const struct ln_finding *finding);
	/* A line for the administrator's log. */
	void (*log)(void *self, const char *message);

	/* Runs a SELECT over the published views (v_village, v_submission, …), parameters as ?1 ?2 ….
	 * NULL on error; error() then says why. At most 8 queries are open at once. A query that fails
	 * fails the run, whatever check() returns; the other functions take NULL for a query. */
	struct ln_query *(*query)(void *self, const char *sql, const struct ln_value *values, uint32_t count);
	int (*row_next)(struct ln_query *q);                    /* 1 a row, 0 the end, -1 error */
	int64_t (*column_int)(struct ln_query *q, uint32_t i);  /* 0 for null: ask column_is_null */
	const char *(*column_text)(struct ln_query *q, uint32_t i); /* NULL for null */
	int (*column_is_null)(struct ln_query *q, uint32_t i);
	int32_t (*column_day)(struct ln_query *q, uint32_t i);  /* a date column; LN_NO_DAY for null */
	void (*query_end)(struct ln_query *q);                  /* NULL is fine */
	const char *(*error)(void *self);

	/* The plan. */
	int (*target)(void *self, const char *id, int32_t year, struct ln_target *out); /* 0, or -1 */
	/* The i-th unit owing the duty for the period; 0, or -1 past the end or unknown duty. */
	int (*debtor)(void *self, const char *duty, const char *period, uint32_t i, struct ln_debtor *out);
	/* The periods of a duty to look at today: the last closed one, the running one (and what lies
	 * between). i-th into out[10]; 0, or -1 past the end. */
	int (*duty_period)(void *self, const char *duty, uint32_t i, char out[10]);
	int64_t (*duty_required)(void *self, const char *duty); /* -1 unknown duty */
	int (*reading)(void *self, const char *name, int64_t *out); /* a reading of the plan; 0 or -1 */
	const char *(*unit_name)(void *self, const char *code); /* NULL if unknown */

	/* This plugin's settings, checked and defaulted. Unknown names give 0 / NULL. */
	int64_t (*setting_int)(void *self, const char *name);
	const char *(*setting_text)(void *self, const char *name);

	/* The calendar. */
	int (*is_workday)(void *self, int32_t day);
	int32_t (*add_workdays)(void *self, int32_t day, int32_t n);
	int32_t (*day_from_civil)(int32_t year, int32_t month, int32_t day);
	void (*day_to_civil)(int32_t day, int32_t *year, int32_t *month, int32_t *day_of_month);
	const char *(*day_vi)(void *self, int32_t day); /* "04/12/2026" */

	/* The day n months after another (n may be negative): 29/02 and 12 months give 01/03, 31/01 and one
	 * month give the day after 28/02 or 29/02. LN_NO_DAY for days or spans beyond reason. */
	int32_t (*add_months)(void *self, int32_t day, int32_t n);
	/* The days on which what the duty asks for counts: those of the period, or of its reporting window
	 * (15th to 14th, a reading of the plan). 0, or -1: unknown duty, not its period. */
	int (*duty_span)(void *self, const char *duty, const char *period, int32_t *first, int32_t *last);
	/* The next value of "A|B|C"; *rest, the whole text at first, moves on. NULL at the end. */
	const char *(*list_next)(void *self, const char **rest);
	/* The code of the unit that carries on another one's work on the day that is judged, its own where it
	 * lives; NULL: unknown, ended without a successor, or split so that nobody can say. */
	const char *(*unit_now)(void *self, const char *code);
	/* What this host can do, by name; 0: it does not know of it. "kinds.due", .short, .missing, .expiry;
	 * "marks.severity", "marks.waiting"; "views.v_village" and so on; "limits.findings" of one run,
	 * "limits.output" in bytes, "limits.text" and "limits.name" in bytes, "limits.queries" open at once,
	 * "limits.parameters" of a query, "limits.log_line" in bytes. */
	int64_t (*capability)(void *self, const char *name);
};

enum ln_result {
	LN_COMPLETE = 0, /* everything this plugin looks at was reported */
	LN_FAILED = 1    /* it was not; nothing is concluded from what was reported */
};

struct ln_plugin {
	uint32_t abi;  /* LN_ABI */
	uint32_t size; /* sizeof(struct ln_plugin) */
	const char *name;    /* the file's name without .so */
	const char *version; /* "1.0" */
	const char *summary; /* one English line */
	const struct ln_rule_row *rules;
	uint32_t rule_count;
	const struct ln_setting_row *settings;
	uint32_t setting_count;
	const char *const *inputs; /* views whose change makes it worth running again; NULL-terminated */
	/* May be NULL. *state is handed to check and destroy. LN_COMPLETE or LN_FAILED. */
	int (*create)(const struct ln_host *host, void **state);
	int (*check)(const struct ln_host *host, void *state);
	void (*destroy)(void *state); /* may be NULL */
};

#ifdef __cplusplus
}
#endif
#endif
