/*
 * sandbox.c: limits and system call filters of a helper process. The tables say
 * what is allowed; all else ends the process.
 */
#include "rules/sandbox.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__
#define WITH_ASAN 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifndef WITH_ASAN
#define WITH_ASAN 0
#endif

enum { FILES_MOST = 64 };

struct sandbox {
	scmp_filter_ctx strict;
};

int sandbox_take_pipes(int *in, int *out, struct err *e)
{
	int from = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int to = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (from < 0 || to < 0 || nothing < 0)
		return err_set(e, "standard input and output cannot be moved: %s", strerror(errno));
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (dup2(nothing, fd) < 0)
			return err_set(
				e, "descriptor %d cannot be emptied: %s", fd, strerror(errno));
	close(nothing);
	*in = from;
	*out = to;
	return 0;
}

int sandbox_bind(struct err *e)
{
	static const struct {
		__rlimit_resource_t resource;
		rlim_t most;
	} limits[] = {
		{RLIMIT_CORE, 0},
		{RLIMIT_FSIZE, 0},
		{RLIMIT_NPROC, 0}, /* says nothing to root; the filter does */
		{RLIMIT_NOFILE, FILES_MOST},
	};
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		prctl(PR_SET_DUMPABLE, 0) < 0)
		return err_set(e, "the process cannot be bound to its parent: %s", strerror(errno));
	if (getppid() == 1)
		return err_set(e, "the parent has ended");
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct rlimit limit = {limits[i].most, limits[i].most};
		if (setrlimit(limits[i].resource, &limit) < 0)
			return err_set(e, "limit %d cannot be set: %s", limits[i].resource,
				strerror(errno));
	}
	return 0;
}

int sandbox_limit_memory(int memory_mib, struct err *e)
{
	unsigned long pages = 0;
	if (WITH_ASAN)
		return 0;
	FILE *f = fopen("/proc/self/statm", "re");
	if (!f || fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	rlim_t most = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + ((rlim_t)memory_mib << 20);
	struct rlimit limit = {most, most};
	if (setrlimit(RLIMIT_AS, &limit) < 0)
		return err_set(
			e, "memory cannot be limited to %d MiB: %s", memory_mib, strerror(errno));
	return 0;
}

/* Lets path, if it exists, be read, and what lies in it if it is a folder. */
static int may_read(int rules, const char *path)
{
	struct stat st;
	struct landlock_path_beneath_attr beneath = {.parent_fd = open(path, O_PATH | O_CLOEXEC)};
	if (beneath.parent_fd < 0)
		return 0; /* loading says so where it matters */
	beneath.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
	if (fstat(beneath.parent_fd, &st) == 0 && S_ISDIR(st.st_mode))
		beneath.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
	long rc = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	close(beneath.parent_fd);
	return (int)rc;
}

bool sandbox_can_narrow(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

int sandbox_narrow(const char *file, struct err *e)
{
	static const char *const libraries[] = {
		"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"};
	const struct landlock_ruleset_attr all = {.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};
	if (WITH_ASAN)
		return 0;
	int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	/* A kernel without it, or a container around us that does not let it through: the filters remain. */
	if (rules < 0 && (errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM))
		return 0;
	int rc = rules < 0 ? -1 : may_read(rules, file);
	for (size_t i = 0; i < sizeof libraries / sizeof *libraries && rc == 0; i++)
		rc = may_read(rules, libraries[i]);
	if (rc == 0)
		rc = (int)syscall(SYS_landlock_restrict_self, rules, 0);
	if (rc < 0)
		err_set(e, "files cannot be given up: %s", strerror(errno));
	if (rules >= 0)
		close(rules);
	return rc;
}

#define END (-1)

/* In both filters: memory, time, what reads only about oneself. */
static const int plain[] = {SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
	SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getrusage), SCMP_SYS(uname),
	SCMP_SYS(sysinfo), SCMP_SYS(sched_getaffinity), SCMP_SYS(getrandom),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall), SCMP_SYS(exit),
	SCMP_SYS(exit_group), SCMP_SYS(pread64), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat),
	SCMP_SYS(newfstatat), END};
/* Answered with an error, because harmless libraries ask for them. */
static const int refused[] = {SCMP_SYS(ioctl), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(stat),
	SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(getcwd), SCMP_SYS(sigaltstack),
	SCMP_SYS(mprotect), SCMP_SYS(pwrite64), SCMP_SYS(ftruncate), SCMP_SYS(fsync),
	SCMP_SYS(fdatasync), END};
/* What loading a shared object needs beyond the plain ones; opening and mapping have conditions. */
static const int loading[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(fcntl), SCMP_SYS(access),
	SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
	SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(getcwd), SCMP_SYS(statfs),
	SCMP_SYS(seccomp), END};
/* What AddressSanitizer's run-time library wants besides. */
static const int sanitizing[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(read),
	SCMP_SYS(write), SCMP_SYS(fcntl), SCMP_SYS(rt_sigaction), SCMP_SYS(sigaltstack),
	SCMP_SYS(prctl), SCMP_SYS(getdents64), SCMP_SYS(tgkill), END};

static int allow_all(scmp_filter_ctx c, uint32_t action, const int *calls)
{
	int rc = 0;
	for (; *calls != END && rc == 0; calls++)
		rc = seccomp_rule_add(c, action, *calls, 0);
	return rc;
}

