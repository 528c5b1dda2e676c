/*
 * subjects.c: see subjects.h. The codes of a table are read once per judgement,
 * since there are 200 000 findings; one that is not among them is looked up again,
 * for the register may have grown since.
 */
#include "rules/subjects.h"

#include "base/mem.h"
#include "register/kinds.h"

#include <string.h>

enum { WORD_MOST = 40 };

/* The kind of register rows that a word of subjects names, if a code is their key; else NULL. */
static const struct kind *kind_of(const char *word)
{
	char table[WORD_MOST];
	const struct kind *k;
	snprintf(table, sizeof table, "%s", strcmp(word, "place") == 0 ? "unit" : word);
	for (char *c = table; *c; c++)
		*c = *c == '-' ? '_' : *c;
	for (size_t i = 0; (k = kind_at(i)); i++) {
		const struct column *code = strcmp(k->table, table) == 0 ? kind_column(k, "code") : NULL;
		if (code && code->key)
			return k;
	}
	return NULL;
}

static struct finding as_key(const char *word, const char *code)
{
	return (struct finding){.rule = word, .subject = code};
}

static int gather(struct subjects *s, struct store *store, const char *word, const struct kind *k, struct err *e)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->gathered[i], word) == 0)
			return 0;
	char *sql = xasprintf("SELECT code FROM %s", k->table);
	struct stmt *st = store_prepare(store, sql, e);
	int row = -1;
	while (st && (row = stmt_step(st, e)) == 1) {
		struct finding key = as_key(word, col_text(st, 0));
		finding_keys_add(&s->known, &key);
	}
	stmt_free(st);
	free(sql);
	if (row == 0 && s->count < SUBJECT_WORDS_MOST)
		s->gathered[s->count++] = xstrdup(word);
	return row;
}

static int look_up(struct store *store, const char *code, const struct kind *k, struct err *e)
{
	char *sql = xasprintf("SELECT 1 FROM %s WHERE code = ?1", k->table);
	struct stmt *st = store_prepare(store, sql, e);
	if (st)
		stmt_text(st, 1, code);
	int row = st ? stmt_step(st, e) : -1;
	stmt_free(st);
	free(sql);
	return row;
}

/* 1 it exists, or nobody can say; 0 it does not; -1 the register cannot be read. */
static int in_register(struct subjects *s, struct store *store, const char *word, const char *code, struct err *e)
{
	struct finding key = as_key(word, code);
	if (finding_keys_has(&s->known, &key))
		return 1;
	const struct kind *k = store ? kind_of(word) : NULL;
	if (!k)
		return 1;
	if (gather(s, store, word, k, e) < 0)
		return -1;
	return finding_keys_has(&s->known, &key) ? 1 : look_up(store, code, k, e);
}

static bool plan_has_target(const struct plan *p, const char *id)
{
	for (size_t i = 0; i < p->target_count; i++)
		if (strcmp(p->targets[i].id, id) == 0)
			return true;
	return false;
}

static int check_subject(struct subjects *s, const struct world *w, const struct finding *f, struct err *e)
{
	const char *code = strchr(f->subject, ':') + 1; /* finding_check has seen to the form */
	size_t length = (size_t)(code - 1 - f->subject);
	char word[WORD_MOST];
	if (length >= sizeof word)
		return 0;
	memcpy(word, f->subject, length);
	word[length] = '\0';
	bool planned = true;
	if (strcmp(word, "target") == 0)
		planned = plan_has_target(w->plan, code);
	else if (strcmp(word, "task") == 0)
		planned = plan_task(w->plan, code) != NULL;
	else if (strcmp(word, "duty") == 0)
		planned = plan_duty(w->plan, code) != NULL;
	if (!planned)
		return err_set(e, "rule %s, subject %s: the plan has no such %s", f->rule, f->subject, word);
	int known = in_register(s, w->store, word, code, e);
	return known != 0 ? (known < 0 ? -1 : 0)
			  : err_set(e, "rule %s, subject %s: the register has no such %s", f->rule, f->subject, word);
}

static int check_unit(struct subjects *s, const struct world *w, const struct finding *f, const char *field,
	const char *code, struct err *e)
{
	int known = code ? in_register(s, w->store, "unit", code, e) : 1;
	if (known != 0)
		return known < 0 ? -1 : 0;
	return plan_names_unit(w->plan, code)
		       ? 0
		       : err_set(e, "rule %s, subject %s: %s '%s' is no unit of the register", f->rule, f->subject,
				 field, code);
}

static int check(struct subjects *s, const struct world *w, const struct finding *f, struct err *e)
{
	if (check_subject(s, w, f, e) < 0 || check_unit(s, w, f, "unit", f->unit, e) < 0 ||
		check_unit(s, w, f, "place", f->place, e) < 0)
		return -1;
	for (size_t i = 0; i < f->mark_count; i++)
		if (check_unit(s, w, f, "waiting_for", f->marks[i].waiting_for, e) < 0)
			return -1;
	return 0;
}

int subjects_check(struct subjects *s, const struct world *w, const struct plugin_info *plugin,
	const struct findings *set, struct err *e)
{
	for (size_t i = 0; i < set->count; i++)
		if (check(s, w, &set->items[i], e) < 0)
			return err_prefix(e, "plugin %s", plugin->run);
	return 0;
}

void subjects_release(struct subjects *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->gathered[i]);
	finding_keys_release(&s->known);
	*s = (struct subjects){0};
}
