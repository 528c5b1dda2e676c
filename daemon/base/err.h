/*
 * err.h: how a failure travels to the one place that reports it.
 *
 * What can fail returns 0 or -1 and fills the caller's struct err with one
 * complete sentence: what is wrong, where, what is allowed. Lower layers never
 * log. A struct err pointer may not be NULL.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>

struct err {
	char text[1024]; /* UTF-8, one line, no final newline; cut on a character's border */
};

/* Fills e with the formatted sentence. Always returns -1, so that a caller can return it. */
int err_set(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "prefix: " before what e says already. Always returns -1. */
int err_prefix(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * problems: every error of one run over files, so that an administrator mends
 * all of them at once instead of one at a time.
 */
struct problem {
	char *where; /* "file:line", "file:line:column" or "file" */
	char *text;
};

struct problems {
	struct problem *items;
	size_t count, capacity;
};

/* line 0 leaves the line out; column 0 leaves the column out. */
void problems_add(struct problems *p, const char *file, int line, int column, const char *format,
	...) __attribute__((format(printf, 5, 6)));
void problems_release(struct problems *p);

#endif
