/*
 * store.h: the one SQLite file, and statements that know where they failed.
 * Nothing outside store/ includes sqlite3.h. WAL, foreign keys on, busy timeout
 * 30 s, synchronous FULL, persistent WAL so that readers without write access
 * work. Writers use store_begin() (BEGIN IMMEDIATE) and keep it short.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct store;
struct stmt;

enum store_mode {
	STORE_READ,   /* an existing database of this version; never writes */
	STORE_WRITE,  /* an existing database of this version */
	STORE_CREATE, /* makes it, or brings an older one up to this version */
	STORE_SCRATCH /* like WRITE on a throwaway copy: synchronous OFF */
};

/* Refuses a database of a newer version, saying both numbers. */
int store_open(struct store **out, const char *path, enum store_mode mode, struct err *e);
void store_close(struct store *s);
int store_version(void); /* the version this program knows */
/* A consistent copy into a new file (VACUUM INTO); path must not exist. */
int store_copy(struct store *s, const char *path, struct err *e);

int store_begin(struct store *s, struct err *e);
int store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s); /* harmless outside a transaction */
/* Runs one or more statements without parameters or rows. */
int store_exec(struct store *s, const char *sql, struct err *e);
int64_t store_changes(struct store *s);       /* rows touched by the last statement */
int64_t store_last_id(struct store *s);

/* Prepares once per store and SQL text and hands out the same statement again, reset and unbound
 * (the SQL pointer's text is compared, not the pointer). It must not be in use already.
 * NULL on failure. Released with the store. */
struct stmt *store_stmt(struct store *s, const char *sql, struct err *e);
/* The same, not shared: the caller frees with stmt_free. */
struct stmt *store_prepare(struct store *s, const char *sql, struct err *e);
void stmt_free(struct stmt *st);

/* Parameters are numbered from 1. Text is copied; NULL binds null. */
void stmt_text(struct stmt *st, int i, const char *value);
void stmt_int(struct stmt *st, int i, int64_t value);
void stmt_real(struct stmt *st, int i, double value);
void stmt_null(struct stmt *st, int i);
void stmt_blob(struct stmt *st, int i, const void *data, size_t size);
void stmt_day(struct stmt *st, int i, int32_t day); /* ISO text; DAY_NONE binds null */
/* 1 a row, 0 done (the statement is reset), -1 failed. */
int stmt_step(struct stmt *st, struct err *e);
void stmt_reset(struct stmt *st);
/* Steps until done; for statements without rows. Returns 0 or -1. */
int stmt_run(struct stmt *st, struct err *e);

/* Columns are numbered from 0. Text is valid until the next step; NULL for null. */
const char *col_text(struct stmt *st, int i);
int64_t col_int(struct stmt *st, int i); /* 0 for null */
bool col_is_null(struct stmt *st, int i);
int32_t col_day(struct stmt *st, int i); /* DAY_NONE for null */
const void *col_blob(struct stmt *st, int i, size_t *size);
int col_count(struct stmt *st);
const char *col_name(struct stmt *st, int i);
bool col_is_int(struct stmt *st, int i);
bool col_is_number(struct stmt *st, int i);
double col_real(struct stmt *st, int i); /* 0 for null */

/* Small facts kept in the table `meta` (watch_from, installation secret, held, …). */
char *store_meta(struct store *s, const char *key); /* NULL if absent; the caller frees */
int store_set_meta(struct store *s, const char *key, const char *value, struct err *e); /* NULL removes */

#endif
