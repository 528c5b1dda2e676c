/*
 * draft.h: a letter in the making: what the makers of its parts (view, lists,
 * calendar, message) share. Internal to mail/. Everything lives in the arena of
 * the draft; digest, world and templates are borrowed.
 */
#ifndef MAIL_DRAFT_H
#define MAIL_DRAFT_H

#include "mail/templates.h"

/* What an item is shown as. */
enum block_kind {
	BLOCK_OVERDUE,
	BLOCK_DUE,
	BLOCK_TARGET,
	BLOCK_SHARED, /* P9: targets of one task to a coordinating unit: a line each */
	BLOCK_MISSING,
	BLOCK_EXPIRY,
	BLOCK_UNKNOWN,
	BLOCK_LOST,
	BLOCK_RESOLVED,
	BLOCK_INHERITED
};

/* Items that are told together: each duty and target alone, lists by rule and role, new ones first;
 * what runs out by its days. */
struct block {
	enum block_kind kind;
	const struct item **items;
	size_t count, capacity;
};

struct draft {
	const struct digest *digest;
	const struct world *world;
	const struct templates *templates;
	struct moment now;
	struct arena arena;
	struct block *blocks; /* in the order of the digest */
	size_t block_count, block_capacity;
	const struct overview_row *overview; /* the digest's, without what a block tells */
	size_t overview_count;
	const char *list_file, *calendar_file; /* names of the attachments; NULL: none */
	const char *fill_sheets; /* the list's sheets that are filled in and come back: "“Làng nghề”"; NULL: none */
};

void draft_init(struct draft *d, const struct digest *digest, const struct world *w,
	const struct templates *t, struct moment now);
void draft_release(struct draft *d);
/* Whether the draft has anything for a list (XLSX). */
bool draft_has_lists(const struct draft *d);

/* One line of text from outside, fit to stand anywhere: valid UTF-8, control and direction
 * characters replaced by spaces. NULL gives NULL. */
const char *clean_line(struct arena *a, const char *s);
/* What an item is shown as; and what its matter is by itself, whatever the news about it. */
enum block_kind item_block(const struct item *i);
enum block_kind item_matter(const struct item *i);
const struct unit *draft_unit(const struct draft *d, const char *code); /* or NULL */
/* Today's name of the unit with this code ("" becomes NULL). */
const char *unit_name_of(const struct draft *d, const char *code);
/* The same, of who carries its work today. */
const char *unit_name_today(const struct draft *d, const char *code);
const char *period_words(struct draft *d, const char *period);
const char *role_words(struct draft *d, enum role role);
enum phrase thing_phrase(const char *subject);
/* The subject without its kind: "village:TH-0012" -> "TH-0012". */
const char *subject_code(const char *subject);
/* The rule's or duty's heading of an item, cleaned. */
const char *item_title(struct draft *d, const struct item *i);
const char *item_place(struct draft *d, const struct item *i); /* or NULL */
const char *item_subject(const struct item *i);
/* What is lacking in words, one after the other: "chưa có phương án…; chưa có tổ chức…" or NULL. */
const char *item_lacks(struct draft *d, const struct item *i);
/* The unit that something submitted waits for, or NULL. *ours (may be NULL): it waits for the
 * reader. */
const char *item_waiting(struct draft *d, const struct item *i, bool *ours);
/* A column's label within a sentence: "Phương án BVMT" -> "phương án BVMT", "OCOP" as it is. */
const char *label_within(struct draft *d, const char *label);
/* Whose move it is: the reader's by its role, another unit's, or both. */
const char *item_move(struct draft *d, const struct item *i);
/* The day by which the item asks to act: of a duty its last on-time day, else a working day (the
 * one on or before it). DAY_NONE: nothing to do, or nothing but another unit's move is left. */
int32_t item_act_by(struct draft *d, const struct item *i);
/* The working day on or before day, but no day that is over while day itself is not. */
int32_t draft_workday(const struct draft *d, int32_t day);
/* A duty's action with its last on-time day in the place of "{hạn}". NULL gives NULL. */
const char *action_with_day(struct draft *d, const char *action, int32_t last_day);
/* Whether the duty was not yet overdue, or not told as such, in the unit's last letter. */
bool item_fell_overdue(const struct draft *d, const struct item *i);
const char *urgency_name(enum urgency u); /* "overdue" "due_now" … */
/* The contact of the unit that holds the matters of a field, or NULL. */
const struct contact *draft_holder(const struct draft *d, const char *field);

/* P7: cells that are asked for: unknown marks, and figures without any. */
size_t draft_unknown_cells(const struct draft *d);
bool draft_asks(const struct draft *d); /* whether this letter asks for them */
bool item_asks(const struct item *i);

/* Value and target of a LN_SHORT item as text: "42,5%", "1,2 lần", "3 nghề". */
const char *measure_text(struct draft *d, const struct target *t, int64_t n, int64_t den);

/* JSON members; NULL and DAY_NONE become null, so that no name is taken from an outer value. */
void view_text(struct draft *d, json_t *o, const char *key, const char *value); /* cleaned */
void view_number(struct draft *d, json_t *o, const char *key, int64_t n); /* "1.234" */
void view_day(
	struct draft *d, json_t *o, const char *key, int32_t day); /* {date, weekday} or null */

/* How much of what is told together was found before its plugin began to fail (item.checked_on). */
struct checked {
	int32_t earliest; /* begin with DAY_NONE */
	bool any_today;
};
void checked_add(struct checked *c, int32_t checked_on);
/* checked_on, and checked_some where it is not said of all. */
void view_checked_on(struct draft *d, json_t *o, const struct checked *c);

json_t *view_names(const char *const *names, size_t count); /* an object with these, all null */
void view_flag(json_t *o, const char *key, bool value);

/* Parts of a block's view that lists have: rows (at most *rows_left, which is counted down), sums.
 */
void view_list(struct draft *d, json_t *o, const struct block *b, size_t *rows_left);
void view_sums_of_list(struct draft *d, json_t *o, const struct block *b);
void view_unknown(struct draft *d, json_t *o, const struct block *b);

/* The whole letter's view, without and with the parts that only the subject line needs. */
json_t *view_letter(struct draft *d);
json_t *view_block(struct draft *d, const struct block *b, int number, size_t *rows_left);
json_t *view_overview(struct draft *d);

/* The attachments; *bytes is the caller's. */
int lists_make(struct draft *d, char **bytes, size_t *size, struct err *e);
/* Adds to an area's list the register's rows of the area, to be filled in, sent back and imported as they are. Sets
 * fill_sheets. -1 on error. */
struct lxw_workbook;
int lists_fill_in(struct draft *d, struct lxw_workbook *book, struct err *e);
/* NULL if the draft has no dated duty. domain: of the From address, for the UIDs. */
char *calendar_make(struct draft *d, const char *domain);

#endif
