/*
 * langnghe-launcher: starts the runners of plugins as the user that it runs as
 * itself: one who owns nothing, so that even a plugin that broke out of its
 * runner would find a stranger's rights (rules/launch.h says how it is asked).
 * Of the launcher itself that plugin could see or change nothing; it could stop
 * it by a signal, which the watchdog ends.
 *
 * systemd starts it when somebody asks (langnghe-launcher.socket) and gives it
 * the listening socket; who may ask is the mode of that socket. It needs no
 * right that others have not, opens no file, and starts nothing but
 * langnghe-runner from its own folder. When it ends its runners end.
 */
#include "base/fd_message.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/notify.h"
#include "base/version.h"
#include "rules/launch.h"
#include "rules/spawn.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST_PASSED = 3 /* systemd's: sd_listen_fds(3) */, KEPT_MOST = 256, SILENT_S = 5, EXIT_USAGE = 2 };

struct launcher {
	struct event_base *base;
	struct event *listening;
	int kept;
};

/* One connection, and the runner that it asked for. */
struct kept {
	struct launcher *launcher;
	int connection, pidfd;
	struct event *spoke, *ended;
	pid_t pid; /* 0: not started */
	bool left; /* who asked has gone, or wants its end */
	bool over; /* it has ended; its number is kept until the other side has gone */
};

static void release(struct kept *k)
{
	if (k->pid > 0)
		while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
			;
	event_free(k->spoke);
	if (k->ended)
		event_free(k->ended);
	if (k->pidfd >= 0)
		close(k->pidfd);
	close(k->connection);
	if (k->launcher->kept-- == KEPT_MOST)
		event_add(k->launcher->listening, NULL);
	free(k);
}

static void on_ended(evutil_socket_t fd, short what, void *context)
{
	struct kept *k = context;
	siginfo_t how = {0};
	(void)fd;
	(void)what;
	waitid(P_PIDFD, (id_t)k->pidfd, &how, WEXITED | WNOWAIT);
	struct launch_end end = {.code = how.si_code, .status = how.si_status};
	fd_message_send(k->connection, &end, sizeof end, -1);
	k->over = true;
	if (k->left)
		release(k);
}

/* Splits a request in place. Returns the number of arguments, or -1. */
static int split(char *request, size_t n, const char **arguments)
{
	int count = 0;
	if (n == 0 || request[n - 1] != '\0')
		return -1;
	for (char *at = request; at < request + n; at += strlen(at) + 1) {
		if (count == SPAWN_ARGUMENTS_MOST)
			return -1;
		arguments[count++] = at;
	}
	arguments[count] = NULL;
	return count;
}

static int start(struct kept *k, char *request, size_t n, int fd, struct err *e)
{
	const char *arguments[SPAWN_ARGUMENTS_MOST + 1];
	if (fd < 0 || split(request, n, arguments) < 0)
		return err_set(e, "langnghe-launcher: the request is of another version");
	if (runner_spawn(&k->pid, arguments, fd, e) < 0) {
		k->pid = 0;
		return -1;
	}
	k->pidfd = pidfd_open(k->pid, 0);
	k->ended = k->pidfd < 0 ? NULL : event_new(k->launcher->base, k->pidfd, EV_READ, on_ended, k);
	if (!k->ended || event_add(k->ended, NULL) < 0) {
		kill(k->pid, SIGKILL);
		return err_set(e, "langnghe-runner cannot be watched: %s", strerror(errno));
	}
	return 0;
}

