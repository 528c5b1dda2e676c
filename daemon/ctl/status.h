/*
 * status.h: the command status. It must also work when the configuration does
 * not: then the daemon goes on with the settings it has, and a person asks why.
 */
#ifndef CTL_STATUS_H
#define CTL_STATUS_H

#include "ctl/command.h"

int status_run(struct ctl *c);

#endif
