/*
 * keymap.h: a hash from text to a number, for the keys of a file and the codes
 * of the register: a million of them, looked up once per cell. Keys are copied
 * into the map's own memory and stay until keymap_release.
 */
#ifndef REGISTER_KEYMAP_H
#define REGISTER_KEYMAP_H

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct keymap_slot;

struct keymap {
	struct keymap_slot *slots;
	size_t slot_count, count; /* slot_count is a power of two, or 0 */
	char *bytes; /* where the next key goes */
	size_t bytes_left;
	char **pages;
	size_t page_count, page_capacity;
};

/* The number kept for key, or NULL. The pointer is valid until the next keymap_add. */
int64_t *keymap_get(const struct keymap *m, const char *key);
/* Adds key with value unless it is there. Returns the number kept; *added (may be NULL) says which.
 */
int64_t *keymap_add(struct keymap *m, const char *key, int64_t value, bool *added);
void keymap_release(struct keymap *m);

#endif