/* The connection's only message. */
static void take_request(struct kept *k)
{
	static char request[LAUNCH_REQUEST_MOST];
	struct launch_reply reply = {0};
	struct err e = {0};
	int fd;
	ssize_t n = fd_message_receive(k->connection, request, sizeof request, &fd);
	int rc = n < 0 ? err_set(&e, "langnghe-launcher: the request cannot be read: %s", strerror(errno))
		 : n == 0 ? -1
			  : start(k, request, (size_t)n, fd, &e);
	if (fd >= 0)
		close(fd);
	event_remove_timer(k->spoke); /* from now on it may be silent */
	if (rc == 0)
		reply.pid = k->pid;
	else
		snprintf(reply.why, sizeof reply.why, "%.*s", (int)sizeof reply.why - 1, e.text);
	if (n != 0 && fd_message_send(k->connection, &reply, sizeof reply, rc == 0 ? k->pidfd : -1) < 0)
		rc = -1;
	if (rc == 0)
		return;
	if (k->pid > 0)
		kill(k->pid, SIGKILL);
	release(k);
}

static void on_spoke(evutil_socket_t fd, short what, void *context)
{
	struct kept *k = context;
	(void)fd;
	if (k->pid == 0) {
		if (what & EV_READ)
			take_request(k);
		else
			release(k); /* it asked for nothing */
		return;
	}
	/* Whatever comes now, and be it the end, means that the runner is no longer wanted. */
	k->left = true;
	event_del(k->spoke);
	if (k->over)
		release(k);
	else
		kill(k->pid, SIGKILL); /* on_ended follows */
}

static void on_connection(evutil_socket_t listening, short what, void *context)
{
	struct launcher *l = context;
	(void)what;
	int fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return;
	struct kept *k = xcalloc(1, sizeof *k);
	*k = (struct kept){.launcher = l, .connection = fd, .pidfd = -1};
	k->spoke = event_new(l->base, fd, EV_READ | EV_PERSIST, on_spoke, k);
	event_add(k->spoke, &(struct timeval){.tv_sec = SILENT_S});
	if (++l->kept == KEPT_MOST) /* the others wait in the kernel's queue */
		event_del(l->listening);
}

static void on_watchdog(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
	notify_manager("WATCHDOG=1");
}

/* NULL where nobody wants to hear that we live. */
static struct event *watchdog_new(struct event_base *base)
{
	int64_t us = notify_watchdog_us() / 2;
	struct event *e = us > 0 ? event_new(base, -1, EV_PERSIST, on_watchdog, NULL) : NULL;
	if (e)
		event_add(e, &(struct timeval){.tv_sec = us / 1000000, .tv_usec = us % 1000000});
	return e;
}

/* The listening socket that the service manager passed, or -1. */
static int passed_socket(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	int type = 0;
	socklen_t size = sizeof type;
	if (!pid || !count || strtol(pid, NULL, 10) != getpid() || strcmp(count, "1") != 0 ||
		getsockopt(FIRST_PASSED, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type != SOCK_SEQPACKET)
		return -1;
	fcntl(FIRST_PASSED, F_SETFD, FD_CLOEXEC);
	fcntl(FIRST_PASSED, F_SETFL, O_NONBLOCK);
	return FIRST_PASSED;
}

int main(int argc, char **argv)
{
	struct launcher l = {0};
	(void)argv;
	int fd = argc == 1 ? passed_socket() : -1;
	if (fd < 0) {
		fputs("langnghe-launcher " LANGNGHE_VERSION ": starts the runners of plugins as another user than langnghed's\n"
		      "usage: by a service manager, with a listening socket of whole messages as descriptor 3\n"
		      "       (systemd: langnghe-launcher.socket with ListenSequentialPacket=)\n",
			stderr);
		return EXIT_USAGE;
	}
	log_open("langnghe-launcher", LOG_INFO);
	signal(SIGPIPE, SIG_IGN);
	l.base = event_base_new();
	l.listening = l.base ? event_new(l.base, fd, EV_READ | EV_PERSIST, on_connection, &l) : NULL;
	if (!l.listening || event_add(l.listening, NULL) < 0) {
		log_error("no event loop: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	/* A runner is of the same user: it may not look into us. Each shuts itself in likewise. */
	if (prctl(PR_SET_DUMPABLE, 0) < 0) {
		log_error("the process cannot be hidden from its user: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	watchdog_new(l.base);
	notify_manager("READY=1");
	event_base_dispatch(l.base);
	return EXIT_FAILURE; /* it ends by a signal */
}
