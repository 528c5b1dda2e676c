/*
 * langnghectl.c: the administrator's command. Finds the row of the command that
 * was asked for (ctl/), parses what the row allows, and runs it in a process
 * that ends: everything it changes goes through the same code as the daemon's
 * helpers, and the daemon is told afterwards.
 */
#include "base/mem.h"
#include "base/version.h"
#include "ctl/command.h"
#include "ctl/import_command.h"

#include <unistd.h>

static const struct command *const themes[] = {judge_commands, submission_commands, plugin_commands, rule_commands,
	register_commands, alert_commands, mail_commands, rehearse_commands, audit_commands,
	system_commands, backup_commands, later_commands};

enum { THEMES = sizeof themes / sizeof *themes };

/* Two-word names come before their first word: "outbox show" before "outbox". *words: how many of
 * argv the name took. */
static const struct command *find(int argc, char **argv, int *words)
{
	const struct command *found = NULL;
	for (int t = 0; t < THEMES; t++) {
		for (const struct command *row = themes[t]; row->name; row++) {
			const char *space = strchr(row->name, ' ');
			size_t n = space ? (size_t)(space - row->name) : strlen(row->name);
			if (strlen(argv[0]) != n || memcmp(argv[0], row->name, n) != 0)
				continue;
			if (space && argc > 1 && strcmp(argv[1], space + 1) == 0) {
				*words = 2;
				return row;
			}
			if (!space) {
				*words = 1;
				found = row;
			}
		}
	}
	return found;
}

static int print_all(FILE *out, int code)
{
	fputs("langnghectl " LANGNGHE_VERSION ": the register, the deadlines and the letters of "
	      "langnghed\n"
	      "usage: langnghectl [-c CONF] COMMAND …    (COMMAND --help: usage and an "
	      "example)\n\n",
		out);
	for (int t = 0; t < THEMES; t++) {
		for (const struct command *row = themes[t]; row->name; row++)
			fprintf(out, "  %-16s %s\n", row->name, row->help);
	}
	fputs("\nEvery listing takes --json. Exit: 0 done, 1 rejected or bad news, 2 wrong usage,\n"
	      "3 cannot work.\n",
		out);
	return code;
}

/* argv: the words after the command's name. */
static int print_one(const struct command *row, int argc, char **argv)
{
	printf("%s\nusage:   langnghectl [-c CONF] %s%s%s [--json]\nexample: %s\n", row->help,
		row->name, *row->usage ? " " : "", row->usage, row->example);
	return row->run == import_run ? import_help(argc, argv) : CTL_DONE;
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	struct ctl c = {0};
	int option;
	/* "+": stop at the command; its own options are the row's. */
	while ((option = getopt(argc, argv, "+c:h-:")) != -1) {
		if (option == 'c')
			c.conf = optarg;
		else if (option == 'h' || (option == '-' && strcmp(optarg, "help") == 0))
			return print_all(stdout, CTL_DONE);
		else if (option == '-' && strcmp(optarg, "version") == 0)
			return puts("langnghectl " LANGNGHE_VERSION) < 0 ? CTL_CANNOT : CTL_DONE;
		else
			return ctl_fail(CTL_USAGE, "usage: langnghectl [-c CONF] COMMAND …; "
						   "langnghectl --help lists the commands");
	}
	argc -= optind;
	argv += optind;
	if (argc == 0)
		return print_all(stderr, CTL_USAGE);
	int words = 0;
	c.command = find(argc, argv, &words);
	if (!c.command)
		return ctl_fail(CTL_USAGE,
			"unknown command \"%.40s\"; langnghectl --help lists them", argv[0]);
	argc -= words;
	argv += words;
	if (asks_for_help(argc, argv))
		return print_one(c.command, argc, argv);
	int rc = ctl_parse(&c, argc, argv);
	if (rc == 0)
		rc = c.command->run(&c);
	ctl_close(&c);
	if (fflush(stdout) != 0 || ferror(stdout))
		return ctl_fail(CTL_CANNOT, "the output could not be written in full");
	return rc;
}
