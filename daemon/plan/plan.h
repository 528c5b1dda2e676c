/*
 * plan.h: what must be done. The decision (4182/QĐ-UBND of 29/11/2022) as data:
 * its targets with their exact comparator words, the nine tasks of the
 * appendix, the duties with their clauses, the solution groups that have no
 * lead, and our readings of what the text leaves open (domain: §1.5), each a
 * setting with its default. Read whole from conf/plan-*.conf, checked whole.
 *
 * Comparisons are exact, in integers; a percentage target of "trên 80%" is
 * comparator GT, value 80/100, measure "%".
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/day.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum comparator { CMP_GT, CMP_GE, CMP_EQ, CMP_APPROX };
const char *comparator_name(enum comparator c); /* gt ge eq approx */

struct target {
	char *id;       /* "env-plan" */
	int year;       /* 2025, 2030 */
	char *label;    /* "H1" */
	char *name;     /* "làng nghề có phương án bảo vệ môi trường" */
	char *clause;   /* "điểm a khoản 1.2 mục 1 Điều 1" */
	char *text;     /* the decision's exact words */
	char *word;     /* "trên", "ít nhất", "khoảng" or "" */
	enum comparator comparator;
	int64_t value_numerator, value_denominator; /* 80/100; 15/10; 5/1 */
	char *measure;  /* "%", "nghề", "làng nghề", "%/năm", "lần" */
	char *thing;    /* what a missing unit of it is called: "làng nghề", "cơ sở" */
	char *task;     /* task id, or NULL */
	char *unit;     /* unit code answering for it: given, else the task's lead, else the coordinator */
	int64_t approx_tolerance; /* points (or percent of the value) allowed under an APPROX value */
};

struct task {
	char *id;      /* "environment" */
	int number;    /* 1-9 */
	char *text, *product; /* exact words of the appendix */
	char *lead;    /* unit code of 2022 */
	char **coordinating; /* unit codes of 2022; the groups "@province" (các sở, ngành cấp tỉnh) and
	                      * "@districts" (UBND huyện, thị xã, thành phố) stand for sets */
	size_t coordinating_count;
	char *period;  /* "2022 -2030", as printed */
	int from_year, to_year;
	char *clause;  /* "mục 3 Phụ lục" */
};

/* A solution group of mục 3 without a row in the appendix: the coordinator answers for it. */
struct solution {
	char *id, *clause, *text, *unit;
};

enum cadence {
	CADENCE_YEARLY_REPORT,
	CADENCE_YEARLY_COUNT,
	CADENCE_QUARTERLY_COUNT,
	CADENCE_CONFERENCE,
	CADENCE_ONCE
};
const char *cadence_name(enum cadence c); /* yearly-report yearly-count quarterly-count conference once */

struct duty {
	char *id;         /* "unit-report" */
	char *name;       /* "Báo cáo tình hình, kết quả thực hiện Kế hoạch" */
	char *clause;     /* "khoản 1 Điều 2" */
	char *text;       /* exact words: "định kỳ, trước ngày 05 tháng 12 hằng năm" */
	char *task;       /* task id or NULL */
	enum cadence cadence;
	char **owed_by;   /* unit codes, or "@reporting" (every living province-level unit with a role in
	                   * the appendix less the collector, and communes if the readings say so) */
	size_t owed_by_count;
	char *collector;  /* unit code the thing is handed to; never owes it itself (not_applicable) */
	int due_month, due_day; /* the date the text names; 0 where it names none */
	bool exclusive;   /* "trước ngày": the last on-time day is the day before */
	bool dated;       /* false: the decision gives no date (no overdue before plan end; P10, P11) */
	int64_t required, upper; /* counts: at least required; upper 0 = none */
	int first_year, last_year;
	int *steps;       /* days before the last day; NULL: those of the cadence */
	size_t step_count;
	char *action;     /* Vietnamese sentence: what to do; "{hạn}" is the last on-time day */
};

struct readings {
	bool deadline_inclusive;       /* §1.5 no 1: true makes "trước ngày 05/12" end on 05/12 */
	bool weekend_deadline_rolls;   /* no 2: true: a last day on a weekend moves to the Monday after */
	int first_cycle;               /* no 4: first year whose reports are watched, 2023 */
	bool communes_report;          /* no 5: true: clause 2.1 binds districts/communes too */
	bool traditional_villages_count; /* no 16: làng nghề truyền thống count in H1-H3 */
	bool recognised_only;          /* no 17: H1-H3 count only recognised villages */
	bool commitment_counts;        /* domain §2.3: a cam kết counts as H1 */
	bool scheme_counts;            /* domain §2.3: a đề án counts as H1 */
	bool collector_reports;        /* R1: the collector owes itself a report */
	int plan_valid_years;          /* Nghị định 08/2022: a protection plan is renewed every 5 years */
	int close_on_month, close_on_day; /* P10: figures of Y close on 31/03/Y+1 */
	int reviewed_within_months;    /* 18 */
	bool counts_by_reporting_window; /* false: counts of a quarter and a year are the calendar's */
};

struct plan {
	char *file;
	char *province, *decision, *decision_long, *title; /* "4182/QĐ-UBND", "Quyết định số 4182/QĐ-UBND ngày 29/11/2022 …" */
	int32_t signed_on, ends_on;
	char *coordinator; /* unit code, O2: "so-nnptnt" */
	struct target *targets;
	size_t target_count;
	struct task *tasks;
	size_t task_count;
	struct solution *solutions;
	size_t solution_count;
	struct duty *duties;
	size_t duty_count;
	struct readings readings;
};

/* Reads and checks file; every error in problems. On failure -1 and *out untouched. */
int plan_load(const char *file, struct plan **out, struct problems *problems);
/* The same in two steps, for a process that asks for its plan when it can open no file any more: the file's
 * text (the caller's), and the plan in it. */
int plan_text(const char *file, char **text, size_t *size, struct problems *problems);
int plan_parse(const char *file, const char *text, size_t size, struct plan **out, struct problems *problems);
void plan_free(struct plan *p);

const struct target *plan_target(const struct plan *p, const char *id, int year); /* or NULL */
/* By id or by number "1".."9". */
const struct task *plan_task(const struct plan *p, const char *id_or_number);
const struct duty *plan_duty(const struct plan *p, const char *id);
/* A reading as a number, by its name in the file ("commitment_counts"). 0, or -1 if there is none. */
int plan_reading(const struct plan *p, const char *name, int64_t *out);
/* The last day on which figures of target year y are still taken (P10). */
int32_t plan_close_day(const struct plan *p, int target_year);

/* The last day on which anything is written (P10): what the last closing decides is still told in the
 * month after it. */
int32_t plan_last_notice_day(const struct plan *p);

#endif
