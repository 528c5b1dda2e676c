/*
 * contained.c: one helper process under two clocks. A pidfd tells its end, so
 * nothing is polled: the wait ends with a byte, with the end, or when a limit
 * could have been reached at the earliest.
 */
#include "rules/contained.h"

#include "base/mem.h"
#include "base/monotonic.h"
#include "rules/launch.h"
#include "rules/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINGER_MS = 1000 };

static const char *const program = "langnghe-runner";

/* The launcher's child where there is one, else our own. */
static int start_process(struct contained *c, const char *const *arguments, int fd, struct err *e)
{
	struct launched l;
	const char *socket = launcher_socket();
	if (!socket)
		return runner_spawn(&c->pid, arguments, fd, e);
	if (launch_start(&l, socket, arguments, fd, e) < 0)
		return -1;
	c->pid = l.pid;
	c->pidfd = l.pidfd;
	c->launcher = l.connection;
	return 0;
}

/* Starts it with one end of pair; the other end stays. */
static int start_on(struct contained *c, const char *const *arguments, const int pair[2], struct err *e)
{
	if (start_process(c, arguments, pair[1], e) < 0)
		return -1;
	if (c->pidfd < 0)
		c->pidfd = pidfd_open(c->pid, 0);
	if (c->pidfd < 0 || clock_getcpuclockid(c->pid, &c->processor) != 0) {
		err_set(e, "%s cannot be watched: %s", program, strerror(errno));
		contained_stop(c);
		return -1;
	}
	c->fd = pair[0];
	return 0;
}

int contained_start(struct contained *c, const char *const *arguments, struct err *e)
{
	int pair[2];
	*c = CONTAINED_NONE;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_set(e, "no pipe for %s: %s", program, strerror(errno));
	int rc = fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0
			 ? err_set(e, "the pipe cannot be made non-blocking: %s", strerror(errno))
			 : start_on(c, arguments, pair, e);
	close(pair[1]);
	if (rc < 0) {
		close(pair[0]);
		*c = CONTAINED_NONE;
	}
	return rc;
}

