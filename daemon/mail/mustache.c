/*
 * mustache.c: parses a template into a flat list of nodes, each section knowing
 * where it ends, and renders the list over a stack of JSON values.
 */
#include "mail/mustache.h"

enum {
	SECTIONS_DEEP = 24, /* sections inside sections of one template */
	STACK_DEEP = 128, /* values that names are looked up in */
	PARTIALS_DEEP = 8,
	OUTPUT_MOST = 16 << 20,
	WORK_MOST = 20 * 1000 * 1000, /* nodes visited by one rendering */
	NAME_MOST = 80
};

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_RAW, NODE_SECTION, NODE_INVERTED, NODE_PARTIAL };

struct node {
	enum node_kind kind;
	int line;
	bool alone; /* partials: the tag stood alone on its line */
	char *text; /* the text, or the name */
	size_t end; /* sections: the node after their last one */
};

struct mustache {
	char *name;
	bool html;
	struct node *nodes;
	size_t count, capacity;
};

struct parser {
	struct mustache *m;
	struct problems *problems;
	const char *at;
	int line;
	size_t open[SECTIONS_DEEP];
	size_t depth;
	bool failed;
};

static void add_node(struct mustache *m, enum node_kind kind, int line, const char *s, size_t n)
{
	VEC_ROOM(m->nodes, m->count, m->capacity);
	m->nodes[m->count++] = (struct node){.kind = kind, .line = line, .text = xstrndup(s, n)};
}

static void fail(struct parser *p, int line, const char *what, const char *name)
{
	problems_add(p->problems, p->m->name, line, 0, "%s%s%s%s", what, *name ? " \"" : "", name,
		*name ? "\"" : "");
	p->failed = true;
}

static bool is_name(const char *s)
{
	if (strcmp(s, ".") == 0)
		return true;
	if (!*s || strlen(s) > NAME_MOST)
		return false;
	for (const char *c = s; *c; c++) {
		bool word = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			    (*c >= '0' && *c <= '9') || *c == '_' || *c == '-';
		bool dot = *c == '.' && c != s && c[1] && c[1] != '.';
		if (!word && !dot)
			return false;
	}
	return true;
}

static void close_section(struct parser *p, int line, const char *name)
{
	if (p->depth == 0) {
		fail(p, line, "this end of a section has no beginning:", name);
		return;
	}
	struct node *open = &p->m->nodes[p->open[--p->depth]];
	open->end = p->m->count;
	if (strcmp(open->text, name) != 0) {
		problems_add(p->problems, p->m->name, line, 0,
			"the section \"%s\" of line %d is ended here as \"%s\"", open->text,
			open->line, name);
		p->failed = true;
	}
}

/* One tag whose inside is s[0..n), sign already known. */
static void take_tag(struct parser *p, char sign, const char *s, size_t n, int line)
{
	while (n > 0 && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r'))
		s++, n--;
	while (n > 0 && strchr(" \t\r\n", s[n - 1]))
		n--;
	char name[NAME_MOST + 2];
	snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), s);
	if (!is_name(name)) {
		fail(p, line, "this is no name (letters, digits, _ - and single dots):", name);
		return;
	}
	switch (sign) {
	case '#':
	case '^':
		if (p->depth == SECTIONS_DEEP) {
			fail(p, line, "sections are nested too deeply at", name);
			return;
		}
		p->open[p->depth++] = p->m->count;
		add_node(p->m, sign == '#' ? NODE_SECTION : NODE_INVERTED, line, s, n);
		break;
	case '/':
		close_section(p, line, name);
		break;
	case '>':
		add_node(p->m, NODE_PARTIAL, line, s, n);
		break;
	case '{':
	case '&':
		add_node(p->m, NODE_RAW, line, s, n);
		break;
	default:
		add_node(p->m, NODE_VALUE, line, s, n);
	}
}

static int count_lines(const char *s, const char *end)
{
	int lines = 0;
	for (; s < end; s++)
		lines += *s == '\n';
	return lines;
}

