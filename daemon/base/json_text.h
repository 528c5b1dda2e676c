/*
 * json_text.h: strings into JSON by hand, for a program too small to link a
 * JSON library. Text that is not UTF-8 (a line of a helper, cut inside a
 * character) loses its non-ASCII bytes.
 */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include "base/mem.h"

/* "key":"value", or "key":null. The key is written as it is. */
void json_member(struct buf *b, const char *key, const char *value);

#endif
