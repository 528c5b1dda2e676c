/*
 * transport.c: chooses how letters leave.
 */
#include "mail/transport.h"

int transport_open(struct mail_transport **out, const struct settings *s, struct err *e)
{
	switch (s->mail.transport) {
	case TRANSPORT_MAILDIR:
		if (!s->mail.maildir)
			return err_set(e, "mail.maildir is not set: name the folder letters go to");
		return maildir_open(out, s->mail.maildir, e);
	case TRANSPORT_SMTP:
		return smtp_open(out, s, e);
	}
	return err_set(e, "mail.transport is neither maildir nor smtp");
}

void transport_close(struct mail_transport *t)
{
	if (t)
		t->close(t);
}
