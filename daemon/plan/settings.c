/*
 * settings.c: langnghed.conf as rows of data. Each row says where an option
 * stands, of what type it is, what is allowed, its default and, in one line,
 * what it does; that line is added to every complaint about it. What rows
 * cannot say (one option depends on another) is checked at the end.
 */
#include "plan/settings.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "plan/settings_check.h"
#include "plan/taken.h"

#include <stddef.h>
#include <unistd.h>

enum option_type {
	OPT_TEXT, /* "" is the default */
	OPT_PATH, /* beside the configuration file unless absolute; "" is the default */
	OPT_ADDRESS, /* an e-mail address; "" is the default */
	OPT_INT, /* min … max */
	OPT_TIME, /* "08:00" */
	OPT_CHOICE, /* one of words; kept as an int */
	OPT_SWITCH, /* one of two words; kept as a bool, the second is true */
	OPT_FALLING, /* whole numbers min … max, each smaller than the one before */
	OPT_RISING, /* the same, each larger */
	OPT_NAMES /* plugins */
};

struct option {
	const char *group, *key;
	enum option_type type;
	size_t offset;
	int min, max;
	const char *fallback; /* as the file would write it; NULL: required */
	const char *help;
	const char *const *words;
};

static const char *const transports[] = {"maildir", "smtp", NULL};
static const char *const starttls_words[] = {"off", "required", NULL};
static const char *const groups[] = {"", "admin", "plugins", "mail", "schedule", "reminders",
	"import", "rules", "web", "retention", NULL};

#define AT(member) offsetof(struct settings, member)
#define DAYS_BEFORE "days before the last day, largest first"

