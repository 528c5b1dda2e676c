/*
 * langnghed.c: the daemon: a clock, a control socket, and the watch over two
 * helper programs (base/watch.h). It opens no database and links no library of
 * the others, so that the program that stays is small; it sleeps until the next
 * moment of the calendar.
 */
#include "base/child.h"
#include "base/control_server.h"
#include "base/day.h"
#include "base/file.h"
#include "base/folder_watch.h"
#include "base/json_text.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/version.h"
#include "base/watch.h"
#include "plan/settings.h"
#include "plan/taken.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

enum { CHECK_DEADLINE_S = 120, SIGNALS = 3, IMPORT_QUIET_S = 6 /* more than SPOOL_SETTLED_S */, PLUGINS_QUIET_S = 2 };
enum exit_code { EXIT_DONE = 0, EXIT_REJECTED = 1, EXIT_WRONG_USAGE = 2, EXIT_CANNOT = 3 };

struct daemon {
	const char *conf;
	struct settings *settings;
	char *programs[WATCH_JOBS];
	struct event_base *base;
	struct event *signals[SIGNALS], *watchdog, *ending;
	struct control_server *control;
	struct watch *watch;
	struct folder_watch *imports; /* import.directory, or NULL */
	struct folder_watch *plugins; /* plugins.directory, or NULL: it is not there */
	struct child *checker; /* a reload's check of the files, or NULL */
	struct settings *new_settings; /* taken over when the checker is content */
	char *copies; /* beside the control socket, once that is ours: where children's files lie */
	int taken; /* which of the two folders of copies the children read: 0 or 1 */
	struct err last_reload;
	const char *reload_state; /* of the last one: checking, taken or refused; NULL none */
	bool stopping, watch_is_over;
	int exit_code;
};

static void end_if_over(struct daemon *d)
{
	if (d->watch_is_over && !d->checker)
		event_base_loopbreak(d->base);
}

static void on_watch_over(void *context, int exit_code)
{
	struct daemon *d = context;
	d->watch_is_over = true;
	d->exit_code = exit_code;
	if (d->checker)
		child_stop(d->checker);
	end_if_over(d);
}

static void stop(struct daemon *d)
{
	if (d->stopping)
		return;
	d->stopping = true;
	notify_manager("STOPPING=1");
	control_server_free(d->control);
	d->control = NULL;
	watch_stop(d->watch);
}

/* A round takes what lies in import.directory. */
static void on_import(void *context)
{
	struct daemon *d = context;
	if (d->watch && !d->stopping)
		watch_poke(d->watch);
}

/* A folder that is not there is no reason to write no letters: it is said, here and in each round. */
static void watch_imports(struct daemon *d)
{
	struct err e;
	folder_watch_free(d->imports);
	d->imports = NULL;
	if (d->settings->import_directory &&
		folder_watch_new(&d->imports, d->base, d->settings->import_directory, IMPORT_QUIET_S, FOLDER_ARRIVALS,
			on_import, d, &e) < 0)
		log_error("import.directory: %s", e.text);
}

/* A plugin was put there, replaced or taken away: the next round, after the one that runs, judges with what lies there
 * then. One that was caught half written fails that round, and the end of the writing brings the next. */
static void on_plugins(void *context)
{
	struct daemon *d = context;
	if (!d->watch || d->stopping)
		return;
	log_info("plugins.directory has changed: a check follows");
	watch_poke(d->watch);
}

static void watch_plugins(struct daemon *d)
{
	struct err e;
	folder_watch_free(d->plugins);
	d->plugins = NULL;
	if (folder_watch_new(&d->plugins, d->base, d->settings->plugins.directory, PLUGINS_QUIET_S, FOLDER_ANY_CHANGE,
		    on_plugins, d, &e) < 0)
		log_error("plugins.directory: %s", e.text);
}

/* Reloading: the settings here, everything else by a short-lived round --test; then the files are
 * copied aside for the children (plan/taken.h), into the folder that is not in use. */

static char *copies_folder(const struct daemon *d, int which)
{
	return xasprintf("%s.files-%d", d->copies, which);
}

static int take_over(struct daemon *d, const struct settings *s, struct err *e)
{
	char *folder = copies_folder(d, !d->taken);
	int rc = taken_copy(s, folder, e);
	if (rc == 0) {
		d->taken = !d->taken;
		setenv(TAKEN_VARIABLE, folder, 1);
	}
	free(folder);
	return rc;
}

