/*
 * monotonic.h: the clock that never jumps: for waiting and measuring, never for a date.
 */
#ifndef BASE_MONOTONIC_H
#define BASE_MONOTONIC_H

#include <stdint.h>

int64_t monotonic_ms(void); /* since some moment of the past */

#endif
