/*
 * conf_file.c: libconfig with a schema. libconfig 1.5 wraps large integers
 * without a word, takes any bytes for text and never reports a key that nobody
 * reads; the raw text is looked over before it is parsed, and the readers here
 * check type and range and remember which keys were asked for.
 */
#include "plan/conf_file.h"

#include "base/day.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <inttypes.h>

enum {
	CONF_BYTES_MOST = 4 * 1024 * 1024,
	PLAIN_DIGITS_MOST =
		9, /* longer ones may not fit 32 bits, which libconfig does not notice */
	PLAIN_HEX_DIGITS_MOST = 7,
	LONG_DIGITS_MOST = 18,
	LONG_HEX_DIGITS_MOST = 15,
	BAD_LINES_MOST = 20
};

/* What is wrong with the bytes as text: each line that is not UTF-8 or holds a NUL. */
static int check_encoding(const char *path, const char *s, size_t size, struct problems *problems)
{
	int bad = 0, line = 1;
	for (const char *end = s + size; s < end && bad < BAD_LINES_MOST; line++) {
		const char *stop = memchr(s, '\n', (size_t)(end - s));
		size_t n = (size_t)((stop ? stop : end) - s);
		if (!text_is_utf8(s, n)) {
			problems_add(problems, path, line, 0,
				"this line is not valid UTF-8; save the file as UTF-8");
			bad++;
		} else if (memchr(s, '\0', n)) {
			problems_add(problems, path, line, 0,
				"this line holds a NUL byte; save the file as UTF-8 text");
			bad++;
		}
		s += n + 1;
	}
	return bad ? -1 : 0;
}

struct lint {
	const char *s; /* the place reached */
	int line;
	const char *path;
	struct problems *problems;
	bool is_hopeless; /* libconfig is not tried: it would leak memory, or read another file */
};

/* Moves over n characters, counting lines. */
static void skip(struct lint *l, size_t n)
{
	for (; n && *l->s; n--)
		l->line += *l->s++ == '\n';
}

static void give_up(struct lint *l, int line, const char *why)
{
	problems_add(l->problems, l->path, line, 0, "%s", why);
	l->is_hopeless = true;
}

static void skip_comment(struct lint *l)
{
	int line = l->line;
	const char *end = strstr(l->s + 2, "*/");
	if (!end)
		give_up(l, line, "the comment that begins here is not closed with */");
	skip(l, end ? (size_t)(end - l->s) + 2 : strlen(l->s));
}

/* The line of the opening quote is named, which is nearer to the mistake than the end. */
static void skip_string(struct lint *l)
{
	int line = l->line;
	skip(l, 1);
	while (*l->s && *l->s != '"')
		skip(l, *l->s == '\\' ? 2 : 1);
	if (!*l->s)
		give_up(l, line,
			"the text that begins here, or one before it, is not closed with a quote");
	skip(l, 1);
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '*';
}

/* The number at l->s; too large a one is a problem. */
static void lint_number(struct lint *l)
{
	const char *s = l->s;
	size_t n = 0;
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
	const char *digits = hex ? s + 2 : s;
	while (hex ? isxdigit((unsigned char)digits[n]) : isdigit((unsigned char)digits[n]))
		n++;
	bool real = !hex && (digits[n] == '.' || digits[n] == 'e' || digits[n] == 'E');
	bool is_long = digits[n] == 'L';
	size_t most = hex ? (is_long ? LONG_HEX_DIGITS_MOST : PLAIN_HEX_DIGITS_MOST)
			  : (is_long ? LONG_DIGITS_MOST : PLAIN_DIGITS_MOST);
	if (!real && n > most)
		problems_add(l->problems, l->path, l->line, 0,
			"the number %.*s is too large to be read safely: %s", (int)(digits + n - s),
			s,
			is_long ? "at most 18 digits are allowed"
				: "end it with L (at most 18 digits)");
	size_t length = (size_t)(digits + n - s);
	while (isalnum((unsigned char)s[length]) || s[length] == '.')
		length++;
	skip(l, length);
}

