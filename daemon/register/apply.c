/*
 * apply.c: rows into tables. Most rows of a large file are new, so a row is
 * inserted first (ON CONFLICT DO NOTHING) and compared only when that did
 * nothing; rows that cannot stand alone are looked up first.
 */
#include "register/apply.h"

#include "base/mem.h"

struct applier {
	struct store *store;
	const struct kind *kind;
	const struct author *who;
	struct checks checks;
	struct stmt *insert, *select, *update, *added;
	int keys; /* key columns stand first */
	int ended_on; /* column, or -1 */
	int valid_to, successors; /* columns of units, or -1 */
	bool look_first;
	int64_t ended;
};

static int index_or_none(const struct kind *k, const char *name)
{
	const struct column *c = kind_column(k, name);
	return c ? (int)(c - k->columns) : -1;
}

static char *column_list(const struct kind *k)
{
	struct buf sql = {0};
	for (size_t i = 0; i < k->column_count; i++)
		buf_addf(&sql, "%s%s", i ? ", " : "", k->columns[i].name);
	return buf_take(&sql);
}

static struct stmt *prepare_insert(
	struct store *s, const struct kind *k, const char *columns, struct err *e)
{
	struct buf sql = {0};
	buf_addf(&sql, "INSERT INTO %s (%s) VALUES (", k->table, columns);
	for (size_t i = 0; i < k->column_count; i++)
		buf_addf(&sql, "%s?%zu", i ? ", " : "", i + 1);
	buf_add(&sql, ") ON CONFLICT DO NOTHING");
	struct stmt *st = store_prepare(s, sql.s, e);
	buf_release(&sql);
	return st;
}

static struct stmt *prepare_select(
	struct store *s, const struct kind *k, const char *columns, struct err *e)
{
	char *where = key_condition(k, 1);
	char *sql = xasprintf("SELECT %s, rev FROM %s WHERE %s", columns, k->table, where);
	struct stmt *st = store_prepare(s, sql, e);
	free(sql);
	free(where);
	return st;
}

/* Parameters: every column in order, the keys' serving the condition. */
static struct stmt *prepare_update(struct store *s, const struct kind *k, struct err *e)
{
	struct buf sql = {0};
	char *where = key_condition(k, 1);
	buf_addf(&sql, "UPDATE %s SET rev = rev + 1", k->table);
	for (size_t i = 0; i < k->column_count; i++)
		if (!k->columns[i].key)
			buf_addf(&sql, ", %s = ?%zu", k->columns[i].name, i + 1);
	buf_addf(&sql, " WHERE %s", where);
	struct stmt *st = store_prepare(s, sql.s, e);
	buf_release(&sql);
	free(where);
	return st;
}

int applier_new(struct applier **out, struct store *s, const struct kind *k,
	const struct plan *plan, const struct author *who, struct err *e)
{
	struct applier *a = xcalloc(1, sizeof *a);
	a->store = s;
	a->kind = k;
	a->who = who;
	a->keys = key_columns(k);
	a->ended_on = index_or_none(k, "ended_on");
	a->successors = index_or_none(k, "successors");
	a->valid_to = a->successors >= 0 ? index_or_none(k, "valid_to") : -1;
	a->look_first = checks_need_stored(k);
	checks_init(&a->checks, k, plan);
	char *columns = column_list(k);
	a->insert = prepare_insert(s, k, columns, e);
	a->select = a->insert ? prepare_select(s, k, columns, e) : NULL;
	a->update = a->select ? prepare_update(s, k, e) : NULL;
	a->added = a->update ? store_prepare(s,
				       "INSERT INTO change (at, by, import_id, kind, key, op) "
				       "VALUES (?1, ?2, ?3, ?4, ?5, 'add')",
				       e)
			     : NULL;
	free(columns);
	if (!a->added) {
		applier_free(a);
		return -1;
	}
	*out = a;
	return 0;
}

void applier_free(struct applier *a)
{
	if (!a)
		return;
	stmt_free(a->insert);
	stmt_free(a->select);
	stmt_free(a->update);
	stmt_free(a->added);
	free(a);
}

int64_t applier_ended(const struct applier *a)
{
	return a->ended;
}

int applier_living(struct applier *a, int64_t *count, struct err *e)
{
	char *sql = xasprintf("SELECT count(*) FROM %s%s%s", a->kind->table,
		a->ended_on >= 0 ? " WHERE ended_on IS NULL" : "",
		a->valid_to >= 0 ? " AND (valid_to IS NULL OR successors IS NOT NULL)" : "");
	struct stmt *st = store_stmt(a->store, sql, e);
	free(sql);
	if (!st || stmt_step(st, e) != 1)
		return -1;
	*count = col_int(st, 0);
	stmt_reset(st);
	return 0;
}

