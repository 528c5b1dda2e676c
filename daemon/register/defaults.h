/*
 * defaults.h: the lists that a new installation starts with: every units-*.csv
 * and then every contacts-*.csv of a folder, each loaded once and never again,
 * so that later changes by hand are not undone by an upgrade.
 */
#ifndef REGISTER_DEFAULTS_H
#define REGISTER_DEFAULTS_H

#include "register/import.h"

struct default_file {
	char *file; /* path */
	const struct kind *kind;
	bool loaded_before; /* nothing was done */
	struct import_result result;
};

struct default_files {
	struct default_file *items;
	size_t count, capacity;
};

/* Loads what was not loaded yet. A file that needs another one first waits for it. On -1 e names
 * the first refused cell of a file that could not be loaded; those loaded before it stay. Release
 * out in either case. */
int register_load_defaults(struct store *s, const struct plan *plan, const char *folder,
	int32_t today, struct default_files *out, struct err *e);
void default_files_release(struct default_files *f);

#endif
