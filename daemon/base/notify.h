/*
 * notify.h: a word to the service manager: the protocol of sd_notify in a few
 * lines (one datagram to $NOTIFY_SOCKET), without its library.
 */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1". Does nothing when nobody listens. */
void notify_manager(const char *state);
/* How often the manager wants to hear WATCHDOG=1 from this process, in microseconds; 0: never. */
int64_t notify_watchdog_us(void);

#endif
