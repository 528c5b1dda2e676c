/*
 * frame.h: one answer of a runner on its pipe: a header (magic, version, status,
 * count, length), a keyed checksum over header and body, then the body: a
 * message, the plugin's log, and the findings, each with its length before it.
 * The key is drawn anew for each request and travels with it, so bytes that a
 * plugin writes by itself are no answer. Both ends run on one machine: numbers
 * are in its own order.
 */
#ifndef RULES_FRAME_H
#define RULES_FRAME_H

#include "base/mem.h"
#include "rules/finding.h"

enum {
	FRAME_VERSION = 4,
	FRAME_KEY = 16, /* bytes */
	FRAME_HEAD = 40, /* bytes before the body */
	FRAME_MOST = 64 * 1024 * 1024, /* bytes of a whole frame */
	FRAME_LOG_MOST = 16 * 1024, /* bytes of the log in it */
	FRAME_REST_MOST = 32 * 1024 /* of what was read, and of a failure's sentence */
};

/* Writing: frame_begin, frame_finding…, frame_seal; then the bytes are ready. */
void frame_begin(struct buf *frame);
/* -1 if the frame would grow past FRAME_MOST; it is unchanged then. */
int frame_finding(struct buf *frame, const struct finding *f);
struct frame_end {
	uint32_t count, left_out; /* findings in it, and those that are counted and not carried (finding.h) */
	const char *failure; /* the sentence that makes the run a failed one (its findings are dropped), or NULL */
	const char *reads; /* finding.h */
	const char *log; /* lines for the administrator, or NULL */
};
void frame_seal(struct buf *frame, const struct frame_end *end, const unsigned char key[FRAME_KEY]);

/* Reading. Looks at the FRAME_HEAD bytes of a header; *length gets the size of the whole frame. */
int frame_length(const unsigned char head[FRAME_HEAD], size_t *length, struct err *e);
/* Reads a whole frame, from malloc, which becomes *out's whatever comes of it: its texts are read where they lie.
 * *failure is set when the run failed; *out (zeroed) then has no findings, else all of them, unchecked. -1: these bytes
 * are no frame. */
int frame_take(unsigned char *frame, size_t length, const unsigned char key[FRAME_KEY],
	struct findings *out, const char **failure, struct err *e);

#endif
