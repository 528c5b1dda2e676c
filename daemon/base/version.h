/*
 * version.h: the version every program of the project answers with.
 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define LANGNGHE_VERSION "0.1.0"

#endif
