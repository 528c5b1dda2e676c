/*
 * message.h: one e-mail as bytes: RFC 5322 with MIME, 7-bit, CRLF. The same
 * message gives the same bytes: boundaries come from the Message-ID, the date
 * from the moment handed in. Any text may be in the names and the subject.
 */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include "base/day.h"
#include "mail/compose.h"

struct attachment {
	const char *name; /* file name, any language */
	const char *type, *subtype; /* "application", "…" */
	const char *parameter, *parameter_value; /* of Content-Type, or NULL */
	const void *bytes;
	size_t size;
};

struct message {
	const char *from_name, *from; /* name may be NULL */
	const char *reply_to;
	const struct recipient *to;
	size_t to_count;
	const char *original_to; /* rehearsal: the real addresses, or NULL */
	const char *subject;
	const char *message_id, *thread; /* without angle brackets; thread NULL: begins one */
	const char *unit; /* X-Langnghe-Unit */
	const char *items; /* X-Langnghe-Items */
	bool simulated;
	struct moment date;
	int utc_offset_s;
	const char *text, *html; /* LF ends lines */
	const struct attachment *attachments;
	size_t attachment_count;
};

int message_make(const struct message *m, char **bytes, size_t *size, struct err *e);
/* A message of ours for reading: From, To, Subject and Date decoded, an empty line, the plain text;
 * LF ends lines. *text is the caller's. */
int message_read(const char *bytes, size_t size, char **text, struct err *e);

#endif
