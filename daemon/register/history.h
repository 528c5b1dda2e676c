/*
 * history.h: the one way into the table `change`. Used by everything that
 * writes register rows; reading it is register_history in import.h.
 */
#ifndef REGISTER_HISTORY_H
#define REGISTER_HISTORY_H

#include "register/kinds.h"
#include "store/store.h"

enum { NOW_TEXT = 26 };

/* Who changes something, and when: one for all changes of a transaction. */
struct author {
	int64_t import_id; /* 0: not an import */
	const char *by; /* borrowed */
	char at[NOW_TEXT]; /* "2026-11-20T08:00:00+07:00" */
};
/* by at this moment. */
struct author author_now(const char *by);

/* op: "add", "set", "remove". column, old and new may be NULL. */
int history_write(struct store *s, const struct author *who, const char *kind, const char *key,
	const char *op, const char *column, const char *old, const char *new, struct err *e);
/* The id of the change written last, 0 if there is none. */
int history_last(struct store *s, int64_t *id, struct err *e);

/* A row's key columns joined with '/', and back. SQL conditions use parameters from `first` on. */
char *key_condition(const struct kind *k, int first); /* "duty = ?1 AND unit = ?2 …" */
/* Binds the parts of key. -1 if it has too few parts. */
struct stmt;
int key_bind(const struct kind *k, const char *key, struct stmt *st, int first, struct err *e);
int key_columns(const struct kind *k);

#endif
