/*
 * views_page.c: makes the manual page langnghe-views(5), so that it cannot tell
 * of other views than there are. The views and their columns are asked of a
 * database that the schema's steps have just made; types, words and references
 * come from the kinds; meanings and units from schema/views.txt; functions and
 * limits from the connection that enforces them. A column without a meaning, and
 * a meaning without its column, end it with exit 1 and no page.
 *
 *   views_page VIEWS.TXT TEMPLATE PAGE
 */
#include "base/file.h"
#include "base/mem.h"
#include "register/kinds.h"
#include "rules/judge.h"
#include "store/confined.h"

#include <stdio.h>
#include <unistd.h>

enum { FILE_MOST = 1000 * 1000, LINE_WIDTH = 76 };

/* A line of views.txt: of a view (name and what it shows), or of one of its columns. */
struct meaning {
	const char *view, *column, *unit, *text; /* column NULL: of the view itself */
	int line;
	bool used;
};

struct page {
	const char *file;
	struct meaning *meanings;
	size_t count, capacity;
	struct store *store;
	struct buf out;
	int problems;
};

static void complain(struct page *p, int line, const char *view, const char *column, const char *what)
{
	fprintf(stderr, "%s:%d: %s%s%s %s\n", p->file, line, view, column ? "." : "", column ? column : "", what);
	p->problems++;
}

/* Reading views.txt. */

static void take_line(struct page *p, char *line, int number, const char **view)
{
	struct meaning m = {.line = number};
	char *end;
	if (*line == '\t') {
		m.view = *view;
		m.column = strsep(&line, "\t") ? strsep(&line, "\t") : NULL;
		m.unit = strsep(&line, "\t");
		m.text = line;
	} else if ((end = strstr(line, ": "))) {
		*end = '\0';
		m.view = *view = line;
		m.text = end + 2;
	}
	if (!m.view || !m.text || !*m.text) {
		complain(p, number, "a line", NULL, "is \"VIEW: meaning\", or column, unit and meaning with a tab before each");
		return;
	}
	VEC_ROOM(p->meanings, p->count, p->capacity);
	p->meanings[p->count++] = m;
}

static void take_meanings(struct page *p, char *text)
{
	const char *view = NULL;
	char *line;
	for (int number = 1; (line = strsep(&text, "\n")); number++)
		if (*line && *line != '#')
			take_line(p, line, number, &view);
}

static struct meaning *meaning_of(struct page *p, const char *view, const char *column)
{
	for (size_t i = 0; i < p->count; i++) {
		struct meaning *m = &p->meanings[i];
		if (!m->used && strcmp(m->view, view) == 0 && !m->column == !column &&
			(!column || strcmp(m->column, column) == 0)) {
			m->used = true;
			return m;
		}
	}
	complain(p, 0, view, column, "has no meaning here");
	return NULL;
}

/* Writing mdoc. */

/* As mandoc counts: it writes a letter beyond ASCII as \[u1EA3] before it looks at the length of lines. */
static size_t width_of(const char *s, size_t n)
{
	size_t width = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)s[i];
		width += byte < 0x80 ? 1 : byte >= 0xc0 ? strlen("\\[u1EA3]") : 0;
	}
	return width;
}

/* Text in lines, each sentence on a line of its own. */
static void add_text(struct buf *out, const char *text)
{
	size_t used = 0;
	while (*text) {
		size_t n = strcspn(text, " "), width = width_of(text, n);
		if (used && used + width + 1 > LINE_WIDTH) {
			buf_add(out, "\n");
			used = 0;
		}
		buf_add(out, used ? " " : *text == '.' || *text == '\'' ? "\\&" : "");
		for (size_t i = 0; i < n; i++)
			buf_addf(out, text[i] == '\\' ? "\\e" : "%c", text[i]);
		used += width + 1;
		if (strchr(".?!", text[n - 1]) && text[n])
			used = LINE_WIDTH + 1;
		text += n + (text[n] == ' ');
	}
	buf_add(out, "\n");
}

static void add_words(struct buf *out, const struct column *c)
{
	struct buf b = {0};
	buf_add(&b, "One of");
	for (size_t i = 0; c->words[i]; i++)
		buf_addf(&b, "%s %s (%s)", i ? "," : "", c->words[i], c->word_labels[i]);
	buf_add(&b, ".");
	add_text(out, b.s);
	buf_release(&b);
}

