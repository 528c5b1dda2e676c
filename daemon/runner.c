/*
 * langnghe-runner: one plugin, shut in. The only program that ever loads one.
 *
 *   langnghe-runner --describe FILE  its description as JSON, then ends
 *   langnghe-runner -c CONF --database DB [--taken FOLDER] FILE
 *                                    answers "check DAY KEY news" lines on its input with
 *                                    frames, until it ends (FILE: a plugin, or a rule
 *                                    without C; FOLDER: the copies of the configuration
 *                                    that the daemon has taken over, plan/taken.h)
 *
 * What it needs is opened first: settings, the plan's text, calendar, database. Then it
 * binds itself to its parent, gives up files, network, processes and signals in
 * two steps (rules/sandbox.h), and only between them loads the plugin. How long
 * it may take is the parent's business, which sees its clocks. Whatever goes
 * wrong before the first request is told in answer to it.
 */
#include "base/mem.h"
#include "plan/taken.h"
#include "rules/describe.h"
#include "rules/host.h"
#include "rules/rule_query.h"
#include "rules/sandbox.h"
#include "store/confined.h"

#include <dlfcn.h>
#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIBE_MEMORY_MIB = 256, REQUEST_MOST = 80, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct runner_world {
	struct settings *settings;
	char *plan; /* its text */
	size_t plan_size;
	struct calendar *calendar;
	struct store *store;
};

/* The plugin, loaded, and its rows as copied out of it. */
struct loaded {
	const struct ln_plugin *code;
	struct plugin_info *info;
	void *state;
	struct host *host;
	struct rule_file *rule; /* in place of a plugin's code: its query */
};

