/*
 * slow_line.c: a line with a round trip. Listens on a port of 127.0.0.1 and
 * hands every connection on to another port there, each direction's bytes and
 * its end half a round trip after they came, in order, at whatever rate they
 * come: only time is added (tests/bench/round_trip.py). Ends when it is killed.
 *
 *   slow_line LISTEN_PORT TO_PORT ROUND_TRIP_MS
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MOST = 64, PIECE = 64 << 10 };

/* What came at one time; 0 bytes: the end. */
struct piece {
	struct piece *next;
	int64_t due_ns;
	size_t size, done;
	char bytes[];
};

struct direction {
	int from, to; /* sockets */
	bool ended; /* nothing more comes */
	struct piece *first, **last;
};

struct line {
	struct direction ways[2];
	int ends; /* handed on */
	bool used;
};

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct sockaddr_in at_port(int port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int no_delay(int fd)
{
	int on = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

static int listen_at(int port)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	struct sockaddr_in address = at_port(port);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
		listen(fd, CONNECTIONS_MOST) < 0)
		return -1;
	return fd;
}

static void begin_way(struct direction *d, int from, int to)
{
	*d = (struct direction){.from = from, .to = to};
	d->last = &d->first;
}

/* The connection itself is made at once: what follows pays the round trip. */
static void begin_line(struct line *lines, int listener, int port)
{
	int client = no_delay(accept(listener, NULL, NULL)),
	    server = no_delay(socket(AF_INET, SOCK_STREAM, 0));
	struct sockaddr_in address = at_port(port);
	int i = 0;
	while (i < CONNECTIONS_MOST && lines[i].used)
		i++;
	if (client < 0 || i == CONNECTIONS_MOST ||
		connect(server, (struct sockaddr *)&address, sizeof address) < 0) {
		close(client);
		close(server);
		return;
	}
	lines[i] = (struct line){.used = true};
	begin_way(&lines[i].ways[0], client, server);
	begin_way(&lines[i].ways[1], server, client);
}

static void take_in(struct direction *d, int64_t delay_ns)
{
	static char bytes[PIECE];
	ssize_t n = recv(d->from, bytes, sizeof bytes, 0);
	size_t size = n > 0 ? (size_t)n : 0;
	struct piece *p = malloc(sizeof *p + size);
	if (!p)
		abort();
	*p = (struct piece){.due_ns = now_ns() + delay_ns, .size = size};
	memcpy(p->bytes, bytes, size);
	*d->last = p;
	d->last = &p->next;
	d->ended = size == 0;
}

/* Hands on what is due, as far as it is taken. True: its end was handed on. */
static bool hand_on(struct direction *d, int64_t now)
{
	while (d->first && d->first->due_ns <= now) {
		struct piece *p = d->first;
		ssize_t n =
			p->size ? send(d->to, p->bytes + p->done, p->size - p->done, MSG_DONTWAIT)
				: 0;
		if (n < 0 && errno == EAGAIN)
			return false;
		p->done = n < 0 ? p->size : p->done + (size_t)n; /* gone: nobody misses it */
		if (p->done < p->size)
			return false;
		bool end = p->size == 0;
		d->first = p->next;
		if (!d->first)
			d->last = &d->first;
		free(p);
		if (end) {
			shutdown(d->to, SHUT_WR);
			return true;
		}
	}
	return false;
}

/* Hands on what is due of every line; the moment at which more is, or INT64_MAX. */
static int64_t hand_on_all(struct line *lines)
{
	int64_t now = now_ns(), next = INT64_MAX;
	for (struct line *n = lines; n < lines + CONNECTIONS_MOST; n++) {
		for (int w = 0; n->used && w < 2; w++) {
			struct direction *d = &n->ways[w];
			n->ends += hand_on(d, now);
			if (d->first && d->first->due_ns > now && d->first->due_ns < next)
				next = d->first->due_ns;
		}
		if (n->used && n->ends == 2) {
			close(n->ways[0].from);
			close(n->ways[1].from);
			n->used = false;
		}
	}
	return next;
}

/* Waits for something to come, for room where something is late, or for the next piece to be due.
 */
static void wait_and_take(
	struct line *lines, int listener, int port, int64_t next, int64_t delay_ns)
{
	struct pollfd p[1 + 2 * CONNECTIONS_MOST] = {{.fd = listener, .events = POLLIN}};
	int64_t now = now_ns(), wait = next == INT64_MAX ? 1000000000 : next > now ? next - now : 0;
	struct timespec t = {.tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000};
	for (int i = 0; i < 2 * CONNECTIONS_MOST; i++) {
		const struct line *n = &lines[i / 2];
		const struct direction *d = &n->ways[i % 2], *back = &n->ways[1 - i % 2];
		bool late = back->first && back->first->due_ns <= now;
		short events = (short)((d->ended ? 0 : POLLIN) | (late ? POLLOUT : 0));
		p[1 + i] =
			(struct pollfd){.fd = n->used && events ? d->from : -1, .events = events};
	}
	if (ppoll(p, 1 + 2 * CONNECTIONS_MOST, &t, NULL) <= 0)
		return;
	for (int i = 0; i < 2 * CONNECTIONS_MOST; i++)
		if (p[1 + i].events & POLLIN && p[1 + i].revents & ~POLLOUT)
			take_in(&lines[i / 2].ways[i % 2], delay_ns);
	if (p[0].revents)
		begin_line(lines, listener, port);
}

int main(int argc, char **argv)
{
	static struct line lines[CONNECTIONS_MOST];
	if (argc != 4)
		return 2;
	int listener = listen_at(atoi(argv[1])), port = atoi(argv[2]);
	int64_t delay_ns = atoll(argv[3]) * 500000;
	if (listener < 0)
		return 1;
	signal(SIGPIPE, SIG_IGN);
	for (;;)
		wait_and_take(lines, listener, port, hand_on_all(lines), delay_ns);
}
