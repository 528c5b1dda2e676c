/*
 * kill_at_commit.c: preloaded into a program under test. Ends it with SIGKILL
 * right before or right after its N-th COMMIT, as a power cut would:
 * KILL_AT=before:3 or KILL_AT=after:3. Without KILL_AT it counts: the number of
 * commits is written to the file COUNT_COMMITS names.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sqlite3_stmt;
const char *sqlite3_sql(struct sqlite3_stmt *);
int sqlite3_step(struct sqlite3_stmt *);

static int commits;

static int position(const char *word)
{
	const char *at = getenv("KILL_AT");
	size_t n = strlen(word);
	return at && strncmp(at, word, n) == 0 ? atoi(at + n) : 0;
}

__attribute__((destructor)) static void write_count(void)
{
	const char *path = getenv("COUNT_COMMITS");
	FILE *f = path && commits ? fopen(path, "a") : NULL;
	if (f) {
		fprintf(f, "%d\n", commits);
		fclose(f);
	}
}

int sqlite3_step(struct sqlite3_stmt *st)
{
	static int (*real)(struct sqlite3_stmt *);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "sqlite3_step");
	const char *sql = sqlite3_sql(st);
	int is_commit = sql && strncasecmp(sql, "COMMIT", 6) == 0;
	if (is_commit && ++commits == position("before:"))
		kill(getpid(), SIGKILL);
	int rc = real(st);
	if (is_commit && commits == position("after:"))
		kill(getpid(), SIGKILL);
	return rc;
}
