/*
 * xlsx_parts.h: the parts of an XLSX file as streams of XML: opening the archive,
 * handing a part to expat piece by piece within limits. Internal to xlsx*.c.
 */
#ifndef REGISTER_XLSX_PARTS_H
#define REGISTER_XLSX_PARTS_H

#include "base/err.h"
#include "base/mem.h"

#include <expat.h>
#include <stdbool.h>
#include <zip.h>

struct xlsx_file {
	const char *path; /* for sentences */
	zip_t *archive;
};

/* What one part is read with. fail, set by a handler, ends the reading with that sentence. */
struct xlsx_reader {
	void *state;
	void (*start)(struct xlsx_reader *r, const char *name, const char **attributes);
	void (*end)(struct xlsx_reader *r, const char *name);
	void (*text)(struct xlsx_reader *r, const char *s, size_t n);
	XML_Parser parser; /* internal */
	bool failed;
	struct err why;
};

int xlsx_open(struct xlsx_file *f, const char *path, struct err *e);
void xlsx_close(struct xlsx_file *f);
/* 1 read, 0 there is no such part, -1. Names come without their prefix. */
int xlsx_part(const struct xlsx_file *f, const char *part, struct xlsx_reader *r, struct err *e);
/* From a handler: the file is wrong. */
void xlsx_fail(struct xlsx_reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* An attribute by its name without prefix, or NULL. */
const char *xlsx_attribute(const char **attributes, const char *name);

#endif
