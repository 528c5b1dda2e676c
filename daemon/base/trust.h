/*
 * trust.h: whether code may be loaded from a file: what anybody else could have
 * written or put in its place is not.
 */
#ifndef BASE_TRUST_H
#define BASE_TRUST_H

#include "base/err.h"

#include <sys/types.h>

/* 0 where the file, and the folder that it lies in (of a symbolic link: both folders), belong to root, to the user
 * that runs this program or to `service`, and neither their group nor others may write there; a folder further up
 * may not be open to everybody. A sticky folder (/tmp) counts as closed: nobody replaces another's file in it. -1:
 * the sentence names the path, what it is, what is allowed and how it is mended. */
int trust_file(const char *path, uid_t service, struct err *e);

#endif
