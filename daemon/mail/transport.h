/*
 * transport.h: how the bytes of a letter leave: into a Maildir, or to a mail
 * server. What it answers is all that post needs to settle a lease.
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

enum { TRANSPORT_SLOTS_MOST = 16 };

/* Letters are given to numbered slots and come to their end in any order. */
struct mail_transport {
	const char *name;
	int slots; /* letters it can have in hand at a time, 1 to TRANSPORT_SLOTS_MOST */
	/* Begins to deliver l to l->email on a free slot. l is borrowed until its result is taken. */
	void (*give)(struct mail_transport *t, int slot, const struct lease *l);
	/* Waits until a letter in hand has come to its end and returns its slot, free again. At least one
	 * must be in hand. *code: the server's answer, 0 none. e holds a sentence unless SEND_OK. */
	int (*take)(struct mail_transport *t, enum send_result *result, int *code, struct err *e);
	void (*close)(struct mail_transport *t);
};

/* The transport that the settings name. -1 with one sentence when this program has none such. */
int transport_open(struct mail_transport **out, const struct settings *s, struct err *e);
void transport_close(struct mail_transport *t); /* NULL is fine */

/* A mail server, through mail.connections of langnghe-sender; nothing is started before the first letter. */
int smtp_open(struct mail_transport **out, const struct settings *s, struct err *e);
/* One Maildir (tmp, new, cur) in folder, made if absent. */
int maildir_open(struct mail_transport **out, const char *folder, struct err *e);

#endif
