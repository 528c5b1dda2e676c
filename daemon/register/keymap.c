/*
 * keymap.c: open addressing with linear probing, at most three quarters full. Keys lie
 * one behind the other in pages of their own.
 */
#include "register/keymap.h"

enum { FIRST_SLOTS = 256, PAGE_BYTES = 256 * 1024 };

struct keymap_slot {
	const char *key; /* NULL: free */
	uint64_t hash;
	int64_t value;
};

static uint64_t hash_key(const char *s)
{
	uint64_t h = 1469598103934665603u;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h ^ h >> 29;
}

static struct keymap_slot *probe(
	struct keymap_slot *slots, size_t count, const char *key, uint64_t hash)
{
	for (size_t i = (size_t)hash & (count - 1);; i = (i + 1) & (count - 1))
		if (!slots[i].key || (slots[i].hash == hash && strcmp(slots[i].key, key) == 0))
			return &slots[i];
}

static void grow(struct keymap *m)
{
	size_t count = m->slot_count ? m->slot_count * 2 : FIRST_SLOTS;
	struct keymap_slot *slots = xcalloc(count, sizeof *slots);
	for (size_t i = 0; i < m->slot_count; i++) {
		struct keymap_slot *old = &m->slots[i];
		size_t at = (size_t)old->hash & (count - 1);
		while (old->key && slots[at].key)
			at = (at + 1) & (count - 1);
		if (old->key)
			slots[at] = *old;
	}
	free(m->slots);
	m->slots = slots;
	m->slot_count = count;
}

static const char *keep(struct keymap *m, const char *key)
{
	size_t n = strlen(key) + 1;
	if (n > m->bytes_left) {
		size_t room = n > PAGE_BYTES ? n : PAGE_BYTES;
		VEC_ROOM(m->pages, m->page_count, m->page_capacity);
		m->pages[m->page_count++] = m->bytes = xmalloc(room);
		m->bytes_left = room;
	}
	char *copy = memcpy(m->bytes, key, n);
	m->bytes += n;
	m->bytes_left -= n;
	return copy;
}

int64_t *keymap_get(const struct keymap *m, const char *key)
{
	if (!m->slot_count)
		return NULL;
	struct keymap_slot *slot = probe(m->slots, m->slot_count, key, hash_key(key));
	return slot->key ? &slot->value : NULL;
}

int64_t *keymap_add(struct keymap *m, const char *key, int64_t value, bool *added)
{
	if (m->count * 4 >= m->slot_count * 3)
		grow(m);
	uint64_t hash = hash_key(key);
	struct keymap_slot *slot = probe(m->slots, m->slot_count, key, hash);
	bool is_new = !slot->key;
	if (is_new) {
		*slot = (struct keymap_slot){.key = keep(m, key), .hash = hash, .value = value};
		m->count++;
	}
	if (added)
		*added = is_new;
	return &slot->value;
}

void keymap_release(struct keymap *m)
{
	for (size_t i = 0; i < m->page_count; i++)
		free(m->pages[i]);
	free(m->pages);
	free(m->slots);
	*m = (struct keymap){0};
}