static void forget_copies(const struct daemon *d)
{
	for (int i = 0; i < 2; i++) {
		struct err e;
		char *folder = copies_folder(d, i);
		if (access(folder, F_OK) == 0)
			file_remove_tree(folder, &e);
		free(folder);
	}
}

static void on_checked(void *context, const struct child_end *end)
{
	struct daemon *d = context;
	struct settings *fresh = d->new_settings;
	d->checker = NULL;
	d->new_settings = NULL;
	struct err e;
	d->reload_state = "refused";
	if (!end->ok || d->watch_is_over || take_over(d, fresh, &e) < 0) {
		err_set(&d->last_reload, "the changed files are not taken over: %s",
			!end->ok || d->watch_is_over ? end->obituary : e.text);
		log_error("%s", d->last_reload.text);
		settings_free(fresh);
		end_if_over(d);
		return;
	}
	if (strcmp(fresh->control_socket, d->settings->control_socket) != 0)
		log_warning(
			"control_socket: %s is used only after a restart", fresh->control_socket);
	settings_free(d->settings);
	d->settings = fresh;
	watch_set_offset(d->watch, fresh->utc_offset_s);
	watch_imports(d);
	watch_plugins(d);
	d->reload_state = "taken";
	err_set(&d->last_reload, "the files were read again and taken over");
	log_info("%s", d->last_reload.text);
	watch_poke(d->watch);
}

/* The check is of the files themselves, so that its messages name them. */
static int start_checker(struct daemon *d, struct err *e)
{
	const char *argv[] = {d->programs[WATCH_ROUND], "-c", d->conf, "--test", NULL};
	char *copies = copies_folder(d, d->taken);
	unsetenv(TAKEN_VARIABLE);
	int rc = child_start(&d->checker, d->base, (char *const *)(uintptr_t)argv, CHECK_DEADLINE_S,
		on_checked, d, e);
	setenv(TAKEN_VARIABLE, copies, 1);
	free(copies);
	return rc;
}

/* The settings of the file itself, not of its copy. */
static int load_live(const struct daemon *d, struct settings **fresh, struct problems *problems)
{
	char *copies = copies_folder(d, d->taken);
	unsetenv(TAKEN_VARIABLE);
	int rc = settings_load(d->conf, fresh, problems);
	setenv(TAKEN_VARIABLE, copies, 1);
	free(copies);
	return rc;
}

/* Returns 0 when the check has begun; the sentence of a failure is what is wrong. */
static int reload(struct daemon *d, struct err *e)
{
	if (d->checker)
		return err_set(e, "the files are being checked already");
	struct problems problems = {0};
	struct settings *fresh = NULL;
	int rc = load_live(d, &fresh, &problems);
	for (size_t i = 0; i < problems.count && rc < 0; i++)
		log_error("%s: %s", problems.items[i].where, problems.items[i].text);
	if (rc < 0)
		err_set(e, "%s: %s; the settings stay as they were", problems.items[0].where,
			problems.items[0].text);
	problems_release(&problems);
	if (rc == 0) {
		rc = start_checker(d, e);
		if (rc < 0)
			log_error("%s", e->text);
	}
	if (rc < 0) {
		d->last_reload = *e;
		d->reload_state = "refused";
		settings_free(fresh);
		return -1;
	}
	d->new_settings = fresh;
	d->reload_state = "checking";
	return 0;
}

/* The control socket. */

static void status(const struct daemon *d, struct buf *b)
{
	buf_add(b, "{");
	json_member(b, "version", LANGNGHE_VERSION);
	buf_addf(b, ",\"pid\":%d,", (int)getpid());
	json_member(b, "conf", d->conf);
	buf_add(b, ",");
	watch_status(d->watch, b);
	buf_add(b, ",");
	json_member(b, "last_reload", d->last_reload.text[0] ? d->last_reload.text : NULL);
	buf_add(b, ",");
	json_member(b, "reload", d->reload_state);
	buf_add(b, "}\n");
}

static void on_ending(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	stop(context);
}

