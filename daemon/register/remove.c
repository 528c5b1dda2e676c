/*
 * remove.c: what was typed by mistake is taken back: a whole import, or one
 * row. Both keep what went in the history, and neither leaves a row that names
 * something that is no longer there.
 */
#include "register/import.h"

#include "base/mem.h"
#include "register/history.h"
#include "register/referrers.h"
#include "register/units.h"

/* The cells that were known, each as an entry of its own, so that nothing typed is lost. */
static int keep_cells(struct store *s, const struct kind *k, const char *key,
	const struct author *who, struct err *e)
{
	char *where = key_condition(k, 1);
	char *sql = xasprintf("SELECT * FROM %s WHERE %s", k->table, where);
	struct stmt *st = store_stmt(s, sql, e);
	free(where);
	free(sql);
	int rc = st ? key_bind(k, key, st, 1, e) : -1;
	if (rc == 0 && stmt_step(st, e) != 1)
		return err_set(e, "there is no \"%s\" among the %s", key, k->name);
	for (int i = key_columns(k); rc == 0 && (size_t)i < k->column_count; i++) {
		bool is_bool = k->columns[i].type == COLUMN_BOOL;
		if (!col_is_null(st, i))
			rc = history_write(s, who, k->name, key, "remove", k->columns[i].name,
				is_bool ? (col_int(st, i) ? "yes" : "no") : col_text(st, i), NULL,
				e);
	}
	if (st)
		stmt_reset(st);
	return rc;
}

static int delete_row(struct store *s, const struct kind *k, const char *key, const char *note,
	const struct author *who, struct err *e)
{
	char *where = key_condition(k, 1);
	char *sql = xasprintf("DELETE FROM %s WHERE %s", k->table, where);
	struct stmt *st = store_stmt(s, sql, e);
	free(where);
	free(sql);
	if (!st || key_bind(k, key, st, 1, e) != 0 || stmt_run(st, e) != 0)
		return -1;
	return history_write(s, who, k->name, key, "remove", NULL, NULL, note, e);
}

int register_remove(struct store *s, const struct kind *k, const char *key, const char *by,
	const char *note, struct err *e)
{
	if (!by || !*by || !note || !*note)
		return err_set(
			e, "remove needs --by NAME and --note TEXT: both are kept in the history");
	struct author who = author_now(by);
	struct keymap keys = {0};
	keymap_add(&keys, key, 1, NULL);
	int rc = store_begin(s, e);
	if (rc == 0)
		rc = keep_cells(s, k, key, &who, e);
	if (rc == 0)
		rc = delete_row(s, k, key, note, &who, e);
	if (rc == 0 && (rc = referrers_refuse(s, k, &keys, e)) != 0)
		err_prefix(e, "%s %s", k->name, key);
	if (rc == 0)
		rc = store_commit(s, e);
	store_rollback(s);
	keymap_release(&keys);
	return rc;
}

/* Undoing an import. */

struct undo {
	struct store *store;
	const struct kind *kind;
	int64_t number, first, last;
	struct author who;
	struct keymap gone; /* keys of the rows taken out */
	int64_t rows;
};

static int find_import(struct undo *u, struct err *e)
{
	struct stmt *st = store_stmt(u->store,
		"SELECT kind, first_change, last_change, undone_at, undone_by FROM import WHERE id "
		"= ?1",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, u->number);
	int rc = stmt_step(st, e);
	if (rc == 0)
		rc = err_set(e, "there is no import %lld", (long long)u->number);
	else if (rc == 1 && !col_is_null(st, 3))
		rc = err_set(e, "import %lld was undone already on %s by %s", (long long)u->number,
			col_text(st, 3), col_text(st, 4));
	else if (rc == 1 && !(u->kind = kind_named(col_text(st, 0))))
		rc = err_set(e, "import %lld is of the unknown kind %s", (long long)u->number,
			col_text(st, 0));
	if (rc == 1) {
		u->first = col_int(st, 1);
		u->last = col_int(st, 2);
		rc = 0;
	}
	stmt_reset(st);
	return rc;
}

/* Changes of an import that was undone itself count for nothing; its undoing bears its number. */
static int refuse_changed_since(struct undo *u, struct err *e)
{
	struct stmt *st = store_stmt(u->store,
		"SELECT c.key, l.at, l.by FROM change l"
		" JOIN change c ON c.key = l.key AND c.kind = l.kind AND c.id BETWEEN ?1 AND ?2"
		" WHERE l.id > ?2 AND l.kind = ?3 AND (l.import_id IS NULL OR NOT EXISTS"
		"  (SELECT 1 FROM import i WHERE i.id = l.import_id AND i.undone_at IS NOT NULL))"
		" ORDER BY l.id LIMIT 1",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, u->first);
	stmt_int(st, 2, u->last);
	stmt_text(st, 3, u->kind->name);
	int rc = stmt_step(st, e);
	if (rc == 1)
		rc = err_set(e,
			"import %lld cannot be undone: %s %s was changed since, on %s by %s",
			(long long)u->number, u->kind->name, col_text(st, 0), col_text(st, 1),
			col_text(st, 2));
	stmt_reset(st);
	return rc;
}