/* Numbers that libconfig would wrap; @include, whose text this check would not see. Returns whether
 * libconfig may be tried. */
static bool lint_text(const char *path, const char *text, struct problems *problems)
{
	struct lint l = {text, 1, path, problems, false};
	while (*l.s) {
		if (*l.s == '"') {
			skip_string(&l);
		} else if (*l.s == '#' || strncmp(l.s, "//", 2) == 0) {
			skip(&l, strcspn(l.s, "\n"));
		} else if (strncmp(l.s, "/*", 2) == 0) {
			skip_comment(&l);
		} else if (isdigit((unsigned char)*l.s)) {
			lint_number(&l);
		} else if (*l.s == '.') { /* decimals without a digit before them */
			skip(&l, 1 + strspn(l.s + 1, "0123456789"));
		} else if (isalpha((unsigned char)*l.s) || *l.s == '*') {
			size_t n = 1;
			while (is_name_char(l.s[n]))
				n++;
			skip(&l, n);
		} else {
			if (*l.s == '@')
				give_up(&l, l.line,
					"@include is not supported: write everything in one file");
			skip(&l, 1);
		}
	}
	return !l.is_hopeless;
}

int conf_file_read(const char *path, char **data, size_t *size, struct problems *problems)
{
	struct err e;
	if (file_read(path, CONF_BYTES_MOST, data, size, &e) == 0)
		return 0;
	problems_add(problems, path, 0, 0, "%s", e.text);
	return -1;
}

int conf_file_parse(struct conf_file *f, const char *path, const char *data, size_t size, struct problems *problems)
{
	const char *text = data;
	if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) { /* a mark that Windows editors put in front */
		text += 3;
		size -= 3;
	}
	if (check_encoding(path, text, size, problems))
		return -1;
	bool parsed = lint_text(path, text, problems);
	*f = (struct conf_file){.path = xstrdup(path), .problems = problems};
	config_init(&f->config);
	if (parsed && config_read_string(&f->config, text) != CONFIG_TRUE) {
		problems_add(problems, path, config_error_line(&f->config), 0,
			"%s: expected KEY = VALUE; with braces, brackets and quotes closed",
			config_error_text(&f->config));
		parsed = false;
	}
	if (!parsed)
		conf_file_close(f);
	return parsed ? 0 : -1;
}

int conf_file_open(struct conf_file *f, const char *path, struct problems *problems)
{
	char *data;
	size_t size;
	if (conf_file_read(path, &data, &size, problems) < 0)
		return -1;
	int rc = conf_file_parse(f, path, data, size, problems);
	free(data);
	return rc;
}

void conf_file_close(struct conf_file *f)
{
	config_destroy(&f->config);
	free(f->path);
	f->path = NULL;
}

void conf_problem(struct conf_file *f, const config_setting_t *s, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	char *text = xvasprintf(format, ap);
	va_end(ap);
	int line = s ? (int)config_setting_source_line(s) : 0;
	problems_add(f->problems, f->path, line, 0, "%s", text);
	free(text);
}

static const char *type_name(int type)
{
	switch (type) {
	case CONFIG_TYPE_GROUP:
		return "a group { … }";
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return "a whole number";
	case CONFIG_TYPE_FLOAT:
		return "a number with decimals";
	case CONFIG_TYPE_STRING:
		return "text in quotes";
	case CONFIG_TYPE_BOOL:
		return "true or false";
	case CONFIG_TYPE_ARRAY:
		return "an array [ … ]";
	case CONFIG_TYPE_LIST:
		return "a list ( … )";
	default:
		return "nothing";
	}
}

/* "mail.server", or "server" at the top. The caller frees. */
static char *full_name(const struct conf_group *g, const char *key)
{
	return g->name[0] ? xasprintf("%s.%s", g->name, key) : xstrdup(key);
}

