/*
 * describe_json.c: a plugin's description as JSON and back. Read strictly: no
 * unknown member, none missing, none of another type. What the rows mean is
 * checked in describe.c.
 */
#include "rules/describe.h"

#include "base/mem.h"

#include <jansson.h>

static json_t *text(const char *s)
{
	return s ? json_string(s) : json_null();
}

static json_t *rule_json(const struct rule_info *r)
{
	json_t *marks = json_array();
	for (size_t i = 0; i < r->mark_count; i++) {
		const struct mark_info *m = &r->marks[i];
		json_array_append_new(
			marks, json_pack("{s:o, s:o, s:o, s:o, s:o, s:i}", "id", text(m->id),
				       "label", text(m->label), "lacks", text(m->lacks), "action",
				       text(m->action), "clause", text(m->clause), "severity",
				       m->severity));
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:i, s:i, s:o}", "id",
		text(r->id), "former_ids", text(r->former_ids), "task", text(r->task), "title",
		text(r->title), "clause", text(r->clause), "action", text(r->action), "field",
		text(r->field), "kind", (int)r->kind, "severity", (int)r->severity,
		"act_within_days", r->act_within_days, "marks", marks);
}

static json_t *setting_json(const struct setting_info *s)
{
	return json_pack("{s:o, s:o, s:o, s:i, s:I, s:I, s:I}", "name", text(s->name), "text",
		text(s->text), "help", text(s->help), "type", (int)s->type, "min",
		(json_int_t)s->min, "max", (json_int_t)s->max, "value", (json_int_t)s->value);
}

char *plugin_info_to_json(const struct plugin_info *p)
{
	json_t *rules = json_array(), *settings = json_array(), *inputs = json_array();
	for (size_t i = 0; i < p->rule_count; i++)
		json_array_append_new(rules, rule_json(&p->rules[i]));
	for (size_t i = 0; i < p->setting_count; i++)
		json_array_append_new(settings, setting_json(&p->settings[i]));
	for (size_t i = 0; i < p->input_count; i++)
		json_array_append_new(inputs, text(p->inputs[i]));
	json_t *all = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "abi", (json_int_t)p->abi,
		"name", text(p->name), "version", text(p->version), "summary", text(p->summary),
		"rules", rules, "settings", settings, "inputs", inputs);
	char *s = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	return s;
}

char *plugin_error_to_json(const char *sentence)
{
	json_t *all = json_pack("{s:s}", "error", sentence);
	char *s =
		all ? json_dumps(all, JSON_COMPACT) : xstrdup("{\"error\":\"it failed in bytes\"}");
	json_decref(all);
	return s;
}

/* A text that may be null. */
static int text_or_null(json_t *from, char **out, json_error_t *why)
{
	if (!json_is_string(from) && !json_is_null(from)) {
		snprintf(why->text, sizeof why->text, "neither text nor null");
		return -1;
	}
	*out = xstrdup(json_string_value(from));
	return 0;
}

static int read_marks(struct rule_info *to, json_t *marks, json_error_t *why)
{
	size_t n = json_array_size(marks);
	to->marks = xcalloc(n, sizeof *to->marks);
	for (size_t i = 0; i < n; i++) {
		const char *id, *label, *lacks, *action, *clause;
		int severity;
		if (json_unpack_ex(json_array_get(marks, i), why, JSON_STRICT,
			    "{s:s, s:s, s:s, s:s, s:s, s:i}", "id", &id, "label", &label, "lacks",
			    &lacks, "action", &action, "clause", &clause, "severity",
			    &severity) < 0)
			return -1;
		if (severity < 0 || severity > LN_LEGAL) {
			snprintf(why->text, sizeof why->text, "a mark's severity");
			return -1;
		}
		to->marks[to->mark_count++] = (struct mark_info){.id = xstrdup(id),
			.label = xstrdup(label),
			.lacks = xstrdup(lacks),
			.action = xstrdup(action),
			.clause = xstrdup(clause),
			.severity = severity};
	}
	return 0;
}

