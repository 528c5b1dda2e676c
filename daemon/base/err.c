/*
 * err.c: sentences about failures, one (struct err) or many (struct problems).
 */
#include "base/err.h"

#include "base/mem.h"

#include <stdarg.h>

/* Cuts a half character off the end, so that the text stays valid UTF-8. */
static void trim_partial_character(char *s, size_t capacity)
{
	size_t n = strlen(s);
	if (n + 1 < capacity)
		return;
	size_t start = n;
	while (start > 0 && ((unsigned char)s[start - 1] & 0xC0) == 0x80)
		start--;
	if (start == 0)
		return;
	unsigned char lead = (unsigned char)s[start - 1];
	size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
	if (n - start + 1 < want)
		s[start - 1] = '\0';
}

int err_set(struct err *e, const char *format, ...)
{
	char text[sizeof e->text];
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	trim_partial_character(text, sizeof text);
	memcpy(e->text, text, sizeof text);
	return -1;
}

int err_prefix(struct err *e, const char *format, ...)
{
	char prefix[256];
	va_list ap;
	va_start(ap, format);
	vsnprintf(prefix, sizeof prefix, format, ap);
	va_end(ap);
	trim_partial_character(prefix, sizeof prefix);
	struct err old = *e;
	return err_set(e, "%s: %s", prefix, old.text);
}

void problems_add(struct problems *p, const char *file, int line, int column, const char *format, ...)
{
	if (p->count == p->capacity) {
		p->capacity = p->capacity ? p->capacity * 2 : 16;
		p->items = xrealloc(p->items, p->capacity * sizeof *p->items);
	}
	struct problem *item = &p->items[p->count++];
	if (line > 0 && column > 0)
		item->where = xasprintf("%s:%d:%d", file, line, column);
	else if (line > 0)
		item->where = xasprintf("%s:%d", file, line);
	else
		item->where = xstrdup(file);
	va_list ap;
	va_start(ap, format);
	item->text = xvasprintf(format, ap);
	va_end(ap);
}

void problems_release(struct problems *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].where);
		free(p->items[i].text);
	}
	free(p->items);
	*p = (struct problems){0};
}