static int write_all(int fd, const char *s, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, s, n);
		if (done < 0 && errno != EINTR)
			return -1;
		if (done > 0) {
			s += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

/* The first problem in the words of err; how many more there are. */
static int tell_problems(const struct problems *p, struct err *e)
{
	if (p->count == 0)
		return err_set(e, "the configuration cannot be read");
	err_set(e, "%s: %s", p->items[0].where, p->items[0].text);
	return p->count == 1 ? -1 : err_prefix(e, "%zu problems, the first", p->count);
}

static int open_world(struct runner_world *w, const char *conf, const char *database, struct err *e)
{
	struct problems problems = {0};
	int rc = settings_load(conf, &w->settings, &problems);
	if (rc == 0)
		rc = plan_text(w->settings->plan, &w->plan, &w->plan_size, &problems);
	if (rc == 0)
		rc = calendar_load(w->settings->calendar, &w->calendar, &problems);
	if (rc < 0)
		tell_problems(&problems, e);
	problems_release(&problems);
	if (rc < 0 || confined_open(&w->store, database, w->settings->plugins.memory_mib, e) < 0)
		return -1;
	confined_lock(w->store);
	return 0;
}

/* Loads between the two filters. */
static int load(struct loaded *l, const char *file, struct sandbox *box, struct err *e)
{
	char *path = strchr(file, '/') ? xstrdup(file) : xasprintf("./%s", file);
	void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	free(path);
	if (!object)
		return err_set(e, "it cannot be loaded: %s", dlerror());
	l->code = dlsym(object, "langnghe_plugin");
	if (!l->code)
		return err_set(e, "it exports no symbol langnghe_plugin");
	if (sandbox_tighten(box, e) < 0)
		return -1;
	return descriptor_copy(l->code, file, &l->info, e);
}

/* A rule without C: nothing is loaded, its query is as little trusted as a plugin's. */
static int load_rule(struct loaded *l, struct sandbox *box, struct err *e)
{
	l->code = &rule_query_code;
	l->info = l->rule->info;
	l->state = l->rule;
	return sandbox_tighten(box, e);
}

static int read_rule(struct loaded *l, const char *file, struct err *e)
{
	struct problems problems = {0};
	int rc = rule_file_load(file, &l->rule, &problems);
	if (rc < 0)
		tell_problems(&problems, e);
	problems_release(&problems);
	return rc;
}

static int describe(const char *file)
{
	struct err e;
	struct sandbox *box;
	struct loaded l = {0};
	int in, out;
	json_object_seed(1); /* else it opens /dev/urandom, behind the filter; all keys are ours */
	if (sandbox_take_pipes(&in, &out, &e) < 0)
		return EXIT_FAILED;
	int rc = sandbox_bind(&e);
	if (rc == 0)
		rc = sandbox_limit_memory(DESCRIBE_MEMORY_MIB, &e);
	if (rc == 0)
		rc = sandbox_narrow(file, &e);
	if (rc == 0)
		rc = sandbox_enter(&box, in, out, &e);
	if (rc == 0)
		rc = load(&l, file, box, &e);
	char *text = rc == 0 ? plugin_info_to_json(l.info) : plugin_error_to_json(e.text);
	struct buf line = {0};
	buf_addf(&line, "%s\n", text);
	if (write_all(out, line.s, line.len) < 0)
		return EXIT_FAILED;
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILED;
}

/* "check YYYY-MM-DD KEY news\n", or all. 1 a request, 0 the end, -1 something else. */
static int read_request(int in, int32_t *day, bool *all, unsigned char key[FRAME_KEY])
{
	char line[REQUEST_MOST + 1];
	size_t n = 0;
	for (;;) { /* the next request comes once this one is answered: what is read is no more than one */
		ssize_t got = read(in, line + n, REQUEST_MOST - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return n == 0 && got == 0 ? 0 : -1;
		n += (size_t)got;
		if (line[n - 1] == '\n')
			break;
		if (n == REQUEST_MOST)
			return -1;
	}
	n--;
	line[n] = '\0';
	const char *hex = line + 17, *scope = hex + 2 * FRAME_KEY;
	size_t length = 0;
	if (n < 17 + 2 * FRAME_KEY || memcmp(line, "check ", 6) != 0 || line[16] != ' ')
		return -1;
	*all = strcmp(scope, " all") == 0;
	if (!*all && strcmp(scope, " news") != 0)
		return -1;
	line[16] = '\0';
	if (day_parse_iso(line + 6, day) < 0 ||
		sodium_hex2bin(key, FRAME_KEY, hex, 2 * FRAME_KEY, NULL, &length, NULL) < 0)
		return -1;
	return length == FRAME_KEY ? 1 : -1;
}

/* Answers until the input ends. The plugin's create() runs with the first request, whose day it may
 * look at. failure: why nothing can be checked, or NULL. */
static int serve(struct loaded *l, const char *failure, int in, int out)
{
	struct buf frame = {0};
	unsigned char key[FRAME_KEY];
	struct err e;
	int32_t day;
	bool all;
	int rc;
	for (bool first = true; (rc = read_request(in, &day, &all, key)) == 1; first = false) {
		if (first && !failure && host_create(l->host, l->code, &l->state, day, &e) < 0)
			failure = e.text;
		if (failure) {
			frame_begin(&frame);
			frame_seal(&frame, &(struct frame_end){.failure = failure}, key);
		} else {
			host_check(l->host, l->code, l->state, day, all, key, &frame);
		}
		sodium_memzero(key, sizeof key);
		if (write_all(out, frame.s, frame.len) < 0)
			return EXIT_FAILED;
	}
	if (!failure && l->code->destroy)
		l->code->destroy(l->state);
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILED;
}

/* taken: the folder of the copies, or NULL. It is told to the reading of the settings alone. */
static int run(const char *conf, const char *database, const char *taken, const char *file)
{
	struct runner_world w = {0};
	struct loaded l = {0};
	struct sandbox *box;
	struct err e = {0};
	int in, out;
	if (taken)
		setenv(TAKEN_VARIABLE, taken, 1);
	int rc = open_world(&w, conf, database, &e);
	unsetenv(TAKEN_VARIABLE);
	if (rc == 0 && rule_file_is(file))
		rc = read_rule(&l, file, &e);
	if (sandbox_take_pipes(&in, &out, &e) < 0)
		return EXIT_FAILED;
	if (rc == 0)
		rc = sandbox_bind(&e);
	if (rc == 0)
		rc = sandbox_limit_memory(w.settings->plugins.memory_mib, &e);
	if (rc == 0)
		rc = sandbox_narrow(file, &e);
	if (rc == 0)
		rc = sandbox_enter(&box, in, out, &e);
	if (rc == 0)
		rc = l.rule ? load_rule(&l, box, &e) : load(&l, file, box, &e);
	if (rc == 0)
		l.host = host_new(&(struct host_world){
			.settings = w.settings, .calendar = w.calendar, .store = w.store, .plugin = l.info,
			.plan_text = w.plan, .plan_size = w.plan_size});
	return serve(&l, rc < 0 ? e.text : NULL, in, out);
}

static int usage(void)
{
	fputs("usage: langnghe-runner --describe FILE\n"
	      "       langnghe-runner -c CONF --database DB [--taken FOLDER] FILE\n",
		stderr);
	return EXIT_USAGE;
}

/* A file could not take the description: no process that is shut in writes one. */
static bool writes_to_a_file(void)
{
	struct stat st;
	if (fstat(STDOUT_FILENO, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	fputs("langnghe-runner: --describe writes to a pipe or a terminal, not to a file; say: "
	      "langnghe-runner --describe FILE | cat > OUT\n",
		stderr);
	return true;
}

/* _exit: nothing that a plugin left to be run at the end is run. */
int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--describe") == 0)
		_exit(writes_to_a_file() ? EXIT_USAGE : describe(argv[2]));
	bool runs = argc >= 6 && strcmp(argv[1], "-c") == 0 && strcmp(argv[3], "--database") == 0;
	if (runs && argc == 6)
		_exit(run(argv[2], argv[4], NULL, argv[5]));
	if (runs && argc == 8 && strcmp(argv[5], "--taken") == 0)
		_exit(run(argv[2], argv[4], argv[6], argv[7]));
	return usage();
}
