/*
 * address.h: mail addresses as text. Apart from message.h, so that langnghe-sender is
 * not linked with what builds messages.
 */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include <stdbool.h>

/* Whether s is an address that may stand in a header: ASCII, one @, no blanks. */
bool address_is_sound(const char *s);
/* Splits "Tên <a@b>" or "a@b". *name may come out NULL; both are the caller's. -1: no address. */
int address_split(const char *s, char **name, char **email);
/* What stands after the @; "" if there is none. */
const char *address_domain(const char *email);

#endif
