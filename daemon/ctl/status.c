/*
 * status.c: see status.h.
 */
#include "ctl/status.h"

#include "alerts/alert.h"
#include "base/control.h"
#include "base/file.h"
#include "base/mem.h"
#include "ctl/places.h"
#include "mail/outbox.h"
#include "rules/rule_file.h"

#include <jansson.h>
#include <unistd.h>

/* "rules/NAME", whose file is there. */
static bool is_rule(const struct settings *settings, const char *run)
{
	if (!settings || !settings->rules_directory || !rule_of_run(run))
		return false;
	char *file = run_file(settings, run);
	bool there = access(file, F_OK) == 0;
	free(file);
	return there;
}

static bool is_enabled(const struct settings *settings, const char *plugin)
{
	if (is_rule(settings, plugin))
		return true;
	for (size_t i = 0; settings && i < settings->plugins.enabled_count; i++)
		if (strcmp(settings->plugins.enabled[i], plugin) == 0)
			return true;
	return !settings; /* where the settings cannot be read, all that ever ran */
}

/* The plugins whose last run failed, with the reason. */
static json_t *failing_plugins(struct store *s, const struct settings *settings)
{
	struct err e;
	json_t *all = json_array();
	struct stmt *st = store_stmt(s,
		"SELECT name, failures, last_error, next_try FROM plugin_run WHERE failures > 0 ORDER BY name", &e);
	while (st && stmt_step(st, &e) == 1) {
		if (is_enabled(settings, col_text(st, 0)))
			json_array_append_new(all,
				json_pack("{s:s,s:I,s:s?,s:s?}", "name", col_text(st, 0), "failures",
					(json_int_t)col_int(st, 1), "last_error", col_text(st, 2), "next_try",
					col_text(st, 3)));
	}
	return all;
}

/* What the database knows; members stay null where it cannot be read. */
static json_t *status_of_store(struct store *s, const struct settings *settings)
{
	static const char *const counted[] = {"queued", "held", "deferred", "in_doubt", "failed"};
	struct err e;
	char *reason = NULL;
	char text[DAY_TEXT];
	int32_t live = watch_from(s);
	bool held = outbox_is_held(s, &reason);
	char *checked = store_meta(s, "last_check"), *sent = store_meta(s, "last_send");
	json_t *o = json_pack("{s:s?,s:s?,s:s?,s:s?}", "watch_from",
		live == DAY_NONE ? NULL : day_iso(live, text), "held", held ? reason : NULL,
		"last_check", checked, "last_send", sent);
	free(reason);
	free(checked);
	free(sent);
	for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
		struct table *t;
		if (outbox_table(s, counted[i], 0, &t, &e) < 0)
			continue;
		char key[40];
		snprintf(key, sizeof key, "letters_%s", counted[i]);
		json_object_set_new(o, key, json_integer((json_int_t)table_rows(t)));
		table_free(t);
	}
	json_object_set_new(o, "plugin_failing", failing_plugins(s, settings));
	return o;
}

/* NULL where no daemon answers; e says why. */
static json_t *status_of_daemon(const char *socket, struct err *e)
{
	struct buf reply = {0};
	json_t *o = NULL;
	if (control_request(socket, "status", &reply, e) == 0)
		o = json_loads(reply.s ? reply.s : "", 0, NULL);
	if (!o && !e->text[0])
		err_set(e, "%s: its answer cannot be read", socket);
	buf_release(&reply);
	return o;
}

/* "key: value" lines; arrays of objects indented, one line each. */
static void print_members(json_t *o, const char *prefix)
{
	const char *key;
	json_t *value;
	json_object_foreach(o, key, value)
	{
		if (json_is_array(value)) {
			size_t i;
			json_t *item;
			json_array_foreach(value, i, item)
			{
				char *line = json_dumps(item, JSON_COMPACT);
				printf("%s%s: %s\n", prefix, key, line ? line : "");
				free(line);
			}
		} else if (json_is_string(value)) {
			printf("%s%s: %s\n", prefix, key, json_string_value(value));
		} else if (!json_is_null(value)) {
			char *text = json_dumps(value, JSON_ENCODE_ANY);
			printf("%s%s: %s\n", prefix, key, text ? text : "");
			free(text);
		}
	}
}

static json_t *problems_json(const struct problems *problems)
{
	json_t *all = json_array();
	for (size_t i = 0; i < problems->count; i++) {
		char *line = xasprintf("%s: %s", problems->items[i].where, problems->items[i].text);
		json_array_append_new(all, json_string(line));
		free(line);
	}
	return all;
}

static void print_json(json_t *daemon, json_t *kept, const struct problems *problems)
{
	json_t *all = json_pack("{s:O?,s:O?,s:o}", "daemon", daemon, "database", kept,
		"configuration", problems_json(problems));
	char *text = json_dumps(all, JSON_INDENT(2));
	puts(text ? text : "{}");
	free(text);
	json_decref(all);
}

/* no_daemon, no_database: why there is none of these. */
static void print_lines(json_t *daemon, json_t *kept, const struct problems *problems, const char *no_daemon,
	const char *no_database)
{
	if (daemon)
		print_members(daemon, "daemon ");
	else
		printf("daemon: %s\n", no_daemon);
	if (kept)
		print_members(kept, "");
	else
		printf("database: %s\n", no_database);
	if (kept && json_is_null(json_object_get(kept, "watch_from")))
		puts("watching has not begun: langnghectl go-live");
	if (problems->count > 0 && daemon)
		puts("configuration: it holds errors; the daemon goes on with the settings it has");
	else if (problems->count > 0)
		puts("configuration: it holds errors");
	fflush(stdout);
	for (size_t i = 0; i < problems->count; i++)
		ctl_fail(0, "%s: %s", problems->items[i].where, problems->items[i].text);
}

static int tell(const struct ctl *c, const struct places *p, const struct problems *problems)
{
	struct err e = {0}, no_daemon = {0};
	struct store *s;
	json_t *daemon = status_of_daemon(p->socket, &no_daemon), *kept = NULL;
	if (store_open(&s, p->database, STORE_READ, &e) == 0) {
		kept = status_of_store(s, c->world.settings);
		store_close(s);
	}
	if (c->json)
		print_json(daemon, kept, problems);
	else
		print_lines(daemon, kept, problems, no_daemon.text, e.text);
	bool nothing = !daemon && !kept;
	json_decref(daemon);
	json_decref(kept);
	if (nothing)
		return CTL_CANNOT;
	return problems->count == 0 ? CTL_DONE : CTL_REJECTED;
}

int status_run(struct ctl *c)
{
	struct problems problems = {0};
	struct places p;
	places_find(c, &p, &problems);
	int rc = tell(c, &p, &problems);
	places_release(&p);
	problems_release(&problems);
	return rc;
}
