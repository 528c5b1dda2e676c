/*
 * control_server.h: the service's side of the control socket: an AF_UNIX socket
 * of mode 0600; one line in, the answer, close. Only our own user and root are
 * answered; the line, the number of connections and their time are bounded.
 */
#ifndef BASE_CONTROL_SERVER_H
#define BASE_CONTROL_SERVER_H

#include "base/err.h"
#include "base/mem.h"

#include <event2/event.h>

enum { CONTROL_LINE_MOST = 128, CONTROL_CONNECTIONS_MOST = 16, CONTROL_TIMEOUT_S = 5 };

struct control_server;

/* Answers one command (without its newline) into reply. */
typedef void control_answer(void *context, const char *command, struct buf *reply);

/* Binds path; a socket that nobody answers on is removed first, one that answers is an error. */
int control_server_new(struct control_server **out, struct event_base *base, const char *path,
	control_answer *answer, void *context, struct err *e);
/* Closes all connections and removes the socket. NULL is fine. */
void control_server_free(struct control_server *s);

#endif
