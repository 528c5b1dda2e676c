/*
 * monotonic.c: see monotonic.h.
 */
#include "base/monotonic.h"

#include <stdlib.h>
#include <time.h>

int64_t monotonic_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t limit_ms(int64_t usual)
{
	const char *text = getenv("LANGNGHE_PATIENCE");
	int percent = text ? atoi(text) : 0;
	return percent >= 1 && percent <= 100 ? usual * percent / 100 : usual;
}
