/*
 * round.c: langnghe-round, one judgement. Runs what is due at the moment it is
 * given: judge and reconcile, decide and queue letters, the administrator's
 * preview. Short-lived: langnghed starts it at the calendar's moments and reads
 * its last line, "next MOMENT reason".
 *
 *   langnghe-round [-c CONF] [--now MOMENT] [--poke] [--stepped] [--jumped]
 *   langnghe-round [-c CONF] --test
 *
 * Exit: 0 done, 1 failed (worth trying again), 2 wrong usage, 3 cannot work.
 */
#include "alerts/alert.h"
#include "base/file.h"
#include "base/log.h"
#include "mail/outbox.h"
#include "mail/password.h"
#include "mail/rounds.h"
#include "mail/spool_letter.h"
#include "plan/taken.h"
#include "rules/put_aside.h"
#include "rules/trial.h"

#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_CANNOT = 3 };
enum { IMPORT_AGAIN_S = 10, DAY_SECONDS = 86400 };

struct options {
	const char *conf, *now;
	bool poke, stepped, jumped, test;
};

static int parse_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {{"now", required_argument, NULL, 'n'},
		{"poke", no_argument, NULL, 'p'}, {"stepped", no_argument, NULL, 's'},
		{"jumped", no_argument, NULL, 'j'}, {"test", no_argument, NULL, 't'}, {0}};
	*o = (struct options){0};
	int c;
	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->conf = optarg;
			break;
		case 'n':
			o->now = optarg;
			break;
		case 'p':
			o->poke = true;
			break;
		case 's':
			o->stepped = true;
			break;
		case 'j':
			o->jumped = true;
			break;
		case 't':
			o->test = true;
			break;
		default:
			return -1;
		}
	}
	return optind == argc ? 0 : -1;
}

/* What the sender would find out with the first letter. */
static void test_password(const struct settings *s, struct problems *problems)
{
	char *password = NULL;
	struct err e;
	if (s->mail.transport == TRANSPORT_SMTP && password_read(s->mail.password_file, &password, &e) < 0)
		problems_add(problems, s->file, 0, 0, "%s", e.text);
	if (password)
		sodium_memzero(password, strlen(password));
	free(password);
}

static void print_problems(const struct problems *p)
{
	for (size_t i = 0; i < p->count; i++)
		fprintf(stderr, "%s: %s\n", p->items[i].where, p->items[i].text);
}

/* langnghed -t: every file checked whole; the database too, when there is one. */
static int test_files(const char *conf)
{
	struct problems problems = {0};
	struct world w;
	struct templates *templates = NULL;
	if (world_open_files(&w, conf, &problems) == 0) {
		templates_load(&templates, w.settings->templates, &problems);
		test_password(w.settings, &problems);
		struct err e;
		if (access(w.settings->database, F_OK) == 0 &&
			world_open_store(&w, w.settings->database, STORE_READ, &e) < 0)
			problems_add(&problems, w.settings->database, 0, 0, "%s", e.text);
		world_describe(&w, &problems);
		rules_try(&w, moment_from_unix((int64_t)time(NULL), w.settings->utc_offset_s).day, &problems);
		for (size_t i = 0; w.units && i < w.plan->task_count; i++)
			if (!unit_by_code(w.units, w.plan->tasks[i].lead))
				problems_add(&problems, w.plan->file, 0, 0,
					"task %s: its lead '%s' is no unit of the database; import units",
					w.plan->tasks[i].id, w.plan->tasks[i].lead);
		templates_free(templates);
		world_close(&w);
	}
	print_problems(&problems);
	int rc = problems.count ? EXIT_FAILED : EXIT_DONE;
	if (rc == EXIT_DONE)
		puts("configuration, plan, calendar, templates, plugins and rules are in order");
	problems_release(&problems);
	return rc;
}

/* A database belongs to one kind of clock: a rehearsal's notices would silence the real ones. */
static int check_clock(struct store *s, bool stepped, struct err *e)
{
	const char *mine = stepped ? "stepped" : "real";
	char *seen = store_meta(s, "clock");
	int rc = 0;
	if (seen && strcmp(seen, mine) != 0)
		rc = err_set(e, "this database has been run on a %s clock and cannot be run on a %s one; "
				"use a fresh database", seen, mine);
	else if (!seen && (store_begin(s, e) < 0 || store_set_meta(s, "clock", mine, e) < 0 ||
				  store_commit(s, e) < 0))
		rc = -1;
	free(seen);
	return rc;
}

