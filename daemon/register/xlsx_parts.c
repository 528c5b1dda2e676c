/*
 * xlsx_parts.c: see xlsx_parts.h.
 */
#include "register/xlsx_parts.h"

#include "register/xlsx.h"

#include <stdarg.h>
#include <string.h>

enum { CHUNK = 64 * 1024 };

int xlsx_open(struct xlsx_file *f, const char *path, struct err *e)
{
	int code = 0;
	*f = (struct xlsx_file){.path = path};
	f->archive = zip_open(path, ZIP_RDONLY, &code);
	if (f->archive)
		return 0;
	zip_error_t error;
	zip_error_init_with_code(&error, code);
	err_set(e, "%s is no spreadsheet that can be read (%s): save it as \"Excel Workbook (.xlsx)\"", path,
		zip_error_strerror(&error));
	zip_error_fini(&error);
	return -1;
}

void xlsx_close(struct xlsx_file *f)
{
	if (f->archive)
		zip_discard(f->archive);
	f->archive = NULL;
}

void xlsx_fail(struct xlsx_reader *r, const char *format, ...)
{
	va_list ap;
	if (r->failed)
		return;
	va_start(ap, format);
	char text[400];
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	err_set(&r->why, "%s", text);
	r->failed = true;
	XML_StopParser(r->parser, XML_FALSE);
}

/* "x:row" -> "row" */
static const char *local(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

const char *xlsx_attribute(const char **attributes, const char *name)
{
	for (size_t i = 0; attributes[i]; i += 2)
		if (strcmp(local(attributes[i]), name) == 0)
			return attributes[i + 1];
	return NULL;
}

static void on_start(void *data, const char *name, const char **attributes)
{
	struct xlsx_reader *r = data;
	if (r->start)
		r->start(r, local(name), attributes);
}

static void on_end(void *data, const char *name)
{
	struct xlsx_reader *r = data;
	if (r->end)
		r->end(r, local(name));
}

static void on_text(void *data, const char *s, int n)
{
	struct xlsx_reader *r = data;
	if (r->text)
		r->text(r, s, (size_t)n);
}

/* No spreadsheet has one; entities that blow up begin with it. */
static void on_doctype(void *data, const char *name, const char *system, const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	xlsx_fail(data, "it holds a DOCTYPE, which no spreadsheet does");
}

static int feed(zip_file_t *part, struct xlsx_reader *r)
{
	char chunk[CHUNK];
	zip_uint64_t total = 0;
	for (;;) {
		zip_int64_t n = zip_fread(part, chunk, sizeof chunk);
		if (n < 0) {
			xlsx_fail(r, "it is damaged: %s", zip_error_strerror(zip_file_get_error(part)));
			return -1;
		}
		total += (zip_uint64_t)n;
		if (total > XLSX_PART_BYTES_MOST) {
			xlsx_fail(r, "it unpacks to more than 1 GiB");
			return -1;
		}
		if (XML_Parse(r->parser, chunk, (int)n, n == 0) != XML_STATUS_OK) {
			if (!r->failed) {
				err_set(&r->why, "it is damaged at line %lu: %s", XML_GetCurrentLineNumber(r->parser),
					XML_ErrorString(XML_GetErrorCode(r->parser)));
				r->failed = true;
			}
			return -1;
		}
		if (n == 0)
			return 0;
	}
}

int xlsx_part(const struct xlsx_file *f, const char *part, struct xlsx_reader *r, struct err *e)
{
	zip_int64_t index = zip_name_locate(f->archive, part, ZIP_FL_NOCASE);
	zip_stat_t st;
	if (index < 0)
		return 0;
	if (zip_stat_index(f->archive, (zip_uint64_t)index, 0, &st) == 0 && (st.valid & ZIP_STAT_ENCRYPTION_METHOD) &&
		st.encryption_method != ZIP_EM_NONE)
		return err_set(e, "%s is protected by a password: take the password off", f->path);
	zip_file_t *stream = zip_fopen_index(f->archive, (zip_uint64_t)index, 0);
	if (!stream)
		return err_set(e, "%s: %s cannot be unpacked: %s", f->path, part, zip_strerror(f->archive));
	r->parser = XML_ParserCreate(NULL);
	r->failed = false;
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	int rc = feed(stream, r);
	XML_ParserFree(r->parser);
	zip_fclose(stream);
	return rc == 0 ? 1 : err_set(e, "%s: %s: %s", f->path, part, r->why.text);
}
