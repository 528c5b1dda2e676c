/*
 * mustache.h: the language of the templates: a small part of Mustache over JSON.
 *
 *   {{name}} {{a.b}} {{.}}   a value, HTML-escaped when the template is HTML
 *   {{{name}}}               a value as it is
 *   {{#name}} … {{/name}}    for each item of a list; or once when it is there and not false
 *   {{^name}} … {{/name}}    when it is absent, false, empty or an empty list
 *   {{! remark }}            nothing
 *   {{> name}}               another template
 *
 * A section tag, remark or partial that stands alone on its line takes the line
 * with it. A text template included by an HTML one is escaped as a whole. A pure function of
 * strings: nothing is read, no state is kept; depth, output and work are bounded, so that hostile
 * text costs an error, not a hang.
 */
#ifndef MAIL_MUSTACHE_H
#define MAIL_MUSTACHE_H

#include "base/err.h"
#include "base/mem.h"

#include <jansson.h>
#include <stdbool.h>

struct mustache;

/* Parses text. NULL after adding at least one problem (where: name:line, counted from first_line).
 */
struct mustache *mustache_parse(
	const char *name, const char *text, bool html, int first_line, struct problems *problems);
void mustache_free(struct mustache *m);
bool mustache_is_html(const struct mustache *m);

/* Finds a partial by name, to be included by an HTML or a text template; NULL if there is none. */
typedef const struct mustache *mustache_find(const void *context, const char *name, bool html);
/* Reports every partial that find does not know. */
void mustache_check(const struct mustache *m, mustache_find *find, const void *context,
	struct problems *problems);

/* Appends the rendered text to out. A name that the view lacks gives nothing. */
int mustache_render(const struct mustache *m, const json_t *view, mustache_find *find,
	const void *context, struct buf *out, struct err *e);

#endif
