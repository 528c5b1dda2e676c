/*
 * settings_check.c: what options mean to each other: encryption may be off only
 * towards this machine, invented addresses may not be written to, the day's
 * hours come in order, the time zone is one that needs no tables.
 */
#include "plan/settings_check.h"

#include "base/day.h"
#include "base/text.h"

#include <sys/un.h>

enum { VIETNAM_OFFSET_S = 7 * 3600 };

/* The option at "mail.server" if the file has it, else its group, else the file as a whole. */
static const config_setting_t *place(const struct conf_file *f, const char *path)
{
	const config_setting_t *s = config_lookup(&f->config, path);
	if (s)
		return s;
	char group[64];
	snprintf(group, sizeof group, "%.*s", (int)strcspn(path, "."), path);
	return config_lookup(&f->config, group);
}

/* "+07:00". 0 or -1. */
static int parse_offset(const char *s, int *offset_s)
{
	struct moment noon;
	char text[40];
	if (strlen(s) != 6)
		return -1;
	/* A moment written with this offset and read at 00:00 differs by the offset. */
	snprintf(text, sizeof text, "2000-01-01T12:00:00%s", s);
	if (moment_parse(text, 0, &noon))
		return -1;
	struct moment plain = {day_from_civil(2000, 1, 1), 12 * 3600};
	*offset_s = (int)(moment_to_unix(plain, 0) - moment_to_unix(noon, 0));
	return 0;
}

static void check_timezone(struct settings *s, struct conf_file *f)
{
	s->utc_offset_s = VIETNAM_OFFSET_S;
	if (!s->timezone || strcmp(s->timezone, "Asia/Ho_Chi_Minh") == 0 ||
		strcmp(s->timezone, "Asia/Saigon") == 0)
		return;
	if (parse_offset(s->timezone, &s->utc_offset_s))
		conf_problem(f, place(f, "timezone"),
			"timezone is \"%s\"; allowed are \"Asia/Ho_Chi_Minh\", \"Asia/Saigon\" or "
			"a fixed "
			"offset like \"+07:00\"",
			s->timezone);
}

/* Splits HOST:PORT or HOST; "[::1]:25" keeps its brackets. 0, or -1 if it is neither. */
static int check_host_port(const char *s, bool port_needed, size_t *host_length)
{
	const char *colon = strrchr(s, ':');
	if (s[0] == '[') {
		const char *close = strchr(s, ']');
		if (!close || (close[1] && close[1] != ':'))
			return -1;
		colon = close[1] ? close + 1 : NULL;
	}
	*host_length = colon ? (size_t)(colon - s) : strlen(s);
	if (*host_length == 0 || strcspn(s, " \t/@") != strlen(s) || (!colon && port_needed))
		return -1;
	if (!colon)
		return 0;
	size_t digits = strlen(colon + 1);
	if (digits < 1 || digits > 5 || strspn(colon + 1, "0123456789") != digits)
		return -1;
	long port = strtol(colon + 1, NULL, 10);
	return port >= 1 && port <= 65535 ? 0 : -1;
}

static bool is_loopback(const char *host, size_t n)
{
	static const char *const names[] = {"localhost", "::1", "[::1]"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == n && strncmp(host, names[i], n) == 0)
			return true;
	return strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") >= n;
}

static void check_mail(const struct settings *s, struct conf_file *f)
{
	const struct {
		const char *key, *address;
	} addresses[] = {
		{"mail.from", s->mail.from},
		{"mail.reply_to", s->mail.reply_to},
		{"mail.redirect_to", s->mail.redirect_to},
		{"admin.email", s->admin.email},
	};
	bool smtp = s->mail.transport == TRANSPORT_SMTP;
	for (size_t i = 0; smtp && i < sizeof addresses / sizeof *addresses; i++)
		if (text_is_invented(addresses[i].address))
			conf_problem(f, place(f, addresses[i].key),
				"%s is %s; an address ending in .example cannot be written to: "
				"give a real "
				"one, or use transport \"maildir\"",
				addresses[i].key, addresses[i].address);
	size_t host = 0;
	if (smtp && !s->mail.server)
		conf_problem(f, place(f, "mail.transport"), "transport \"smtp\" needs mail.server");
	if (!smtp && !s->mail.maildir)
		conf_problem(
			f, place(f, "mail.transport"), "transport \"maildir\" needs mail.maildir");
	if (s->mail.server && check_host_port(s->mail.server, false, &host))
		conf_problem(f, place(f, "mail.server"),
			"mail.server is \"%s\"; it must be HOST or HOST:PORT, port 1 to 65535",
			s->mail.server);
	else if (smtp && s->mail.server && s->mail.server[0] == '[')
		conf_problem(f, place(f, "mail.server"),
			"mail.server is \"%s\"; a number of IPv6 cannot be used: give a host's name",
			s->mail.server);
	else if (s->mail.server && !s->mail.starttls_required && !is_loopback(s->mail.server, host))
		conf_problem(f, place(f, "mail.starttls"),
			"starttls \"off\" is allowed only for a server on this machine (localhost, "
			"127.0.0.1, ::1), not for %s",
			s->mail.server);
	if ((s->mail.user == NULL) != (s->mail.password_file == NULL))
		conf_problem(f, place(f, s->mail.user ? "mail.user" : "mail.password_file"),
			"mail.user and mail.password_file are given together or not at all");
}

static void check_web(const struct settings *s, struct conf_file *f)
{
	size_t host;
	if (s->web_listen && check_host_port(s->web_listen, true, &host))
		conf_problem(f, place(f, "web.listen"),
			"web.listen is \"%s\"; it must be ADDRESS:PORT, port 1 to 65535",
			s->web_listen);
	const char *url = s->web_public_url;
	if (url && strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		conf_problem(f, place(f, "web.public_url"),
			"web.public_url is \"%s\"; it must begin with https:// or http://", url);
}

static void check_schedule(const struct settings *s, struct conf_file *f)
{
	if (s->schedule.check_at > s->schedule.send_at)
		conf_problem(f, place(f, "schedule.check_at"),
			"schedule.check_at must not be later than schedule.send_at: letters tell "
			"what was "
			"judged");
	if (s->schedule.late_until < s->schedule.send_at)
		conf_problem(f, place(f, "schedule.late_until"),
			"schedule.late_until must not be earlier than schedule.send_at");
}

void settings_check(struct settings *s, struct conf_file *f)
{
	size_t most = sizeof((struct sockaddr_un *)0)->sun_path - 1;
	check_timezone(s, f);
	check_mail(s, f);
	check_web(s, f);
	check_schedule(s, f);
	if (s->control_socket && strlen(s->control_socket) > most)
		conf_problem(f, place(f, "control_socket"),
			"control_socket has %zu bytes as a full path; a socket's path has at most "
			"%zu",
			strlen(s->control_socket), most);
}
