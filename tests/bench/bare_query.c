/*
 * bare_query.c: the least that could be a check in a process of its own: opens
 * the database read-only, runs one query, says its first cell. A usual dynamic
 * program with SQLite and the C library, shut in by nobody; what a contained
 * run is measured against (tests/bench/runner.py).
 *
 *   bare_query DATABASE QUERY
 */
#include <sqlite3.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	sqlite3 *db;
	sqlite3_stmt *st;
	if (argc != 3 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(db, argv[2], -1, &st, NULL) != SQLITE_OK ||
		sqlite3_step(st) != SQLITE_ROW)
		return 1;
	printf("%s\n", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
