/*
 * templates.c: reads conf/templates/LANGUAGE/ and hands out its texts. A file
 * that cannot be parsed, a partial nobody wrote and a phrase that is missing are
 * all reported in one run.
 */
#include "mail/templates.h"

#include "base/bundle.h"
#include "base/file.h"
#include "base/text.h"

enum { TEMPLATE_BYTES_MOST = 256 * 1024 };

struct named {
	char *name; /* without its ending */
	struct mustache *text;
};

struct templates {
	char *folder;
	struct named *items;
	size_t count, capacity;
	struct mustache *phrases[PHRASE_COUNT];
};

static const char *const phrase_keys[] = {
#define X(name, key) key,
	PHRASES(X)
#undef X
};

static const struct mustache *find_exact(const struct templates *t, const char *name, bool html)
{
	for (size_t i = 0; i < t->count; i++)
		if (mustache_is_html(t->items[i].text) == html &&
			strcmp(t->items[i].name, name) == 0)
			return t->items[i].text;
	return NULL;
}

/* Wording that both kinds share is written once, as text. */
static const struct mustache *find(const void *context, const char *name, bool html)
{
	const struct mustache *exact = find_exact(context, name, html);
	return exact || !html ? exact : find_exact(context, name, false);
}

/* The file's text in NFC, so that a file typed on any machine gives the same letter. */
static char *text_of(const struct bundle_file *f, const char *path, struct problems *problems)
{
	const char *start = strncmp(f->bytes, "\xEF\xBB\xBF", 3) == 0 ? f->bytes + 3 : f->bytes;
	char *nfc = strlen(f->bytes) == f->size ? text_nfc(start, false) : NULL;
	char *text = nfc ? xasprintf("%s\n", nfc) : NULL; /* the last line has an end again */
	if (!text)
		problems_add(problems, path, 0, 0, "this is not text in UTF-8");
	free(nfc);
	return text;
}

static void take_phrase(
	struct templates *t, const char *path, int line, char *s, struct problems *problems)
{
	char *equals = strchr(s, '=');
	if (!equals) {
		problems_add(problems, path, line, 0, "a phrase is written: key = text");
		return;
	}
	char *key_end = equals;
	while (key_end > s && (key_end[-1] == ' ' || key_end[-1] == '\t'))
		key_end--;
	*key_end = 0;
	const char *text = equals + 1 + strspn(equals + 1, " \t");
	for (int i = 0; i < PHRASE_COUNT; i++) {
		if (strcmp(phrase_keys[i], s) != 0)
			continue;
		if (t->phrases[i])
			problems_add(
				problems, path, line, 0, "the phrase \"%s\" was given already", s);
		else
			t->phrases[i] = mustache_parse(path, text, false, line, problems);
		return;
	}
	problems_add(problems, path, line, 0, "there is no phrase \"%s\"", s);
}

static void load_phrases(struct templates *t, const struct bundle_file *f, const char *path,
	struct problems *problems)
{
	char *text = text_of(f, path, problems);
	int line = 0;
	for (char *s = text, *next; s; s = next) {
		next = strchr(s, '\n');
		if (next)
			*next++ = 0;
		line++;
		size_t n = strlen(s);
		while (n > 0 && (s[n - 1] == '\r' || s[n - 1] == ' ' || s[n - 1] == '\t'))
			s[--n] = 0;
		s += strspn(s, " \t");
		if (*s && *s != '#')
			take_phrase(t, path, line, s, problems);
	}
	free(text);
	for (int i = 0; i < PHRASE_COUNT; i++)
		if (!t->phrases[i])
			problems_add(problems, path, 0, 0, "the phrase \"%s\" is missing",
				phrase_keys[i]);
}