static void on_command(void *context, const char *command, struct buf *reply)
{
	struct daemon *d = context;
	struct err e;
	if (strcmp(command, "status") == 0) {
		status(d, reply);
	} else if (strcmp(command, "poke") == 0) {
		watch_poke(d->watch);
		buf_add(reply, "ok\n");
	} else if (strcmp(command, "reload") == 0) {
		if (reload(d, &e) < 0)
			buf_addf(reply, "error: %s\n", e.text);
		else
			buf_add(reply, "ok: the files are being checked\n");
	} else if (strcmp(command, "stop") == 0) {
		/* Soon, so that the answer gets out before the socket goes. */
		evtimer_add(d->ending, (&(struct timeval){.tv_usec = 50000}));
		buf_add(reply, "ok\n");
	} else {
		buf_add(reply, "error: unknown command; known are status, poke, reload, stop\n");
	}
}

/* Start and end. */

static void on_signal(evutil_socket_t number, short what, void *context)
{
	struct daemon *d = context;
	struct err e;
	(void)what;
	if (number == SIGHUP)
		reload(d, &e);
	else
		stop(d);
}

static void on_watchdog(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
	notify_manager("WATCHDOG=1");
}

static int serve(struct daemon *d, const struct watch_clock *clock, struct err *e)
{
	static const int numbers[SIGNALS] = {SIGTERM, SIGINT, SIGHUP};
	signal(SIGPIPE, SIG_IGN);
	struct event_config *config = event_config_new();
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	d->base = event_base_new_with_config(config);
	event_config_free(config);
	if (!d->base)
		return err_set(e, "no event loop: %s", strerror(errno));
	event_base_priority_init(d->base, WATCH_PRIORITIES);
	for (int i = 0; i < SIGNALS; i++) {
		d->signals[i] = evsignal_new(d->base, numbers[i], on_signal, d);
		event_add(d->signals[i], NULL);
	}
	d->ending = evtimer_new(d->base, on_ending, d);
	if (control_server_new(
		    &d->control, d->base, d->settings->control_socket, on_command, d, e) < 0)
		return -1;
	d->copies = xstrdup(d->settings->control_socket);
	if (take_over(d, d->settings, e) < 0)
		return -1;
	int64_t watchdog_us = notify_watchdog_us();
	if (watchdog_us > 0) {
		struct timeval half = {
			.tv_sec = watchdog_us / 2000000, .tv_usec = watchdog_us / 2 % 1000000};
		d->watchdog = event_new(d->base, -1, EV_PERSIST, on_watchdog, d);
		event_add(d->watchdog, &half);
	}
	struct watch_options options = {
		.base = d->base,
		.conf = d->conf,
		.programs = {d->programs[WATCH_ROUND], d->programs[WATCH_POST]},
		.clock = *clock,
		.offset_s = d->settings->utc_offset_s,
		.over = on_watch_over,
		.context = d,
	};
	watch_imports(d);
	watch_plugins(d);
	return watch_new(&d->watch, &options, e);
}

static void daemon_release(struct daemon *d)
{
	control_server_free(d->control);
	folder_watch_free(d->imports);
	folder_watch_free(d->plugins);
	watch_free(d->watch);
	for (int i = 0; i < SIGNALS; i++) {
		if (d->signals[i])
			event_free(d->signals[i]);
	}
	if (d->watchdog)
		event_free(d->watchdog);
	if (d->ending)
		event_free(d->ending);
	if (d->base)
		event_base_free(d->base);
	for (int i = 0; i < WATCH_JOBS; i++)
		free(d->programs[i]);
	if (d->copies)
		forget_copies(d);
	free(d->copies);
	settings_free(d->settings);
}

/* To the background: the caller's process waits for the word that all is ready, and says so by its
 * exit code. Returns the descriptor to say it on. */
static int detach(struct err *e)
{
	int fds[2];
	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_set(e, "no pipe: %s", strerror(errno));
	pid_t pid = fork();
	if (pid < 0)
		return err_set(e, "no second process: %s", strerror(errno));
	if (pid > 0) {
		char word;
		close(fds[1]);
		_exit(read(fds[0], &word, 1) == 1 ? EXIT_DONE : EXIT_CANNOT);
	}
	close(fds[0]);
	setsid();
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (nothing >= 0) {
		dup2(nothing, STDIN_FILENO);
		dup2(nothing, STDOUT_FILENO);
		close(nothing);
	}
	return fds[1];
}

