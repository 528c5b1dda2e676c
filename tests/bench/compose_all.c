/*
 * compose_all.c: the letters of one sending time, decided, composed and queued
 * (mailing_run), timed by itself: judging and reconciling come before and are not
 * counted (tests/bench/compose.py).
 *
 *   compose_all CONF MOMENT
 *
 * Says "WALL_SECONDS PROCESSOR_SECONDS LETTERS".
 */
#include "alerts/alert.h"
#include "mail/mailing.h"

#include <stdio.h>
#include <time.h>

static double wall_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double processor_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int send_all(
	const struct world *w, const struct templates *t, struct moment now, struct err *e)
{
	struct runner_set runners = {0};
	struct judgement j = {0};
	struct mailing_result r = {0};
	int rc = judgement_make(&j, w, &runners, now.day, NULL, e);
	runner_set_stop(&runners);
	if (rc == 0)
		rc = alerts_reconcile(w, &j, e);
	double wall = wall_s(), processor = processor_s();
	if (rc == 0)
		rc = mailing_run(w, &j, t, now, NULL, NULL, &r, e);
	if (rc == 0)
		printf("%.6f %.6f %d\n", wall_s() - wall, processor_s() - processor, r.letters);
	judgement_release(&j);
	return rc;
}

int main(int argc, char **argv)
{
	struct problems problems = {0};
	struct world w;
	struct templates *t = NULL;
	struct moment now;
	struct err e;
	if (argc != 3)
		return 2;
	if (world_open(&w, argv[1], STORE_WRITE, &problems) < 0 ||
		templates_load(&t, w.settings->templates, &problems) < 0) {
		fprintf(stderr, "%s: %s\n", problems.items[0].where, problems.items[0].text);
		return 1;
	}
	int rc = moment_parse(argv[2], w.settings->utc_offset_s, &now);
	if (rc < 0)
		err_set(&e, "'%s' is no moment", argv[2]);
	else
		rc = send_all(&w, t, now, &e);
	if (rc < 0)
		fprintf(stderr, "%s\n", e.text);
	templates_free(t);
	world_close(&w);
	problems_release(&problems);
	return rc < 0;
}
