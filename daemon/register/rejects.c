/*
 * rejects.c: refused cells and warnings of an import, within limits.
 */
#include "register/rejects.h"

void rejects_begin_row(struct rejects *r, int row)
{
	r->row = row;
	r->in_row = 0;
	if (r->reasons)
		buf_clear(r->reasons);
}

void rejects_add(struct rejects *r, const char *column, const char *value, const char *format, ...)
{
	struct import_result *result = r->result;
	if (r->in_row++ == 0)
		result->rejected++;
	va_list ap;
	va_start(ap, format);
	char *reason = xvasprintf(format, ap);
	va_end(ap);
	if (r->reasons)
		buf_addf(r->reasons, "%s%s: %s", r->reasons->len ? "; " : "",
			column ? column : "row", reason);
	if (result->reject_count == REJECTS_KEPT) {
		free(reason);
		return;
	}
	VEC_ROOM(result->rejects, result->reject_count, r->capacity);
	result->rejects[result->reject_count++] = (struct reject){
		.file = xstrdup(r->file),
		.row = r->row,
		.column = xstrdup(column ? column : ""),
		.value = xstrdup(value ? value : ""),
		.reason = reason,
	};
}

void rejects_take_warning(struct rejects *r, char *text)
{
	struct import_result *result = r->result;
	if (result->warning_count == WARNINGS_KEPT) {
		free(text);
		return;
	}
	VEC_ROOM(result->warnings, result->warning_count, r->warning_capacity);
	result->warnings[result->warning_count++] = text;
}

void import_result_release(struct import_result *result)
{
	for (size_t i = 0; i < result->reject_count; i++) {
		free(result->rejects[i].file);
		free(result->rejects[i].column);
		free(result->rejects[i].value);
		free(result->rejects[i].reason);
	}
	for (size_t i = 0; i < result->warning_count; i++)
		free(result->warnings[i]);
	free(result->rejects);
	free(result->warnings);
	free(result->sheet);
	*result = (struct import_result){0};
}
