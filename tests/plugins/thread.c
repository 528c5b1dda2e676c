/*
 * thread.c: starts a thread.
 */
#define BAD_NAME "thread"
#include "bad.h"

#include <pthread.h>

static void *counting(void *unused)
{
	for (volatile unsigned long i = 0;; i++)
		;
	return unused;
}

static int check(const struct ln_host *host, void *state)
{
	(void)host;
	(void)state;
	pthread_t t;
	if (pthread_create(&t, 0, counting, 0) != 0) {
		host->log(host->self, "there is no thread");
		return LN_FAILED;
	}
	return LN_COMPLETE;
}