struct conf_group conf_group_of(struct conf_file *f, config_setting_t *group, const char *name)
{
	struct conf_group g = {.file = f, .name = name};
	if (group && !config_setting_is_group(group))
		conf_problem(f, group, "%s must be a group { … }, not %s", name,
			type_name(config_setting_type(group)));
	else
		g.group = group;
	return g;
}

static void wrong_type(struct conf_group *g, const config_setting_t *s, const char *key, int type)
{
	char *name = full_name(g, key);
	conf_problem(g->file, s, "%s must be %s, not %s", name, type_name(type),
		type_name(config_setting_type(s)));
	free(name);
}

/* The member, remembered as known; NULL if absent (a problem when required). */
static config_setting_t *find(struct conf_group *g, const char *key, int required)
{
	if (g->known_count == (int)(sizeof g->known / sizeof *g->known))
		abort(); /* a schema of ours outgrew the array */
	g->known[g->known_count++] = key;
	config_setting_t *s = g->group ? config_setting_get_member(g->group, key) : NULL;
	if (!s && required) {
		char *name = full_name(g, key);
		conf_problem(g->file, g->group, "%s is missing", name);
		free(name);
	}
	return s;
}

char *conf_text(struct conf_group *g, const char *key, int required, const char *fallback)
{
	config_setting_t *s = find(g, key, required);
	if (!s)
		return xstrdup(fallback);
	if (config_setting_type(s) != CONFIG_TYPE_STRING) {
		wrong_type(g, s, key, CONFIG_TYPE_STRING);
		return xstrdup(fallback);
	}
	char *text = text_nfc(config_setting_get_string(s), false);
	if (!text || (required && !*text)) {
		char *name = full_name(g, key);
		conf_problem(g->file, s, "%s %s", name,
			text ? "must not be empty" : "is not valid UTF-8"); /* an escape like "\xff" */
		free(name);
	}
	return text ? text : xstrdup(fallback);
}

int64_t conf_int(struct conf_group *g, const char *key, int64_t min, int64_t max, int64_t fallback)
{
	config_setting_t *s = find(g, key, CONF_OPTIONAL);
	if (!s)
		return fallback;
	int type = config_setting_type(s);
	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) {
		wrong_type(g, s, key, CONFIG_TYPE_INT);
		return fallback;
	}
	int64_t value = config_setting_get_int64(s);
	if (value >= min && value <= max)
		return value;
	char *name = full_name(g, key);
	conf_problem(g->file, s, "%s is %" PRId64 "; it must lie between %" PRId64 " and %" PRId64,
		name, value, min, max);
	free(name);
	return fallback;
}

bool conf_bool(struct conf_group *g, const char *key, bool fallback)
{
	config_setting_t *s = find(g, key, CONF_OPTIONAL);
	if (!s)
		return fallback;
	if (config_setting_type(s) == CONFIG_TYPE_BOOL)
		return config_setting_get_bool(s);
	wrong_type(g, s, key, CONFIG_TYPE_BOOL);
	return fallback;
}

int conf_choice(struct conf_group *g, const char *key, const char *const *words, int fallback)
{
	config_setting_t *s = find(g, key, CONF_OPTIONAL);
	if (!s)
		return fallback;
	const char *text = config_setting_get_string(s);
	if (!text) {
		wrong_type(g, s, key, CONFIG_TYPE_STRING);
		return fallback;
	}
	struct buf allowed = {0};
	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], text) == 0) {
			buf_release(&allowed);
			return i;
		}
		buf_addf(&allowed, "%s\"%s\"", i ? ", " : "", words[i]);
	}
	char *name = full_name(g, key);
	conf_problem(g->file, s, "%s is \"%s\"; allowed are %s", name, text, allowed.s);
	free(name);
	buf_release(&allowed);
	return fallback;
}

int32_t conf_day(struct conf_group *g, const char *key, int required)
{
	config_setting_t *s = find(g, key, required);
	int32_t day;
	if (!s)
		return DAY_NONE;
	const char *text = config_setting_get_string(s);
	if (text && day_parse_iso(text, &day) == 0)
		return day;
	char *name = full_name(g, key);
	conf_problem(
		g->file, s, "%s must be a date that exists, as text like \"2026-12-04\"", name);
	free(name);
	return DAY_NONE;
}

