/*
 * fresh.c: codes and look-alikes of new rows. Establishments are not compared:
 * a million households share few names.
 */
#include "register/fresh.h"

#include "base/mem.h"
#include "base/text.h"

static int index_or_none(const struct kind *k, const char *name)
{
	const struct column *c = kind_column(k, name);
	return c ? (int)(c - k->columns) : -1;
}

void fresh_init(struct fresh *f, struct store *s, const struct kind *k)
{
	static const char *const compared[] = {
		"villages", "recognitions", "products", "zones", "projects", NULL};
	*f = (struct fresh){.store = s, .kind = k, .name_column = -1, .place_column = -1};
	for (int i = 0; compared[i]; i++)
		if (strcmp(compared[i], k->name) == 0)
			f->name_column = index_or_none(k, "name");
	f->place_column = index_or_none(k, "commune");
}

void fresh_release(struct fresh *f)
{
	for (size_t i = 0; i < f->code_count; i++)
		free(f->codes[i]);
	free(f->codes);
	keymap_release(&f->names);
	*f = (struct fresh){0};
}

/* The largest number behind the prefix; codes of another form do not count. */
static int largest_number(struct fresh *f, int64_t *out, struct err *e)
{
	char *sql = xasprintf("SELECT max(CAST(substr(code, ?2) AS INTEGER)) FROM %s"
			      " WHERE code >= ?1 AND code < ?1 || 'A' AND length(code) < ?2 + 12",
		f->kind->table);
	struct stmt *st = store_stmt(f->store, sql, e);
	free(sql);
	if (!st)
		return -1;
	stmt_text(st, 1, f->kind->code_prefix);
	stmt_int(st, 2, (int64_t)strlen(f->kind->code_prefix) + 1);
	if (stmt_step(st, e) != 1)
		return -1;
	*out = col_int(st, 0);
	stmt_reset(st);
	return 0;
}

char *fresh_code(struct fresh *f, const struct keymap *taken, struct err *e)
{
	int64_t largest;
	if (!f->next_number) {
		if (largest_number(f, &largest, e) != 0)
			return NULL;
		f->next_number = largest + 1;
	}
	for (;;) {
		char *code =
			xasprintf("%s%04lld", f->kind->code_prefix, (long long)f->next_number++);
		if (!keymap_get(taken, code))
			return code;
		free(code);
	}
}

/* What two rows share that look the same; NULL when there is no name. The caller frees. */
static char *look(const char *name, const char *place)
{
	char *fold = name ? text_fold(name) : NULL;
	char *both = fold ? xasprintf("%s\n%s", fold, place ? place : "") : NULL;
	free(fold);
	return both;
}

/* Remembers a look; returns the code that had it before, or NULL. */
static const char *remember(struct fresh *f, char *key, const char *code)
{
	if (!key)
		return NULL;
	bool added;
	int64_t *index = keymap_add(&f->names, key, (int64_t)f->code_count, &added);
	free(key);
	if (!added)
		return f->codes[*index];
	VEC_ROOM(f->codes, f->code_count, f->code_capacity);
	f->codes[f->code_count++] = xstrdup(code);
	return NULL;
}

/* Read after the first row was added: that row, `but`, is not its own look-alike. */
static int read_names(struct fresh *f, const char *but, struct err *e)
{
	char *sql = xasprintf("SELECT code, name, %s FROM %s WHERE code <> ?1",
		f->place_column >= 0 ? f->kind->columns[f->place_column].name : "NULL",
		f->kind->table);
	struct stmt *st = store_stmt(f->store, sql, e);
	free(sql);
	if (!st)
		return -1;
	stmt_text(st, 1, but);
	int rc;
	while ((rc = stmt_step(st, e)) == 1)
		remember(f, look(col_text(st, 1), col_text(st, 2)), col_text(st, 0));
	f->names_read = true;
	return rc;
}

int fresh_name(struct fresh *f, const struct value *values, const char *code, const char **like,
	struct err *e)
{
	*like = NULL;
	if (f->name_column < 0)
		return 0;
	if (!f->names_read && read_names(f, code, e) != 0)
		return -1;
	const char *name = values[f->name_column].text;
	const char *place = f->place_column >= 0 ? values[f->place_column].text : NULL;
	*like = remember(f, look(name, place), code);
	return 0;
}
