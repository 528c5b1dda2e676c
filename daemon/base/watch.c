/*
 * watch.c: see watch.h.
 */
#include "base/watch.h"

#include "base/child.h"
#include "base/day.h"
#include "base/json_text.h"
#include "base/log.h"
#include "base/waker.h"

enum { ARGUMENTS_MOST = 12, EXIT_CANNOT = 3 };

struct watch {
	struct watch_options options;
	struct event *begin;
	struct waker *waker;
	int64_t since;
	int64_t wall_s, steady_s; /* the last look at the real clocks, to see that one was set */
	struct job jobs[WATCH_JOBS];
	struct obituaries obituaries;
	struct child *child; /* the helper at work, or NULL */
	int at_work; /* which one it is */
	int64_t asked; /* the moment it was given */
	bool cycle_wanted, poked, jumped;
	bool cycle_poked; /* the cycle at work was asked for by somebody */
	bool stopping;
	int exit_code;
};

static void cycle_start(struct watch *w);
static void sleep_or_step(struct watch *w);

static int64_t watch_now(const struct watch *w)
{
	return w->options.clock.stepped ? w->options.clock.now : wall_clock_s();
}

static char *iso(const struct watch *w, int64_t unix_s, char out[MOMENT_TEXT])
{
	int offset = w->options.offset_s;
	return moment_iso(moment_from_unix(unix_s, offset), offset, out);
}

/* P22: a wall clock that was set by more than a day is told to the next round. */
static void look_at_clock(struct watch *w)
{
	if (w->options.clock.stepped)
		return;
	int64_t wall = wall_clock_s(), steady = steady_clock_s();
	int64_t jump = (wall - w->wall_s) - (steady - w->steady_s);
	if (jump > WATCH_JUMP_S || jump < -WATCH_JUMP_S) {
		log_warning("the clock was set by %lld s: the next round is told", (long long)jump);
		w->jumped = true;
		w->cycle_wanted = true;
	}
	w->wall_s = wall;
	w->steady_s = steady;
}

/* Ends the watch once nothing is at work. */
static void finish(struct watch *w, int exit_code)
{
	w->stopping = true;
	w->exit_code = exit_code;
	if (w->child)
		child_stop(w->child);
	else
		w->options.over(w->options.context, exit_code);
}

static void job_next(struct watch *w, int job);

static void on_job_ended(void *context, const struct child_end *end)
{
	struct watch *w = context;
	struct job *j = &w->jobs[w->at_work];
	w->child = NULL;
	if (w->stopping) {
		w->options.over(w->options.context, w->exit_code);
		return;
	}
	char why[CHILD_LINE_MOST];
	int failures;
	bool first = j->runs == 0;
	switch (job_ended(j, end, w->asked, watch_now(w), w->options.offset_s, &failures, why)) {
	case JOB_FINE:
		break;
	case JOB_RECOVERED:
		log_info("%s works again after %d failures", j->name, failures);
		break;
	case JOB_FAILED:
		log_error("%s failed (%d in a row): %s", j->name, failures, why);
		obituaries_add(&w->obituaries, w->asked, j->name, why);
		break;
	case JOB_FAILED_AGAIN:
		obituaries_add(&w->obituaries, w->asked, j->name, why);
		break;
	}
	if (w->at_work == WATCH_ROUND && j->failures == 0)
		w->jumped = false;
	/* A database that has seen the real clock: a rehearsal on it must not begin. */
	if (w->options.clock.stepped && w->at_work == WATCH_ROUND && first &&
		end->code == EXIT_CANNOT)
		finish(w, EXIT_CANNOT);
	else
		job_next(w, w->at_work + 1);
}

static int start_job(struct watch *w, int job, int64_t now, struct err *e)
{
	char moment[MOMENT_TEXT];
	const char *argv[ARGUMENTS_MOST];
	int n = 0;
	argv[n++] = w->options.programs[job];
	argv[n++] = "-c";
	argv[n++] = w->options.conf;
	argv[n++] = "--now";
	argv[n++] = iso(w, now, moment);
	if (w->options.clock.stepped)
		argv[n++] = "--stepped";
	if (job == WATCH_ROUND && w->cycle_poked)
		argv[n++] = "--poke";
	if (job == WATCH_ROUND && w->jumped)
		argv[n++] = "--jumped";
	argv[n] = NULL;
	w->at_work = job;
	w->asked = now;
	return child_start(&w->child, w->options.base, (char *const *)(uintptr_t)argv,
		WATCH_DEADLINE_S, on_job_ended, w, e);
}

/* Starts `job`, or what comes after it while it rests from a failure; after the last one the cycle
 * is over. */
static void job_next(struct watch *w, int job)
{
	int64_t now = watch_now(w);
	for (; job < WATCH_JOBS; job++) {
		struct job *j = &w->jobs[job];
		struct err e;
		if (j->failures > 0 && j->due > now && !w->cycle_poked)
			continue;
		if (start_job(w, job, now, &e) == 0)
			return;
		if (job_not_started(j, now) == JOB_FAILED)
			log_error("%s", e.text);
		obituaries_add(&w->obituaries, now, j->name, e.text);
	}
	if (w->cycle_wanted)
		cycle_start(w);
	else
		sleep_or_step(w);
}