/* Puts a cell back. Text of the history is what an export writes; yes and no are 1 and 0 inside. */
static int restore_cell(struct undo *u, const char *key, const char *name, const char *old,
	const char *new, struct err *e)
{
	const struct column *c = kind_column(u->kind, name);
	if (!c)
		return err_set(e, "%s has no column %s any more", u->kind->name, name);
	char *where = key_condition(u->kind, 2);
	char *sql = xasprintf("UPDATE %s SET %s = ?1 WHERE %s", u->kind->table, name, where);
	struct stmt *st = store_stmt(u->store, sql, e);
	free(where);
	free(sql);
	if (!st || key_bind(u->kind, key, st, 2, e) != 0)
		return -1;
	if (!old)
		stmt_null(st, 1);
	else if (c->type == COLUMN_BOOL)
		stmt_int(st, 1, strcmp(old, "yes") == 0);
	else if (c->type == COLUMN_INT)
		stmt_int(st, 1, strtoll(old, NULL, 10));
	else
		stmt_text(st, 1, old);
	if (stmt_run(st, e) != 0)
		return -1;
	return history_write(u->store, &u->who, u->kind->name, key, "set", name, new, old, e);
}

/* The revision counts the undoing as one change of the row. */
static int raise_rev(struct undo *u, const char *key, struct err *e)
{
	char *where = key_condition(u->kind, 1);
	char *sql = xasprintf("UPDATE %s SET rev = rev + 1 WHERE %s", u->kind->table, where);
	struct stmt *st = store_stmt(u->store, sql, e);
	free(where);
	free(sql);
	if (!st || key_bind(u->kind, key, st, 1, e) != 0)
		return -1;
	u->rows++;
	return stmt_run(st, e);
}

static int take_back(struct undo *u, struct err *e)
{
	struct stmt *st = store_prepare(u->store,
		"SELECT key, op, column, old, new FROM change"
		" WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
		e);
	if (!st)
		return -1;
	stmt_int(st, 1, u->first);
	stmt_int(st, 2, u->last);
	struct buf row = {0}; /* the row whose cells were put back last */
	char *note = xasprintf("import %lld undone", (long long)u->number);
	int rc;
	while ((rc = stmt_step(st, e)) == 1) {
		char *key = xstrdup(col_text(st, 0));
		if (strcmp(col_text(st, 1), "add") == 0) {
			/* Its cells are those of the file, which the import's own entries name. */
			rc = delete_row(u->store, u->kind, key, note, &u->who, e);
			keymap_add(&u->gone, key, 1, NULL);
			u->rows++;
		} else {
			rc = restore_cell(
				u, key, col_text(st, 2), col_text(st, 3), col_text(st, 4), e);
			if (rc == 0 && (!row.len || strcmp(row.s, key) != 0)) {
				rc = raise_rev(u, key, e);
				buf_clear(&row);
				buf_add(&row, key);
			}
		}
		free(key);
		if (rc != 0)
			break;
	}
	free(note);
	buf_release(&row);
	stmt_free(st);
	return rc;
}

static int mark_undone(struct undo *u, struct err *e)
{
	struct stmt *st = store_stmt(
		u->store, "UPDATE import SET undone_at = ?2, undone_by = ?3 WHERE id = ?1", e);
	if (!st)
		return -1;
	stmt_int(st, 1, u->number);
	stmt_text(st, 2, u->who.at);
	stmt_text(st, 3, u->who.by);
	return stmt_run(st, e);
}

static int check_undone(struct undo *u, struct err *e)
{
	char *culprit;
	if (u->gone.count && referrers_refuse(u->store, u->kind, &u->gone, e) != 0)
		return err_prefix(e, "import %lld", (long long)u->number);
	if (strcmp(u->kind->name, "units") != 0)
		return 0;
	int rc = units_check(u->store, &culprit, e);
	free(culprit);
	return rc;
}

int import_undo(struct store *s, int64_t number, const char *by, int64_t *rows, struct err *e)
{
	struct undo u = {
		.store = s, .number = number, .who = author_now(by && *by ? by : "langnghectl")};
	u.who.import_id = number;
	int rc = store_begin(s, e);
	if (rc == 0)
		rc = find_import(&u, e);
	if (rc == 0)
		rc = refuse_changed_since(&u, e);
	if (rc == 0)
		rc = take_back(&u, e);
	if (rc == 0)
		rc = check_undone(&u, e);
	if (rc == 0)
		rc = mark_undone(&u, e);
	if (rc == 0)
		rc = store_commit(s, e);
	store_rollback(s);
	keymap_release(&u.gone);
	if (rc == 0)
		*rows = u.rows;
	return rc;
}