static const struct option options[] = {
	{"", "database", OPT_PATH, AT(database), 0, 0, "/var/lib/langnghe/langnghe.db",
		"the SQLite file", NULL},
	{"", "control_socket", OPT_PATH, AT(control_socket), 0, 0, "/run/langnghe/control",
		"the daemon's own socket", NULL},
	{"", "timezone", OPT_TEXT, AT(timezone), 0, 0, "Asia/Ho_Chi_Minh",
		"the zone of every date and hour", NULL},
	{"", "data_label", OPT_TEXT, AT(data_label), 0, 0, "",
		"shown on every letter; set it when the data are simulated", NULL},
	{"", "plan", OPT_PATH, AT(plan), 0, 0, "plan-thanh-hoa.conf", "the decision as data", NULL},
	{"", "calendar", OPT_PATH, AT(calendar), 0, 0, "calendar-vn.conf", "days off and worked",
		NULL},
	{"", "templates", OPT_PATH, AT(templates), 0, 0, "templates/vi", "folder of letter texts",
		NULL},
	{"", "units_directory", OPT_PATH, AT(units_dir), 0, 0, ".",
		"folder of the units-*.csv and contacts-*.csv that init loads", NULL},
	{"admin", "name", OPT_TEXT, AT(admin.name), 0, 0, "Quản trị hệ thống",
		"how letters call the administrator", NULL},
	{"admin", "email", OPT_ADDRESS, AT(admin.email), 0, 0, NULL,
		"gets the preview of each sending time; before go-live nobody gets a letter", NULL},
	{"plugins", "directory", OPT_PATH, AT(plugins.directory), 0, 0, "/usr/lib/langnghe/plugins",
		"folder of NAME.so", NULL},
	{"plugins", "enabled", OPT_NAMES, AT(plugins.enabled), 0, 0, "reporting communication training environment science-technology ocop trade-promotion"
		" raw-material inspection conferences preservation",
		"plugins that run", NULL},
	{"plugins", "wall_ms", OPT_INT, AT(plugins.wall_ms), 100, 600000, "30000",
		"time one check may take", NULL},
	{"plugins", "cpu_ms", OPT_INT, AT(plugins.cpu_ms), 100, 600000, "10000",
		"processor time one check may take", NULL},
	{"plugins", "memory_mib", OPT_INT, AT(plugins.memory_mib), 16, 4096, "256",
		"memory one plugin may take", NULL},
	{"plugins", "output_mib", OPT_INT, AT(plugins.output_mib), 1, 64, "64", "what one check may report", NULL},
	{"plugins", "findings", OPT_INT, AT(plugins.findings), 1, 2000000, "200000", "findings of one check", NULL},
	{"mail", "transport", OPT_CHOICE, AT(mail.transport), 0, 0, "maildir",
		"where letters go: a folder, or a mail server in a later version", transports},
	{"mail", "maildir", OPT_PATH, AT(mail.maildir), 0, 0, "/var/lib/langnghe/mail",
		"the folder of transport maildir", NULL},
	{"mail", "server", OPT_TEXT, AT(mail.server), 0, 0, "",
		"HOST or HOST:PORT of transport smtp", NULL},
	{"mail", "starttls", OPT_SWITCH, AT(mail.starttls_required), 0, 0, "required",
		"off is for a server on this machine only", starttls_words},
	{"mail", "ca_file", OPT_PATH, AT(mail.ca_file), 0, 0, "",
		"authorities that the server's certificate may come from; unset: the system's",
		NULL},
	{"mail", "user", OPT_TEXT, AT(mail.user), 0, 0, "", "name to log in with", NULL},
	{"mail", "password_file", OPT_PATH, AT(mail.password_file), 0, 0, "",
		"file whose first line is the password", NULL},
	{"mail", "from", OPT_ADDRESS, AT(mail.from), 0, 0, "", "unset: the same as reply_to", NULL},
	{"mail", "reply_to", OPT_ADDRESS, AT(mail.reply_to), 0, 0, NULL,
		"a reply must land with a person", NULL},
	{"mail", "redirect_to", OPT_ADDRESS, AT(mail.redirect_to), 0, 0, "",
		"rehearsal: every letter goes to this address", NULL},
	{"mail", "connections", OPT_INT, AT(mail.connections), 1, 16, "4",
		"SMTP connections at a time", NULL},
	{"mail", "bounces", OPT_PATH, AT(mail.bounces), 0, 0, "",
		"maildir of delivery failures that come back", NULL},
	{"schedule", "check_at", OPT_TIME, AT(schedule.check_at), 0, 0, "07:30",
		"the daily judgement", NULL},
	{"schedule", "send_at", OPT_TIME, AT(schedule.send_at), 0, 0, "08:00",
		"the sending time of working days", NULL},
	{"schedule", "preview_at", OPT_TIME, AT(schedule.preview_at), 0, 0, "15:30",
		"tomorrow's letters, to the administrator", NULL},
	{"schedule", "late_until", OPT_TIME, AT(schedule.late_until), 0, 0, "16:30",
		"a missed sending time is made up for until then", NULL},
	{"reminders", "yearly_report", OPT_FALLING, AT(reminders.yearly_report), 0, 365,
		"30 14 7 3 1 0", DAYS_BEFORE, NULL},
	{"reminders", "yearly_count", OPT_FALLING, AT(reminders.yearly_count), 0, 365,
		"120 60 30 7", DAYS_BEFORE, NULL},
	{"reminders", "quarterly_count", OPT_FALLING, AT(reminders.quarterly_count), 0, 90,
		"30 10 0", DAYS_BEFORE, NULL},
	{"reminders", "conference", OPT_FALLING, AT(reminders.conference), 0, 365, "180 90 30 7",
		DAYS_BEFORE, NULL},
	{"reminders", "expiry", OPT_FALLING, AT(reminders.expiry), 0, 730, "180 90 30", DAYS_BEFORE,
		NULL},
	{"reminders", "overdue_workdays", OPT_RISING, AT(reminders.overdue_workdays), 1, 60,
		"1 4 7 10", "working days after the last day, smallest first", NULL},
	{"reminders", "overdue_weeks", OPT_INT, AT(reminders.overdue_weeks), 0, 52, "4",
		"weekly reminders after those", NULL},
	{"reminders", "lapse_days", OPT_INT, AT(reminders.lapse_days), 7, 365, "90",
		"days after which an overdue duty is reminded no more", NULL},
	{"reminders", "first_told_workdays", OPT_INT, AT(reminders.first_told_workdays), 0, 30, "3",
		"working days before a missing thing is first told", NULL},
	{"reminders", "body_rows", OPT_INT, AT(reminders.body_rows), 1, 500, "30",
		"rows of a list in a letter; all are in the attachment", NULL},
	{"reminders", "act_within_days", OPT_INT, AT(reminders.act_within_days), 1, 365, "30",
		"days to act from the first notice", NULL},
	{"reminders", "start_spread_workdays", OPT_INT, AT(reminders.start_spread_workdays), 1, 30,
		"5", "working days over which the first letters are spread", NULL},
	{"reminders", "worse_points", OPT_INT, AT(reminders.worse_points), 0, 100, "1",
		"percentage points that make an indicator worse", NULL},
	{"reminders", "collector_list_workdays", OPT_INT, AT(reminders.collector_list_workdays), 1,
		30, "2", "working days between two lists of who has not reported", NULL},
	{"reminders", "urgent_days", OPT_INT, AT(reminders.urgent_days), 0, 30, "3",
		"days left from which a duty is urgent", NULL},
	{"reminders", "unknown_months", OPT_RISING, AT(reminders.unknown_months), 1, 12,
		"1 4 7 10 11", "months in which missing figures are asked for", NULL},
	{"reminders", "protected_steps", OPT_FALLING, AT(reminders.protected_steps), 0, 365,
		"3 1 0", "days before the last day that an acknowledgement does not silence", NULL},
	{"import", "directory", OPT_PATH, AT(import_directory), 0, 0, "",
		"folder watched for spreadsheets; unset: none", NULL},
	{"rules", "directory", OPT_PATH, AT(rules_directory), 0, 0, "",
		"folder of rules without C; unset: none", NULL},
	{"web", "listen", OPT_TEXT, AT(web_listen), 0, 0, "", "ADDRESS:PORT; unset: no web", NULL},
	{"web", "public_url", OPT_TEXT, AT(web_public_url), 0, 0, "",
		"how letters name the web; unset: no links", NULL},
	{"retention", "letters", OPT_INT, AT(retention_letters_days), 30, 36500, "1825",
		"days that letters are kept", NULL},
};
enum { OPTION_COUNT = sizeof options / sizeof *options };

