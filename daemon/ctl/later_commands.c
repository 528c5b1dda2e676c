/*
 * later_commands.c: commands of the contract that this version does not have
 * yet; each says so in one line.
 */
#include "ctl/command.h"

static int run_later(struct ctl *c)
{
	return ctl_fail(CTL_USAGE, "%s is not in this version", c->command->name);
}

const struct command later_commands[] = {
	{"report", "YEAR [--format html|xlsx|odt]", "the yearly report (not in this version)",
		"langnghectl report 2026", 0, 4, "format=", run_later},
	{0},
};
