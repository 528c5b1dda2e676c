/*
 * plugin_info.c: has plugins describe themselves in a runner of their own,
 * believes the answer only after checking it again, and holds the settings that
 * an administrator wrote for a plugin against the plugin's rows.
 */
#include "rules/plugin_info.h"

#include "base/file.h"
#include "base/mem.h"
#include "rules/contained.h"
#include "rules/describe.h"

#include <sodium.h>

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
		r->id, r->former_ids, r->task, r->title, r->clause, r->action, r->field};
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

static int describe(const char *file, struct plugin_info **out, struct err *e)
{
	const char *arguments[] = {"--describe", file, NULL};
	struct contained c;
	struct buf said = {0};
	if (contained_start(&c, arguments, e) < 0)
		return -1;
	struct contained_limits limits = contained_limits(&c, DESCRIBE_WALL_MS, DESCRIBE_CPU_MS);
	int code = hear(&c, &limits, &said, e);
	contained_stop(&c);
	int rc = code < 0 ? -1 : plugin_info_from_json(said.s, said.len, file, out, e);
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

int plugin_describe(
	const struct settings *s, const char *file, struct plugin_info **out, struct err *e)
{
	struct plugin_info *p;
	char *sum;
	(void)s; /* describing needs none: it runs no rule */
	if (hash_file(file, &sum, e) < 0)
		return -1;
	if (describe(file, &p, e) < 0) {
		free(sum);
		return err_prefix(e, "%s", file);
	}
	p->sha256 = sum;
	char *expected = plugin_name_of_file(file);
	int rc = strcmp(expected, p->name) == 0
			 ? 0
			 : err_set(e, "%s: it calls itself '%s'; after its file '%s' is expected",
				   file, p->name, expected);
	free(expected);
	if (rc < 0)
		plugin_info_free(p);
	else
		*out = p;
	return rc;
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

static char *file_of(const struct settings *s, const char *name)
{
	char *base = xasprintf("%s.so", name), *file = file_join(s->plugins.directory, base);
	free(base);
	return file;
}

struct plugin_info **plugins_describe(const struct settings *s, struct problems *problems)
{
	struct plugin_info **all = xcalloc(s->plugins.enabled_count, sizeof *all);
	for (size_t i = 0; i < s->plugins.enabled_count; i++) {
		struct err e;
		char *file = file_of(s, s->plugins.enabled[i]);
		if (plugin_describe(s, file, &all[i], &e) < 0) {
			/* the sentence begins with the file where describing itself failed */
			const char *text = e.text;
			size_t n = strlen(file);
			if (strncmp(text, file, n) == 0 && strncmp(text + n, ": ", 2) == 0)
				text += n + 2;
			problems_add(problems, file, 0, 0, "%s", text);
			all[i] = NULL;
		}
		free(file);
		if (all[i])
			plugin_check_settings(all[i], s, problems);
	}
	return all;
}