struct reader {
	struct conf_file file;
	struct settings *s;
};

static bool is_address(const char *s)
{
	const char *at = strchr(s, '@');
	size_t n = strlen(s);
	if (!at || at == s || !at[1] || strchr(at + 1, '@') || n > 254 || s[n - 1] == '.')
		return false;
	for (; *s; s++)
		if (*s <= ' ' || *s > '~' || strchr("<>()[]\\,;:\"", *s))
			return false;
	return true;
}

/* "a b c" into the list, given as a text of the table's. */
static void list_from_text(const char *text, struct int_list *out)
{
	size_t capacity = 0;
	char *end;
	*out = (struct int_list){0};
	for (long n = strtol(text, &end, 10); end != text; n = strtol(text, &end, 10)) {
		VEC_ROOM(out->items, out->count, capacity);
		out->items[out->count++] = (int)n;
		text = end;
	}
}

static void read_list(struct conf_group *g, const struct option *o, struct int_list *out)
{
	int direction = o->type == OPT_RISING ? 1 : -1;
	int count = conf_ints(g, o->key, o->min, o->max, direction, &out->items);
	if (count < 0)
		list_from_text(o->fallback, out);
	else
		out->count = (size_t)count;
}

static bool is_plugin_name(const char *s)
{
	return *s && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s) &&
	       strcmp(s, "rules") != 0;
}

static void add_name(struct settings *s, const char *name, size_t length)
{
	size_t n = s->plugins.enabled_count++;
	s->plugins.enabled = xrealloc(s->plugins.enabled, (n + 1) * sizeof *s->plugins.enabled);
	s->plugins.enabled[n] = xstrndup(name, length);
}

static bool is_enabled(const struct settings *s, const char *plugin)
{
	for (size_t i = 0; i < s->plugins.enabled_count; i++)
		if (strcmp(s->plugins.enabled[i], plugin) == 0)
			return true;
	return false;
}

static void read_names(struct conf_group *g, const struct option *o, struct settings *s)
{
	config_setting_t *list = conf_member(g, o->key, CONFIG_TYPE_ARRAY, CONF_OPTIONAL);
	if (!list)
		for (const char *p = o->fallback; *p; p += strspn(p, " ")) {
			add_name(s, p, strcspn(p, " "));
			p += strcspn(p, " ");
		}
	for (int i = 0; list && i < config_setting_length(list); i++) {
		const char *name = config_setting_get_string_elem(list, i);
		if (!name || !is_plugin_name(name))
			conf_problem(g->file, list,
				"%s.%s: a plugin's name is text of a-z, 0-9 and hyphens, not "
				"\"rules\"",
				g->name, o->key);
		else if (is_enabled(s, name))
			conf_problem(g->file, list, "%s.%s names %s twice", g->name, o->key, name);
		else
			add_name(s, name, strlen(name));
	}
}

