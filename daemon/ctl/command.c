/*
 * command.c: see command.h.
 */
#include "ctl/command.h"

#include "base/control.h"
#include "base/mem.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

int ctl_fail(int code, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	fputs("langnghectl: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	va_end(ap);
	return code;
}

static int fail_usage(const struct ctl *c, const char *what)
{
	return ctl_fail(CTL_USAGE, "%s: %s; usage: langnghectl %s %s", c->command->name, what,
		c->command->name, c->command->usage);
}

/* One word of a row's options: its length without mark, and the marks. */
struct option_row {
	const char *name;
	size_t length;
	bool takes_value, required;
};

/* The next word of *at; false at the end. */
static bool next_option(const char **at, struct option_row *out)
{
	while (**at == ' ')
		(*at)++;
	if (!**at)
		return false;
	size_t n = strcspn(*at, " ");
	out->name = *at;
	out->required = (*at)[n - 1] == '!';
	*at += n;
	n -= out->required ? 1 : 0;
	out->takes_value = out->name[n - 1] == '=';
	out->length = n - (out->takes_value ? 1 : 0);
	return true;
}

static bool find_option(
	const struct command *row, const char *name, size_t n, struct option_row *out)
{
	const char *at = row->options ? row->options : "";
	while (next_option(&at, out)) {
		if (out->length == n && memcmp(out->name, name, n) == 0)
			return true;
	}
	return false;
}

/* Takes argv[*i], which begins with "--", and its value. */
static int take_option(struct ctl *c, int argc, char **argv, int *i)
{
	const char *name = argv[*i] + 2;
	size_t n = strcspn(name, "=");
	const char *value = name[n] == '=' ? name + n + 1 : NULL;
	struct option_row row;
	if (n == 4 && memcmp(name, "json", 4) == 0 && !value) {
		c->json = true;
		return 0;
	}
	char what[160];
	if (!find_option(c->command, name, n, &row)) {
		snprintf(what, sizeof what, "unknown option --%.60s", name);
		return fail_usage(c, what);
	}
	if (row.takes_value && !value)
		value = ++*i < argc ? argv[*i] : NULL;
	if (row.takes_value && (!value || !*value)) {
		snprintf(what, sizeof what, "--%.*s needs a value", (int)n, name);
		return fail_usage(c, what);
	}
	if (!row.takes_value && value) {
		snprintf(what, sizeof what, "--%.*s takes no value", (int)n, name);
		return fail_usage(c, what);
	}
	if (c->option_count == CTL_OPTIONS_MOST)
		return fail_usage(c, "too many options");
	c->options[c->option_count].name = row.name;
	c->options[c->option_count].name_length = row.length;
	c->options[c->option_count++].value = value ? value : "";
	return 0;
}

static int check_required(const struct ctl *c)
{
	const char *at = c->command->options ? c->command->options : "";
	struct option_row row;
	char what[160];
	while (next_option(&at, &row)) {
		char name[40];
		snprintf(name, sizeof name, "%.*s", (int)row.length, row.name);
		if (row.required && !ctl_option(c, name)) {
			snprintf(what, sizeof what, "--%s is missing", name);
			return fail_usage(c, what);
		}
	}
	return 0;
}

int ctl_parse(struct ctl *c, int argc, char **argv)
{
	bool only_words = false;
	for (int i = 0; i < argc; i++) {
		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
		} else if (!only_words && strncmp(argv[i], "--", 2) == 0) {
			int rc = take_option(c, argc, argv, &i);
			if (rc)
				return rc;
		} else if (c->positional_count < c->command->positional_most) {
			c->positional[c->positional_count++] = argv[i];
		} else {
			char what[160];
			snprintf(what, sizeof what, "\"%.60s\" is one word too many", argv[i]);
			return fail_usage(c, what);
		}
	}
	if (c->positional_count < c->command->positional_least)
		return fail_usage(c, "something is missing");
	return check_required(c);
}

