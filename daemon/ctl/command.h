/*
 * command.h: a command of langnghectl is a row: name, usage, help, example,
 * options, function. The rows stand by theme in ctl/; langnghectl.c finds the
 * row, parses what it allows, and calls it. A command opens what it needs
 * through the functions below, prints, and returns the program's exit code.
 */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include "base/day.h"
#include "base/err.h"
#include "base/table.h"
#include "rules/world.h"

#include <stdbool.h>

enum ctl_exit {
	CTL_DONE = 0,
	CTL_REJECTED = 1, /* what was asked is refused, or the news is bad */
	CTL_USAGE = 2,
	CTL_CANNOT = 3
};

enum { CTL_POSITIONAL_MOST = 4, CTL_OPTIONS_MOST = 12 };

struct ctl;

struct command {
	const char *name; /* "check", "outbox show" */
	const char *usage; /* what follows the name: "ID --by NAME --note TEXT" */
	const char *help; /* one line */
	const char *example; /* a whole command line */
	int positional_least, positional_most;
	/* Names joined with spaces: "by=!" takes a value and must be there, "plugin=" takes one,
	 * "dry-run" takes none. --json and --help are everybody's. */
	const char *options;
	int (*run)(struct ctl *c);
};

struct ctl {
	const char *conf; /* -c, or NULL */
	bool json;
	const struct command *command;
	const char *positional[CTL_POSITIONAL_MOST];
	int positional_count;
	struct {
		const char *name; /* as the row spells it, without the mark */
		size_t name_length;
		const char *value; /* "" for a flag */
	} options[CTL_OPTIONS_MOST];
	int option_count;
	struct world world; /* what was opened so far */
};

/* The rows by theme, each ended by a row without a name. */
extern const struct command judge_commands[], plugin_commands[], rule_commands[], register_commands[], submission_commands[],
	alert_commands[], mail_commands[], rehearse_commands[], audit_commands[], system_commands[],
	backup_commands[], later_commands[];

/* Fills c from the words after the command's name. 0, or CTL_USAGE after one line on stderr. */
int ctl_parse(struct ctl *c, int argc, char **argv);
/* The option's value, "" for a flag that was given, NULL if it was not. */
const char *ctl_option(const struct ctl *c, const char *name);

/* One line on stderr; returns code. */
int ctl_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What opens returns 0, or the exit code after having said why on stderr. */
int ctl_open_settings(struct ctl *c);
int ctl_open_files(struct ctl *c); /* settings, plan, calendar */
int ctl_open_store(struct ctl *c, enum store_mode mode); /* settings, store */
int ctl_open_units(struct ctl *c, enum store_mode mode); /* files, store, units */
int ctl_open_world(
	struct ctl *c, enum store_mode mode); /* all; a plugin that is ill is only said */
void ctl_close(struct ctl *c);

/* The day --as-of names, else today by the clock. 0 or CTL_USAGE. Settings are open. */
int ctl_today(const struct ctl *c, int32_t *out);
struct moment ctl_now(const struct ctl *c);
/* A day written by hand (option name or positional word `what`). 0 or CTL_USAGE. */
int ctl_day(const char *text, const char *what, int32_t *out);
/* A whole number of at least 1. 0 or CTL_USAGE. */
int ctl_id(const char *text, const char *what, int64_t *out);
/* A unit's code, or NULL (then all is well). 0 or CTL_USAGE: a mistyped name must not look like an
 * empty list. Units are open. */
int ctl_check_unit(const struct ctl *c, const char *code, const char *what);
/* A listing that nobody reads back: with --json its rows are written as they come. */
struct table *ctl_table(const struct ctl *c, const char *const *keys);
/* Prints a listing as asked for and frees it. Returns CTL_DONE. */
int ctl_listing(const struct ctl *c, struct table *t);
/* Tells the daemon that something changed; silent where none runs. */
void ctl_poke(const struct ctl *c);

#endif
