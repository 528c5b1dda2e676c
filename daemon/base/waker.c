/*
 * waker.c: see waker.h.
 */
#include "base/waker.h"

#include "base/mem.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* The year 2200: further than any plan, and a time the kernel takes. */
#define FAR_AWAY_S INT64_C(7258118400)

struct waker {
	int fd;
	struct event *event;
	waker_called *called;
	void *context;
};

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct waker *w = context;
	(void)what;
	uint64_t expirations;
	/* ECANCELED says that the clock was set: that too is a reason to wake. */
	if (read(fd, &expirations, sizeof expirations) < 0 && errno != ECANCELED)
		return;
	w->called(w->context);
}

int waker_new(struct waker **out, struct event_base *base, waker_called *called, void *context,
	struct err *e)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (fd < 0)
		return err_set(e, "no timer on the wall clock: %s", strerror(errno));
	struct waker *w = xcalloc(1, sizeof *w);
	w->fd = fd;
	w->called = called;
	w->context = context;
	w->event = event_new(base, fd, EV_READ | EV_PERSIST, on_timer, w);
	event_add(w->event, NULL);
	*out = w;
	return 0;
}

void waker_free(struct waker *w)
{
	if (!w)
		return;
	event_free(w->event);
	close(w->fd);
	free(w);
}

int waker_arm(struct waker *w, int64_t unix_s, struct err *e)
{
	struct itimerspec when = {0};
	when.it_value.tv_sec = unix_s < 1 ? 1 : unix_s > FAR_AWAY_S ? FAR_AWAY_S : unix_s;
	if (timerfd_settime(w->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL) == 0)
		return 0;
	/* The clock was set since the last look; the timer is armed all the same. */
	if (errno == ECANCELED)
		return 0;
	return err_set(e, "the timer cannot be set: %s", strerror(errno));
}

int64_t wall_clock_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

int64_t steady_clock_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec;
}