const char *ctl_option(const struct ctl *c, const char *name)
{
	size_t n = strlen(name);
	for (int i = c->option_count - 1; i >= 0; i--) {
		if (c->options[i].name_length == n && memcmp(c->options[i].name, name, n) == 0)
			return c->options[i].value;
	}
	return NULL;
}

/* Prints every problem; returns CTL_CANNOT. */
static int say_problems(struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		fprintf(stderr, "langnghectl: %s: %s\n", problems->items[i].where,
			problems->items[i].text);
	problems_release(problems);
	return CTL_CANNOT;
}

int ctl_open_settings(struct ctl *c)
{
	struct problems problems = {0};
	if (settings_load(settings_path(c->conf), &c->world.settings, &problems) < 0)
		return say_problems(&problems);
	problems_release(&problems);
	return 0;
}

int ctl_open_files(struct ctl *c)
{
	struct problems problems = {0};
	if (world_open_files(&c->world, c->conf, &problems) < 0)
		return say_problems(&problems);
	problems_release(&problems);
	return 0;
}

int ctl_open_store(struct ctl *c, enum store_mode mode)
{
	struct err e;
	int rc = c->world.settings ? 0 : ctl_open_settings(c);
	if (rc)
		return rc;
	if (store_open(&c->world.store, c->world.settings->database, mode, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	c->world.database = c->world.settings->database;
	return 0;
}

int ctl_open_units(struct ctl *c, enum store_mode mode)
{
	struct err e;
	int rc = ctl_open_files(c);
	if (rc)
		return rc;
	if (world_open_store(&c->world, c->world.settings->database, mode, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	return 0;
}

int ctl_open_world(struct ctl *c, enum store_mode mode)
{
	struct problems problems = {0};
	if (world_open(&c->world, c->conf, mode, &problems) < 0)
		return say_problems(&problems);
	say_problems(&problems);
	return 0;
}

void ctl_close(struct ctl *c)
{
	world_close(&c->world);
}

struct moment ctl_now(const struct ctl *c)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return moment_from_unix(now.tv_sec, c->world.settings->utc_offset_s);
}

int ctl_day(const char *text, const char *what, int32_t *out)
{
	if (day_parse_any(text, out) == 0)
		return 0;
	return ctl_fail(CTL_USAGE, "%s: \"%.40s\" is no date; allowed: 2026-12-04 or 04/12/2026",
		what, text);
}

int ctl_today(const struct ctl *c, int32_t *out)
{
	const char *as_of = ctl_option(c, "as-of");
	if (as_of)
		return ctl_day(as_of, "--as-of", out);
	*out = ctl_now(c).day;
	return 0;
}

int ctl_id(const char *text, const char *what, int64_t *out)
{
	char *end;
	errno = 0;
	long long n = strtoll(text, &end, 10);
	if (errno || end == text || *end || n < 1)
		return ctl_fail(
			CTL_USAGE, "%s: \"%.40s\" is no number; allowed: 1, 2, 3 …", what, text);
	*out = n;
	return 0;
}

int ctl_check_unit(const struct ctl *c, const char *code, const char *what)
{
	if (!code || unit_by_code(c->world.units, code))
		return 0;
	return ctl_fail(
		CTL_USAGE, "%s: \"%.40s\" is no unit's code (langnghectl units)", what, code);
}

struct table *ctl_table(const struct ctl *c, const char *const *keys)
{
	struct table *t = table_new(keys);
	if (c->json)
		table_stream(t, stdout);
	return t;
}

int ctl_listing(const struct ctl *c, struct table *t)
{
	if (c->json)
		table_json(t, stdout);
	else
		table_print(t, stdout, isatty(STDOUT_FILENO));
	table_free(t);
	return CTL_DONE;
}

void ctl_poke(const struct ctl *c)
{
	struct err e;
	struct buf reply = {0};
	(void)control_request(c->world.settings->control_socket, "poke", &reply, &e);
	buf_release(&reply);
}
