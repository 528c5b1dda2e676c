/*
 * folder_watch.h: tells when files have been put into a folder, or taken out of it: a while after
 * the last one was closed or moved, so that a hundred files are one message. Nothing is polled.
 */
#ifndef BASE_FOLDER_WATCH_H
#define BASE_FOLDER_WATCH_H

#include "base/err.h"

#include <event2/event.h>

struct folder_watch;
typedef void folder_changed(void *context);

enum folder_events { FOLDER_ARRIVALS, FOLDER_ANY_CHANGE /* also what goes, and new modes and owners */ };

/* quiet_s: how long nothing may have come. */
int folder_watch_new(struct folder_watch **out, struct event_base *base, const char *folder, int quiet_s,
	enum folder_events events, folder_changed *changed, void *context, struct err *e);
void folder_watch_free(struct folder_watch *w);

#endif
