/*
 * json_text.c: see json_text.h.
 */
#include "base/json_text.h"

#include "base/text.h"

void json_member(struct buf *b, const char *key, const char *value)
{
	if (!value) {
		buf_addf(b, "\"%s\":null", key);
		return;
	}
	bool whole = text_is_utf8(value, strlen(value));
	buf_addf(b, "\"%s\":\"", key);
	for (const char *p = value; *p; p++) {
		unsigned char byte = (unsigned char)*p;
		if (byte == '"' || byte == '\\')
			buf_addf(b, "\\%c", byte);
		else if (byte < 0x20 || byte == 0x7F)
			buf_addf(b, "\\u%04x", byte);
		else if (byte < 0x80 || whole)
			buf_add_n(b, p, 1);
		else
			buf_add(b, "?");
	}
	buf_add(b, "\"");
}
