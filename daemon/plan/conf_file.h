/*
 * conf_file.h: a libconfig file with what libconfig 1.5 lacks: a BOM is
 * stripped, integers that would wrap silently are refused, text must be UTF-8
 * (and is made NFC), and a schema walk reports unknown keys, wrong types and
 * values out of range, all at once, with file:line.
 */
#ifndef PLAN_CONF_FILE_H
#define PLAN_CONF_FILE_H

#include "base/err.h"

#include <libconfig.h>
#include <stdbool.h>
#include <stdint.h>

struct conf_file {
	char *path;
	config_t config;
	struct problems *problems; /* borrowed */
};

/* Returns 0, or -1 with the reason in problems. */
int conf_file_open(struct conf_file *f, const char *path, struct problems *problems);
/* The same in two steps: the file's bytes (the caller's), and what they say. */
int conf_file_read(const char *path, char **data, size_t *size, struct problems *problems);
int conf_file_parse(struct conf_file *f, const char *path, const char *data, size_t size, struct problems *problems);
void conf_file_close(struct conf_file *f);

/* Adds a problem at the line of s. */
void conf_problem(struct conf_file *f, const config_setting_t *s, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Readers of one member of a group. Absent members give the default without a problem unless
 * required. A wrong type or value adds a problem and gives the default. Each member read is
 * remembered; conf_unknown() then reports members nobody read, naming those allowed.
 */
struct conf_group {
	struct conf_file *file;
	config_setting_t *group; /* may be NULL: all members absent */
	const char *name;        /* "mail", "duties[2]": for messages */
	const char *known[64];
	int known_count;
};

struct conf_group conf_group_of(struct conf_file *f, config_setting_t *group, const char *name);
enum { CONF_OPTIONAL = 0, CONF_REQUIRED = 1 };
/* Text: the result is the caller's (xstrdup); fallback may be NULL. */
char *conf_text(struct conf_group *g, const char *key, int required, const char *fallback);
int64_t conf_int(struct conf_group *g, const char *key, int64_t min, int64_t max, int64_t fallback);
bool conf_bool(struct conf_group *g, const char *key, bool fallback);
/* One of the NULL-terminated words; returns its index. */
int conf_choice(struct conf_group *g, const char *key, const char *const *words, int fallback);
int32_t conf_day(struct conf_group *g, const char *key, int required); /* DAY_NONE if absent */
int conf_time(struct conf_group *g, const char *key, const char *fallback); /* "08:00" -> second of day */
/* Whole numbers of an array, each min … max and larger (direction 1) or smaller (-1) than the one
 * before it. *items is the caller's and set only when the member is there: returns the count, or -1
 * if it is absent or wrong. */
int conf_ints(struct conf_group *g, const char *key, int min, int max, int direction, int **items);
/* The member itself, marked known: a list, array or group. NULL if absent or of another type. */
config_setting_t *conf_member(struct conf_group *g, const char *key, int config_type, int required);
void conf_unknown(struct conf_group *g);

#endif
