/*
 * case_file.h: the case table's language (tests/sim/README.md) as structs.
 */
#ifndef SIM_CASE_FILE_H
#define SIM_CASE_FILE_H

#include "base/day.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "langnghe_plugin.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { THINGS_MOST = 40, EVENTS_MOST = 200, WORDS_MOST = 64, MARKS_MOST = 9, LETTERS_MOST = 5000 };

struct thing {
	char name[64];
	enum ln_kind kind;
	char unit[64], place[64], lead[64], coord[256], subject[128], duty_id[64], period[16];
	char status[32], document_no[64];
	enum cadence cadence;
	bool once, legal, appeared, gone, ended;
	int lacks, unknown, year;
	int64_t n, d;
	int32_t last, done, valid_to, appears;
};

struct event {
	int32_t day;
	char words[WORDS_MOST][80];
	int count;
};

struct day_range {
	int32_t from, to;
};

struct policy_case {
	char id[128];
	struct thing things[THINGS_MOST];
	size_t thing_count;
	struct event events[EVENTS_MOST];
	size_t event_count;
	struct day_range off[20], run[20];
	size_t off_count, run_count;
	char unit_lines[40][200];
	size_t unit_count;
	char sets[20][2][80];
	size_t set_count;
	int32_t golive;
	struct buf expected; /* sorted lines later */
	const char *file;
	int line;
};

/* Ends the program with file and line. */
void die(const struct policy_case *c, const char *text);
void copy(char *to, size_t size, const char *from); /* cut to what fits */
int32_t a_day(const struct policy_case *c, const char *s);
/* One key=value onto a thing. */
void set_fact(const struct policy_case *c, struct thing *t, const char *word);
int split(char *line, char *words[WORDS_MOST]);
int by_text(const void *a, const void *b);
/* "letter DATE UNIT b/x a/y" with its items sorted, one line. */
void add_line(struct buf *to, const char *what, const char *day, const char *unit, char **items, int n);
/* One line of a case. Returns true at `end`. */
bool read_line(struct policy_case *c, char **w, int n);
struct thing *thing_named(struct policy_case *c, const char *name); /* or NULL */

#endif