int row_set_key(const struct kind *k, struct row *row)
{
	size_t at = 0;
	for (int i = 0; i < key_columns(k); i++) {
		char number[VALUE_BUFFER];
		const char *part = value_text(&k->columns[i], &row->values[i], number);
		size_t n = strlen(part);
		if (at + n + 2 > sizeof row->key)
			return -1;
		if (i)
			row->key[at++] = '/';
		memcpy(row->key + at, part, n);
		at += n;
	}
	row->key[at] = '\0';
	return 0;
}

static void bind_value(struct stmt *st, int i, const struct value *v)
{
	if (v->state == VALUE_TEXT)
		stmt_text(st, i, v->text);
	else if (v->state == VALUE_INT)
		stmt_int(st, i, v->number);
	else
		stmt_null(st, i);
}

static void point_at(const struct kind *k, const struct value *values, const struct value **out)
{
	for (size_t i = 0; i < k->column_count; i++)
		out[i] = &values[i];
}

static bool lacks_required(const struct kind *k, const struct row *row)
{
	for (size_t i = 0; i < k->column_count; i++)
		if (k->columns[i].required && !value_is_known(&row->values[i]))
			return true;
	return false;
}

static bool has_conditions(const struct kind *k, const struct row *row)
{
	for (size_t i = 0; i < k->column_count; i++)
		if (row->values[i].if_changed)
			return true;
	return row->rev != 0;
}

/* Whether the row has its key and no word more. */
static bool is_key_alone(const struct kind *k, const struct row *row)
{
	for (size_t i = 0; i < k->column_count; i++)
		if (!k->columns[i].key && row->values[i].state != VALUE_ABSENT)
			return false;
	return row->rev == 0;
}

static enum row_outcome count_reject(int rejects)
{
	return rejects ? ROW_REJECTED : ROW_ADDED;
}

/* What forbids a row that is not in the register yet. */
static enum row_outcome check_new(struct applier *a, const struct row *row, struct rejects *r)
{
	const struct kind *k = a->kind;
	int before = r->in_row;
	if (row->rev != 0)
		rejects_add(r, "#rev", NULL, "the row %s was removed since this sheet was made",
			row->key);
	bool ended = a->ended_on >= 0 && value_is_known(&row->values[a->ended_on]);
	for (size_t i = 0; i < k->column_count; i++) {
		const struct value *v = &row->values[i];
		if (k->columns[i].required && !value_is_known(v))
			rejects_add(r, k->columns[i].name, NULL,
				"is empty: a new row of %s needs it", k->name);
		else if (v->if_changed && !ended)
			rejects_add(r, k->columns[i].name, v->text, "%s", v->if_changed);
	}
	const struct value *values[KIND_COLUMNS_MAX];
	point_at(k, row->values, values);
	if (r->in_row == before)
		checks_row(&a->checks, values, r);
	return count_reject(r->in_row - before);
}

/* ROW_ADDED, or ROW_UNCHANGED when the key is there already. */
static enum row_outcome insert_row(struct applier *a, const struct row *row, struct err *e)
{
	for (size_t i = 0; i < a->kind->column_count; i++)
		bind_value(a->insert, (int)i + 1, &row->values[i]);
	if (stmt_run(a->insert, e) != 0)
		return ROW_FAILED;
	if (store_changes(a->store) == 0)
		return ROW_UNCHANGED;
	stmt_text(a->added, 1, a->who->at);
	stmt_text(a->added, 2, a->who->by);
	if (a->who->import_id)
		stmt_int(a->added, 3, a->who->import_id);
	stmt_text(a->added, 4, a->kind->name);
	stmt_text(a->added, 5, row->key);
	return stmt_run(a->added, e) == 0 ? ROW_ADDED : ROW_FAILED;
}

/* Comparing with the stored row, which the statement `select` stands on. */

struct merged {
	struct value stored[KIND_COLUMNS_MAX];
	const struct value *values[KIND_COLUMNS_MAX];
	bool changed[KIND_COLUMNS_MAX];
	int count; /* changed cells */
};

static struct value stored_value(struct stmt *st, int i)
{
	if (col_is_null(st, i))
		return (struct value){.state = VALUE_UNKNOWN};
	if (col_is_int(st, i))
		return (struct value){.state = VALUE_INT, .number = col_int(st, i)};
	return (struct value){.state = VALUE_TEXT, .text = col_text(st, i)};
}

static bool same(const struct value *a, const struct value *b)
{
	if (a->state != b->state)
		return false;
	if (a->state == VALUE_INT)
		return a->number == b->number;
	return a->state != VALUE_TEXT || strcmp(a->text, b->text) == 0;
}

