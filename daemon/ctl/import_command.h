/*
 * import_command.h: the command import: a register file loaded, and what became
 * of it told so that a person can mend the file.
 */
#ifndef CTL_IMPORT_COMMAND_H
#define CTL_IMPORT_COMMAND_H

#include "ctl/command.h"

int import_run(struct ctl *c);
/* What `import KIND --help` tells beyond the row: the columns of the kind that one of the words
 * names, or the kinds. Returns the exit code. */
int import_help(int argc, char **argv);

#endif
