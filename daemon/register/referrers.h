/*
 * referrers.h: which rows name a row that is about to go.
 */
#ifndef REGISTER_REFERRERS_H
#define REGISTER_REFERRERS_H

#include "register/keymap.h"
#include "register/kinds.h"
#include "store/store.h"

/* Looks through every column that may name rows of kind k for one of `keys`. 0: none; -1: e names
 * the first ones found, or says why the register could not be read. */
int referrers_refuse(
	struct store *s, const struct kind *k, const struct keymap *keys, struct err *e);

#endif
