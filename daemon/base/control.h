/*
 * control.h: the client's side of langnghed's control socket: one line out, the
 * answer until the end of the connection. Commands: "status", "poke", "reload",
 * "stop". Only the service's own user and root are answered.
 */
#ifndef BASE_CONTROL_H
#define BASE_CONTROL_H

#include "base/err.h"
#include "base/mem.h"

/* 0 answered (reply holds text; a reply beginning "error: " is a refusal), -1 no daemon there. */
int control_request(const char *socket_path, const char *command, struct buf *reply, struct err *e);

#endif