/* -1 once the process is gone. */
static int64_t processor_ns(const struct contained *c)
{
	struct timespec t;
	if (clock_gettime(c->processor, &t) < 0)
		return -1;
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct contained_limits contained_limits(const struct contained *c, int wall_ms, int cpu_ms)
{
	int64_t used = processor_ns(c);
	return (struct contained_limits){
		.until_ms = monotonic_ms() + wall_ms,
		.processor_ns = (used > 0 ? used : 0) + (int64_t)cpu_ms * 1000000,
		.wall_ms = wall_ms,
		.cpu_ms = cpu_ms,
	};
}

/* How long to wait at most until a limit may have been reached; -1: one has been. It has one
 * thread, so its processor time grows no faster than the clock on the wall. */
static int64_t patience_ms(
	const struct contained *c, const struct contained_limits *l, struct err *e)
{
	int64_t wall = l->until_ms - monotonic_ms();
	if (wall <= 0)
		return err_set(e, "it did not answer within %d ms and was ended", l->wall_ms);
	int64_t used = processor_ns(c);
	if (used >= l->processor_ns)
		return err_set(
			e, "it used up its %d ms of processor time and was ended", l->cpu_ms);
	int64_t processor = used < 0 ? wall : (l->processor_ns - used) / 1000000 + 1;
	return processor < wall ? processor : wall;
}

/* 0 ready for what, -1 a limit. */
static int wait_for(
	struct contained *c, short what, const struct contained_limits *l, struct err *e)
{
	for (;;) {
		int64_t ms = patience_ms(c, l, e);
		if (ms < 0)
			return -1;
		struct pollfd p = {c->fd, what, 0};
		int n = poll(&p, 1, ms > INT32_MAX ? INT32_MAX : (int)ms);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return err_set(e, "its pipe cannot be waited for: %s", strerror(errno));
	}
}

ssize_t contained_read(
	struct contained *c, void *room, size_t n, const struct contained_limits *l, struct err *e)
{
	for (;;) {
		ssize_t got = read(c->fd, room, n);
		if (got >= 0 || errno == ECONNRESET)
			return got > 0 ? got : 0;
		if (errno != EAGAIN && errno != EINTR)
			return err_set(e, "its pipe cannot be read: %s", strerror(errno));
		if (wait_for(c, POLLIN, l, e) < 0)
			return -1;
	}
}

int contained_write(struct contained *c, const void *bytes, size_t n,
	const struct contained_limits *l, struct err *e)
{
	const char *at = bytes;
	while (n > 0) {
		ssize_t sent = send(c->fd, at, n, MSG_NOSIGNAL);
		if (sent > 0) {
			at += sent;
			n -= (size_t)sent;
		} else if (errno == EPIPE || errno == ECONNRESET) {
			return 0; /* reading tells how it ended */
		} else if (errno != EAGAIN && errno != EINTR) {
			return err_set(e, "its pipe cannot be written: %s", strerror(errno));
		} else if (wait_for(c, POLLOUT, l, e) < 0) {
			return -1;
		}
	}
	return 0;
}

int contained_first(const struct contained *const *all, const struct contained_limits *limits, int n, struct err *e)
{
	struct pollfd *p = xcalloc((size_t)n, sizeof *p);
	int found = -1;
	while (found < 0) {
		int64_t least = INT32_MAX;
		for (int i = 0; i < n; i++) {
			struct err limit;
			int64_t ms = all[i]->fd < 0 ? INT32_MAX : patience_ms(all[i], &limits[i], &limit);
			p[i] = (struct pollfd){all[i]->fd, POLLIN, 0};
			least = ms < 0 ? 0 : ms < least ? ms : least;
		}
		int ready = poll(p, (nfds_t)n, (int)least);
		if (ready < 0 && errno != EINTR) {
			err_set(e, "the pipes cannot be waited for: %s", strerror(errno));
			break;
		}
		for (int i = 0; i < n && found < 0; i++)
			if (all[i]->fd >= 0 && ready > 0 && p[i].revents)
				found = i;
		for (int i = 0; i < n && found < 0 && ready == 0; i++) {
			struct err limit;
			if (all[i]->fd >= 0 && patience_ms(all[i], &limits[i], &limit) < 0)
				found = i;
		}
	}
	free(p);
	return found;
}

int contained_spoke(const struct contained *c)
{
	char byte;
	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* Whether it ends within ms. */
static bool ends_within(const struct contained *c, int64_t ms)
{
	struct pollfd p = {c->pidfd, POLLIN, 0};
	int64_t until = monotonic_ms() + ms, left = ms;
	int ended;
	do
		ended = poll(&p, 1, (int)left);
	while (ended < 0 && errno == EINTR && (left = until - monotonic_ms()) > 0);
	return ended > 0;
}

/* How it ended, after it has. */
static int reap(struct contained *c, struct launch_end *end, struct err *e)
{
	siginfo_t how = {0};
	pid_t pid = c->pid;
	c->pid = 0;
	if (c->launcher >= 0)
		return launch_end(c->launcher, end, e);
	int rc;
	do
		rc = waitid(P_PID, (id_t)pid, &how, WEXITED);
	while (rc < 0 && errno == EINTR);
	if (rc < 0)
		return err_set(e, "how its process ended is not known: %s", strerror(errno));
	*end = (struct launch_end){.code = how.si_code, .status = how.si_status};
	return 0;
}

int contained_obituary(struct contained *c, struct err *e)
{
	struct launch_end end;
	bool lingered = !ends_within(c, LINGER_MS);
	if (lingered)
		contained_kill(c);
	if (reap(c, &end, e) < 0)
		return -1;
	if (lingered)
		return err_set(e, "its process closed its pipe without ending and was ended");
	if (end.code == CLD_EXITED) {
		err_set(e, "its process ended with exit code %d", end.status);
		return end.status;
	}
	return err_set(e, "its process died of signal %d (%s)%s", end.status, strsignal(end.status),
		end.status == SIGSYS    ? ": it asked the system for what a plugin may not do"
		: end.status == SIGKILL ? ": ended by somebody else, perhaps for want of memory"
					: "");
}

void contained_kill(const struct contained *c)
{
	if (c->pid > 0 && c->launcher >= 0)
		launch_kill(c->launcher);
	else if (c->pid > 0)
		kill(c->pid, SIGKILL);
}

void contained_stop(struct contained *c)
{
	struct launch_end end;
	struct err ignored;
	if (c->pid > 0) {
		contained_kill(c);
		reap(c, &end, &ignored);
	}
	if (c->launcher >= 0)
		close(c->launcher);
	if (c->pidfd >= 0)
		close(c->pidfd);
	if (c->fd >= 0)
		close(c->fd);
	*c = CONTAINED_NONE;
}