/* Whether only blanks stand between the line's start and tag; *start is set to the line's start. */
static bool blank_before(const char *text, const char *tag, const char **start)
{
	const char *s = tag;
	while (s > text && (s[-1] == ' ' || s[-1] == '\t'))
		s--;
	*start = s;
	return s == text || s[-1] == '\n';
}

static bool blank_after(const char *s, const char **next)
{
	while (*s == ' ' || *s == '\t')
		s++;
	if (*s == '\r' && s[1] == '\n')
		s++;
	if (*s && *s != '\n')
		return false;
	*next = *s ? s + 1 : s;
	return true;
}

/* Takes the text up to the next tag and the tag. Returns false at the end. */
static bool take_next(struct parser *p, const char *text)
{
	const char *open = strstr(p->at, "{{");
	if (!open) {
		add_node(p->m, NODE_TEXT, p->line, p->at, strlen(p->at));
		return false;
	}
	int line = p->line + count_lines(p->at, open);
	char sign = open[2];
	bool raw = sign == '{';
	const char *inside = open + (sign && strchr("#^/>!&{", sign) ? 3 : 2);
	const char *close = *inside ? strstr(inside, raw ? "}}}" : "}}") : NULL;
	if (!close) {
		fail(p, line, "this {{ is not closed with }}", "");
		return false;
	}
	const char *next = close + (raw ? 3 : 2), *line_start, *line_end;
	const char *text_end = open;
	bool alone = false;
	if (strchr("#^/>!", sign) && blank_before(text, open, &line_start) && line_start >= p->at &&
		blank_after(next, &line_end)) {
		text_end = line_start;
		next = line_end;
		alone = true;
	}
	if (text_end > p->at)
		add_node(p->m, NODE_TEXT, p->line, p->at, (size_t)(text_end - p->at));
	if (sign != '!')
		take_tag(p, sign, inside, (size_t)(close - inside), line);
	if (sign == '>' && p->m->count > 0)
		p->m->nodes[p->m->count - 1].alone = alone;
	p->line = line + count_lines(open, next);
	p->at = next;
	return *next != 0;
}

struct mustache *mustache_parse(
	const char *name, const char *text, bool html, int first_line, struct problems *problems)
{
	struct mustache *m = xcalloc(1, sizeof *m);
	m->name = xstrdup(name);
	m->html = html;
	struct parser p = {.m = m, .problems = problems, .at = text, .line = first_line};
	while (take_next(&p, text))
		;
	while (p.depth > 0) {
		struct node *open = &m->nodes[p.open[--p.depth]];
		fail(&p, open->line, "this section is not ended:", open->text);
	}
	if (!p.failed)
		return m;
	mustache_free(m);
	return NULL;
}

void mustache_free(struct mustache *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++)
		free(m->nodes[i].text);
	free(m->nodes);
	free(m->name);
	free(m);
}

bool mustache_is_html(const struct mustache *m)
{
	return m->html;
}

void mustache_check(const struct mustache *m, mustache_find *find, const void *context,
	struct problems *problems)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->nodes[i].kind == NODE_PARTIAL && !find(context, m->nodes[i].text, m->html))
			problems_add(problems, m->name, m->nodes[i].line, 0,
				"there is no template \"%s.%s\"", m->nodes[i].text,
				m->html ? "html" : "txt");
}

struct renderer {
	const json_t *stack[STACK_DEEP];
	size_t depth;
	int partials;
	bool html;
	size_t work;
	mustache_find *find;
	const void *context;
	struct buf *out;
	struct err *e;
};

/* A dotted name: its first part is looked up from the innermost value outwards. */
static const json_t *look_up(const struct renderer *r, const char *name)
{
	if (strcmp(name, ".") == 0)
		return r->stack[r->depth - 1];
	char part[NAME_MOST + 2];
	size_t n = strcspn(name, ".");
	snprintf(part, sizeof part, "%.*s", (int)n, name);
	const json_t *v = NULL;
	for (size_t i = r->depth; i > 0 && !v; i--)
		v = json_object_get(r->stack[i - 1], part);
	while (v && name[n] == '.') {
		name += n + 1;
		n = strcspn(name, ".");
		snprintf(part, sizeof part, "%.*s", (int)n, name);
		v = json_object_get(v, part);
	}
	return v;
}

