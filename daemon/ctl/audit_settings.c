/*
 * audit_settings.c: the audit's checks of what an administrator wrote down:
 * invented addresses in a register that is not marked as simulated, and options
 * that this version reads, checks and does not act upon.
 */
#include "ctl/audit.h"

#include "base/text.h"

#include "base/mem.h"

enum { EXAMPLES_MOST = 3, RETENTION_DEFAULT_DAYS = 1825, CONNECTIONS_DEFAULT = 4 };

static bool is_in_force(const struct contact *c, int32_t day)
{
	return unit_lives(c->unit, day) && (c->valid_from == DAY_NONE || c->valid_from <= day) &&
	       (c->valid_to == DAY_NONE || c->valid_to >= day);
}

static void check_contacts(struct audit *a, enum audit_severity severity)
{
	const struct units *u = a->w->units;
	struct buf examples = {0};
	size_t found = 0;
	for (size_t i = 0; i < units_contact_count(u); i++) {
		const struct contact *c = units_contact_at(u, i);
		if (!is_in_force(c, a->now.day) || !text_is_invented(c->email))
			continue;
		if (found++ < EXAMPLES_MOST)
			buf_addf(&examples, "%s%s", examples.len ? ", " : "", c->email);
	}
	if (found > 0)
		audit_add(a, severity, "contacts",
			"import contacts with real addresses; set data_label if all is simulated",
			"%zu addresses end in .example and reach nobody: %s%s", found, examples.s,
			found > EXAMPLES_MOST ? " …" : "");
	buf_release(&examples);
}

static void check_own_addresses(struct audit *a, enum audit_severity severity)
{
	const struct settings *s = a->w->settings;
	const struct {
		const char *key, *address;
	} own[] = {
		{"admin.email", s->admin.email},
		{"mail.from", s->mail.from},
		{"mail.reply_to", s->mail.reply_to},
		{"mail.redirect_to", s->mail.redirect_to},
	};
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		if (text_is_invented(own[i].address))
			audit_add(a, severity, own[i].key, "give a real address in langnghed.conf",
				"%s ends in .example and reaches nobody", own[i].address);
	}
}

/* An option counts as set where it differs from its default: the packaged file writes all down. */
static void check_without_effect(struct audit *a)
{
	const struct settings *s = a->w->settings;
	bool maildir = s->mail.transport == TRANSPORT_MAILDIR;
	const struct {
		const char *key;
		bool set;
	} options[] = {
		{"mail.server", maildir && s->mail.server},
		{"mail.starttls", maildir && !s->mail.starttls_required},
		{"mail.ca_file", maildir && s->mail.ca_file},
		{"mail.user", maildir && s->mail.user},
		{"mail.password_file", maildir && s->mail.password_file},
		{"mail.connections", maildir && s->mail.connections != CONNECTIONS_DEFAULT},
		{"mail.bounces", s->mail.bounces != NULL},
		{"web.listen", s->web_listen != NULL},
		{"web.public_url", s->web_public_url != NULL},
		{"retention.letters", s->retention_letters_days != RETENTION_DEFAULT_DAYS},
	};
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		if (options[i].set)
			audit_add(a, AUDIT_WARNING, options[i].key,
				"leave it at its default; langnghed.conf(5) marks such options",
				"the option is set and has no effect in this version");
	}
}

int audit_settings(struct audit *a, struct err *e)
{
	(void)e;
	enum audit_severity severity =
		a->w->settings->mail.transport == TRANSPORT_SMTP ? AUDIT_ERROR : AUDIT_WARNING;
	if (!a->w->settings->data_label) {
		check_contacts(a, severity);
		check_own_addresses(a, severity);
	}
	check_without_effect(a);
	return 0;
}
