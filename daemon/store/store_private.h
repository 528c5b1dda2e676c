/*
 * store_private.h: what store.c, migrations.c and confined.c share, and nobody
 * else includes: the connection itself. The only header that names sqlite3.h.
 */
#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

#include "base/day.h"
#include "store/store.h"

#include <sqlite3.h>

enum {
	STORE_BUSY_MS = 30 * 1000,
	STORE_APPLICATION_ID = 0x6c6e6768 /* "lngh" in the file's header */
};

struct confinement;

struct stmt {
	struct store *store; /* borrowed */
	sqlite3_stmt *handle;
	uint64_t hash; /* of the SQL text; cached statements only */
	struct stmt *next;
	char day_text[DAY_TEXT]; /* the date that was read last, and its day: most rows of a column say the same */
	int32_t day;
};

struct store {
	sqlite3 *db;
	char *path;
	struct stmt **buckets; /* cached statements by hash of their text */
	size_t bucket_count, stmt_count;
	struct confinement *limit; /* of a connection for code that is not trusted, else NULL */
};

/* A store around an open handle, which it owns from now on (closed even by store_close). */
struct store *store_wrap(sqlite3 *db, const char *path);
/* "database PATH: message of SQLite (in: SQL)". sql may be NULL. Always -1. */
int store_fail(struct store *s, const char *sql, struct err *e);
/* PRAGMA user_version and application_id. 0 or -1. */
int store_pragma_int(struct store *s, const char *pragma, int64_t *out, struct err *e);

/* Before any statement on a confined connection is prepared. */
int confined_expect(struct store *s, const char *sql, struct err *e);
void confined_release(struct confinement *c); /* NULL is fine */

/* Compares the file's version with the program's; a newer one, an older one and a foreign database
 * are refused in words. */
int migrations_check(struct store *s, struct err *e);
/* Brings the file up to this version, each step in a transaction of its own. */
int migrations_run(struct store *s, struct err *e);

#endif
