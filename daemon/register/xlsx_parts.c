/*
 * xlsx_parts.c: see xlsx_parts.h.
 */
#include "register/xlsx_parts.h"

#include "register/xlsx.h"

#include <stdarg.h>
#include <string.h>

enum { CHUNK = 64 * 1024 };

int xlsx_archive_open(struct xlsx_file *f, const char *path, struct err *e)
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

void xlsx_archive_close(struct xlsx_file *f)
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

static int feed(struct xlsx_reader *r)
{
	char chunk[CHUNK];
	zip_int64_t n = zip_fread(r->stream, chunk, sizeof chunk);
	if (n < 0) {
		xlsx_fail(r, "it is damaged: %s", zip_error_strerror(zip_file_get_error(r->stream)));
		return -1;
	}
	r->unpacked += (zip_uint64_t)n;
	if (r->unpacked > XLSX_PART_BYTES_MOST) {
		xlsx_fail(r, "it unpacks to more than 1 GiB");
		return -1;
	}
	if (XML_Parse(r->parser, chunk, (int)n, n == 0) == XML_STATUS_OK)
		return n == 0 ? 0 : 1;
	if (!r->failed)
		err_set(&r->why, "it is damaged at line %lu: %s", XML_GetCurrentLineNumber(r->parser),
			XML_ErrorString(XML_GetErrorCode(r->parser)));
	r->failed = true;
	return -1;
}

int xlsx_part_begin(const struct xlsx_file *f, const char *part, struct xlsx_reader *r, struct err *e)
{
	zip_int64_t index = zip_name_locate(f->archive, part, ZIP_FL_NOCASE);
	zip_stat_t st;
	if (index < 0)
		return 0;
	if (zip_stat_index(f->archive, (zip_uint64_t)index, 0, &st) == 0 && (st.valid & ZIP_STAT_ENCRYPTION_METHOD) &&
		st.encryption_method != ZIP_EM_NONE)
		return err_set(e, "%s is protected by a password: take the password off", f->path);
	r->stream = zip_fopen_index(f->archive, (zip_uint64_t)index, 0);
	if (!r->stream)
		return err_set(e, "%s: %s cannot be unpacked: %s", f->path, part, zip_strerror(f->archive));
	r->part = part;
	r->unpacked = 0;
	r->failed = false;
	r->parser = XML_ParserCreate(NULL);
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	return 1;
}

int xlsx_part_step(const struct xlsx_file *f, struct xlsx_reader *r, struct err *e)
{
	int rc = feed(r);
	return rc >= 0 ? rc : err_set(e, "%s: %s: %s", f->path, r->part, r->why.text);
}

void xlsx_part_end(struct xlsx_reader *r)
{
	if (r->parser)
		XML_ParserFree(r->parser);
	if (r->stream)
		zip_fclose(r->stream);
	r->parser = NULL;
	r->stream = NULL;
}

int xlsx_part(const struct xlsx_file *f, const char *part, struct xlsx_reader *r, struct err *e)
{
	int rc = xlsx_part_begin(f, part, r, e);
	if (rc != 1)
		return rc;
	while ((rc = xlsx_part_step(f, r, e)) == 1)
		;
	xlsx_part_end(r);
	return rc == 0 ? 1 : -1;
}

size_t xlsx_part_size(const struct xlsx_file *f, const char *part)
{
	zip_stat_t st;
	return zip_stat(f->archive, part, ZIP_FL_NOCASE, &st) == 0 && (st.valid & ZIP_STAT_SIZE) ? (size_t)st.size : 0;
}
