/*
 * host_capability.c: what this host can do, by name, so that a plugin asks for the
 * thing itself and not for a version. A name is never given another meaning.
 */
#include "rules/host_private.h"

#include "store/confined.h"

#include <string.h>

int64_t host_capability(void *self, const char *name)
{
	const struct host *h = self;
	const struct {
		const char *name;
		int64_t value;
	} rows[] = {
		{"kinds.due", 1},
		{"kinds.short", 1},
		{"kinds.missing", 1},
		{"kinds.expiry", 1},
		{"marks.severity", 1},
		{"marks.waiting", 1},
		{"limits.findings", h->world.settings->plugins.findings},
		{"limits.output", (int64_t)h->world.settings->plugins.output_mib << 20},
		{"limits.text", FINDING_TEXT_MOST},
		{"limits.name", FINDING_NAME_MOST},
		{"limits.queries", HOST_QUERIES_MOST},
		{"limits.parameters", HOST_PARAMETERS_MOST},
		{"limits.log_line", HOST_LOG_LINE_MOST},
	};
	if (!name)
		return 0;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].value;
	static const char views[] = "views.";
	size_t n = sizeof views - 1;
	return strncmp(name, views, n) == 0 && confined_has_view(h->world.store, name + n);
}