/* The plain ones, and asking for limits without setting any. */
static int allow_plain(scmp_filter_ctx c)
{
	int rc = allow_all(c, SCMP_ACT_ALLOW, plain);
	return rc ? rc
		  : seccomp_rule_add(
			    c, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0, 0));
}

/* Opening for reading only. */
static int allow_reading_files(scmp_filter_ctx c)
{
	const uint64_t writes =
		O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
	int rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
		SCMP_A2(SCMP_CMP_MASKED_EQ, writes, O_RDONLY));
	return rc ? rc
		  : seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
			    SCMP_A1(SCMP_CMP_MASKED_EQ, writes, O_RDONLY));
}

/* abort() signals itself; nobody else may be signalled. */
static int allow_abort(scmp_filter_ctx c)
{
	return seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 2,
		SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0), SCMP_A2(SCMP_CMP_EQ, SIGABRT, 0));
}

static int allow_on(scmp_filter_ctx c, int call, int fd)
{
	return seccomp_rule_add(
		c, SCMP_ACT_ALLOW, call, 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)fd, 0));
}

/* Maps, but no file to write to: SQLite holds the -wal file open for writing, even to read. never:
 * protections that no mapping may have. */
static int allow_mapping(scmp_filter_ctx c, uint64_t never)
{
	int rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
		SCMP_A2(SCMP_CMP_MASKED_EQ, never, 0), SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_SHARED, 0));
	return rc ? rc
		  : seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
			    SCMP_A2(SCMP_CMP_MASKED_EQ, never | PROT_WRITE, 0));
}

/* Reads from the pipe, writes to the pipe and to the /dev/null that 1 and 2 are, locks as SQLite
 * takes them, memory that cannot run. */
static int allow_guarded(scmp_filter_ctx c, int in, int out)
{
	static const int lock_commands[] = {F_GETLK, F_SETLK, F_GETFD, F_GETFL};
	int rc = allow_on(c, SCMP_SYS(read), in);
	const int writable[] = {STDOUT_FILENO, STDERR_FILENO, out};
	for (size_t i = 0; i < 3 && rc == 0; i++)
		rc = allow_on(c, SCMP_SYS(write), writable[i]);
	for (size_t i = 0; i < 2 && rc == 0; i++)
		rc = allow_on(c, SCMP_SYS(writev), writable[i]);
	for (size_t i = 0; i < sizeof lock_commands / sizeof *lock_commands && rc == 0; i++)
		rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
			SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)lock_commands[i], 0));
	if (rc == 0)
		rc = allow_mapping(c, PROT_EXEC);
	return rc;
}

static int fill_strict(scmp_filter_ctx c, int in, int out)
{
	int rc = allow_plain(c);
	if (rc == 0 && WITH_ASAN) {
		rc = allow_all(c, SCMP_ACT_ALLOW, sanitizing);
		return rc ? rc : allow_reading_files(c);
	}
	if (rc == 0)
		rc = allow_all(c, SCMP_ACT_ERRNO(EPERM), refused);
	if (rc == 0)
		rc = allow_guarded(c, in, out);
	return rc ? rc : allow_abort(c);
}

static int fill_lax(scmp_filter_ctx c)
{
	int rc = allow_plain(c);
	if (rc == 0)
		rc = allow_all(c, SCMP_ACT_ALLOW, loading);
	if (rc == 0)
		rc = allow_reading_files(c);
	if (rc == 0 && WITH_ASAN)
		return allow_all(c, SCMP_ACT_ALLOW, sanitizing);
	static const int answered[] = {SCMP_SYS(ioctl), SCMP_SYS(sigaltstack), END};
	if (rc == 0)
		rc = allow_all(c, SCMP_ACT_ERRNO(EPERM), answered);
	if (rc == 0)
		rc = allow_mapping(c, 0);
	if (rc == 0) /* what was relocated becomes read-only */
		rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
			SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_WRITE, 0));
	if (rc == 0)
		rc = allow_on(c, SCMP_SYS(writev), STDERR_FILENO);
	return rc ? rc : allow_abort(c);
}

static scmp_filter_ctx new_filter(void)
{
	scmp_filter_ctx c = seccomp_init(WITH_ASAN ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
	if (c) /* set already, and prctl is forbidden by the time of the second filter */
		seccomp_attr_set(c, SCMP_FLTATR_CTL_NNP, 0);
	return c;
}

int sandbox_enter(struct sandbox **out, int in, int fd_out, struct err *e)
{
	scmp_filter_ctx strict = new_filter(), lax = new_filter();
	int rc = strict && lax ? fill_strict(strict, in, fd_out) : -ENOMEM;
	if (rc == 0)
		rc = fill_lax(lax);
	if (rc == 0)
		rc = seccomp_load(lax);
	if (lax)
		seccomp_release(lax);
	if (rc != 0) {
		if (strict)
			seccomp_release(strict);
		return err_set(e, "the system call filter cannot be set up: %s", strerror(-rc));
	}
	*out = xcalloc(1, sizeof **out);
	(*out)->strict = strict;
	return 0;
}

int sandbox_tighten(struct sandbox *s, struct err *e)
{
	int rc = seccomp_load(s->strict);
	seccomp_release(s->strict);
	free(s);
	if (rc != 0)
		return err_set(
			e, "the strict system call filter cannot be set up: %s", strerror(-rc));
	return 0;
}
