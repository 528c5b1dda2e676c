/*
 * fd_message.c: see fd_message.h.
 */
#include "base/fd_message.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FDS_MOST = 4 }; /* room for more than is taken, so that none is left open unseen */

union control {
	struct cmsghdr header; /* for its alignment */
	char room[CMSG_SPACE(FDS_MOST * sizeof(int))];
};

int fd_message_send(int to, const void *bytes, size_t n, int fd)
{
	union control control = {0};
	struct iovec part = {(void *)(uintptr_t)bytes, n}; /* sendmsg does not write to it */
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
	ssize_t sent;
	if (fd >= 0) {
		m.msg_control = control.room;
		m.msg_controllen = CMSG_SPACE(sizeof fd);
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	do
		sent = sendmsg(to, &m, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -1 : 0;
}

/* The descriptors that came with m: one is returned, several are closed. */
static int take_fd(struct msghdr *m)
{
	int taken = -1, count = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (count++ > 0)
				close(fd);
			else
				taken = fd;
		}
	}
	if (count > 1) {
		close(taken);
		taken = -1;
	}
	return taken;
}

ssize_t fd_message_receive(int from, void *room, size_t n, int *fd)
{
	union control control = {0};
	struct iovec part = {room, n};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
	ssize_t got;
	*fd = -1;
	do
		got = recvmsg(from, &m, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -1;
	*fd = take_fd(&m);
	if (!(m.msg_flags & MSG_TRUNC))
		return got;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = EMSGSIZE;
	return -1;
}
