/*
 * fd_message.h: one whole message over a socket of messages (SOCK_SEQPACKET),
 * with a descriptor in it or without.
 */
#ifndef BASE_FD_MESSAGE_H
#define BASE_FD_MESSAGE_H

#include <stddef.h>
#include <sys/types.h>

/* fd: what the other side gets a copy of, or -1. 0, or -1 with errno (EAGAIN: the other side does not read). */
int fd_message_send(int to, const void *bytes, size_t n, int fd);
/* Its size in bytes; 0 the end; -1 with errno (EMSGSIZE: it is longer than n). *fd: the descriptor that came with it,
 * closed on exec, the caller's to close; -1 none. Should more than one have come, all are closed and it is -1. */
ssize_t fd_message_receive(int from, void *room, size_t n, int *fd);

#endif
