/*
 * fuzz_xlsx.c: any bytes as one part of a spreadsheet whose other parts are good (the
 * first byte says which), or as the whole file. What is read must be whole lines of
 * valid UTF-8 without NUL, as the importer takes them for granted.
 */
#include "fuzz.h"

#include "base/text.h"
#include "register/xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

static const struct {
	const char *name, *good;
} parts[] = {
	{"xl/worksheets/sheet1.xml",
		HEAD "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>46000</v></c>"
		     "</row><row r=\"3\" hidden=\"1\"><c r=\"A3\" t=\"inlineStr\"><is><t>a</t></is></c></row></sheetData></worksheet>"},
	{"xl/sharedStrings.xml", HEAD "<sst><si><t>Mã</t></si><si><r><t>hai</t></r><rPh><t>x</t></rPh></si></sst>"},
	{"xl/styles.xml", HEAD "<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"dd/mm/yyyy\"/></numFmts><cellXfs>"
			       "<xf numFmtId=\"0\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>"},
	{"xl/workbook.xml", HEAD "<workbook><sheets><sheet name=\"Một\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"},
	{"xl/_rels/workbook.xml.rels",
		HEAD "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/></Relationships>"},
};
enum { PARTS = sizeof parts / sizeof *parts };

static void add(zip_t *archive, const char *name, const void *bytes, size_t size)
{
	zip_source_t *source = zip_source_buffer(archive, bytes, size, 0);
	zip_int64_t at = source ? zip_file_add(archive, name, source, ZIP_FL_ENC_UTF_8) : -1;
	if (at < 0 || zip_set_file_compression(archive, (zip_uint64_t)at, ZIP_CM_STORE, 0) < 0)
		abort();
}

/* The good parts, the one of them replaced, as a file in memory. */
static const char *spreadsheet(int replaced, const uint8_t *data, size_t size, int *fd)
{
	zip_error_t error;
	zip_stat_t st;
	zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *archive = out ? zip_open_from_source(out, ZIP_TRUNCATE, &error) : NULL;
	if (!archive)
		abort();
	zip_source_keep(out);
	for (int i = 0; i < PARTS; i++)
		if (i == replaced)
			add(archive, parts[i].name, data, size);
		else
			add(archive, parts[i].name, parts[i].good, strlen(parts[i].good));
	if (zip_close(archive) < 0 || zip_source_stat(out, &st) < 0 || zip_source_open(out) < 0)
		abort();
	uint8_t *bytes = xmalloc((size_t)st.size);
	if (zip_source_read(out, bytes, st.size) != (zip_int64_t)st.size)
		abort();
	zip_source_close(out);
	zip_source_free(out);
	const char *file = fuzz_file(bytes, (size_t)st.size, fd);
	free(bytes);
	return file;
}

static void read_all(const char *file)
{
	struct xlsx *x;
	struct err e;
	struct buf text = {0};
	if (xlsx_open(&x, file, NULL, "Hai", false, &e) < 0)
		return;
	while (xlsx_more(x, &text) == 1) {
		if (memchr(text.s, '\0', text.len) || !text_is_utf8(text.s, text.len) || text.s[text.len - 1] != '\n')
			abort();
		buf_clear(&text);
	}
	buf_release(&text);
	xlsx_close(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd, which = size ? data[0] % (PARTS + 1) : PARTS;
	const uint8_t *bytes = size ? data + 1 : data;
	size_t n = size ? size - 1 : 0;
	read_all(which == PARTS ? fuzz_file(bytes, n, &fd) : spreadsheet(which, bytes, n, &fd));
	close(fd);
	return 0;
}
