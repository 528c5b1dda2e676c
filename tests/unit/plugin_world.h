/*
 * plugin_world.h: a folder with a configuration and a small register of its own,
 * for the tests of plugins and of what holds them. Facts are invented.
 * Run from the top of the tree; $B is the build folder.
 */
#ifndef TEST_PLUGIN_WORLD_H
#define TEST_PLUGIN_WORLD_H

#include "base/file.h"
#include "base/mem.h"
#include "plan/settings.h"
#include "store/store.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

struct plugin_world {
	char *folder, *conf, *database, *build;
	const char *plan; /* another plan file than the shipped one, or NULL */
	struct settings *settings;
};

static inline void world_sql(const struct plugin_world *w, const char *sql)
{
	struct err e = {0};
	struct store *s;
	if (store_open(&s, w->database, STORE_CREATE, &e) < 0 || store_exec(s, sql, &e) < 0)
		fail_msg("%s", e.text);
	store_close(s);
}

/* Writes the configuration (extra: lines into the group `plugins`) and reads it. */
static inline void world_configure(struct plugin_world *w, const char *plugins, const char *extra)
{
	char here[4096];
	struct err e;
	struct problems problems = {0};
	assert_non_null(getcwd(here, sizeof here));
	char *plan = w->plan ? xstrdup(w->plan) : xasprintf("%s/conf/plan-thanh-hoa.conf", here);
	char *text = xasprintf(
		"database = \"%s\";\nplan = \"%s\";\n"
		"calendar = \"%s/conf/calendar-vn.conf\";\ntemplates = \"%s/conf/templates/vi\";\n"
		"admin = { email = \"a@langnghe.example\"; };\n"
		"mail = { reply_to = \"b@langnghe.example\"; };\n"
		"plugins = {\n%s\n wall_ms = 1500;\n cpu_ms = 500;\n memory_mib = 128;\n%s\n};\n",
		w->database, plan, here, here, plugins, extra);
	free(plan);
	if (file_write_atomic(w->conf, text, strlen(text), 0600, &e) < 0)
		fail_msg("%s", e.text);
	free(text);
	settings_free(w->settings);
	w->settings = NULL;
	if (settings_load(w->conf, &w->settings, &problems) < 0)
		fail_msg("%s: %s", problems.items[0].where, problems.items[0].text);
	problems_release(&problems);
}

static inline void world_make(struct plugin_world *w)
{
	char folder[] = "/tmp/langnghe-test-XXXXXX";
	const char *build = getenv("B");
	char *real = realpath(build ? build : "build/cc", NULL);
	assert_non_null(mkdtemp(folder));
	assert_non_null(real);
	*w = (struct plugin_world){.folder = xstrdup(folder), .build = real};
	w->conf = file_join(folder, "langnghed.conf");
	w->database = file_join(folder, "langnghe.db");
	setenv("LANGNGHE_LIBEXEC", real, 0);
}

/* The usual one: of the test plugins those in `enabled` (a list of libconfig's), and two villages. */
static inline void world_make_usual(struct plugin_world *w, const char *enabled)
{
	world_make(w);
	char *plugins = xasprintf("directory = \"%s/tests/plugins\"; enabled = [%s];", w->build, enabled);
	world_configure(w, plugins, "");
	free(plugins);
	world_sql(w, "INSERT INTO village (code, name) VALUES ('TH-1', 'Làng Một'), ('TH-2', 'Làng Hai')");
}

/* How many descriptors this process has open. */
static inline int open_files(void)
{
	int n = 0;
	DIR *d = opendir("/proc/self/fd");
	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static inline void world_remove(struct plugin_world *w)
{
	struct err e;
	settings_free(w->settings);
	file_remove_tree(w->folder, &e);
	free(w->folder);
	free(w->conf);
	free(w->database);
	free(w->build);
}

#endif
