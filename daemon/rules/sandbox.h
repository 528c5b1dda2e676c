/*
 * sandbox.h: how a helper process shuts itself in before it touches what it does
 * not trust. Everything here is for good: nothing can be taken back. Two
 * filters over system calls, because loading a shared object needs to open and
 * map files, and running it does not. What a filter refuses ends the process
 * with SIGSYS, so that the parent can say why.
 *
 * Under AddressSanitizer, which maps memory and opens files as it likes, there
 * is no limit on memory, and the strict filter refuses (EPERM) instead of ending.
 */
#ifndef RULES_SANDBOX_H
#define RULES_SANDBOX_H

#include "base/err.h"

#include <stdbool.h>

struct sandbox; /* the strict filter, prepared before the lax one forbids preparing it */

/* Moves standard input and output to *in and *out and puts /dev/null onto 0, 1 and 2. */
int sandbox_take_pipes(int *in, int *out, struct err *e);
/* Ends with its parent, gains no rights, leaves no core, starts nothing, writes no file, opens few.
 */
int sandbox_bind(struct err *e);
/* Memory: what the process has mapped by now and memory_mib more. */
int sandbox_limit_memory(int memory_mib, struct err *e);
/* From here on only file and the system's libraries can be opened, by Landlock: a plugin's constructor runs while
 * opening is allowed, and could else read what belongs to its user, as the mail server's password. Where the kernel has
 * no Landlock (before 5.13, or switched off) nothing is narrowed, nor under AddressSanitizer. After sandbox_bind(). */
int sandbox_narrow(const char *file, struct err *e);
/* Whether sandbox_narrow would narrow anything, asked of the kernel from here. */
bool sandbox_can_narrow(void);
/* The first filter: files may be opened for reading and mapped; no socket, process, signal, exec.
 */
int sandbox_enter(struct sandbox **out, int in, int fd_out, struct err *e);
/* The second: no file is opened any more, nothing is made executable; reads only from in, writes
 * only to out. Frees s. */
int sandbox_tighten(struct sandbox *s, struct err *e);

#endif
