/*
 * fuzz_template.c: any bytes as a template (the first byte: text or HTML), parsed
 * and rendered with a view that has a list, an object and text.
 */
#include "fuzz.h"

#include "mail/mustache.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static json_t *view;
	struct problems problems = {0};
	struct buf out = {0};
	struct err e;
	if (!view)
		view = json_pack("{s:s, s:[{s:s}, {s:n}], s:{s:s}, s:b, s:n}", "name", "<b>Làng & 'nghề'\r\n",
			"rows", "name", "một", "name", "day", "date", "26/11/2026", "flag", 1, "none");
	if (!view)
		abort();
	bool html = size && data[0] & 1;
	char *text = xstrndup(size ? (const char *)data + 1 : "", size ? size - 1 : 0);
	struct mustache *m = mustache_parse("fuzz", text, html, 1, &problems);
	if (m)
		mustache_render(m, view, NULL, NULL, &out, &e);
	else if (problems.count == 0)
		abort(); /* refused without a word */
	mustache_free(m);
	buf_release(&out);
	problems_release(&problems);
	free(text);
	return 0;
}
