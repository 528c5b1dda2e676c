/*
 * folder_watch.c: see folder_watch.h; inotify(7) on an event loop.
 */
#include "base/folder_watch.h"

#include "base/mem.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

struct folder_watch {
	int fd;
	struct event *readable, *quiet;
	struct timeval delay;
	folder_changed *changed;
	void *context;
};

/* What came does not matter: the folder is looked through as a whole. */
static void on_readable(evutil_socket_t fd, short what, void *context)
{
	struct folder_watch *w = context;
	char events[4096];
	(void)what;
	while (read((int)fd, events, sizeof events) > 0)
		;
	evtimer_add(w->quiet, &w->delay);
}

static void on_quiet(evutil_socket_t fd, short what, void *context)
{
	struct folder_watch *w = context;
	(void)fd;
	(void)what;
	w->changed(w->context);
}

int folder_watch_new(struct folder_watch **out, struct event_base *base, const char *folder, int quiet_s,
	enum folder_events events, folder_changed *changed, void *context, struct err *e)
{
	struct folder_watch *w = xcalloc(1, sizeof *w);
	uint32_t arrivals = IN_CLOSE_WRITE | IN_MOVED_TO, others = IN_MOVED_FROM | IN_DELETE | IN_ATTRIB;
	*out = NULL;
	*w = (struct folder_watch){
		.fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), .delay.tv_sec = quiet_s, .changed = changed, .context = context};
	uint32_t mask = IN_ONLYDIR | arrivals | (events == FOLDER_ANY_CHANGE ? others : 0);
	if (w->fd < 0 || inotify_add_watch(w->fd, folder, mask) < 0) {
		err_set(e, "%s cannot be watched: %s", folder, strerror(errno));
		folder_watch_free(w);
		return -1;
	}
	w->quiet = evtimer_new(base, on_quiet, w);
	w->readable = event_new(base, w->fd, EV_READ | EV_PERSIST, on_readable, w);
	event_add(w->readable, NULL);
	*out = w;
	return 0;
}

void folder_watch_free(struct folder_watch *w)
{
	if (!w)
		return;
	if (w->readable)
		event_free(w->readable);
	if (w->quiet)
		event_free(w->quiet);
	if (w->fd >= 0)
		close(w->fd);
	free(w);
}
