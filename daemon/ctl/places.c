/*
 * places.c: see places.h.
 */
#include "ctl/places.h"

#include "base/file.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { CONF_BYTES_MOST = 1024 * 1024 };

/* The text of `key = "text"` in a line; NULL where the line says something else. The caller frees.
 */
static char *text_in_line(const char *line, const char *key)
{
	static const char blank[] = " \t";
	size_t n = strlen(key);
	line += strspn(line, blank);
	if (strncmp(line, key, n) != 0)
		return NULL;
	line += n;
	line += strspn(line, blank);
	if (*line != '=' && *line != ':')
		return NULL;
	line++;
	line += strspn(line, blank);
	size_t length = *line == '"' ? strcspn(line + 1, "\"\n") : 0;
	return length > 0 && line[length + 1] == '"' ? xstrndup(line + 1, length) : NULL;
}

/* What a path option of the file says although the file as a whole is refused, be it for its
 * syntax; the packaged place where no line names it. The caller frees. */
static char *path_in_spite(const char *file, const char *key, const char *packaged)
{
	struct err e;
	char *data, *path = NULL;
	size_t size;
	if (file_read(file, CONF_BYTES_MOST, &data, &size, &e) < 0)
		return xstrdup(packaged);
	for (const char *line = data; line && !path; line = strchr(line, '\n')) {
		line += *line == '\n';
		char *text = text_in_line(line, key);
		path = text ? file_resolve(file, text) : NULL;
		free(text);
	}
	free(data);
	return path ? path : xstrdup(packaged);
}

void places_find(struct ctl *c, struct places *out, struct problems *problems)
{
	const char *file = settings_path(c->conf);
	if (settings_load(file, &c->world.settings, problems) == 0) {
		out->socket = xstrdup(c->world.settings->control_socket);
		out->database = xstrdup(c->world.settings->database);
		return;
	}
	out->socket = path_in_spite(file, "control_socket", "/run/langnghe/control");
	out->database = path_in_spite(file, "database", "/var/lib/langnghe/langnghe.db");
}

void places_release(struct places *p)
{
	free(p->socket);
	free(p->database);
}
