/*
 * describe.h: a plugin's own description on its way from the shared object to
 * the parent: copied out of the descriptor in the runner (whose rows may be of
 * another size than ours), written as JSON, read back strictly by the parent.
 * plugin_info_check is what both hold it against.
 */
#ifndef RULES_DESCRIBE_H
#define RULES_DESCRIBE_H

#include "rules/plugin_info.h"

/* In the runner: abi, size and name are compared with what is expected of file (its name without
 * .so); the rows are copied, then checked. */
int descriptor_copy(
	const struct ln_plugin *p, const char *file, struct plugin_info **out, struct err *e);
/* Rows complete and sane: ids unique, kinds known, actions, titles and clauses there. */
int plugin_info_check(const struct plugin_info *p, struct err *e);
/* The name that a file's plugin must have: "reporting" of "…/reporting.so". The caller frees. */
char *plugin_name_of_file(const char *file);

/* One line of JSON; the caller frees. */
char *plugin_info_to_json(const struct plugin_info *p);
/* What a runner says instead when it cannot describe: {"error": sentence}. The caller frees. */
char *plugin_error_to_json(const char *sentence);
/* Either of the two. An error's sentence becomes e's. file is filled in, not read. */
int plugin_info_from_json(
	const char *text, size_t size, const char *file, struct plugin_info **out, struct err *e);

#endif
