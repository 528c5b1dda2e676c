/*
 * launch.c: the asking side; the launcher itself is daemon/launcher.c.
 */
#include "rules/launch.h"

#include "base/fd_message.h"
#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_S = 10 };

/* It did not answer in time: it is not waited for again by this process, which wants many runners and lives shortly. */
static bool is_silent;

/* 0 there is something to read, or the end; -1 it is silent. */
static int wait_for_word(int connection, struct err *e)
{
	struct pollfd p = {.fd = connection, .events = POLLIN};
	int n;
	do
		n = poll(&p, 1, is_silent ? 0 : PATIENCE_S * 1000);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return 0;
	is_silent = true;
	return err_set(e, "langnghe-launcher did not answer within %d s", PATIENCE_S);
}

const char *launcher_socket(void)
{
	const char *path = getenv(LAUNCHER_VARIABLE);
	return path && *path ? path : NULL;
}

static int connect_to(const char *path, struct err *e)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	if (is_silent)
		return err_set(e, "langnghe-launcher did not answer within %d s", PATIENCE_S);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address.sun_path)
		return err_set(e, "langnghe-launcher's socket %s has too long a name", path);
	memcpy(address.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(e, "no socket for langnghe-launcher: %s", strerror(errno));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
		connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	is_silent = errno == EAGAIN; /* so many wait already */
	err_set(e, "langnghe-launcher cannot be reached at %s: %s", path, strerror(errno));
	close(fd);
	return -1;
}

static int ask(int connection, const char *const *arguments, int fd, struct err *e)
{
	struct buf request = {0};
	for (; *arguments; arguments++)
		buf_add_n(&request, *arguments, strlen(*arguments) + 1);
	int rc = fd_message_send(connection, request.s, request.len, fd);
	buf_release(&request);
	return rc < 0 ? err_set(e, "langnghe-launcher cannot be asked: %s", strerror(errno)) : 0;
}

static int take_reply(struct launched *l, struct err *e)
{
	struct launch_reply reply;
	if (wait_for_word(l->connection, e) < 0)
		return -1;
	ssize_t n = fd_message_receive(l->connection, &reply, sizeof reply, &l->pidfd);
	if (n != sizeof reply)
		return err_set(e, "langnghe-launcher gave no answer: %s",
			n < 0 ? strerror(errno) : n == 0 ? "it closed the connection" : "it is of another version");
	reply.why[sizeof reply.why - 1] = '\0';
	if (reply.pid <= 0 || l->pidfd < 0)
		return err_set(e, "%s", reply.why);
	l->pid = reply.pid;
	return 0;
}

int launch_start(struct launched *out, const char *socket, const char *const *arguments, int fd, struct err *e)
{
	*out = (struct launched){.connection = connect_to(socket, e), .pidfd = -1};
	if (out->connection < 0)
		return -1;
	if (ask(out->connection, arguments, fd, e) == 0 && take_reply(out, e) == 0)
		return 0;
	close(out->connection);
	if (out->pidfd >= 0)
		close(out->pidfd);
	return -1;
}

void launch_kill(int connection)
{
	shutdown(connection, SHUT_WR);
}

int launch_end(int connection, struct launch_end *end, struct err *e)
{
	int none;
	if (wait_for_word(connection, e) < 0)
		return err_prefix(e, "how its process ended is not known");
	ssize_t n = fd_message_receive(connection, end, sizeof *end, &none);
	if (none >= 0)
		close(none);
	if (n == sizeof *end)
		return 0;
	return err_set(e, "how its process ended is not known: langnghe-launcher has ended");
}
