/*
 * letter_files.h: rehearsed letters as files: DIR/YYYY-MM-DD/UNIT.eml, the same
 * as a page beside it, and DIR/index.html that links them all.
 */
#ifndef CTL_LETTER_FILES_H
#define CTL_LETTER_FILES_H

#include "base/mem.h"
#include "mail/mailing.h"

struct letter_files {
	const char *folder;
	struct buf rows; /* of the index */
	size_t count;
};

/* folder must be empty or absent; it is made. */
int letter_files_begin(struct letter_files *f, const char *folder, struct err *e);
int letter_files_add(
	struct letter_files *f, const struct digest *d, const struct letter *l, struct err *e);
/* Writes the index; title says what was rehearsed. */
int letter_files_end(struct letter_files *f, const char *title, struct err *e);
void letter_files_release(struct letter_files *f);

#endif
