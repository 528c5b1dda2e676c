/*
 * rule_file.c: see rule_file.h.
 */
#include "rules/rule_file.h"

#include "base/day.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "plan/conf_file.h"
#include "rules/describe.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { RULE_BYTES_MOST = 64 * 1024, NAME_MOST = 60, RULE_FILES_MOST = 200, VIEWS_MOST = 32, PLACEHOLDER_MOST = 60 };

static const char suffix[] = ".conf";

bool rule_file_is(const char *path)
{
	size_t n = strlen(path), tail = sizeof suffix - 1;
	return n > tail && strcmp(path + n - tail, suffix) == 0;
}

/* The name in a path, without .conf. */
static const char *name_of_file(const char *path, size_t *length)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	*length = strlen(base) - (rule_file_is(base) ? sizeof suffix - 1 : 0);
	return base;
}

void rule_file_free(struct rule_file *r)
{
	if (!r)
		return;
	plugin_info_free(r->info);
	free(r->file);
	free(r->id);
	free(r->query);
	free(r->sentence);
	free(r);
}

/* ---- days */

int32_t rule_day(enum rule_schedule schedule, int32_t today)
{
	struct civil c = day_to_civil(today);
	switch (schedule) {
	case RULE_DAILY:
		break;
	case RULE_WEEKLY:
		return today - day_weekday(today) + 1;
	case RULE_MONTHLY:
		return day_from_civil(c.year, c.month, 1);
	case RULE_QUARTERLY:
		return day_from_civil(c.year, (c.month - 1) / 3 * 3 + 1, 1);
	case RULE_YEARLY:
		return day_from_civil(c.year, 1, 1);
	}
	return today;
}

/* ---- the sentence */

int rule_sentence_each(const char *sentence,
	int (*each)(void *context, const char *text, size_t length, const char *name, bool plain), void *context)
{
	static const char plain_mark[] = ":plain";
	const char *at = sentence;
	int rc = 0;
	while (rc == 0 && *at) {
		size_t n = strcspn(at, "{");
		if (n > 0)
			rc = each(context, at, n, NULL, false);
		at += n;
		if (rc || !*at)
			break;
		char name[PLACEHOLDER_MOST];
		n = strcspn(++at, "}");
		size_t length = n < sizeof name ? n : sizeof name - 1, mark = sizeof plain_mark - 1;
		memcpy(name, at, length);
		name[length] = '\0';
		bool plain = length > mark && strcmp(name + length - mark, plain_mark) == 0;
		if (plain)
			name[length - mark] = '\0';
		rc = each(context, NULL, 0, name, plain);
		at += n + (at[n] == '}');
	}
	return rc;
}

/* ---- reading */

struct reading {
	struct conf_file file;
	struct conf_group top;
	struct rule_file *rule;
};

static int line_of(struct reading *r, const char *key)
{
	config_setting_t *s = config_setting_get_member(config_root_setting(&r->file.config), key);
	return s ? (int)config_setting_source_line(s) : 0;
}

static void complain(struct reading *r, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void complain(struct reading *r, const char *key, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	char *text = xvasprintf(format, ap);
	va_end(ap);
	problems_add(r->file.problems, r->file.path, line_of(r, key), 0, "%s", text);
	free(text);
}

/* A whole number, a number with decimals, or text as officers write it ("1.234,5"). */
static void read_threshold(struct reading *r)
{
	static const char key[] = "threshold";
	struct rule_file *rule = r->rule;
	config_setting_t *s = config_setting_get_member(config_root_setting(&r->file.config), key);
	int64_t n, d;
	r->top.known[r->top.known_count++] = key;
	if (!s)
		return;
	rule->has_threshold = true;
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		rule->threshold = (double)config_setting_get_int64(s);
		return;
	case CONFIG_TYPE_FLOAT:
		rule->threshold = config_setting_get_float(s);
		return;
	case CONFIG_TYPE_STRING:
		if (text_parse_number(config_setting_get_string(s), &n, &d) == 0) {
			rule->threshold = (double)n / (double)d;
			return;
		}
		complain(r, key, "threshold \"%s\" is no number; allowed: 3, 2.5, \"1.234,5\"", config_setting_get_string(s));
		return;
	default:
		complain(r, key, "threshold must be a number: 3, 2.5 or \"1.234,5\"");
	}
}

