/*
 * monotonic.h: the clock that never jumps: for waiting and measuring, never for a date.
 */
#ifndef BASE_MONOTONIC_H
#define BASE_MONOTONIC_H

#include <stdint.h>

int64_t monotonic_ms(void); /* since some moment of the past */
/* How long to wait for a mail server: `usual` milliseconds, or that many percent of it as $LANGNGHE_PATIENCE says
 * (1 to 100), so that tests of the limits need not last as long as the limits. */
int64_t limit_ms(int64_t usual);

#endif
