/*
 * table.h: a listing, printed as an aligned table or as JSON (an array of flat
 * objects). Every listing of langnghectl is one of these. Cells that were not
 * set are null.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct table;

/* keys: the columns in order, NULL-terminated; borrowed for the table's life. */
struct table *table_new(const char *const *keys);
void table_free(struct table *t);

void table_row(struct table *t); /* begins a row */
/* Set a cell of the row begun last. An unknown key is a programming error and aborts. */
void table_text(struct table *t, const char *key, const char *value); /* NULL stays null; copied */
void table_int(struct table *t, const char *key, int64_t value);
void table_bool(struct table *t, const char *key, bool value);
void table_day(struct table *t, const char *key, int32_t day);      /* DAY_NONE stays null */
/* A decimal that is exact in JSON: value/scale printed with the digits it needs, up to 3. */
void table_ratio(struct table *t, const char *key, int64_t numerator, int64_t denominator);

size_t table_rows(const struct table *t);
/* The cell as text, uncut; NULL where it is null or there is none such. The caller's. */
char *table_cell(const struct table *t, size_t row, const char *key);
/* Before the first row: JSON it will be, and each row is written to out once the next one begins. Then table_json
 * ends the listing, and of all rows only their number is known. */
void table_stream(struct table *t, FILE *out);
void table_json(struct table *t, FILE *out);
/* Aligned by display width (UTF-8); columns that are empty in all rows are left out. cut: cells longer than 60
 * characters end with an ellipsis, for a person at a terminal; a program that reads a pipe loses nothing. */
void table_print(const struct table *t, FILE *out, bool cut);

#endif
