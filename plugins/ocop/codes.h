/*
 * codes.h: numbers for codes, 0 1 2 … in the order in which they came, and short
 * texts with one life: 600 000 rows ask for their village.
 */
#ifndef OCOP_CODES_H
#define OCOP_CODES_H

#include <stddef.h>
#include <stdint.h>

#define NO_NUMBER UINT32_MAX

/* Texts that are freed together. Zeroed by the caller. */
struct texts {
	struct text_block *blocks;
};
const char *texts_copy(struct texts *t, const char *s); /* NULL for NULL, or without memory */
void texts_free(struct texts *t);

struct code_slot {
	uint32_t hash, number; /* number + 1; 0 free */
};

/* Zeroed by the caller. */
struct codes {
	const char **items; /* by number */
	uint32_t count, room;
	struct code_slot *slots; /* twice as many as codes, at least */
	uint32_t slot_count;
};

/* The code's number, or NO_NUMBER: not there. */
uint32_t codes_find(const struct codes *c, const char *code);
/* The code's number; a new one gets the next, and a copy in `texts`. NO_NUMBER: no memory. */
uint32_t codes_add(struct codes *c, struct texts *texts, const char *code);
void codes_free(struct codes *c);

#endif
