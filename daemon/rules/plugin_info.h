/*
 * plugin_info.h: what a plugin says of itself, read by `langnghe-runner
 * --describe FILE` (the only process that ever loads one) and handed over as
 * JSON. The rows are checked here: names, kinds, tasks, actions present.
 */
#ifndef RULES_PLUGIN_INFO_H
#define RULES_PLUGIN_INFO_H

#include "base/err.h"
#include "plan/settings.h"

#include "langnghe_plugin.h"

struct mark_info {
	char *id, *label, *lacks, *action, *clause;
	int severity; /* enum ln_severity; 0: that of its rule */
};

struct rule_info {
	char *id, *former_ids, *task, *title, *clause, *action, *field;
	char *unit; /* who leads instead of the task's lead (rules without C), or NULL */
	enum ln_kind kind;
	enum ln_severity severity;
	int act_within_days;
	struct mark_info *marks;
	size_t mark_count;
};

struct setting_info {
	char *name, *text, *help;
	enum ln_setting_type type;
	int64_t min, max, value;
};

struct plugin_info {
	char *file, *name, *version, *summary, *sha256;
	char *run; /* the name its runs are kept under: its own; "rules/NAME" of a rule without C */
	uint32_t abi;
	struct rule_info *rules;
	size_t rule_count;
	struct setting_info *settings;
	size_t setting_count;
	char **inputs;
	size_t input_count;
};

/* Runs the describer on file. The sentence of a failure says what differs, expected and got. */
int plugin_describe(const struct settings *s, const char *file, struct plugin_info **out, struct err *e);
/* plugins.NAME.* of the settings against the plugin's rows, with file:line. */
void plugin_check_settings(
	const struct plugin_info *p, const struct settings *s, struct problems *problems);
/* Where the plugin of this name lies; the caller frees. */
char *plugin_file_of(const struct settings *s, const char *name);
void plugin_info_free(struct plugin_info *p);
const struct rule_info *plugin_rule(const struct plugin_info *p, const char *id);
const struct mark_info *rule_mark(const struct rule_info *r, const char *id);
/* The enabled plugins' files, described, in the order of settings. Failures go to problems (with the
 * plugin's file) and leave a NULL in out[i]; out has settings->plugins.enabled_count entries and is
 * the caller's. Also checks plugins.NAME.* of the settings against the rows, with file:line. */
struct plugin_info **plugins_describe(const struct settings *s, struct problems *problems);

#endif
