/*
 * places.h: where the daemon and the database are, also when the configuration holds
 * errors: what shows the state and what stops the sending must work all the same.
 */
#ifndef CTL_PLACES_H
#define CTL_PLACES_H

#include "ctl/command.h"

struct places {
	char *socket, *database;
};

/* Loads c->world.settings if they are right; else adds their problems, and takes what the file says of the
 * two paths as far as it can be read, or the packaged ones. Always fills *out. */
void places_find(struct ctl *c, struct places *out, struct problems *problems);
void places_release(struct places *p);

#endif