/* "START,step[,END]"; the plan's offset where a moment names none. */
static int parse_clock(const char *s, int offset_s, struct watch_clock *c, struct err *e)
{
	char text[3][64];
	int parts = 0;
	for (const char *p = s; p && parts < 3; parts++) {
		size_t n = strcspn(p, ",");
		snprintf(text[parts], sizeof text[parts], "%.*s", (int)n, p);
		p = p[n] ? p + n + 1 : NULL;
	}
	struct moment start, end;
	*c = (struct watch_clock){.stepped = true, .end = JOB_NEVER};
	if (parts < 2 || strcmp(text[1], "step") != 0 ||
		moment_parse(text[0], offset_s, &start) < 0 ||
		(parts == 3 && moment_parse(text[2], offset_s, &end) < 0))
		return err_set(e,
			"--clock %s: expected START,step or START,step,END with moments like "
			"2026-11-20T07:59:00+07:00",
			s);
	c->now = moment_to_unix(start, offset_s);
	if (parts == 3)
		c->end = moment_to_unix(end, offset_s);
	return 0;
}

static void usage(FILE *out)
{
	fputs("langnghed " LANGNGHE_VERSION ": watches a craft-village plan and writes reminders\n"
	      "usage: langnghed [-c CONF] [-f] [-t] [--clock START,step[,END]]\n"
	      "  -c CONF   settings; else $LANGNGHE_CONF, else /etc/langnghe/langnghed.conf\n"
	      "  -f        stay in the foreground\n"
	      "  -t        check all files, print every error with file:line, exit 0 or 1\n"
	      "  --clock   a clock that stands still while work is pending and then jumps to the\n"
	      "            next moment: for rehearsals and tests (END: stop when it would pass "
	      "it)\n"
	      "signals: HUP reads the files again, TERM stops\n",
		out);
}

static void say_problems(const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		fprintf(stderr, "%s: %s\n", problems->items[i].where, problems->items[i].text);
}

struct arguments {
	const char *conf, *clock;
	bool foreground, test, help;
};

/* Returns 0, or -1 for wrong usage. */
static int parse_arguments(int argc, char **argv, struct arguments *a)
{
	static const struct option options[] = {
		{"clock", required_argument, NULL, 'C'}, {"help", no_argument, NULL, 'h'}, {0}};
	int option;
	while ((option = getopt_long(argc, argv, "c:fth", options, NULL)) != -1) {
		if (option == 'c')
			a->conf = optarg;
		else if (option == 'f')
			a->foreground = true;
		else if (option == 't')
			a->test = true;
		else if (option == 'C')
			a->clock = optarg;
		else if (option == 'h')
			a->help = true;
		else
			return -1;
	}
	return optind < argc ? -1 : 0;
}

static int test_files(const struct daemon *d)
{
	const char *program = d->programs[WATCH_ROUND];
	execl(program, program, "-c", d->conf, "--test", (char *)NULL);
	fprintf(stderr, "%s cannot be started: %s\n", program, strerror(errno));
	return EXIT_CANNOT;
}

static int run(struct daemon *d, const struct arguments *a)
{
	struct err e;
	struct problems problems = {0};
	struct watch_clock clock = {.end = JOB_NEVER};
	int rc = settings_load(d->conf, &d->settings, &problems);
	if (rc < 0)
		say_problems(&problems);
	problems_release(&problems);
	if (rc < 0)
		return EXIT_REJECTED;
	if (a->clock && parse_clock(a->clock, d->settings->utc_offset_s, &clock, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		return EXIT_WRONG_USAGE;
	}
	int ready = a->foreground ? -1 : detach(&e);
	if ((!a->foreground && ready < 0) || serve(d, &clock, &e) < 0) {
		log_error("%s", e.text);
		return EXIT_CANNOT;
	}
	if (ready >= 0 && write(ready, "1", 1) == 1)
		close(ready);
	notify_manager("READY=1");
	event_base_loop(d->base, EVLOOP_NO_EXIT_ON_EMPTY);
	return d->exit_code;
}

int main(int argc, char **argv)
{
	struct arguments a = {0};
	if (parse_arguments(argc, argv, &a) < 0) {
		usage(stderr);
		return EXIT_WRONG_USAGE;
	}
	if (a.help) {
		usage(stdout);
		return EXIT_DONE;
	}
	log_open("langnghed", LOG_INFO);
	char path[PATH_MAX];
	struct daemon d = {0};
	d.conf = realpath(settings_path(a.conf), path) ? path : settings_path(a.conf);
	char *libexec = settings_libexec();
	d.programs[WATCH_ROUND] = file_join(libexec, "langnghe-round");
	d.programs[WATCH_POST] = file_join(libexec, "langnghe-post");
	free(libexec);
	int rc = a.test ? test_files(&d) : run(&d, &a);
	daemon_release(&d);
	return rc;
}
