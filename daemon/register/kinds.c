/*
 * kinds.c: looking up the kinds of register files. The rows themselves stand in
 * kinds_rows.c.
 */
#include "register/kinds.h"

#include "register/kinds_rows.h"

const struct kind *kind_at(size_t i)
{
	return i < register_kind_count ? &register_kinds[i] : NULL;
}

const struct kind *kind_named(const char *name)
{
	for (size_t i = 0; i < register_kind_count; i++)
		if (strcmp(register_kinds[i].name, name) == 0)
			return &register_kinds[i];
	return NULL;
}

const struct column *kind_column(const struct kind *k, const char *name)
{
	for (size_t i = 0; i < k->column_count; i++)
		if (strcmp(k->columns[i].name, name) == 0)
			return &k->columns[i];
	return NULL;
}