/* "letter.html" -> HTML, "letter.txt" -> text; other files are left alone. */
static void load_file(
	struct templates *t, const struct bundle_file *f, struct problems *problems)
{
	const char *file = f->name, *dot = strrchr(file, '.');
	if (!dot || dot == file || (strcmp(dot, ".txt") != 0 && strcmp(dot, ".html") != 0))
		return;
	char *path = file_join(t->folder, file);
	if (strcmp(file, "phrases.txt") == 0) {
		load_phrases(t, f, path, problems);
		free(path);
		return;
	}
	char *text = text_of(f, path, problems);
	struct mustache *m =
		text ? mustache_parse(path, text, strcmp(dot, ".html") == 0, 1, problems) : NULL;
	if (m) {
		VEC_ROOM(t->items, t->count, t->capacity);
		t->items[t->count++] =
			(struct named){.name = xstrndup(file, (size_t)(dot - file)), .text = m};
	}
	free(text);
	free(path);
}

static void check_all(const struct templates *t, struct problems *problems)
{
	static const struct {
		const char *name;
		bool html;
	} wanted[] = {{TEMPLATE_SUBJECT, false}, {TEMPLATE_LETTER, false}, {TEMPLATE_LETTER, true},
		{TEMPLATE_RECEIPT, false}, {TEMPLATE_RECEIPT, true}, {"preview-subject", false},
		{"preview", false}, {"preview", true}, {"import-subject", false}, {"import", false}, {"import", true},
		{"plugin-subject", false}, {"plugin", false}, {"plugin", true}, {"test-subject", false}, {"test", false},
		{"test", true}};
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (!find_exact(t, wanted[i].name, wanted[i].html))
			problems_add(problems, t->folder, 0, 0, "the template %s.%s is missing",
				wanted[i].name, wanted[i].html ? "html" : "txt");
	for (size_t i = 0; i < t->count; i++)
		mustache_check(t->items[i].text, find, t, problems);
}

int templates_load(struct templates **out, const char *folder, struct problems *problems)
{
	size_t before = problems->count;
	struct bundle all;
	struct err e;
	if (bundle_read(&all, folder, TEMPLATE_BYTES_MOST, &e) < 0) {
		problems_add(problems, folder, 0, 0, "%s", e.text);
		return -1;
	}
	struct templates *t = xcalloc(1, sizeof *t);
	t->folder = xstrdup(all.folder);
	bool phrases = false;
	for (size_t i = 0; i < all.count; i++) {
		phrases |= strcmp(all.files[i].name, "phrases.txt") == 0;
		load_file(t, &all.files[i], problems);
	}
	bundle_release(&all);
	if (!phrases)
		problems_add(problems, t->folder, 0, 0, "the file phrases.txt is missing");
	if (problems->count == before)
		check_all(t, problems);
	if (problems->count > before) {
		templates_free(t);
		return -1;
	}
	*out = t;
	return 0;
}

void templates_free(struct templates *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++) {
		free(t->items[i].name);
		mustache_free(t->items[i].text);
	}
	for (int i = 0; i < PHRASE_COUNT; i++)
		mustache_free(t->phrases[i]);
	free(t->items);
	free(t->folder);
	free(t);
}

const char *phrase_text(
	const struct templates *t, enum phrase p, const json_t *view, struct arena *a)
{
	struct buf b = {0};
	struct err e;
	json_t *nothing = view ? NULL : json_object();
	int rc = mustache_render(t->phrases[p], view ? view : nothing, NULL, NULL, &b, &e);
	const char *text = arena_strdup(a, rc < 0 ? phrase_keys[p] : b.len ? b.s : "");
	json_decref(nothing);
	buf_release(&b);
	return text;
}

int template_render(const struct templates *t, const char *name, bool html, const json_t *view,
	struct buf *out, struct err *e)
{
	const struct mustache *m = find_exact(t, name, html);
	if (!m)
		return err_set(e, "%s: the template %s.%s is missing", t->folder, name,
			html ? "html" : "txt");
	return mustache_render(m, view, find, t, out, e);
}
