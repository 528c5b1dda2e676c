/*
 * plugin_info.c: has plugins describe themselves in a runner of their own,
 * believes the answer only after checking it again, and holds the settings that
 * an administrator wrote for a plugin against the plugin's rows.
 */
#include "rules/plugin_info.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/monotonic.h"
#include "base/trust.h"
#include "rules/contained.h"
#include "rules/describe.h"

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PLUGIN_BYTES_MOST = 64 * 1024 * 1024,
	DESCRIPTION_MOST = 1024 * 1024,
	DESCRIBE_WALL_MS = 10 * 1000,
	DESCRIBE_CPU_MS = 5 * 1000
};

const struct rule_info *plugin_rule(const struct plugin_info *p, const char *id)
{
	for (size_t i = 0; i < p->rule_count; i++)
		if (strcmp(p->rules[i].id, id) == 0)
			return &p->rules[i];
	return NULL;
}

const struct mark_info *rule_mark(const struct rule_info *r, const char *id)
{
	for (size_t i = 0; i < r->mark_count; i++)
		if (r->marks[i].id && strcmp(r->marks[i].id, id) == 0)
			return &r->marks[i];
	return NULL;
}

static void rule_release(struct rule_info *r)
{
	char *const texts[] = {
		r->id, r->former_ids, r->task, r->title, r->clause, r->action, r->field, r->unit};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		free(texts[i]);
	for (size_t i = 0; i < r->mark_count; i++) {
		free(r->marks[i].id);
		free(r->marks[i].label);
		free(r->marks[i].lacks);
		free(r->marks[i].action);
		free(r->marks[i].clause);
	}
	free(r->marks);
}

void plugin_info_free(struct plugin_info *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->rule_count; i++)
		rule_release(&p->rules[i]);
	for (size_t i = 0; i < p->setting_count; i++) {
		free(p->settings[i].name);
		free(p->settings[i].text);
		free(p->settings[i].help);
	}
	for (size_t i = 0; i < p->input_count; i++)
		free(p->inputs[i]);
	free(p->rules);
	free(p->settings);
	free(p->inputs);
	free(p->file);
	free(p->name);
	free(p->run);
	free(p->version);
	free(p->summary);
	free(p->sha256);
	free(p);
}

static int hash_file(const char *file, char **out, struct err *e)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	char *bytes, hex[2 * sizeof sum + 1];
	size_t size;
	if (file_read(file, PLUGIN_BYTES_MOST, &bytes, &size, e) < 0)
		return -1;
	crypto_hash_sha256(sum, (const unsigned char *)bytes, size);
	free(bytes);
	*out = xstrdup(sodium_bin2hex(hex, sizeof hex, sum, sizeof sum));
	return 0;
}

/* All it says until it ends. A description ends with exit code 0, a refusal with 1. */
static int hear(
	struct contained *c, const struct contained_limits *limits, struct buf *said, struct err *e)
{
	char bytes[16 * 1024];
	ssize_t n;
	while ((n = contained_read(c, bytes, sizeof bytes, limits, e)) > 0) {
		buf_add_n(said, bytes, (size_t)n);
		if (said->len > DESCRIPTION_MOST)
			return err_set(
				e, "its description is longer than %d bytes", DESCRIPTION_MOST);
	}
	if (n < 0)
		return -1;
	struct err how;
	int code = contained_obituary(c, &how);
	if ((code == 0 || code == 1) && said->len > 0)
		return code;
	return err_set(e, "it gave no description: %s", how.text);
}

/* One plugin that is being asked what it is. */
struct asked {
	const char *file; /* borrowed */
	struct contained process;
	struct contained_limits limits;
	bool started;
	struct err error; /* where it was not started */
};

/* The service's user is the owner of its database; without one, whoever runs this. */
static uid_t service_user(const struct settings *s)
{
	struct stat st;
	return s && stat(s->database, &st) == 0 ? st.st_uid : geteuid();
}

static void ask(struct asked *a, const struct settings *s, const char *file)
{
	const char *arguments[] = {"--describe", file, NULL};
	*a = (struct asked){.file = file, .process = CONTAINED_NONE};
	a->started = trust_file(file, service_user(s), &a->error) == 0 && contained_start(&a->process, arguments, &a->error) == 0;
	if (a->started)
		a->limits = contained_limits(&a->process, DESCRIBE_WALL_MS, DESCRIBE_CPU_MS);
}

/* What it said, and its end. */
static int take_description(struct asked *a, struct plugin_info **out, struct err *e)
{
	struct buf said = {0};
	if (!a->started)
		return err_set(e, "%s", a->error.text);
	if (contained_spoke(&a->process)) /* that we come late is not its fault */
		a->limits.until_ms = monotonic_ms() + DESCRIBE_WALL_MS;
	int code = hear(&a->process, &a->limits, &said, e);
	contained_stop(&a->process);
	int rc = code < 0 ? -1 : plugin_info_from_json(said.s, said.len, a->file, out, e);
	buf_release(&said);
	if (rc == 0 && code == 0 && plugin_info_check(*out, e) == 0)
		return 0;
	if (rc == 0) {
		plugin_info_free(*out);
		if (code != 0)
			err_set(e, "it gave a description and a failure");
	}
	return -1;
}

