/*
 * mem.c: checked allocation, arenas, growing strings.
 */
#include "base/mem.h"

#include <stdalign.h>
#include <stdint.h>

enum {
	ARENA_BLOCK_BYTES = 64 * 1024,
	LINE_BYTES = 512 /* what is formatted is mostly shorter, and then needs no memory of its own */
};

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) unsigned char bytes[];
};

static void out_of_memory(void)
{
	fputs("out of memory\n", stderr);
	abort();
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);
	if (!p)
		out_of_memory();
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);
	if (!p)
		out_of_memory();
	return p;
}

void *xrealloc(void *p, size_t size)
{
	void *q = realloc(p, size ? size : 1);
	if (!q)
		out_of_memory();
	return q;
}

char *xstrdup(const char *s)
{
	return s ? xstrndup(s, strlen(s)) : NULL;
}

char *xstrndup(const char *s, size_t n)
{
	char *copy = xmalloc(n + 1);
	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *xvasprintf(const char *format, va_list ap)
{
	char *s;
	if (vasprintf(&s, format, ap) < 0)
		out_of_memory();
	return s;
}

char *xasprintf(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	char *s = xvasprintf(format, ap);
	va_end(ap);
	return s;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t need = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	struct arena_block *b = a->blocks;
	if (!b || b->size - b->used < need) {
		size_t room = need > ARENA_BLOCK_BYTES ? need : ARENA_BLOCK_BYTES;
		b = xcalloc(1, sizeof *b + room);
		b->size = room;
		b->next = a->blocks;
		a->blocks = b;
	}
	void *p = b->bytes + b->used;
	b->used += need;
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	if (!s)
		return NULL;
	size_t n = strlen(s) + 1;
	return memcpy(arena_alloc(a, n), s, n);
}

/* What fits into `line` is formatted there; the rest in memory of its own, which *own is set to. */
static size_t format_line(char line[LINE_BYTES], char **own, const char *format, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(line, LINE_BYTES, format, ap);
	*own = n < 0 || n >= LINE_BYTES ? xvasprintf(format, again) : NULL;
	va_end(again);
	return *own ? strlen(*own) : (size_t)n;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	char line[LINE_BYTES], *own;
	va_list ap;
	va_start(ap, format);
	size_t n = format_line(line, &own, format, ap);
	va_end(ap);
	char *copy = memcpy(arena_alloc(a, n + 1), own ? own : line, n + 1);
	free(own);
	return copy;
}

void arena_release(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *next = a->blocks->next;
		free(a->blocks);
		a->blocks = next;
	}
}

static void buf_room(struct buf *b, size_t more)
{
	if (more > SIZE_MAX / 2 - b->len)
		out_of_memory();
	size_t need = b->len + more + 1;
	if (need <= b->capacity)
		return;
	size_t capacity = b->capacity ? b->capacity : 64;
	while (capacity < need)
		capacity *= 2;
	b->s = xrealloc(b->s, capacity);
	b->capacity = capacity;
}

void buf_add_n(struct buf *b, const char *s, size_t n)
{
	buf_room(b, n);
	if (n)
		memcpy(b->s + b->len, s, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void buf_add(struct buf *b, const char *s)
{
	buf_add_n(b, s, strlen(s));
}

void buf_addf(struct buf *b, const char *format, ...)
{
	char line[LINE_BYTES], *own;
	va_list ap;
	va_start(ap, format);
	size_t n = format_line(line, &own, format, ap);
	va_end(ap);
	buf_add_n(b, own ? own : line, n);
	free(own);
}

char *buf_extend(struct buf *b, size_t n)
{
	buf_room(b, n);
	char *more = b->s + b->len;
	b->len += n;
	b->s[b->len] = '\0';
	return more;
}

void buf_shorten(struct buf *b, size_t len)
{
	b->len = len;
	b->s[len] = '\0';
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->s)
		b->s[0] = '\0';
}

char *buf_take(struct buf *b)
{
	char *s = b->s ? b->s : xstrdup("");
	*b = (struct buf){0};
	return s;
}

void buf_release(struct buf *b)
{
	free(b->s);
	*b = (struct buf){0};
}
