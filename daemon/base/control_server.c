/*
 * control_server.c: see control_server.h.
 */
#include "base/control_server.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { WAITING_MOST = 128 }; /* in the kernel's queue, while others are served: beyond it connect() fails */

struct connection {
	struct control_server *server;
	struct connection *next;
	struct bufferevent *io;
	struct event *timeout; /* of the whole connection, so that a slow talker ends too */
	bool answered;
};

struct control_server {
	struct event_base *base;
	struct evconnlistener *listener;
	char *path;
	struct connection *connections;
	int count;
	control_answer *answer;
	void *context;
};

static void connection_close(struct connection *c)
{
	struct control_server *s = c->server;
	for (struct connection **at = &s->connections; *at; at = &(*at)->next) {
		if (*at == c) {
			*at = c->next;
			break;
		}
	}
	if (s->count-- == CONTROL_CONNECTIONS_MOST)
		evconnlistener_enable(s->listener);
	bufferevent_free(c->io);
	event_free(c->timeout);
	free(c);
}

static void reply(struct connection *c, const char *text, size_t size)
{
	c->answered = true;
	struct evbuffer *in = bufferevent_get_input(c->io);
	evbuffer_drain(in, evbuffer_get_length(in));
	bufferevent_write(c->io, text, size);
}

static void on_readable(struct bufferevent *io, void *context)
{
	struct connection *c = context;
	struct evbuffer *in = bufferevent_get_input(io);
	size_t n = 0;
	if (c->answered) {
		evbuffer_drain(in, evbuffer_get_length(in));
		return;
	}
	char *line = evbuffer_readln(in, &n, EVBUFFER_EOL_CRLF);
	if (!line) {
		if (evbuffer_get_length(in) >= CONTROL_LINE_MOST) {
			static const char too_long[] =
				"error: a command is one line of at most 127 bytes\n";
			reply(c, too_long, sizeof too_long - 1);
		}
		return;
	}
	struct buf answer = {0};
	if (n >= CONTROL_LINE_MOST || strlen(line) != n)
		buf_add(&answer, "error: a command is one line of at most 127 bytes\n");
	else
		c->server->answer(c->server->context, line, &answer);
	free(line);
	if (answer.len == 0)
		buf_add(&answer, "\n");
	reply(c, answer.s, answer.len);
	buf_release(&answer);
}

/* Closing while words of the other side lie unread would take the answer from it: say that this was
 * all, and let it hang up (or run out of its time). */
static void on_written(struct bufferevent *io, void *context)
{
	struct connection *c = context;
	if (c->answered && evbuffer_get_length(bufferevent_get_output(io)) == 0)
		shutdown(bufferevent_getfd(io), SHUT_WR);
}

static void on_connection_event(struct bufferevent *io, short what, void *context)
{
	(void)io;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT))
		connection_close(context);
}

static void on_timeout(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	connection_close(context);
}

static bool is_allowed(evutil_socket_t fd)
{
	struct ucred peer;
	socklen_t size = sizeof peer;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return false;
	return peer.uid == 0 || peer.uid == geteuid();
}

static void on_connection(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *address,
	int address_size, void *context)
{
	struct control_server *s = context;
	(void)address;
	(void)address_size;
	if (!is_allowed(fd)) {
		close(fd);
		return;
	}
	struct bufferevent *io = bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!io) {
		close(fd);
		return;
	}
	struct connection *c = xcalloc(1, sizeof *c);
	c->server = s;
	c->io = io;
	c->timeout = evtimer_new(s->base, on_timeout, c);
	evtimer_add(c->timeout, (&(struct timeval){.tv_sec = CONTROL_TIMEOUT_S}));
	c->next = s->connections;
	s->connections = c;
	if (++s->count == CONTROL_CONNECTIONS_MOST)
		evconnlistener_disable(l);
	bufferevent_setwatermark(io, EV_READ, 0, CONTROL_LINE_MOST);
	bufferevent_setcb(io, on_readable, on_written, on_connection_event, c);
	bufferevent_enable(io, EV_READ | EV_WRITE);
}

/* Whether somebody answers on the socket at address. */
static bool is_alive(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	bool alive = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ||
		     errno == EAGAIN;
	close(fd);
	return alive;
}

static int remove_stale(const struct sockaddr_un *address, struct err *e)
{
	struct stat st;
	if (lstat(address->sun_path, &st) < 0)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, "%s is in the way: it is no socket", address->sun_path);
	if (is_alive(address))
		return err_set(e, "%s: another langnghed answers there", address->sun_path);
	if (unlink(address->sun_path) < 0 && errno != ENOENT)
		return err_set(e, "%s: a socket nobody answers on cannot be removed: %s",
			address->sun_path, strerror(errno));
	return 0;
}

static int bind_socket(const char *path, int *out, struct err *e)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address.sun_path)
		return err_set(e,
			"control_socket: %s is longer than the %zu bytes a socket's name may have",
			path, sizeof address.sun_path - 1);
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (remove_stale(&address, e) < 0)
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(e, "no control socket: %s", strerror(errno));
	mode_t mask = umask(0177);
	int rc = bind(fd, (const struct sockaddr *)&address, sizeof address);
	umask(mask);
	if (rc < 0) {
		err_set(e, "control_socket: %s cannot be made: %s", path, strerror(errno));
		close(fd);
		return -1;
	}
	*out = fd;
	return 0;
}

int control_server_new(struct control_server **out, struct event_base *base, const char *path,
	control_answer *answer, void *context, struct err *e)
{
	int fd = -1;
	if (bind_socket(path, &fd, e) < 0)
		return -1;
	struct control_server *s = xcalloc(1, sizeof *s);
	s->base = base;
	s->path = xstrdup(path);
	s->answer = answer;
	s->context = context;
	s->listener = evconnlistener_new(base, on_connection, s,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, WAITING_MOST, fd);
	if (!s->listener) {
		close(fd);
		free(s->path);
		free(s);
		return err_set(e, "control_socket: %s cannot be listened on", path);
	}
	*out = s;
	return 0;
}

void control_server_free(struct control_server *s)
{
	if (!s)
		return;
	while (s->connections)
		connection_close(s->connections);
	evconnlistener_free(s->listener);
	unlink(s->path);
	free(s->path);
	free(s);
}
