/*
 * password.h: the word for the mail server, from a file that only the service
 * can read.
 */
#ifndef MAIL_PASSWORD_H
#define MAIL_PASSWORD_H

#include "base/err.h"

/* The file's first line, the caller's to free; *out is untouched for a path of NULL. -1: the file cannot be read, its group
 * or others may read it, or the line is empty. */
int password_read(const char *path, char **out, struct err *e);

#endif