static void add_escaped(struct buf *out, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '&':
			buf_add(out, "&amp;");
			break;
		case '<':
			buf_add(out, "&lt;");
			break;
		case '>':
			buf_add(out, "&gt;");
			break;
		case '"':
			buf_add(out, "&quot;");
			break;
		case '\'':
			buf_add(out, "&#39;");
			break;
		default:
			buf_add_n(out, s, 1);
		}
	}
}

static void add_value(struct renderer *r, const json_t *v, bool escape)
{
	if (json_is_integer(v))
		buf_addf(r->out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_string(v) && escape)
		add_escaped(r->out, json_string_value(v));
	else if (json_is_string(v))
		buf_add(r->out, json_string_value(v));
}

static bool holds(const json_t *v)
{
	if (!v || json_is_null(v) || json_is_false(v))
		return false;
	if (json_is_string(v))
		return json_string_length(v) > 0;
	return !json_is_array(v) || json_array_size(v) > 0;
}

static int render_range(struct renderer *r, const struct mustache *m, size_t from, size_t to);

static int render_under(
	struct renderer *r, const struct mustache *m, size_t from, size_t to, const json_t *value)
{
	if (r->depth == STACK_DEEP)
		return err_set(r->e, "%s: sections are nested too deeply", m->name);
	r->stack[r->depth++] = value;
	int result = render_range(r, m, from, to);
	r->depth--;
	return result;
}

static int render_section(struct renderer *r, const struct mustache *m, size_t i)
{
	const struct node *n = &m->nodes[i];
	const json_t *v = look_up(r, n->text);
	if (n->kind == NODE_INVERTED)
		return holds(v) ? 0 : render_range(r, m, i + 1, n->end);
	if (!holds(v))
		return 0;
	if (!json_is_array(v))
		return render_under(r, m, i + 1, n->end, v);
	for (size_t k = 0; k < json_array_size(v); k++)
		if (render_under(r, m, i + 1, n->end, json_array_get(v, k)) < 0)
			return -1;
	return 0;
}

static int render_partial(struct renderer *r, const struct mustache *m, const struct node *n)
{
	const struct mustache *partial = r->find ? r->find(r->context, n->text, r->html) : NULL;
	if (!partial)
		return err_set(r->e, "%s:%d: there is no template \"%s.%s\"", m->name, n->line,
			n->text, r->html ? "html" : "txt");
	if (r->partials == PARTIALS_DEEP)
		return err_set(r->e, "%s:%d: templates include each other too deeply at \"%s\"",
			m->name, n->line, n->text);
	r->partials++;
	int result = render_range(r, partial, 0, partial->count);
	r->partials--;
	/* Within a line, the partial's last line end is not part of it. */
	if (result == 0 && !n->alone && r->out->len > 0 && r->out->s[r->out->len - 1] == '\n')
		r->out->s[--r->out->len] = 0;
	return result;
}

static int render_range(struct renderer *r, const struct mustache *m, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct node *n = &m->nodes[i];
		if (++r->work > WORK_MOST || r->out->len > OUTPUT_MOST)
			return err_set(r->e, "%s:%d: this would become too long", m->name, n->line);
		switch (n->kind) {
		case NODE_TEXT:
			if (r->html && !m->html)
				add_escaped(r->out, n->text);
			else
				buf_add(r->out, n->text);
			break;
		case NODE_VALUE:
			add_value(r, look_up(r, n->text), r->html);
			break;
		case NODE_RAW:
			add_value(r, look_up(r, n->text), false);
			break;
		case NODE_SECTION:
		case NODE_INVERTED:
			if (render_section(r, m, i) < 0)
				return -1;
			i = n->end - 1;
			break;
		case NODE_PARTIAL:
			if (render_partial(r, m, n) < 0)
				return -1;
			break;
		}
	}
	return 0;
}

int mustache_render(const struct mustache *m, const json_t *view, mustache_find *find,
	const void *context, struct buf *out, struct err *e)
{
	struct renderer r = {
		.depth = 1, .html = m->html, .find = find, .context = context, .out = out, .e = e};
	r.stack[0] = view;
	return render_range(&r, m, 0, m->count);
}
