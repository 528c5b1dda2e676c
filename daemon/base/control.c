/*
 * control.c: the client's side of the control socket. One request has ten
 * seconds in all; a daemon that hangs is reported, not waited for.
 */
#include "base/control.h"

#include "base/monotonic.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { REQUEST_MS = 10000, REPLY_MOST = 4 * 1024 * 1024 };

/* Waits until fd is ready for events. 0 ready, -1 out of time or broken. */
static int wait_for(int fd, short events, int64_t until_ms, const char *path, struct err *e)
{
	for (;;) {
		int64_t left = until_ms - monotonic_ms();
		struct pollfd p = {.fd = fd, .events = events};
		int n = left > 0 ? poll(&p, 1, (int)left) : 0;
		if (n > 0)
			return 0;
		if (n == 0)
			return err_set(e, "%s: the daemon did not answer within %d seconds", path,
				REQUEST_MS / 1000);
		if (errno != EINTR)
			return err_set(e, "%s: %s", path, strerror(errno));
	}
}

static int connect_to(const char *path, struct err *e)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(path);
	if (length == 0 || length >= sizeof address.sun_path)
		return err_set(e, "%s: the path of a control socket has 1 to %zu bytes", path,
			sizeof address.sun_path - 1);
	memcpy(address.sun_path, path, length + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(e, "cannot make a socket: %s", strerror(errno));
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	int why = errno;
	close(fd);
	if (why == ENOENT || why == ECONNREFUSED)
		return err_set(e, "%s: no langnghed is running there", path);
	return err_set(e, "%s: cannot reach langnghed: %s%s", path, strerror(why),
		why == EACCES ? "; call this as the user that it runs as" : "");
}

static int send_line(int fd, const char *path, const char *command, int64_t until_ms, struct err *e)
{
	struct buf line = {0};
	buf_addf(&line, "%s\n", command);
	size_t sent = 0;
	int rc = 0;
	while (rc == 0 && sent < line.len) {
		ssize_t n = send(fd, line.s + sent, line.len - sent, MSG_NOSIGNAL);
		if (n > 0)
			sent += (size_t)n;
		else if (n < 0 && errno == EAGAIN)
			rc = wait_for(fd, POLLOUT, until_ms, path, e);
		else if (n < 0 && errno != EINTR)
			rc = err_set(e, "%s: langnghed hung up: %s", path, strerror(errno));
	}
	buf_release(&line);
	return rc;
}

static int read_to_end(int fd, const char *path, struct buf *out, int64_t until_ms, struct err *e)
{
	for (;;) {
		char part[4096];
		if (wait_for(fd, POLLIN, until_ms, path, e))
			return -1;
		ssize_t n = recv(fd, part, sizeof part, 0);
		if (n == 0)
			return 0;
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return err_set(e, "%s: langnghed hung up: %s", path, strerror(errno));
		if (out->len + (size_t)n > REPLY_MOST)
			return err_set(
				e, "%s: the answer is longer than %d bytes", path, REPLY_MOST);
		buf_add_n(out, part, (size_t)n);
	}
}

int control_request(const char *socket_path, const char *command, struct buf *reply, struct err *e)
{
	int64_t until = monotonic_ms() + REQUEST_MS;
	int fd = connect_to(socket_path, e);
	if (fd < 0)
		return -1;
	struct buf answer = {0};
	int rc = send_line(fd, socket_path, command, until, e);
	if (rc == 0)
		rc = read_to_end(fd, socket_path, &answer, until, e);
	close(fd);
	if (rc == 0)
		buf_add_n(reply, answer.s ? answer.s : "", answer.len);
	buf_release(&answer);
	return rc;
}
