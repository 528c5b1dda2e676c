/*
 * codes.c: see codes.h. Open addressing; a slot keeps the hash beside the number,
 * so that a code that is not there is known without reading another one's text.
 */
#include "codes.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024, FIRST_SLOTS = 1024 };

struct text_block {
	struct text_block *next;
	size_t used, size;
	char bytes[];
};

const char *texts_copy(struct texts *t, const char *s)
{
	if (!s)
		return NULL;
	size_t n = strlen(s) + 1;
	struct text_block *b = t->blocks;
	if (!b || b->size - b->used < n) {
		size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
		b = malloc(sizeof *b + size);
		if (!b)
			return NULL;
		*b = (struct text_block){.next = t->blocks, .size = size};
		t->blocks = b;
	}
	char *copy = memcpy(b->bytes + b->used, s, n);
	b->used += n;
	return copy;
}

void texts_free(struct texts *t)
{
	while (t->blocks) {
		struct text_block *next = t->blocks->next;
		free(t->blocks);
		t->blocks = next;
	}
}

/* FNV-1a, mixed: codes that count up would lie side by side. */
static uint32_t hash(const char *s)
{
	uint64_t h = 14695981039346656037u;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdu;
	return (uint32_t)(h >> 32);
}

/* The slot that holds the code, or the free one where it belongs. */
static struct code_slot *slot_of(const struct codes *c, const char *code, uint32_t h)
{
	uint32_t at = h & (c->slot_count - 1);
	for (;; at = (at + 1) & (c->slot_count - 1)) {
		struct code_slot *s = &c->slots[at];
		if (!s->number || (s->hash == h && strcmp(c->items[s->number - 1], code) == 0))
			return s;
	}
}

static int grow_slots(struct codes *c)
{
	uint32_t count = c->slot_count ? c->slot_count * 2 : FIRST_SLOTS;
	struct code_slot *old = c->slots, *slots = calloc(count, sizeof *slots);
	if (!slots)
		return -1;
	for (uint32_t i = 0; i < c->slot_count; i++) {
		uint32_t at = old[i].hash & (count - 1);
		while (old[i].number && slots[at].number)
			at = (at + 1) & (count - 1);
		if (old[i].number)
			slots[at] = old[i];
	}
	free(old);
	c->slots = slots;
	c->slot_count = count;
	return 0;
}

uint32_t codes_find(const struct codes *c, const char *code)
{
	return code && c->slot_count ? slot_of(c, code, hash(code))->number - 1 : NO_NUMBER;
}

uint32_t codes_add(struct codes *c, struct texts *texts, const char *code)
{
	if (c->count >= c->slot_count / 2 && grow_slots(c) < 0)
		return NO_NUMBER;
	uint32_t h = hash(code);
	struct code_slot *s = slot_of(c, code, h);
	if (s->number)
		return s->number - 1;
	if (c->count == c->room) {
		uint32_t room = c->room ? c->room * 2 : 256;
		const char **more = realloc(c->items, room * sizeof *more);
		if (!more)
			return NO_NUMBER;
		c->items = more;
		c->room = room;
	}
	c->items[c->count] = texts_copy(texts, code);
	if (!c->items[c->count])
		return NO_NUMBER;
	*s = (struct code_slot){h, ++c->count};
	return c->count - 1;
}

void codes_free(struct codes *c)
{
	free(c->items);
	free(c->slots);
	*c = (struct codes){0};
}
