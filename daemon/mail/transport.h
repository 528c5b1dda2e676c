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

enum { TRANSPORT_SLOTS_MOST = 16, TRANSPORT_DEPTH_MOST = 2 };

/* Letters are given to numbered slots. Those of one slot come to their end in the order in which they were
 * given, those of several in any. No server takes a letter before release: a letter may be given while the
 * result of the one before it is being committed. */
struct mail_transport {
	const char *name;
	int slots; /* 1 to TRANSPORT_SLOTS_MOST */
	int depth; /* letters that a slot holds, 1 to TRANSPORT_DEPTH_MOST */
	/* Begins to deliver l to l->email on a slot that has room. l is borrowed until its result is taken,
	 * or it is dropped. */
	void (*give)(struct mail_transport *t, int slot, const struct lease *l);
	/* The slot's first letter may come to its end. */
	void (*release)(struct mail_transport *t, int slot);
	/* Gives up the slot's letters, none of which was released. */
	void (*drop)(struct mail_transport *t, int slot);
	/* The slot whose first letter, one that was released, has come to its end; wait: until there is one
	 * (one must have been released), else -1 where there is none yet. *code: the server's answer, 0 none.
	 * e holds a sentence unless SEND_OK. */
	int (*take)(struct mail_transport *t, bool wait, enum send_result *result, int *code, struct err *e);
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
