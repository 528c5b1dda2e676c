/*
 * describe.c: from the descriptor in a shared object to rows of our own, in the
 * runner. The descriptor is a stranger's memory: every text is copied within a
 * bound, every row with the size it says it has. Also here: what makes the
 * rows of a plugin sane.
 */
#include "rules/describe.h"

#include "base/mem.h"
#include "base/text.h"
#include "rules/abi.h"

enum {
	ROWS_MOST = 64,
	MARKS_MOST = 64,
	TEXT_MOST = 4096, /* bytes of one text of a row */
	ROW_SIZE_MOST = 4096
};

char *plugin_name_of_file(const char *file)
{
	const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
	size_t n = strlen(base);
	return xstrndup(base, n > 3 && strcmp(base + n - 3, ".so") == 0 ? n - 3 : n);
}

/* NULL stays NULL. A text that is too long or not UTF-8 gives -1. */
static int copy_text(char **out, const char *s, const char *what, struct err *e)
{
	size_t n = s ? strnlen(s, TEXT_MOST + 1) : 0;
	if (n > TEXT_MOST)
		return err_set(e, "its %s is longer than %d bytes", what, TEXT_MOST);
	if (s && !text_is_utf8(s, n))
		return err_set(e, "its %s is not UTF-8", what);
	*out = s ? xstrndup(s, n) : NULL;
	return 0;
}

/* Copies row i of an array whose rows are as large as the first one says. Fields that were added
 * after the first `least` bytes are 0 where the plugin was built without them. */
static int copy_row(void *out, size_t out_size, size_t least, const void *rows, uint32_t i,
	const char *what, struct err *e)
{
	uint32_t size;
	memcpy(&size, rows, sizeof size);
	if (size < least || size > ROW_SIZE_MOST || size % sizeof(void *) != 0)
		return err_set(e,
			"its %s rows say they are %u bytes long; at least %zu are expected", what,
			size, least);
	memset(out, 0, out_size);
	memcpy(out, (const char *)rows + (size_t)i * size, size < out_size ? size : out_size);
	uint32_t own;
	memcpy(&own, out, sizeof own);
	return own == size ? 0
			   : err_set(e, "its %s row %u says it is %u bytes long, the first one %u",
				     what, i + 1, own, size);
}

static int copy_marks(struct rule_info *to, const struct ln_rule_row *row, struct err *e)
{
	if (row->mark_count > MARKS_MOST || (row->mark_count && !row->marks))
		return err_set(e, "rule %s has %u marks; at most %d are taken", to->id,
			row->mark_count, MARKS_MOST);
	to->marks = xcalloc(row->mark_count, sizeof *to->marks);
	for (uint32_t i = 0; i < row->mark_count; i++) {
		struct ln_mark_row m;
		struct mark_info *mark = &to->marks[to->mark_count++];
		if (copy_row(&m, sizeof m, ABI_MARK_LEAST, row->marks, i, "mark", e) < 0 ||
			copy_text(&mark->id, m.id, "mark's id", e) < 0 ||
			copy_text(&mark->label, m.label, "mark's label", e) < 0 ||
			copy_text(&mark->lacks, m.lacks, "mark's lacks", e) < 0 ||
			copy_text(&mark->action, m.action, "mark's action", e) < 0 ||
			copy_text(&mark->clause, m.clause, "mark's clause", e) < 0)
			return -1;
		mark->severity = m.severity <= LN_LEGAL ? (int)m.severity : -1;
	}
	return 0;
}

static int copy_rule(struct rule_info *to, const struct ln_rule_row *row, struct err *e)
{
	if (copy_text(&to->id, row->id, "rule's id", e) < 0 ||
		copy_text(&to->former_ids, row->former_ids, "rule's former_ids", e) < 0 ||
		copy_text(&to->task, row->task, "rule's task", e) < 0 ||
		copy_text(&to->title, row->title, "rule's title", e) < 0 ||
		copy_text(&to->clause, row->clause, "rule's clause", e) < 0 ||
		copy_text(&to->action, row->action, "rule's action", e) < 0 ||
		copy_text(&to->field, row->field, "rule's field", e) < 0)
		return -1;
	if (!to->id)
		return err_set(e, "one of its rules has no id");
	if (row->kind < LN_DUE || row->kind > LN_EXPIRY)
		return err_set(e, "rule %s is of kind %u; 1 due, 2 short, 3 missing, 4 expiry",
			to->id, row->kind);
	if (row->severity < LN_NOTICE || row->severity > LN_LEGAL)
		return err_set(e, "rule %s is of severity %u; 1 notice, 2 warning, 3 legal", to->id,
			row->severity);
	to->kind = (enum ln_kind)row->kind;
	to->severity = (enum ln_severity)row->severity;
	to->act_within_days = row->act_within_days;
	return copy_marks(to, row, e);
}