static void read_kind(struct reading *r)
{
	static const char *const kinds[] = {"missing", "short", "due", NULL};
	static const char *const comparators[] = {"gt", "ge", "eq", "le", "lt", NULL};
	static const char *const schedules[] = {"daily", "weekly", "monthly", "quarterly", "yearly", NULL};
	struct rule_file *rule = r->rule;
	if (!config_setting_get_member(config_root_setting(&r->file.config), "kind"))
		complain(r, "", "kind is missing; allowed are \"missing\", \"short\", \"due\"");
	rule->kind = (enum rule_file_kind)conf_choice(&r->top, "kind", kinds, RULE_FILE_MISSING);
	int comparator = conf_choice(&r->top, "comparator", comparators, -1);
	read_threshold(r);
	rule->schedule = (enum rule_schedule)conf_choice(&r->top, "schedule", schedules, RULE_DAILY);
	rule->notice_days = (int)conf_int(&r->top, "notice_days", 0, 366, 30);
	rule->comparator = comparator < 0 ? RULE_GE : (enum rule_comparator)comparator;
	if (rule->kind == RULE_FILE_SHORT && comparator < 0 && line_of(r, "comparator") == 0)
		complain(r, "kind", "kind \"short\" needs a comparator: what the value must be in order to be in order: "
				    "\"gt\", \"ge\", \"eq\", \"le\" or \"lt\" the threshold");
	if (rule->kind == RULE_FILE_DUE && (comparator >= 0 || rule->has_threshold))
		complain(r, "kind", "kind \"due\" compares days: it has no comparator and no threshold");
	if (rule->kind == RULE_FILE_MISSING && comparator >= 0 && !rule->has_threshold)
		complain(r, "comparator", "a comparator needs a threshold");
	if (rule->kind == RULE_FILE_MISSING && comparator < 0 && rule->has_threshold)
		complain(r, "threshold", "a threshold needs a comparator: \"gt\", \"ge\", \"eq\", \"le\" or \"lt\"");
	if (rule->kind == RULE_FILE_MISSING && comparator < 0)
		rule->threshold = 1; /* 1 it is there, 0 it lacks */
}

/* The views that the text of the query names: a change of one makes the rule worth running again. */
static void note_views(struct plugin_info *info, const char *query)
{
	info->inputs = xcalloc(VIEWS_MOST, sizeof *info->inputs);
	for (const char *at = query; *at;) {
		size_t n = 0;
		while (isalnum((unsigned char)at[n]) || at[n] == '_')
			n++;
		bool known = false;
		char *word = xstrndup(at, n);
		for (char *p = word; *p; p++)
			*p = (char)tolower((unsigned char)*p);
		for (size_t i = 0; i < info->input_count; i++)
			known |= strcmp(info->inputs[i], word) == 0;
		if (n > 2 && strncmp(word, "v_", 2) == 0 && !known && info->input_count < VIEWS_MOST)
			info->inputs[info->input_count++] = word;
		else
			free(word);
		at += n ? n : 1;
	}
}

static char *required_text(struct reading *r, const char *key)
{
	char *s = conf_text(&r->top, key, CONF_REQUIRED, "");
	for (char *p = s; p && *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' '; /* a text over several lines of the file is one line of a letter */
	return s;
}

static bool is_code(const char *s)
{
	return *s && strlen(s) <= NAME_MOST && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s);
}

