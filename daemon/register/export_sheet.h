/*
 * export_sheet.h: a kind's rows on a sheet of a workbook, to fill in and hand back:
 * Vietnamese headings, real dates and numbers, drop-downs for coded columns, the
 * heading frozen, filters, #rev hidden at the end. Importing it again changes nothing.
 * The sheet is named after the kind, by which the importer finds it.
 */
#ifndef REGISTER_EXPORT_SHEET_H
#define REGISTER_EXPORT_SHEET_H

#include "register/kinds.h"
#include "store/store.h"

#include <xlsxwriter.h>

struct export_sheet {
	lxw_workbook *book;
	lxw_worksheet *sheet, *lists; /* lists: what the drop-downs offer, hidden */
	lxw_format *head, *text, *day, *number, *empty, *empty_day;
	const struct kind *kind;
	lxw_row_t top, row; /* the heading's; the last one written */
};

/* title: a line above the heading, and empty cells are marked; NULL: neither. */
void export_sheet_begin(struct export_sheet *b, lxw_workbook *book, const struct kind *k, const char *title);
/* row: the kind's columns in their order, then rev; NULL where the row does not exist yet. */
void export_sheet_row(struct export_sheet *b, struct stmt *row);
void export_sheet_end(struct export_sheet *b);

#endif
