/*
 * fill_in.h: the rows that a place is asked about, on a sheet that it fills in and sends
 * back, and that the importer takes as it is (export_sheet.h).
 */
#ifndef REGISTER_FILL_IN_H
#define REGISTER_FILL_IN_H

#include "base/err.h"
#include "register/kinds.h"
#include "store/store.h"

#include <stdint.h>
#include <xlsxwriter.h>

struct fill_in {
	const char *places; /* villages, village_years: all rows of these places, a JSON array of their codes */
	int32_t day;        /* village_years: a row a village for the year whose figures are gathered then */
	const char *codes;  /* other kinds: these rows, a JSON array of their codes */
	const char *title; /* the line above the heading */
};

/* Adds the kind's sheet. 1, 0 if there is no row and therefore no sheet, -1. */
int fill_in_add(lxw_workbook *book, struct store *s, const struct kind *k, const struct fill_in *f, struct err *e);

#endif