/* Text, path or address; "" is the default, which is NULL where that is "" too. */
static char *read_text(struct reader *r, struct conf_group *g, const struct option *o)
{
	char *text = conf_text(g, o->key, o->fallback == NULL, o->fallback);
	if (text && !*text) {
		free(text);
		text = xstrdup(o->fallback);
	}
	if (!text || !*text) {
		free(text);
		return NULL;
	}
	if (o->type == OPT_ADDRESS && !is_address(text))
		conf_problem(g->file, config_setting_get_member(g->group, o->key),
			"%s.%s: \"%s\" is no e-mail address like ten@coquan.gov.vn", g->name,
			o->key, text);
	if (o->type != OPT_PATH)
		return text;
	char *path = file_resolve(r->s->file, text);
	size_t n = strlen(path);
	if (n > 2 && strcmp(path + n - 2, "/.") == 0)
		path[n - 2] = '\0';
	free(text);
	return path;
}

static int word_index(const char *const *words, const char *word)
{
	int i = 0;
	while (words[i] && strcmp(words[i], word) != 0)
		i++;
	return i;
}

static void read_option(struct reader *r, struct conf_group *g, const struct option *o)
{
	struct problems *p = r->file.problems;
	size_t before = p->count;
	void *at = (char *)r->s + o->offset;
	switch (o->type) {
	case OPT_TEXT:
	case OPT_PATH:
	case OPT_ADDRESS:
		*(char **)at = read_text(r, g, o);
		break;
	case OPT_INT:
		*(int *)at =
			(int)conf_int(g, o->key, o->min, o->max, strtol(o->fallback, NULL, 10));
		break;
	case OPT_TIME:
		*(int *)at = conf_time(g, o->key, o->fallback);
		break;
	case OPT_CHOICE:
		*(int *)at = conf_choice(g, o->key, o->words, word_index(o->words, o->fallback));
		break;
	case OPT_SWITCH:
		*(bool *)at =
			conf_choice(g, o->key, o->words, word_index(o->words, o->fallback)) == 1;
		break;
	case OPT_FALLING:
	case OPT_RISING:
		read_list(g, o, at);
		break;
	case OPT_NAMES:
		read_names(g, o, r->s);
		break;
	}
	for (; before < p->count; before++) {
		char *text = p->items[before].text;
		p->items[before].text = xasprintf("%s (%s)", text, o->help);
		free(text);
	}
}

/* One plugins.NAME { … }: kept with its place; the plugin's own rows say later what is allowed. */
static void read_plugin_group(struct reader *r, config_setting_t *group)
{
	struct settings *s = r->s;
	const char *plugin = config_setting_name(group);
	if (!is_enabled(s, plugin)) {
		conf_problem(&r->file, group,
			"plugins.%s: no plugin of this name is in plugins.enabled", plugin);
		return;
	}
	for (int i = 0; i < config_setting_length(group); i++) {
		config_setting_t *item = config_setting_get_elem(group, (unsigned)i);
		struct plugin_setting v = {.line = (int)config_setting_source_line(item)};
		const char *text = config_setting_get_string(item);
		switch (config_setting_type(item)) {
		case CONFIG_TYPE_INT:
		case CONFIG_TYPE_INT64:
			v.type = PLUGIN_SETTING_INT;
			v.number = config_setting_get_int64(item);
			break;
		case CONFIG_TYPE_BOOL:
			v.type = PLUGIN_SETTING_BOOL;
			v.number = config_setting_get_bool(item);
			break;
		case CONFIG_TYPE_STRING:
			v.type = PLUGIN_SETTING_TEXT;
			v.text = text_nfc(text, false);
			if (v.text)
				break;
			/* fall through */
		default:
			conf_problem(&r->file, item,
				"plugins.%s.%s must be a whole number, true or false, or text in "
				"UTF-8",
				plugin, config_setting_name(item));
			continue;
		}
		v.plugin = xstrdup(plugin);
		v.key = xstrdup(config_setting_name(item));
		v.file = xstrdup(r->file.path);
		size_t n = s->plugins.value_count++;
		s->plugins.values = xrealloc(s->plugins.values, (n + 1) * sizeof v);
		s->plugins.values[n] = v;
	}
}

