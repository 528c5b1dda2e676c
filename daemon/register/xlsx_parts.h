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
	bool failed;
	struct err why;
	/* Internal. */
	const char *part;
	XML_Parser parser;
	zip_file_t *stream;
	zip_uint64_t unpacked;
};

int xlsx_archive_open(struct xlsx_file *f, const char *path, struct err *e);
void xlsx_archive_close(struct xlsx_file *f);
/* 1 read, 0 there is no such part, -1. Names come without their prefix. */
int xlsx_part(const struct xlsx_file *f, const char *part, struct xlsx_reader *r, struct err *e);
/* The same piece by piece. begin: 1, 0 there is no such part, -1; step, after a 1: 1 go on, 0 the end, -1; end always,
 * also twice. The part's name and the reader stay where they are meanwhile. */
int xlsx_part_begin(const struct xlsx_file *f, const char *part, struct xlsx_reader *r, struct err *e);
int xlsx_part_step(const struct xlsx_file *f, struct xlsx_reader *r, struct err *e);
void xlsx_part_end(struct xlsx_reader *r);
/* Bytes of the part once unpacked, as the archive says; 0 unknown. */
size_t xlsx_part_size(const struct xlsx_file *f, const char *part);
/* From a handler: the file is wrong. */
void xlsx_fail(struct xlsx_reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* An attribute by its name without prefix, or NULL. */
const char *xlsx_attribute(const char **attributes, const char *name);

#endif