static void add_statuses(struct buf *out)
{
	struct buf b = {0};
	buf_add(&b, "One of");
	for (int s = STATUS_MET; s <= STATUS_MISSED; s++)
		buf_addf(&b, " %s (%s),", status_name((enum status)s), status_vi((enum status)s));
	buf_addf(&b, " %s (%s).", status_name(STATUS_UNKNOWN), status_vi(STATUS_UNKNOWN));
	add_text(out, b.s);
	buf_release(&b);
}

/* "v_village.code"; of the plan: "id of a duty of the plan". */
static void add_reference(struct buf *b, const struct column *c)
{
	const struct kind *k = kind_named(c->ref);
	if (k)
		buf_addf(b, "v_%s.%s", k->table, k->columns[0].name);
	else
		buf_addf(b, "id of a %s of the plan", c->ref);
}

static void add_type(struct buf *b, const struct column *c)
{
	bool many = c->type == COLUMN_REFS;
	switch (c->type) {
	case COLUMN_TEXT:
		buf_add(b, "text");
		break;
	case COLUMN_INT:
		buf_add(b, "whole number");
		break;
	case COLUMN_NUMBER:
		buf_add(b, "decimal number as text");
		break;
	case COLUMN_DAY:
		buf_add(b, "date");
		break;
	case COLUMN_BOOL:
		buf_add(b, "1 or 0");
		break;
	case COLUMN_WORD:
		buf_add(b, "word");
		break;
	case COLUMN_PERIOD:
		buf_add(b, "period");
		break;
	case COLUMN_REFS:
	case COLUMN_REF:
		if (kind_named(c->ref) || !many)
			add_reference(b, c);
		else
			buf_add(b, "v_unit.code of places");
		buf_add(b, many ? ", several joined with |" : "");
		break;
	case COLUMN_PLACE:
		buf_addf(b, "v_unit.code of a commune or district%s",
			strcmp(c->ref, "place") == 0 ? ", or of the province" : "");
		break;
	}
	buf_add(b, c->key ? ", key" : "");
}

/* What no kind of register file describes. */
static void add_stored_type(struct buf *b, const char *column, const char *type)
{
	size_t n = strlen(column);
	bool day = n > 3 && strcmp(column + n - 3, "_on") == 0;
	buf_add(b, day ? "date" : strcmp(type, "INTEGER") == 0 ? "whole number" : "text");
}

static const struct kind *kind_of_view(const char *view)
{
	const struct kind *k;
	for (size_t i = 0; (k = kind_at(i)); i++)
		if (strcmp(k->table, view + strlen("v_")) == 0)
			return k;
	return NULL;
}

static void add_column(struct page *p, const char *view, const char *name, const char *stored)
{
	const struct kind *k = kind_of_view(view);
	const struct column *c = k ? kind_column(k, name) : NULL;
	const struct meaning *m = meaning_of(p, view, name);
	struct buf type = {0};
	if (!m)
		return;
	if (c)
		add_type(&type, c);
	else
		add_stored_type(&type, name, stored);
	if (strcmp(m->unit, "-") != 0)
		buf_addf(&type, ", %s", m->unit);
	buf_addf(&p->out, ".It Va %s\n.Pq %s\n", name, type.s);
	buf_release(&type);
	add_text(&p->out, m->text);
	if (c && c->type == COLUMN_WORD)
		add_words(&p->out, c);
	if (!k && strcmp(name, "status") == 0)
		add_statuses(&p->out);
}

static int add_view(struct page *p, const char *view, struct err *e)
{
	const struct meaning *m = meaning_of(p, view, NULL);
	struct stmt *st = store_prepare(p->store, "SELECT name, type FROM pragma_table_info(?1) ORDER BY cid", e);
	if (!st)
		return -1;
	buf_addf(&p->out, ".Ss %s\n", view);
	add_text(&p->out, m ? m->text : "");
	buf_add(&p->out, ".Bl -tag -width Ds\n");
	int rc;
	stmt_text(st, 1, view);
	while ((rc = stmt_step(st, e)) == 1)
		add_column(p, view, col_text(st, 0), col_text(st, 1));
	buf_add(&p->out, ".El\n");
	stmt_free(st);
	return rc;
}

