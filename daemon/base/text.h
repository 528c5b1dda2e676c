/*
 * text.h: Vietnamese text: normal form, folding for comparison, numbers as
 * officers write them (1.234,5).
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool text_is_utf8(const char *s, size_t n);
/* NFC, white space trimmed at both ends and runs of it folded to one space when collapse is set.
 * The result is the caller's; NULL if s is not valid UTF-8. Control characters other than
 * tab and newline are dropped. */
char *text_nfc(const char *s, bool collapse);
/* For comparing names: NFC, case folded, marks and đ stripped, runs of anything that is not a
 * letter or digit become one space ("Lao động - Thương binh" = "LAO DONG, THUONG BINH"). */
char *text_fold(const char *s);
/* Columns that the text takes on a terminal. */
size_t text_width(const char *s);

enum { NUMBER_TEXT = 40 };
char *text_int_vi(int64_t n, char out[NUMBER_TEXT]); /* 6417 -> "6.417" */
/* 100·n/d with up to `decimals` digits, cut not rounded up to a bound it has not reached:
 * 79,96 % shows as "79,9" (never "80") when exact < shown. d > 0. */
char *text_percent_vi(int64_t n, int64_t d, int decimals, char out[NUMBER_TEXT]);
/* n/d as a Vietnamese decimal with up to `decimals` digits, trailing zeros dropped. d > 0. */
char *text_ratio_vi(int64_t n, int64_t d, int decimals, char out[NUMBER_TEXT]);

/* "1.234,5", "1234.5", "1 234": value = whole·10^scale digits. Parses a decimal number into
 * numerator/denominator (denominator a power of ten). Returns 0, -1 not a number, -2 ambiguous
 * ("1.234": thousands or decimals?). */
int text_parse_number(const char *s, int64_t *numerator, int64_t *denominator);

/* An address that ends in .example: a placeholder that nobody reads. NULL is none. */
bool text_is_invented(const char *address);

#endif
