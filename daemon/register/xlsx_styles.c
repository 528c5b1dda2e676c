/*
 * xlsx_styles.c: see xlsx_styles.h. A style names a number format; those below 164
 * are built in, the others are written in the file.
 */
#include "register/xlsx_styles.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CUSTOM_MOST = 4096 };

struct custom {
	int id;
	enum xlsx_format format;
};

struct styles_state {
	struct xlsx_styles *out;
	struct custom *custom;
	size_t custom_count, custom_capacity;
	bool in_cell_formats;
};

enum xlsx_format xlsx_format_of(const char *code)
{
	bool quoted = false;
	if (strcasecmp(code, "General") == 0)
		return XLSX_PLAIN;
	for (const char *c = code; *c && *c != ';'; c++) {
		if (*c == '"')
			quoted = !quoted;
		else if (!quoted && (*c == '\\' || *c == '_' || *c == '*') && c[1])
			c++;
		else if (!quoted && *c == '[') /* a colour, a locale; but [h] is time */
			while (c[1] && *c != ']')
				c++;
		else if (!quoted && *c == '%')
			return XLSX_PERCENT;
		else if (!quoted && strchr("dDyYmM", *c))
			return XLSX_DATE;
	}
	return XLSX_PLAIN;
}

static enum xlsx_format built_in(int id)
{
	if (id == 9 || id == 10)
		return XLSX_PERCENT;
	bool date = (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
	return date ? XLSX_DATE : XLSX_PLAIN;
}

static enum xlsx_format format_by_id(const struct styles_state *s, int id)
{
	for (size_t i = 0; i < s->custom_count; i++)
		if (s->custom[i].id == id)
			return s->custom[i].format;
	return built_in(id);
}

static void on_start(struct xlsx_reader *r, const char *name, const char **attributes)
{
	struct styles_state *s = r->state;
	if (strcmp(name, "cellXfs") == 0) {
		s->in_cell_formats = true;
	} else if (strcmp(name, "numFmt") == 0) {
		const char *id = xlsx_attribute(attributes, "numFmtId"), *code = xlsx_attribute(attributes, "formatCode");
		if (!id || !code || s->custom_count == CUSTOM_MOST)
			return;
		VEC_ROOM(s->custom, s->custom_count, s->custom_capacity);
		s->custom[s->custom_count++] = (struct custom){atoi(id), xlsx_format_of(code)};
	} else if (s->in_cell_formats && strcmp(name, "xf") == 0) {
		const char *id = xlsx_attribute(attributes, "numFmtId");
		VEC_ROOM(s->out->formats, s->out->count, s->out->capacity);
		s->out->formats[s->out->count++] = (unsigned char)format_by_id(s, id ? atoi(id) : 0);
	}
}

static void on_end(struct xlsx_reader *r, const char *name)
{
	struct styles_state *s = r->state;
	if (strcmp(name, "cellXfs") == 0)
		s->in_cell_formats = false;
}

int xlsx_styles_read(struct xlsx_styles *s, const struct xlsx_file *f, struct err *e)
{
	struct styles_state state = {.out = s};
	struct xlsx_reader r = {.state = &state, .start = on_start, .end = on_end};
	*s = (struct xlsx_styles){0};
	int rc = xlsx_part(f, "xl/styles.xml", &r, e);
	free(state.custom);
	return rc < 0 ? -1 : 0;
}

void xlsx_styles_release(struct xlsx_styles *s)
{
	free(s->formats);
	*s = (struct xlsx_styles){0};
}
