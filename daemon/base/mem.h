/*
 * mem.h: memory that is there, or the program ends with one line on stderr.
 * Out of memory is fatal in every program of ours: each is small, restartable,
 * and loses nothing by ending (the store is transactional).
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);           /* NULL gives NULL */
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list ap);

/* Makes room for one more item in a growing array: VEC_ROOM(items, count, capacity). */
#define VEC_ROOM(items, count, capacity)                                                           \
	do {                                                                                       \
		if ((count) == (capacity)) {                                                       \
			(capacity) = (capacity) ? (capacity) * 2 : 16;                             \
			(items) = xrealloc((items), (capacity) * sizeof *(items));                 \
		}                                                                                  \
	} while (0)

/*
 * arena: many small strings and structs with one life. Everything is freed at
 * once by arena_release; nothing is freed before.
 */
struct arena_block;
struct arena {
	struct arena_block *blocks;
};

void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for any type */
char *arena_strdup(struct arena *a, const char *s); /* NULL gives NULL */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_release(struct arena *a);

/* buf: a growing string, always NUL-terminated once something was added. */
struct buf {
	char *s;
	size_t len, capacity;
};

void buf_add(struct buf *b, const char *s);
void buf_add_n(struct buf *b, const char *s, size_t n);
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *buf_extend(struct buf *b, size_t n); /* n bytes more, to be written by the caller */
void buf_shorten(struct buf *b, size_t len); /* to len bytes, of those it has */
void buf_clear(struct buf *b);
char *buf_take(struct buf *b); /* the string is the caller's; never NULL */
void buf_release(struct buf *b);

#endif