static void cycle_start(struct watch *w)
{
	if (w->stopping)
		return;
	if (w->child) {
		w->cycle_wanted = true;
		return;
	}
	w->cycle_wanted = false;
	w->cycle_poked = w->poked;
	w->poked = false;
	job_next(w, WATCH_ROUND);
}

static int64_t earliest(const struct watch *w)
{
	int64_t due = JOB_NEVER;
	for (int i = 0; i < WATCH_JOBS; i++) {
		if (w->jobs[i].due < due)
			due = w->jobs[i].due;
	}
	return due;
}

static void on_wake(void *context)
{
	struct watch *w = context;
	look_at_clock(w);
	if (w->child || w->stopping || w->options.clock.stepped)
		return;
	if (w->cycle_wanted || earliest(w) <= wall_clock_s())
		cycle_start(w);
	else
		sleep_or_step(w);
}

/* Nothing is at work: real time is slept through, stepped time is jumped over. */
static void sleep_or_step(struct watch *w)
{
	struct watch_clock *clock = &w->options.clock;
	int64_t due = earliest(w);
	struct err e;
	if (!clock->stepped) {
		if (waker_arm(w->waker, due, &e) < 0) {
			log_error("%s", e.text);
			finish(w, EXIT_CANNOT);
		}
	} else if (due > clock->end || (due == JOB_NEVER && clock->end != JOB_NEVER)) {
		finish(w, 0);
	} else if (due != JOB_NEVER) {
		if (due > clock->now)
			clock->now = due;
		/* By way of the loop, so that signals and commands get their turn. */
		evtimer_add(w->begin, (&(struct timeval){0}));
	}
}

static void on_begin(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	cycle_start(context);
}

int watch_new(struct watch **out, const struct watch_options *options, struct err *e)
{
	struct watch *w = xcalloc(1, sizeof *w);
	w->options = *options;
	w->jobs[WATCH_ROUND].name = "langnghe-round";
	w->jobs[WATCH_POST].name = "langnghe-post";
	if (waker_new(&w->waker, options->base, on_wake, w, e) < 0) {
		free(w);
		return -1;
	}
	w->wall_s = wall_clock_s();
	w->steady_s = steady_clock_s();
	w->since = watch_now(w);
	w->begin = evtimer_new(options->base, on_begin, w);
	/* Who asks is answered before a job begins. */
	event_priority_set(w->begin, WATCH_PRIORITIES - 1);
	evtimer_add(w->begin, (&(struct timeval){0}));
	*out = w;
	return 0;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	waker_free(w->waker);
	event_free(w->begin);
	obituaries_release(&w->obituaries);
	free(w);
}

void watch_poke(struct watch *w)
{
	w->poked = true;
	cycle_start(w);
}

void watch_set_offset(struct watch *w, int offset_s)
{
	w->options.offset_s = offset_s;
}

void watch_stop(struct watch *w)
{
	if (!w->stopping)
		finish(w, 0);
}

static void status_moment(const struct watch *w, struct buf *b, const char *key, int64_t unix_s)
{
	char text[MOMENT_TEXT];
	json_member(b, key, unix_s == JOB_NEVER || unix_s == 0 ? NULL : iso(w, unix_s, text));
}

static void status_child(const struct watch *w, struct buf *b, int i)
{
	const struct job *j = &w->jobs[i];
	buf_add(b, "{");
	json_member(b, "name", j->name);
	if (w->child && w->at_work == i)
		buf_addf(b, ",\"pid\":%d,", child_pid(w->child));
	else
		buf_add(b, ",\"pid\":null,");
	status_moment(w, b, "last_run", j->last_run);
	buf_addf(b, ",\"last_ms\":%ld,\"runs\":%d,\"failures\":%d,", j->last_ms, j->runs,
		j->failures);
	status_moment(w, b, "next", j->due);
	buf_add(b, ",");
	json_member(b, "reason", j->reason);
	buf_add(b, "}");
}

void watch_status(const struct watch *w, struct buf *b)
{
	int64_t due = earliest(w);
	const char *reason = NULL;
	for (int i = 0; i < WATCH_JOBS && due != JOB_NEVER && !reason; i++)
		reason = w->jobs[i].due == due ? w->jobs[i].reason : NULL;
	status_moment(w, b, "since", w->since);
	buf_add(b, ",");
	json_member(b, "clock", w->options.clock.stepped ? "stepped" : "real");
	buf_add(b, ",");
	status_moment(w, b, "now", watch_now(w));
	buf_add(b, ",");
	json_member(b, "doing", w->child ? w->jobs[w->at_work].name : NULL);
	buf_add(b, ",");
	status_moment(w, b, "next", due);
	buf_add(b, ",");
	json_member(b, "reason", reason);
	buf_add(b, ",\"children\":[");
	for (int i = 0; i < WATCH_JOBS; i++) {
		if (i > 0)
			buf_add(b, ",");
		status_child(w, b, i);
	}
	buf_add(b, "],\"obituaries\":[");
	const struct obituary *o;
	for (int i = 0; (o = obituaries_newest(&w->obituaries, i)); i++) {
		buf_add(b, i > 0 ? ",{" : "{");
		status_moment(w, b, "at", o->at);
		buf_add(b, ",");
		json_member(b, "name", o->name);
		buf_add(b, ",");
		json_member(b, "why", o->why);
		buf_add(b, "}");
	}
	buf_add(b, "]");
}