static void merge(const struct applier *a, const struct row *row, struct merged *m)
{
	m->count = 0;
	for (size_t i = 0; i < a->kind->column_count; i++) {
		const struct value *v = &row->values[i];
		m->stored[i] = stored_value(a->select, (int)i);
		m->changed[i] = v->state != VALUE_ABSENT && !same(v, &m->stored[i]);
		m->values[i] = m->changed[i] ? v : &m->stored[i];
		m->count += m->changed[i];
	}
}

static const char *shown(const struct column *c, const struct value *v, char buffer[VALUE_BUFFER])
{
	const char *text = value_text(c, v, buffer);
	return text ? text : "không rõ";
}

static enum row_outcome check_changed(
	struct applier *a, const struct row *row, const struct merged *m, struct rejects *r)
{
	const struct kind *k = a->kind;
	int before = r->in_row;
	int64_t rev = col_int(a->select, (int)k->column_count);
	bool ended = a->ended_on >= 0 && value_is_known(m->values[a->ended_on]);
	for (size_t i = 0; i < k->column_count; i++) {
		if (!m->changed[i])
			continue;
		const struct column *c = &k->columns[i];
		char mine[VALUE_BUFFER], theirs[VALUE_BUFFER];
		if (row->rev != 0 && row->rev != rev)
			rejects_add(r, c->name, shown(c, &row->values[i], mine),
				"%s was changed since this sheet was made (revision %lld, now "
				"%lld): the register "
				"says \"%s\", the sheet \"%s\"",
				row->key, (long long)row->rev, (long long)rev,
				shown(c, &m->stored[i], theirs), shown(c, &row->values[i], mine));
		else if (row->values[i].if_changed && !ended)
			rejects_add(
				r, c->name, row->values[i].text, "%s", row->values[i].if_changed);
	}
	if (r->in_row == before)
		checks_row(&a->checks, m->values, r);
	return count_reject(r->in_row - before);
}

static void count_ending(struct applier *a, const struct merged *m)
{
	if (a->ended_on < 0)
		return;
	bool was = value_is_known(&m->stored[a->ended_on]),
	     is = value_is_known(m->values[a->ended_on]);
	if (a->valid_to >= 0) {
		was = was || (value_is_known(&m->stored[a->valid_to]) &&
				     !value_is_known(&m->stored[a->successors]));
		is = is || (value_is_known(m->values[a->valid_to]) &&
				   !value_is_known(m->values[a->successors]));
	}
	if (is && !was)
		a->ended++;
}

static int write_changes(
	struct applier *a, const struct row *row, const struct merged *m, struct err *e)
{
	const struct kind *k = a->kind;
	for (size_t i = 0; i < k->column_count; i++) {
		bind_value(a->update, (int)i + 1, m->values[i]);
		char old[VALUE_BUFFER], new[VALUE_BUFFER];
		if (m->changed[i] &&
			history_write(a->store, a->who, k->name, row->key, "set",
				k->columns[i].name, value_text(&k->columns[i], &m->stored[i], old),
				value_text(&k->columns[i], m->values[i], new), e) != 0)
			return -1;
	}
	return stmt_run(a->update, e);
}

static enum row_outcome update_row(
	struct applier *a, const struct row *row, struct rejects *r, struct err *e)
{
	struct merged m;
	merge(a, row, &m);
	if (m.count == 0)
		return ROW_UNCHANGED;
	if (check_changed(a, row, &m, r) == ROW_REJECTED)
		return ROW_REJECTED;
	count_ending(a, &m);
	return write_changes(a, row, &m, e) == 0 ? ROW_CHANGED : ROW_FAILED;
}

enum row_outcome applier_row(
	struct applier *a, const struct row *row, struct rejects *r, struct err *e)
{
	if (a->kind->key_says_nothing && is_key_alone(a->kind, row))
		return ROW_UNCHANGED; /* nothing to add, nothing to change */
	bool look_first =
		a->look_first || has_conditions(a->kind, row) || lacks_required(a->kind, row);
	if (!look_first) {
		if (check_new(a, row, r) == ROW_REJECTED)
			return ROW_REJECTED;
		enum row_outcome outcome = insert_row(a, row, e);
		if (outcome != ROW_UNCHANGED)
			return outcome;
	}
	for (int i = 0; i < a->keys; i++)
		bind_value(a->select, i + 1, &row->values[i]);
	int found = stmt_step(a->select, e);
	if (found < 0)
		return ROW_FAILED;
	if (found == 0)
		return check_new(a, row, r) == ROW_REJECTED ? ROW_REJECTED : insert_row(a, row, e);
	enum row_outcome outcome = update_row(a, row, r, e);
	stmt_reset(a->select);
	return outcome;
}