static void read_plugin_groups(struct reader *r, struct conf_group *g)
{
	enum { KNOWN_MOST = sizeof g->known / sizeof *g->known };
	for (int i = 0; g->group && i < config_setting_length(g->group); i++) {
		config_setting_t *s = config_setting_get_elem(g->group, (unsigned)i);
		if (!config_setting_is_group(s) || g->known_count == KNOWN_MOST)
			continue;
		g->known[g->known_count++] = config_setting_name(s);
		read_plugin_group(r, s);
	}
}

/* An absolute path, so that a daemon may change its folder. The caller frees. */
static char *absolute(const char *path)
{
	char *here = path[0] == '/' ? NULL : getcwd(NULL, 0);
	char *full = here ? file_join(here, path) : xstrdup(path);
	free(here);
	return full;
}

int settings_load(const char *file, struct settings **out, struct problems *problems)
{
	struct reader r;
	size_t before = problems->count;
	char *source = taken_source(file);
	int rc = conf_file_open(&r.file, source, problems);
	free(source);
	if (rc)
		return -1;
	r.s = xcalloc(1, sizeof *r.s);
	r.s->file = absolute(file);
	struct conf_group top = conf_group_of(&r.file, config_root_setting(&r.file.config), "");
	for (int i = 0; groups[i]; i++) {
		struct conf_group group;
		struct conf_group *g = &top;
		if (groups[i][0]) {
			group = conf_group_of(&r.file,
				conf_member(&top, groups[i], CONFIG_TYPE_GROUP, CONF_OPTIONAL),
				groups[i]);
			g = &group;
		}
		for (size_t k = 0; k < OPTION_COUNT; k++)
			if (strcmp(options[k].group, groups[i]) == 0)
				read_option(&r, g, &options[k]);
		if (strcmp(groups[i], "plugins") == 0)
			read_plugin_groups(&r, g);
		if (g != &top)
			conf_unknown(g);
	}
	conf_unknown(&top);
	if (!r.s->mail.from)
		r.s->mail.from = xstrdup(r.s->mail.reply_to);
	settings_check(r.s, &r.file);
	conf_file_close(&r.file);
	if (problems->count > before) {
		settings_free(r.s);
		return -1;
	}
	taken_point(r.s);
	*out = r.s;
	return 0;
}

void settings_free(struct settings *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		void *at = (char *)s + options[i].offset;
		switch (options[i].type) {
		case OPT_TEXT:
		case OPT_PATH:
		case OPT_ADDRESS:
			free(*(char **)at);
			break;
		case OPT_FALLING:
		case OPT_RISING:
			free(((struct int_list *)at)->items);
			break;
		case OPT_NAMES:
		case OPT_INT:
		case OPT_TIME:
		case OPT_CHOICE:
		case OPT_SWITCH:
			break;
		}
	}
	for (size_t i = 0; i < s->plugins.enabled_count; i++)
		free(s->plugins.enabled[i]);
	free(s->plugins.enabled);
	for (size_t i = 0; i < s->plugins.value_count; i++) {
		struct plugin_setting *v = &s->plugins.values[i];
		free(v->plugin);
		free(v->key);
		free(v->text);
		free(v->file);
	}
	free(s->plugins.values);
	free(s->file);
	free(s);
}

const char *settings_path(const char *argument)
{
	const char *named = getenv("LANGNGHE_CONF");
	if (argument && *argument)
		return argument;
	return named && *named ? named : "/etc/langnghe/langnghed.conf";
}

char *settings_libexec(void)
{
	const char *named = getenv("LANGNGHE_LIBEXEC");
	if (named && *named)
		return xstrdup(named);
	char program[4096];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	char *slash = NULL;
	if (n > 0) {
		program[n] = '\0';
		slash = strrchr(program, '/');
	}
	if (slash) {
		*slash = '\0';
		char *helper = file_join(program, "langnghe-round");
		bool stands_beside = access(helper, X_OK) == 0;
		free(helper);
		if (stands_beside)
			return xstrdup(program);
	}
	return xstrdup("/usr/libexec/langnghe");
}
