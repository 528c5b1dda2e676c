/*
 * backup_commands.c: a consistent copy of the database, and one put in its
 * place. A restored outbox does not know what went out since the copy was made:
 * sending is held until a person looks (P22).
 */
#include "ctl/command.h"

#include "base/file.h"
#include "base/mem.h"
#include "mail/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int run_backup(struct ctl *c)
{
	struct err e;
	const char *file = c->positional[0];
	int rc = ctl_open_store(c, STORE_READ);
	if (rc)
		return rc;
	if (access(file, F_OK) == 0)
		return ctl_fail(CTL_REJECTED, "%s is there already; allowed: a new file", file);
	if (store_copy(c->world.store, file, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	chmod(file, 0640);
	printf("%s copied to %s\n", c->world.database, file);
	return CTL_DONE;
}

static void remove_beside(const char *database)
{
	static const char *const endings[] = {"-wal", "-shm"};
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		char *path = xasprintf("%s%s", database, endings[i]);
		unlink(path);
		free(path);
	}
}

/* Reads every page of file into a new database beside the real one, and holds its sending. */
static int prepare(const char *file, const char *fresh, struct moment now, struct err *e)
{
	struct store *s;
	if (store_open(&s, file, STORE_READ, e) < 0)
		return -1;
	int rc = store_copy(s, fresh, e);
	store_close(s);
	if (rc < 0)
		return err_prefix(e, "%s cannot be read whole", file);
	if (store_open(&s, fresh, STORE_WRITE, e) < 0)
		return -1;
	char day[DAY_TEXT];
	char *reason =
		xasprintf("restored from %s on %s: what went out since that copy is not known; "
			  "look at the outbox, then release",
			file, day_iso(now.day, day));
	rc = outbox_hold(s, true, reason, e);
	free(reason);
	store_close(s);
	remove_beside(fresh);
	return rc;
}

/* The present database, kept beside; a damaged one is kept as far as its bytes go. */
static void keep_present(const char *database, const char *kept)
{
	struct err e;
	struct store *s;
	int rc = store_open(&s, database, STORE_READ, &e);
	if (rc == 0) {
		rc = store_copy(s, kept, &e);
		store_close(s);
	}
	if (rc < 0 && link(database, kept) < 0)
		ctl_fail(0, "the present database is not kept: %s", e.text);
	else
		printf("the present database is kept as %s\n", kept);
}

static int put_in_place(const char *fresh, const char *database, struct err *e)
{
	struct stat st;
	chmod(fresh, stat(database, &st) == 0 ? st.st_mode & 07777 : 0640);
	/* The old log must not be replayed into the new file; what it held is in the kept copy. */
	remove_beside(database);
	if (rename(fresh, database) < 0)
		return err_set(e, "%s cannot be put in place: %s", database, strerror(errno));
	char *folder = xstrdup(database);
	char *slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder ? 1 : 0] = '\0';
	int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	return 0;
}

/* The locks that keep a round and a post from running; both or none. */
static int lock_out_helpers(const char *database, int locks[2], struct err *e)
{
	static const char *const endings[2] = {".round-lock", ".post-lock"};
	for (int i = 0; i < 2; i++) {
		char *path = xasprintf("%s%s", database, endings[i]);
		locks[i] = file_lock(path, 1, e);
		free(path);
		if (locks[i] < 0) {
			if (i == 1)
				close(locks[0]);
			return -1;
		}
	}
	return 0;
}

static int run_restore(struct ctl *c)
{
	struct err e;
	int locks[2];
	int rc = ctl_open_settings(c);
	if (rc)
		return rc;
	const char *database = c->world.settings->database, *file = c->positional[0];
	struct moment now = ctl_now(c);
	char *fresh = xasprintf("%s.restore-%d", database, (int)getpid());
	char *kept = xasprintf("%s.before-%lld", database,
		(long long)moment_to_unix(now, c->world.settings->utc_offset_s));
	if (prepare(file, fresh, now, &e) < 0) {
		rc = ctl_fail(CTL_REJECTED, "%s", e.text);
	} else if (lock_out_helpers(database, locks, &e) < 0) {
		rc = ctl_fail(CTL_CANNOT, "%s", e.text);
	} else {
		if (access(database, F_OK) == 0)
			keep_present(database, kept);
		if (put_in_place(fresh, database, &e) < 0)
			rc = ctl_fail(CTL_CANNOT, "%s", e.text);
		close(locks[0]);
		close(locks[1]);
	}
	if (rc == 0) {
		printf("%s restored from %s; sending is held: langnghectl outbox, then release\n",
			database, file);
		ctl_poke(c);
	} else {
		unlink(fresh);
	}
	free(fresh);
	free(kept);
	return rc;
}

const struct command backup_commands[] = {
	{"backup", "FILE", "a consistent copy of the database into a new file",
		"langnghectl backup /var/backups/langnghe-2026-11-24.db", 1, 1, "", run_backup},
	{"restore", "FILE", "puts a copy in place of the database and holds sending",
		"langnghectl restore /var/backups/langnghe-2026-11-24.db", 1, 1, "", run_restore},
	{0},
};