static int add_views(struct page *p, struct err *e)
{
	struct stmt *st = store_prepare(p->store,
		"SELECT name FROM sqlite_master WHERE type = 'view' AND substr(name, 1, 2) = 'v_' ORDER BY rowid", e);
	int rc = st ? 0 : -1;
	while (st && (rc = stmt_step(st, e)) == 1)
		if (add_view(p, col_text(st, 0), e) < 0) {
			rc = -1;
			break;
		}
	stmt_free(st);
	for (size_t i = 0; i < p->count && rc == 0; i++)
		if (!p->meanings[i].used)
			complain(p, p->meanings[i].line, p->meanings[i].view, p->meanings[i].column,
				"is told here and is not there, or is told twice");
	return rc;
}

static void add_functions(struct page *p)
{
	struct buf b = {0};
	const char *const *f = confined_functions();
	for (size_t i = 0; f[i]; i++)
		buf_addf(&b, "%s%s", i ? ", " : "", f[i]);
	add_text(&p->out, b.s);
	buf_release(&b);
}

/* A limit by its name between two @ in the template. */
static void add_line(struct page *p, const char *line)
{
	static const struct {
		const char *name;
		int value;
	} limits[] = {
		{"@SQL_MOST@", CONFINED_SQL_MOST},
		{"@VALUE_MOST@", CONFINED_VALUE_MOST},
		{"@OPS_MOST@", CONFINED_OPS_MOST},
		{"@DEPTH_MOST@", CONFINED_DEPTH_MOST},
		{"@SELECTS_MOST@", CONFINED_SELECTS_MOST},
		{"@FINDINGS_MOST@", FINDINGS_MOST},
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		const char *at = strstr(line, limits[i].name);
		if (!at)
			continue;
		buf_addf(&p->out, "%.*s%d%s\n", (int)(at - line), line, limits[i].value,
			at + strlen(limits[i].name));
		return;
	}
	buf_addf(&p->out, "%s\n", line);
}

static int fill(struct page *p, char *template, struct err *e)
{
	char *line;
	while ((line = strsep(&template, "\n")) && (template || *line))
		if (strcmp(line, "@FUNCTIONS@") == 0)
			add_functions(p);
		else if (strcmp(line, "@VIEWS@") != 0)
			add_line(p, line);
		else if (add_views(p, e) < 0)
			return -1;
	return 0;
}

/* A database as the schema's steps make it; what it leaves is removed. */
static int open_schema(struct page *p, const char *page, struct err *e)
{
	static const char *const ends[] = {"", "-wal", "-shm", NULL};
	char *path = xasprintf("%s.db", page);
	unlink(path);
	int rc = store_open(&p->store, path, STORE_CREATE, e);
	for (size_t i = 0; ends[i]; i++) {
		char *left = xasprintf("%s%s", path, ends[i]);
		unlink(left);
		free(left);
	}
	free(path);
	return rc;
}

int main(int argc, char **argv)
{
	struct page p = {.file = argc == 4 ? argv[1] : NULL};
	struct err e = {0};
	char *meanings = NULL, *template = NULL;
	size_t size;
	if (argc != 4) {
		fputs("usage: views_page VIEWS.TXT TEMPLATE PAGE\n", stderr);
		return 2;
	}
	int rc = file_read(argv[1], FILE_MOST, &meanings, &size, &e);
	if (rc == 0)
		rc = file_read(argv[2], FILE_MOST, &template, &size, &e);
	if (rc == 0)
		rc = open_schema(&p, argv[3], &e);
	if (rc == 0) {
		take_meanings(&p, meanings);
		rc = fill(&p, template, &e);
	}
	if (rc == 0 && p.problems == 0)
		rc = file_write_atomic(argv[3], p.out.s, p.out.len, 0644, &e);
	if (rc < 0)
		fprintf(stderr, "views_page: %s\n", e.text);
	store_close(p.store);
	buf_release(&p.out);
	free(p.meanings);
	free(meanings);
	free(template);
	return rc < 0 || p.problems > 0;
}
