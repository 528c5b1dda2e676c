/*
 * transport.h: how the bytes of a letter leave: into a Maildir, or to a mail
 * server. One function a transport; what it answers is all that post needs to
 * settle a lease.
 */
#ifndef MAIL_TRANSPORT_H
#define MAIL_TRANSPORT_H

#include "mail/outbox.h"
#include "plan/settings.h"

enum send_result {
	SEND_OK,
	SEND_TEMPORARY, /* try again later */
	SEND_PERMANENT, /* this address or letter will never be taken */
	SEND_IN_DOUBT, /* the other side may have it */
	SEND_CREDENTIALS /* our name or password is refused: no letter of ours will be taken */
};

struct mail_transport {
	const char *name;
	/* Delivers l to l->email. *code: the server's answer, 0 none. e holds a sentence unless
	 * SEND_OK. */
	enum send_result (*deliver)(
		struct mail_transport *t, const struct lease *l, int *code, struct err *e);
	void (*close)(struct mail_transport *t);
};

/* The transport that the settings name. -1 with one sentence when this program has none such. */
int transport_open(struct mail_transport **out, const struct settings *s, struct err *e);
void transport_close(struct mail_transport *t); /* NULL is fine */

/* A mail server, through langnghe-sender; nothing is started before the first letter. */
int smtp_open(struct mail_transport **out, const struct settings *s, struct err *e);
/* One Maildir (tmp, new, cur) in folder, made if absent. */
int maildir_open(struct mail_transport **out, const char *folder, struct err *e);

#endif
