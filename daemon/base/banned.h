/*
 * banned.h: calls that this project does not use, because they cannot be told
 * how much room there is or keep hidden state. Included first by every file
 * (Makefile, -include), after the system headers that declare them.
 */
#ifndef LN_BANNED_H
#define LN_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok ctime asctime localtime gmtime tmpnam

#endif