/* The rule as the host, the letters and the lists see it: one that looks for one mark. */
static void read_rule(struct reading *r)
{
	static const char *const severities[] = {"notice", "warning", "legal", NULL};
	static const char *const fields[] = {"environment", "ocop", "training", "reports", NULL};
	struct plugin_info *info = r->rule->info = xcalloc(1, sizeof *info);
	struct rule_info *rule = info->rules = xcalloc(1, sizeof *rule);
	struct mark_info *mark = rule->marks = xcalloc(1, sizeof *mark);
	info->rule_count = 1;
	rule->mark_count = 1;
	rule->kind = LN_MISSING;
	rule->id = required_text(r, "name");
	rule->title = required_text(r, "title");
	rule->clause = required_text(r, "clause");
	rule->action = required_text(r, "action");
	rule->task = conf_text(&r->top, "task", CONF_OPTIONAL, NULL);
	rule->unit = conf_text(&r->top, "unit", CONF_OPTIONAL, NULL);
	rule->act_within_days = (int)conf_int(&r->top, "act_within_days", 0, 3660, 0);
	rule->severity = (enum ln_severity)(conf_choice(&r->top, "severity", severities, 0) + LN_NOTICE);
	int field = conf_choice(&r->top, "field", fields, -1);
	rule->field = field < 0 ? NULL : xstrdup(fields[field]);
	char *label = conf_text(&r->top, "label", CONF_OPTIONAL, NULL);
	mark->label = label ? label : xstrdup(rule->title);
	mark->id = xstrdup(rule->id);
	mark->lacks = required_text(r, "lacks");
	mark->action = xstrdup(rule->action);
	mark->clause = xstrdup(rule->clause);
	info->file = xstrdup(r->file.path);
	info->name = xstrdup(RULES_PLUGIN);
	info->run = xasprintf("%s/%s", RULES_PLUGIN, rule->id);
	info->version = conf_text(&r->top, "version", CONF_OPTIONAL, "1");
	info->summary = xstrdup(rule->title);
	info->abi = LN_ABI;
	note_views(info, r->rule->query);
}

static void check_rule(struct reading *r)
{
	const struct rule_info *rule = &r->rule->info->rules[0];
	size_t length;
	const char *base = name_of_file(r->file.path, &length);
	if (*rule->id && !is_code(rule->id))
		complain(r, "name", "name \"%s\" is not allowed: a-z, 0-9 and hyphens, at most %d", rule->id, NAME_MOST);
	else if (*rule->id && (strlen(rule->id) != length || strncmp(rule->id, base, length) != 0))
		complain(r, "name", "name is \"%s\"; after its file \"%.*s\" is expected", rule->id, (int)length, base);
	if (!rule->task == !rule->unit)
		complain(r, rule->task ? "unit" : "",
			"either task (the id of a task of the plan, whose lead is written to) or unit (a unit's code) "
			"must be given%s",
			rule->task ? ", not both" : "");
	if (r->rule->info->input_count == 0 && *r->rule->query)
		complain(r, "query", "the query reads no view; the views are v_village, v_recognition … (langnghe-views(5))");
}

static int hash_of(struct rule_file *rule, struct problems *problems)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	char *bytes, hex[2 * sizeof sum + 1];
	size_t size;
	struct err e;
	if (file_read(rule->file, RULE_BYTES_MOST, &bytes, &size, &e) < 0) {
		problems_add(problems, rule->file, 0, 0, "%s", e.text);
		return -1;
	}
	crypto_hash_sha256(sum, (const unsigned char *)bytes, size);
	free(bytes);
	rule->info->sha256 = xstrdup(sodium_bin2hex(hex, sizeof hex, sum, sizeof sum));
	return 0;
}

/* libconfig leaves integers as they are read and knows no line for a member that is missing. */
static void read_all(struct reading *r)
{
	struct rule_file *rule = r->rule;
	r->top = conf_group_of(&r->file, config_root_setting(&r->file.config), "");
	rule->enabled = conf_bool(&r->top, "enabled", true);
	rule->query = conf_text(&r->top, "query", CONF_REQUIRED, "");
	rule->sentence = required_text(r, "sentence");
	rule->query_line = line_of(r, "query");
	rule->sentence_line = line_of(r, "sentence");
	rule->lead_line = line_of(r, "task") ? line_of(r, "task") : line_of(r, "unit");
	read_kind(r);
	read_rule(r);
	conf_unknown(&r->top);
	check_rule(r);
	rule->id = xstrdup(rule->info->rules[0].id);
}