static int copy_setting(struct setting_info *to, const struct ln_setting_row *row, struct err *e)
{
	if (copy_text(&to->name, row->name, "setting's name", e) < 0 ||
		copy_text(&to->text, row->text, "setting's default", e) < 0 ||
		copy_text(&to->help, row->help, "setting's help", e) < 0)
		return -1;
	if (row->type < LN_SET_INT || row->type > LN_SET_TEXT)
		return err_set(e, "setting %s is of type %u; 1 whole number, 2 yes or no, 3 text",
			to->name ? to->name : "(without name)", row->type);
	to->type = (enum ln_setting_type)row->type;
	to->min = row->min;
	to->max = row->max;
	to->value = row->value;
	return 0;
}

static int copy_rows(struct plugin_info *to, const struct ln_plugin *p, struct err *e)
{
	if (p->rule_count > ROWS_MOST || p->setting_count > ROWS_MOST ||
		(p->rule_count && !p->rules) || (p->setting_count && !p->settings))
		return err_set(e, "it has %u rules and %u settings; at most %d of each are taken",
			p->rule_count, p->setting_count, ROWS_MOST);
	to->rules = xcalloc(p->rule_count, sizeof *to->rules);
	to->settings = xcalloc(p->setting_count, sizeof *to->settings);
	to->inputs = xcalloc(ROWS_MOST + 1, sizeof *to->inputs);
	for (uint32_t i = 0; i < p->rule_count; i++) {
		struct ln_rule_row row;
		if (copy_row(&row, sizeof row, ABI_RULE_LEAST, p->rules, i, "rule", e) < 0 ||
			copy_rule(&to->rules[to->rule_count++], &row, e) < 0)
			return -1;
	}
	for (uint32_t i = 0; i < p->setting_count; i++) {
		struct ln_setting_row row;
		if (copy_row(&row, sizeof row, ABI_SETTING_LEAST, p->settings, i, "setting", e) < 0 ||
			copy_setting(&to->settings[to->setting_count++], &row, e) < 0)
			return -1;
	}
	for (size_t i = 0; p->inputs && p->inputs[i]; i++) {
		if (i == ROWS_MOST)
			return err_set(e, "it has more than %d inputs, or the list does not end with NULL", ROWS_MOST);
		if (copy_text(&to->inputs[to->input_count++], p->inputs[i], "input", e) < 0)
			return -1;
	}
	return 0;
}

int descriptor_copy(
	const struct ln_plugin *p, const char *file, struct plugin_info **out, struct err *e)
{
	if (p->abi != LN_ABI)
		return err_set(
			e, "it is built for plugin interface %u; %u is expected", p->abi, LN_ABI);
	if (p->size < ABI_PLUGIN_LEAST)
		return err_set(e, "its descriptor is %u bytes long; at least %d are expected", p->size, ABI_PLUGIN_LEAST);
	struct plugin_info *to = xcalloc(1, sizeof *to);
	char *expected = plugin_name_of_file(file);
	to->file = xstrdup(file);
	to->abi = p->abi;
	int rc = copy_text(&to->name, p->name, "name", e);
	to->run = xstrdup(to->name);
	if (rc == 0 && (!to->name || strcmp(to->name, expected) != 0))
		rc = err_set(e, "it calls itself '%s'; after its file '%s' is expected",
			to->name ? to->name : "", expected);
	if (rc == 0 && !p->check)
		rc = err_set(e, "it has no check()");
	free(expected);
	if (rc < 0 || copy_text(&to->version, p->version, "version", e) < 0 ||
		copy_text(&to->summary, p->summary, "summary", e) < 0 || copy_rows(to, p, e) < 0 ||
		plugin_info_check(to, e) < 0) {
		plugin_info_free(to);
		return -1;
	}
	*out = to;
	return 0;
}

