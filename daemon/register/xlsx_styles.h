/*
 * xlsx_styles.h: which cell formats of a workbook show a date, which a percentage.
 * Internal to xlsx*.c.
 */
#ifndef REGISTER_XLSX_STYLES_H
#define REGISTER_XLSX_STYLES_H

#include "register/xlsx_parts.h"

enum xlsx_format { XLSX_PLAIN, XLSX_DATE, XLSX_PERCENT };

struct xlsx_styles {
	unsigned char *formats; /* enum xlsx_format by cell style */
	size_t count, capacity;
};

/* A workbook without styles has none: all is plain. */
int xlsx_styles_read(struct xlsx_styles *s, const struct xlsx_file *f, struct err *e);
void xlsx_styles_release(struct xlsx_styles *s);
/* What a format code ("dd/mm/yyyy", "0.0%") shows. */
enum xlsx_format xlsx_format_of(const char *code);

#endif