/* What was dropped into import.directory comes first: it may be what a letter would ask for. A folder that cannot be
 * used is logged, and the round goes on. *unsettled: a file is still being written. */
static void take_imports(struct world *w, const struct templates *t, struct moment now, bool *unsettled)
{
	struct spool_letters letters = {.world = w, .templates = t, .now = now};
	struct spool spool = {.store = w->store,
		.plan = w->plan,
		.folder = w->settings->import_directory,
		.today = now.day,
		.now_s = (int64_t)time(NULL),
		.utc_offset_s = w->settings->utc_offset_s,
		.tell = spool_letter_queue,
		.context = &letters};
	struct err e;
	int handled = 0;
	*unsettled = false;
	if (spool.folder && spool_run(&spool, unsettled, &handled, &e) < 0)
		log_error("%s", e.text);
	struct units *units;
	if (handled > 0 && units_load(&units, w->store, &e) == 0) { /* some may have come or ended */
		units_free(w->units);
		w->units = units;
	}
}

static void log_runs(const struct round_result *r)
{
	if (r->failed_plugins)
		log_warning("%d plugin(s) failed; their alerts stay as they were: langnghectl plugin list",
			r->failed_plugins);
	if (r->done.send)
		log_info("sending time: %d letters, %d receipts queued, %d withdrawn", r->mailing.letters,
			r->mailing.receipts, r->mailing.superseded);
	if (r->mailing.without_address)
		log_error("%d unit(s) have no living address: langnghectl audit", r->mailing.without_address);
}

static int run(const struct options *o, struct world *w, const struct templates *t)
{
	struct err e;
	struct moment now;
	int offset = w->settings->utc_offset_s;
	if (o->now && moment_parse(o->now, offset, &now) < 0) {
		log_error("--now '%s' is no moment like 2026-11-20T08:00:00+07:00", o->now);
		return EXIT_USAGE;
	}
	if (!o->now)
		now = moment_from_unix((int64_t)time(NULL), offset);
	if (check_clock(w->store, o->stepped, &e) < 0) {
		log_error("%s", e.text);
		return EXIT_CANNOT;
	}
	if (o->jumped && outbox_hold(w->store, true,
				 "the clock jumped by more than a day: look at the letters, then langnghectl release",
				 &e) < 0) {
		log_error("%s", e.text);
		return EXIT_FAILED;
	}
	struct runner_set runners = {.puts_aside = true};
	struct round_result r;
	bool unsettled;
	take_imports(w, t, now, &unsettled);
	int rc = round_run(w, &runners, t, now, o->poke, NULL, NULL, &r, &e);
	runner_set_stop(&runners);
	if (rc < 0) {
		log_error("%s", e.text);
		return EXIT_FAILED;
	}
	log_runs(&r);
	char text[MOMENT_TEXT];
	struct moment again = now;
	again.second += IMPORT_AGAIN_S;
	if (unsettled && !o->stepped && again.second < DAY_SECONDS && moment_compare(again, r.next) < 0) {
		r.next = again;
		r.reason = "import";
	}
	printf("next %s %s\n", moment_iso(r.next, offset, text), r.reason);
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	struct options o;
	log_open("langnghe-round", LOG_INFO);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a daemon that is gone leaves nobody working */
	if (parse_options(argc, argv, &o) < 0) {
		fputs("usage: langnghe-round [-c CONF] [--now MOMENT] [--poke] [--stepped] [--jumped] | --test\n",
			stderr);
		return EXIT_USAGE;
	}
	if (o.test)
		return test_files(o.conf);
	struct problems problems = {0};
	struct world w;
	struct templates *templates = NULL;
	struct err e;
	if (world_open(&w, o.conf, STORE_WRITE, &problems) < 0) {
		print_problems(&problems);
		return EXIT_CANNOT;
	}
	print_problems(&problems); /* plugins that cannot be described: a failure of theirs alone */
	problems_release(&problems);
	int rc = EXIT_CANNOT;
	char *lock_path = xasprintf("%s.round-lock", w.settings->database);
	int lock = file_lock(lock_path, 1, &e);
	int taken = lock < 0 ? -1 : taken_keep_templates(w.settings, &e);
	if (taken == 1 && put_aside_forget(w.store, &e) < 0) /* what was mended is tried at once */
		taken = -1;
	if (taken < 0)
		log_error("%s", e.text);
	else if (templates_load(&templates, w.settings->templates, &problems) < 0)
		print_problems(&problems);
	else
		rc = run(&o, &w, templates);
	problems_release(&problems);
	free(lock_path);
	templates_free(templates);
	world_close(&w);
	return rc;
}