/* The description with the file's hash. */
static int take_plugin(struct asked *a, struct plugin_info **out, struct err *e)
{
	struct plugin_info *p;
	char *sum;
	if (hash_file(a->file, &sum, e) < 0) {
		contained_stop(&a->process);
		return -1;
	}
	if (take_description(a, &p, e) < 0) {
		free(sum);
		return err_prefix(e, "%s", a->file);
	}
	p->sha256 = sum;
	char *expected = plugin_name_of_file(a->file);
	int rc = strcmp(expected, p->name) == 0
			 ? 0
			 : err_set(e, "%s: it calls itself '%s'; after its file '%s' is expected",
				   a->file, p->name, expected);
	free(expected);
	if (rc < 0)
		plugin_info_free(p);
	else
		*out = p;
	return rc;
}

int plugin_describe(
	const struct settings *s, const char *file, struct plugin_info **out, struct err *e)
{
	struct asked a;
	ask(&a, s, file);
	return take_plugin(&a, out, e);
}

/* Settings of plugins. */

static const struct setting_info *setting_of(const struct plugin_info *p, const char *name)
{
	for (size_t i = 0; i < p->setting_count; i++)
		if (strcmp(p->settings[i].name, name) == 0)
			return &p->settings[i];
	return NULL;
}

static void unknown_setting(
	const struct plugin_info *p, const struct plugin_setting *v, struct problems *problems)
{
	struct buf names = {0};
	for (size_t i = 0; i < p->setting_count; i++)
		buf_addf(&names, "%s%s", i ? ", " : "", p->settings[i].name);
	problems_add(problems, v->file, v->line, 0, "plugins.%s.%s: there is no such setting; %s%s",
		p->name, v->key, names.len ? "it has " : "it has none", names.len ? names.s : "");
	buf_release(&names);
}

static void check_value(
	const struct plugin_info *p, const struct plugin_setting *v, struct problems *problems)
{
	static const char *const expected[] = {"", "a whole number", "true or false", "text"};
	const struct setting_info *row = setting_of(p, v->key);
	if (!row) {
		unknown_setting(p, v, problems);
		return;
	}
	bool fits = (row->type == LN_SET_INT && v->type == PLUGIN_SETTING_INT) ||
		    (row->type == LN_SET_BOOL && v->type == PLUGIN_SETTING_BOOL) ||
		    (row->type == LN_SET_TEXT && v->type == PLUGIN_SETTING_TEXT);
	if (!fits)
		problems_add(problems, v->file, v->line, 0, "plugins.%s.%s must be %s (%s)",
			p->name, v->key, expected[row->type], row->help);
	else if (row->type == LN_SET_INT && (v->number < row->min || v->number > row->max))
		problems_add(problems, v->file, v->line, 0,
			"plugins.%s.%s is %lld; %lld to %lld are allowed (%s)", p->name, v->key,
			(long long)v->number, (long long)row->min, (long long)row->max, row->help);
}

void plugin_check_settings(
	const struct plugin_info *p, const struct settings *s, struct problems *problems)
{
	for (size_t i = 0; i < s->plugins.value_count; i++)
		if (strcmp(s->plugins.values[i].plugin, p->name) == 0)
			check_value(p, &s->plugins.values[i], problems);
}

char *plugin_file_of(const struct settings *s, const char *name)
{
	char *base = xasprintf("%s.so", name), *file = file_join(s->plugins.directory, base);
	free(base);
	return file;
}

/* What went wrong, without the file that problems name anyway. */
static const char *without_file(const char *text, const char *file)
{
	size_t n = strlen(file);
	return strncmp(text, file, n) == 0 && strncmp(text + n, ": ", 2) == 0 ? text + n + 2 : text;
}

struct plugin_info **plugins_describe(const struct settings *s, struct problems *problems)
{
	size_t n = s->plugins.enabled_count;
	struct plugin_info **all = xcalloc(n, sizeof *all);
	struct asked *asked = xcalloc(n, sizeof *asked);
	char **files = xcalloc(n, sizeof *files);
	for (size_t i = 0; i < n; i++) /* all are asked before the first is heard */
		ask(&asked[i], s, files[i] = plugin_file_of(s, s->plugins.enabled[i]));
	for (size_t i = 0; i < n; i++) {
		struct err e;
		if (take_plugin(&asked[i], &all[i], &e) < 0) {
			problems_add(problems, files[i], 0, 0, "%s", without_file(e.text, files[i]));
			all[i] = NULL;
		}
		free(files[i]);
		if (all[i])
			plugin_check_settings(all[i], s, problems);
	}
	free(asked);
	free(files);
	return all;
}
