/*
 * child.c: see child.h. A child is reaped only here, through its pidfd, so its
 * number cannot have been given to a stranger when we signal its group.
 */
#include "base/child.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STOP_GRACE_S = 10, READ_BYTES = 4096, READS_AT_END = 256 };

/* One of the child's output streams: the last full line is kept, the rest forgotten. */
struct stream {
	struct event *event;
	int fd;
	bool pass_on; /* to our stderr */
	bool cut; /* the line being read is longer than we keep */
	size_t len;
	char line[CHILD_LINE_MOST];
	char last[CHILD_LINE_MOST];
};

struct child {
	pid_t pid;
	int pidfd;
	struct event *exited, *deadline;
	struct stream out, err;
	bool missed_deadline, stopped;
	int deadline_s;
	struct timespec started;
	child_ended *ended;
	void *context;
};

static void line_done(struct stream *s)
{
	if (s->cut) {
		s->last[0] = '\0';
	} else if (s->len > 0) {
		memcpy(s->last, s->line, s->len);
		s->last[s->len] = '\0';
	}
	s->len = 0;
	s->cut = false;
}

static void stream_take(struct stream *s, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n')
			line_done(s);
		else if (s->len + 1 < sizeof s->line)
			s->line[s->len++] = bytes[i] == '\0' ? ' ' : bytes[i];
		else
			s->cut = true;
	}
}

/* Returns whether there may be more to read. */
static bool stream_read(struct stream *s)
{
	char bytes[READ_BYTES];
	ssize_t n = read(s->fd, bytes, sizeof bytes);
	if (n > 0) {
		if (s->pass_on && write(STDERR_FILENO, bytes, (size_t)n) < 0)
			s->pass_on = errno == EAGAIN || errno == EINTR;
		stream_take(s, bytes, (size_t)n);
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return errno == EINTR;
	event_del(s->event);
	return false;
}

static void on_output(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	stream_read(context);
}

static void stream_release(struct stream *s)
{
	if (s->event)
		event_free(s->event);
	if (s->fd >= 0)
		close(s->fd);
}

static void child_free(struct child *c)
{
	stream_release(&c->out);
	stream_release(&c->err);
	if (c->exited)
		event_free(c->exited);
	if (c->deadline)
		event_free(c->deadline);
	if (c->pidfd >= 0)
		close(c->pidfd);
	free(c);
}

static long ms_since(const struct timespec *start)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
}

static char *obituary(const struct child *c, const siginfo_t *info, long took_ms)
{
	struct buf b = {0};
	if (c->missed_deadline)
		buf_addf(&b, "killed: it had not ended after %d s", c->deadline_s);
	else if (c->stopped)
		buf_add(&b, "stopped");
	else if (info->si_code == CLD_EXITED)
		buf_addf(&b, "exit code %d after %ld.%03ld s", info->si_status, took_ms / 1000,
			took_ms % 1000);
	else
		buf_addf(&b, "signal %d (%s) after %ld.%03ld s", info->si_status,
			strsignal(info->si_status), took_ms / 1000, took_ms % 1000);
	if (c->err.last[0])
		buf_addf(&b, ": %s", c->err.last);
	return buf_take(&b);
}

static void on_exit_seen(evutil_socket_t fd, short what, void *context)
{
	struct child *c = context;
	(void)fd;
	(void)what;
	siginfo_t info = {0};
	if (waitid(P_PIDFD, (id_t)c->pidfd, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		info.si_pid == 0)
		return;
	/* Not reaped yet: the group's number is still its own. */
	kill(-c->pid, SIGKILL);
	waitid(P_PIDFD, (id_t)c->pidfd, &info, WEXITED | WNOHANG);
	/* A grandchild may still hold the pipes: take what is there, never wait for their end. */
	for (int i = 0; i < READS_AT_END && stream_read(&c->out); i++)
		;
	for (int i = 0; i < READS_AT_END && stream_read(&c->err); i++)
		;
	line_done(&c->out);
	line_done(&c->err);
	long took_ms = ms_since(&c->started);
	char *why = obituary(c, &info, took_ms);
	bool exited = info.si_code == CLD_EXITED;
	struct child_end end = {
		.ok = exited && info.si_status == 0 && !c->missed_deadline,
		.code = exited ? info.si_status : -1,
		.missed_deadline = c->missed_deadline,
		.stopped = c->stopped,
		.took_ms = took_ms,
		.last_line = c->out.last,
		.obituary = why,
	};
	event_del(c->exited);
	event_del(c->deadline);
	c->ended(c->context, &end);
	free(why);
	child_free(c);
}

static void on_deadline(evutil_socket_t fd, short what, void *context)
{
	struct child *c = context;
	(void)fd;
	(void)what;
	if (!c->stopped)
		c->missed_deadline = true;
	kill(-c->pid, SIGKILL);
}

/* A pipe whose reading end is ours, not waited on; the writing end is the child's to be. */
static int open_pipe(int fds[2], struct err *e)
{
	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_set(e, "no pipe for a child process: %s", strerror(errno));
	if (fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0) {
		close(fds[0]);
		close(fds[1]);
		return err_set(e, "a pipe cannot be made non-blocking: %s", strerror(errno));
	}
	return 0;
}

static int spawn(pid_t *pid, char *const argv[], int out, int err)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	sigset_t all, none;
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes,
		POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
	int rc = posix_spawn(pid, argv[0], &files, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

static void stream_watch(struct stream *s, struct event_base *base, bool pass_on)
{
	s->pass_on = pass_on;
	s->event = event_new(base, s->fd, EV_READ | EV_PERSIST, on_output, s);
	event_add(s->event, NULL);
}

int child_start(struct child **out, struct event_base *base, char *const argv[], int deadline_s,
	child_ended *ended, void *context, struct err *e)
{
	int said[2], complained[2];
	if (open_pipe(said, e) < 0)
		return -1;
	if (open_pipe(complained, e) < 0) {
		close(said[0]);
		close(said[1]);
		return -1;
	}
	struct child *c = xcalloc(1, sizeof *c);
	c->pidfd = -1;
	c->out.fd = said[0];
	c->err.fd = complained[0];
	int rc = spawn(&c->pid, argv, said[1], complained[1]);
	close(said[1]);
	close(complained[1]);
	if (rc != 0) {
		child_free(c);
		return err_set(e, "%s cannot be started: %s", argv[0], strerror(rc));
	}
	c->pidfd = pidfd_open(c->pid, 0);
	if (c->pidfd < 0) {
		err_set(e, "%s cannot be watched: %s", argv[0], strerror(errno));
		kill(-c->pid, SIGKILL);
		waitpid(c->pid, NULL, 0);
		child_free(c);
		return -1;
	}
	clock_gettime(CLOCK_MONOTONIC, &c->started);
	c->ended = ended;
	c->context = context;
	c->deadline_s = deadline_s;
	stream_watch(&c->out, base, false);
	stream_watch(&c->err, base, true);
	c->exited = event_new(base, c->pidfd, EV_READ | EV_PERSIST, on_exit_seen, c);
	event_add(c->exited, NULL);
	c->deadline = evtimer_new(base, on_deadline, c);
	evtimer_add(c->deadline, (&(struct timeval){.tv_sec = deadline_s}));
	*out = c;
	return 0;
}

int child_pid(const struct child *c)
{
	return c->pid;
}

void child_stop(struct child *c)
{
	if (c->stopped)
		return;
	c->stopped = true;
	kill(-c->pid, SIGTERM);
	evtimer_add(c->deadline, (&(struct timeval){.tv_sec = STOP_GRACE_S}));
}