/* "08:00" -> second of the day, or -1. */
static int parse_time(const char *s)
{
	if (strlen(s) != 5 || strspn(s, "0123456789") != 2 || s[2] != ':' ||
		strspn(s + 3, "0123456789") != 2)
		return -1;
	int hour = (s[0] - '0') * 10 + (s[1] - '0'), minute = (s[3] - '0') * 10 + (s[4] - '0');
	return hour < 24 && minute < 60 ? hour * 3600 + minute * 60 : -1;
}

int conf_time(struct conf_group *g, const char *key, const char *fallback)
{
	config_setting_t *s = find(g, key, CONF_OPTIONAL);
	const char *text = s ? config_setting_get_string(s) : NULL;
	int time = text ? parse_time(text) : -1;
	if (s && time < 0) {
		char *name = full_name(g, key);
		conf_problem(g->file, s, "%s must be a time of day, as text like \"08:00\"", name);
		free(name);
	}
	return time < 0 ? parse_time(fallback) : time;
}

config_setting_t *conf_member(struct conf_group *g, const char *key, int config_type, int required)
{
	config_setting_t *s = find(g, key, required);
	if (!s || config_setting_type(s) == config_type)
		return s;
	/* ( … ) and [ … ] differ only in what they may hold; an empty one is either. */
	bool is_empty = config_setting_is_aggregate(s) && config_setting_length(s) == 0;
	if (is_empty && config_type != CONFIG_TYPE_GROUP && !config_setting_is_group(s))
		return s;
	wrong_type(g, s, key, config_type);
	return NULL;
}

int conf_ints(struct conf_group *g, const char *key, int min, int max, int direction, int **items)
{
	config_setting_t *s = conf_member(g, key, CONFIG_TYPE_ARRAY, CONF_OPTIONAL);
	if (!s)
		return -1;
	char *name = full_name(g, key);
	size_t before = g->file->problems->count;
	int count = config_setting_length(s);
	int *values = xcalloc((size_t)count, sizeof *values);
	for (int i = 0; i < count && g->file->problems->count == before; i++) {
		config_setting_t *item = config_setting_get_elem(s, (unsigned)i);
		int value = values[i] = config_setting_get_int(item);
		if (config_setting_type(item) != CONFIG_TYPE_INT)
			conf_problem(g->file, s, "%s must hold whole numbers", name);
		else if (value < min || value > max)
			conf_problem(g->file, s, "%s holds %d; each must lie between %d and %d",
				name, value, min, max);
		else if (i && (direction > 0 ? value <= values[i - 1] : value >= values[i - 1]))
			conf_problem(g->file, s, "%s: %d must be %s than the %d before it", name,
				value, direction > 0 ? "larger" : "smaller", values[i - 1]);
	}
	free(name);
	if (g->file->problems->count > before) {
		free(values);
		return -1;
	}
	*items = values;
	return count;
}

static bool is_known(const struct conf_group *g, const char *key)
{
	for (int k = 0; k < g->known_count; k++)
		if (strcmp(g->known[k], key) == 0)
			return true;
	return false;
}

void conf_unknown(struct conf_group *g)
{
	for (int i = 0; g->group && i < config_setting_length(g->group); i++) {
		config_setting_t *s = config_setting_get_elem(g->group, (unsigned)i);
		const char *key = config_setting_name(s);
		struct buf allowed = {0};
		if (is_known(g, key))
			continue;
		for (int k = 0; k < g->known_count; k++)
			buf_addf(&allowed, "%s%s", k ? ", " : "", g->known[k]);
		conf_problem(g->file, s, "unknown key \"%s\"%s%s; allowed are %s", key,
			g->name[0] ? " in " : "", g->name, allowed.s ? allowed.s : "none");
		buf_release(&allowed);
	}
}