static int count_open(void *context, const char *text, size_t length, const char *name, bool plain)
{
	struct reading *r = context;
	(void)length;
	(void)plain;
	if (!text && (!*name || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")]))
		complain(r, "sentence", "the placeholder {%s} is not allowed: {column} or {column:plain}, a-z, 0-9 and _", name);
	return 0;
}

int rule_file_load(const char *path, struct rule_file **out, struct problems *problems)
{
	struct reading r = {0};
	struct err e;
	size_t before = problems->count;
	if (conf_file_open(&r.file, path, problems) < 0)
		return -1;
	r.rule = xcalloc(1, sizeof *r.rule);
	r.rule->file = xstrdup(path);
	read_all(&r);
	rule_sentence_each(r.rule->sentence, count_open, &r);
	if (problems->count == before && hash_of(r.rule, problems) == 0 && plugin_info_check(r.rule->info, &e) < 0)
		problems_add(problems, path, 0, 0, "%s", e.text);
	conf_file_close(&r.file);
	if (problems->count > before) {
		rule_file_free(r.rule);
		return -1;
	}
	*out = r.rule;
	return 0;
}

int rule_file_check_names(
	const struct rule_file *r, const struct plan *plan, const struct units *units, struct err *e)
{
	const struct rule_info *rule = &r->info->rules[0];
	if (rule->unit)
		return !units || unit_by_code(units, rule->unit)
			       ? 0
			       : err_set(e, "unit \"%s\" is no unit of the register; see langnghectl units", rule->unit);
	if (plan_task(plan, rule->task))
		return 0;
	struct buf names = {0};
	for (size_t i = 0; i < plan->task_count; i++)
		buf_addf(&names, "%s%s", i ? ", " : "", plan->tasks[i].id);
	err_set(e, "the plan has no task \"%s\"; it has %s", rule->task, names.s ? names.s : "none");
	buf_release(&names);
	return -1;
}

char *plugin_run_name(const char *plugin, const char *rule)
{
	return strcmp(plugin, RULES_PLUGIN) == 0 ? xasprintf("%s/%s", RULES_PLUGIN, rule) : xstrdup(plugin);
}

const char *rule_of_run(const char *run)
{
	static const char rules[] = RULES_PLUGIN "/";
	size_t n = sizeof rules - 1;
	return strncmp(run, rules, n) == 0 ? run + n : NULL;
}

char *run_file(const struct settings *s, const char *run)
{
	const char *rule = rule_of_run(run);
	if (strcmp(run, RULES_PLUGIN) == 0)
		return xstrdup(s->rules_directory);
	if (!rule || !s->rules_directory)
		return plugin_file_of(s, run);
	char *base = xasprintf("%s%s", rule, suffix), *file = file_join(s->rules_directory, base);
	free(base);
	return file;
}

char *rule_file_run_name(const char *path)
{
	size_t length;
	const char *base = name_of_file(path, &length);
	return xasprintf("%s/%.*s", RULES_PLUGIN, (int)length, base);
}

/* ---- a folder of them */

static int is_rule_entry(const struct dirent *d)
{
	return d->d_name[0] != '.' && rule_file_is(d->d_name);
}

int rule_files_list(const char *folder, char ***out, size_t *count, struct err *e)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, is_rule_entry, alphasort);
	if (n < 0)
		return err_set(e, "the folder of rules %s cannot be read: %s", folder, strerror(errno));
	char **files = xcalloc((size_t)n, sizeof *files);
	for (int i = 0; i < n; i++) {
		files[i] = file_join(folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	*out = files;
	*count = (size_t)n;
	if (n <= RULE_FILES_MOST)
		return 0;
	for (int i = 0; i < n; i++)
		free(files[i]);
	free(files);
	return err_set(e, "%s: more than %d rules", folder, RULE_FILES_MOST);
}
