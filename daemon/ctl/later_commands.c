/*
 * later_commands.c: commands of the contract that this version does not have
 * yet, or cannot do with its settings; each says so in one line.
 */
#include "ctl/command.h"

static int run_later(struct ctl *c)
{
	return ctl_fail(CTL_USAGE, "%s is not in this version", c->command->name);
}

static int run_test_mail(struct ctl *c)
{
	int rc = ctl_open_settings(c);
	if (rc)
		return rc;
	return ctl_fail(CTL_CANNOT,
		"test-mail is not in this version: letters are files under %s, which any mail "
		"client opens; to see real ones go to one address, set mail.redirect_to",
		c->world.settings->mail.maildir);
}

const struct command later_commands[] = {
	{"report", "YEAR [--format html|xlsx|odt]", "the yearly report (not in this version)",
		"langnghectl report 2026", 0, 4, "format=", run_later},
	{"plugin test", "FILE CASES", "runs a plugin's cases (not in this version)",
		"langnghectl plugin test environment.so environment.cases", 0, 4, "", run_later},
	{"rule check", "FILE", "checks a rule without C (not in this version)",
		"langnghectl rule check websites.rule", 0, 4, "", run_later},
	{"rule run", "FILE", "runs a rule without C (not in this version)",
		"langnghectl rule run websites.rule", 0, 4, "", run_later},
	{"test-mail", "ADDRESS", "sends one letter to try the way out",
		"langnghectl test-mail quan-tri@example.vn", 1, 1, "", run_test_mail},
	{0},
};
