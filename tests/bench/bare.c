/*
 * bare.c: the least that could be langnghed: an event loop, a unix listener, one
 * line in answer to one line. How long it takes from exec to its first answer
 * is what the daemon's own is measured against (tests/bench/idle.py).
 *
 *   bare SOCKET
 */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static void on_line(struct bufferevent *io, void *context)
{
	(void)context;
	struct evbuffer *in = bufferevent_get_input(io);
	evbuffer_drain(in, evbuffer_get_length(in));
	bufferevent_write(io, "ok\n", 3);
}

static void on_end(struct bufferevent *io, short what, void *context)
{
	(void)what;
	(void)context;
	bufferevent_free(io);
}

static void on_connection(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *address,
	int size, void *base)
{
	(void)l;
	(void)address;
	(void)size;
	struct bufferevent *io = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!io)
		return;
	bufferevent_setcb(io, on_line, NULL, on_end, NULL);
	bufferevent_enable(io, EV_READ | EV_WRITE);
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (argc != 2 || strlen(argv[1]) >= sizeof address.sun_path)
		return 2;
	memcpy(address.sun_path, argv[1], strlen(argv[1]) + 1);
	struct event_base *base = event_base_new();
	if (!base || !evconnlistener_new_bind(base, on_connection, base, LEV_OPT_CLOSE_ON_FREE, 1,
			     (struct sockaddr *)&address, sizeof address))
		return 1;
	return event_base_dispatch(base);
}