/* Sanity. */

static bool is_id(const char *s)
{
	return s && *s && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s);
}

static bool is_said(const char *s)
{
	return s && s[strspn(s, " \t\n")] != '\0';
}

static int check_marks(const struct rule_info *r, struct err *e)
{
	if ((r->mark_count == 0) == (r->kind == LN_MISSING))
		return err_set(e,
			"rule %s: marks belong to rules of kind missing, and there at least one is"
			" expected",
			r->id);
	for (size_t i = 0; i < r->mark_count; i++) {
		const struct mark_info *m = &r->marks[i];
		if (!is_id(m->id))
			return err_set(e, "rule %s: a mark's id is a-z, 0-9 and hyphens", r->id);
		if (rule_mark(r, m->id) != m)
			return err_set(e, "rule %s has two marks %s", r->id, m->id);
		if (!is_said(m->label) || !is_said(m->lacks) || !is_said(m->action) ||
			!is_said(m->clause))
			return err_set(e,
				"rule %s: mark %s lacks its label, sentence, action or clause",
				r->id, m->id);
		if (m->severity < 0)
			return err_set(e,
				"rule %s: mark %s: its severity is LN_NOTICE, LN_WARNING, LN_LEGAL "
				"or 0",
				r->id, m->id);
	}
	return 0;
}

static int check_rule(const struct plugin_info *p, const struct rule_info *r, struct err *e)
{
	if (!is_id(r->id))
		return err_set(
			e, "a rule's id is a-z, 0-9 and hyphens, not '%s'", r->id ? r->id : "");
	if (plugin_rule(p, r->id) != r)
		return err_set(e, "it has two rules %s", r->id);
	if (!is_said(r->title) || !is_said(r->clause) || !is_said(r->action))
		return err_set(e, "rule %s lacks its %s", r->id,
			!is_said(r->action)  ? "action: what the addressee has to do"
			: !is_said(r->title) ? "title"
					     : "clause");
	if (r->task && !is_id(r->task))
		return err_set(e, "rule %s: '%s' is no task's id", r->id, r->task);
	if (r->act_within_days < 0 || r->act_within_days > 3660)
		return err_set(e, "rule %s: act_within_days is %d; 0 to 3660 are allowed", r->id,
			r->act_within_days);
	return check_marks(r, e);
}

static int check_setting(const struct plugin_info *p, size_t i, struct err *e)
{
	const struct setting_info *s = &p->settings[i];
	if (!s->name || !*s->name ||
		strspn(s->name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(s->name))
		return err_set(e, "a setting's name is a-z, 0-9 and underscores, not '%s'",
			s->name ? s->name : "");
	for (size_t k = 0; k < i; k++)
		if (strcmp(p->settings[k].name, s->name) == 0)
			return err_set(e, "it has two settings %s", s->name);
	if (s->type == LN_SET_INT && (s->min > s->value || s->value > s->max))
		return err_set(e, "setting %s: its default lies outside of its range", s->name);
	if (s->type == LN_SET_BOOL && (s->value < 0 || s->value > 1))
		return err_set(e, "setting %s: its default is neither 0 nor 1", s->name);
	return is_said(s->help) ? 0 : err_set(e, "setting %s lacks its help", s->name);
}

int plugin_info_check(const struct plugin_info *p, struct err *e)
{
	if (!is_id(p->name) || !is_said(p->version) || !is_said(p->summary))
		return err_set(e, "its name (a-z, 0-9, hyphens), version or summary is missing");
	if (p->rule_count == 0)
		return err_set(e, "it has no rule");
	for (size_t i = 0; i < p->rule_count; i++)
		if (check_rule(p, &p->rules[i], e) < 0)
			return -1;
	for (size_t i = 0; i < p->setting_count; i++)
		if (check_setting(p, i, e) < 0)
			return -1;
	for (size_t i = 0; i < p->input_count; i++)
		if (strncmp(p->inputs[i], "v_", 2) != 0)
			return err_set(e, "its input '%s' is not a view (v_…)", p->inputs[i]);
	return 0;
}
