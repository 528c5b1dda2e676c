/*
 * kinds.h: the kinds of register files as data: each kind's columns in order,
 * their Vietnamese labels, types and allowed values. Import, export, remove,
 * history, and the fill-in sheets all work from these rows, so a column is
 * added here and in a schema step, and nowhere else.
 */
#ifndef REGISTER_KINDS_H
#define REGISTER_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum column_type {
	COLUMN_TEXT,
	COLUMN_INT,     /* whole number, min..max */
	COLUMN_NUMBER,  /* decimal, kept as text of an exact decimal ("12.5") */
	COLUMN_DAY,     /* kept as ISO text */
	COLUMN_BOOL,    /* kept as 1/0; yes/no, có/không, x, 1/0 on input */
	COLUMN_WORD,    /* one of words[] */
	COLUMN_PERIOD,
	COLUMN_REF,     /* key of a row of kind `ref` */
	COLUMN_REFS,    /* several, joined with | */
	COLUMN_PLACE    /* unit code of a commune or district; a unique name is accepted */
};

struct column {
	const char *name;   /* "env_plan_state" */
	const char *label;  /* "Tình trạng phương án BVMT" */
	enum column_type type;
	bool key, required;
	const char *const *words;    /* COLUMN_WORD: keys, NULL-terminated */
	const char *const *word_labels; /* their Vietnamese labels, same order */
	const char *ref;    /* COLUMN_REF(S): kind; "duty", "target", "task" look in the plan */
	int64_t min, max;   /* COLUMN_INT; COLUMN_NUMBER where max > 0; years and days of age are ranged too */
};

struct kind {
	const char *name;  /* "villages" */
	const char *label; /* "Làng nghề" */
	const char *table; /* "village": the table's name */
	const struct column *columns;
	size_t column_count;
	bool coded;        /* one key column `code`, assigned when empty */
	const char *code_prefix;
	bool key_says_nothing; /* a new row of nothing but its key is left out: a sheet to fill in has such rows */
};

const struct kind *kind_named(const char *name); /* NULL if there is none */
const struct kind *kind_at(size_t i);            /* NULL past the end */
const struct column *kind_column(const struct kind *k, const char *name);

#endif