static int read_rule(struct rule_info *to, json_t *from, json_error_t *why)
{
	const char *id, *title, *clause, *action;
	int kind, severity;
	json_t *former_ids, *task, *field, *marks;
	if (json_unpack_ex(from, why, JSON_STRICT,
		    "{s:s, s:o, s:o, s:s, s:s, s:s, s:o, s:i, s:i, s:i, s:o}", "id", &id,
		    "former_ids", &former_ids, "task", &task, "title", &title, "clause", &clause,
		    "action", &action, "field", &field, "kind", &kind, "severity", &severity,
		    "act_within_days", &to->act_within_days, "marks", &marks) < 0)
		return -1;
	to->id = xstrdup(id);
	to->title = xstrdup(title);
	to->clause = xstrdup(clause);
	to->action = xstrdup(action);
	if (text_or_null(former_ids, &to->former_ids, why) < 0 ||
		text_or_null(task, &to->task, why) < 0 || text_or_null(field, &to->field, why) < 0)
		return -1;
	if (kind < LN_DUE || kind > LN_EXPIRY || severity < LN_NOTICE || severity > LN_LEGAL ||
		!json_is_array(marks)) {
		snprintf(why->text, sizeof why->text, "a rule's kind, severity or marks");
		return -1;
	}
	to->kind = (enum ln_kind)kind;
	to->severity = (enum ln_severity)severity;
	return read_marks(to, marks, why);
}

static int read_setting(struct setting_info *to, json_t *from, json_error_t *why)
{
	const char *name, *help;
	int type;
	json_t *value;
	json_int_t min, max, number;
	if (json_unpack_ex(from, why, JSON_STRICT, "{s:s, s:o, s:s, s:i, s:I, s:I, s:I}", "name",
		    &name, "text", &value, "help", &help, "type", &type, "min", &min, "max", &max,
		    "value", &number) < 0)
		return -1;
	if (type < LN_SET_INT || type > LN_SET_TEXT) {
		snprintf(why->text, sizeof why->text, "a setting's type");
		return -1;
	}
	*to = (struct setting_info){.name = xstrdup(name),
		.help = xstrdup(help),
		.type = (enum ln_setting_type)type,
		.min = min,
		.max = max,
		.value = number};
	return text_or_null(value, &to->text, why);
}

static int read_lists(
	struct plugin_info *to, json_t *rules, json_t *settings, json_t *inputs, json_error_t *why)
{
	to->rules = xcalloc(json_array_size(rules), sizeof *to->rules);
	to->settings = xcalloc(json_array_size(settings), sizeof *to->settings);
	to->inputs = xcalloc(json_array_size(inputs), sizeof *to->inputs);
	for (size_t i = 0; i < json_array_size(rules); i++)
		if (read_rule(&to->rules[to->rule_count++], json_array_get(rules, i), why) < 0)
			return -1;
	for (size_t i = 0; i < json_array_size(settings); i++)
		if (read_setting(&to->settings[to->setting_count++], json_array_get(settings, i),
			    why) < 0)
			return -1;
	for (size_t i = 0; i < json_array_size(inputs); i++) {
		const char *s = json_string_value(json_array_get(inputs, i));
		if (!s) {
			snprintf(why->text, sizeof why->text, "an input");
			return -1;
		}
		to->inputs[to->input_count++] = xstrdup(s);
	}
	return 0;
}

static int read_plugin(struct plugin_info *to, json_t *all, json_error_t *why)
{
	const char *name, *version, *summary;
	json_int_t abi;
	json_t *rules, *settings, *inputs;
	if (json_unpack_ex(all, why, JSON_STRICT, "{s:I, s:s, s:s, s:s, s:o, s:o, s:o}", "abi",
		    &abi, "name", &name, "version", &version, "summary", &summary, "rules", &rules,
		    "settings", &settings, "inputs", &inputs) < 0)
		return -1;
	to->abi = (uint32_t)abi;
	to->name = xstrdup(name);
	to->run = xstrdup(name);
	to->version = xstrdup(version);
	to->summary = xstrdup(summary);
	return read_lists(to, rules, settings, inputs, why);
}

int plugin_info_from_json(
	const char *bytes, size_t size, const char *file, struct plugin_info **out, struct err *e)
{
	json_error_t why;
	json_t *all = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &why);
	if (!all)
		return err_set(e, "its description is no JSON: %s", why.text);
	const char *error = json_string_value(json_object_get(all, "error"));
	struct plugin_info *p = NULL;
	int rc;
	if (error) {
		rc = err_set(e, "%s", error);
	} else {
		p = xcalloc(1, sizeof *p);
		p->file = xstrdup(file);
		rc = read_plugin(p, all, &why);
		if (rc < 0)
			err_set(e, "its description is not as expected: %s", why.text);
	}
	json_decref(all);
	if (rc < 0)
		plugin_info_free(p);
	else
		*out = p;
	return rc;
}
