/*
 * smtp.c: letters to a mail server, through one langnghe-sender a connection; each is
 * started with its first letter and again after its death. The post's side keeps
 * the watch: a sender that does not answer in time is ended, and whether the letter
 * is in doubt is known from what it said last.
 */
#include "mail/transport.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/monotonic.h"
#include "mail/sender_job.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LETTER_MS = 300 * 1000 }; /* more than all of the sender's own limits for one step */

/* One sender, and the letter it has in hand. */
struct line {
	pid_t pid; /* 0: none */
	int to, from; /* its pipes */
	const struct lease *letter; /* NULL: free */
	struct sender_ear ear;
	int64_t until_ms;
	bool stillborn; /* the letter could not be given to it; why says it */
	struct err why;
};

struct smtp {
	struct mail_transport base; /* first */
	char *conf;
	struct line lines[TRANSPORT_SLOTS_MOST];
};

extern char **environ;

static void bury(struct line *n)
{
	while (waitpid(n->pid, NULL, 0) < 0 && errno == EINTR)
		;
	n->pid = 0;
}

static void kill_sender(struct line *n)
{
	close(n->to);
	close(n->from);
	kill(n->pid, SIGKILL);
	bury(n);
}

static int start_sender(const struct smtp *t, struct line *n, struct err *e)
{
	int in[2], out[2];
	if (pipe2(in, O_CLOEXEC) < 0)
		return err_set(e, "no pipe: %s", strerror(errno));
	if (pipe2(out, O_CLOEXEC) < 0) {
		close(in[0]);
		close(in[1]);
		return err_set(e, "no pipe: %s", strerror(errno));
	}
	char *libexec = settings_libexec(), *program = file_join(libexec, "langnghe-sender");
	const char *argv[] = {program, "-c", t->conf, NULL};
	posix_spawn_file_actions_t files;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out[1], STDOUT_FILENO);
	int rc = posix_spawn(&n->pid, program, &files, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&files);
	close(in[0]);
	close(out[1]);
	n->to = in[1];
	n->from = out[0];
	if (rc) {
		n->pid = 0;
		close(in[1]);
		close(out[0]);
		rc = err_set(e, "%s cannot be started: %s", program, strerror(rc));
	}
	free(program);
	free(libexec);
	return rc ? -1 : 0;
}

static void give(struct mail_transport *base, int slot, const struct lease *l)
{
	struct smtp *t = (struct smtp *)base;
	struct line *n = &t->lines[slot];
	n->letter = l;
	n->ear = (struct sender_ear){0};
	n->until_ms = monotonic_ms() + LETTER_MS;
	n->stillborn = !n->pid && start_sender(t, n, &n->why) < 0;
	/* A sender that is gone is found out when its answer is waited for. */
	if (!n->stillborn)
		(void)sender_give_job(n->to, l);
}

/* The letter's end, without an answer: the sender is gone, or is ended here. */
static enum send_result give_up(struct line *n, struct err *e)
{
	bool late = monotonic_ms() >= n->until_ms;
	kill_sender(n);
	err_set(e, "the sender %s %s", late ? "did not answer in time and was ended" : "ended without an answer",
		n->ear.handed ? "after the letter was handed over"
			      : "before the letter was handed over");
	return n->ear.handed ? SEND_IN_DOUBT : SEND_TEMPORARY;
}

/* Whether the letter has come to its end. heard: there is something to read. */
static bool is_over(struct line *n, bool heard, enum send_result *result, int *code, struct err *e)
{
	struct sender_result r = {0};
	*code = 0;
	if (n->stillborn) {
		*e = n->why;
		*result = SEND_TEMPORARY;
		return true;
	}
	int rc = heard ? sender_hear(n->from, &n->ear, n->letter->recipient, &r) : 0;
	if (rc == 0 && monotonic_ms() < n->until_ms)
		return false;
	if (rc == 1) {
		*code = r.code;
		*result = r.outcome;
		err_set(e, "%s", r.text[0] ? r.text : "no reason was given");
	} else {
		*result = give_up(n, e);
	}
	return true;
}

static int take(struct mail_transport *base, enum send_result *result, int *code, struct err *e)
{
	struct smtp *t = (struct smtp *)base;
	struct pollfd p[TRANSPORT_SLOTS_MOST];
	for (;;) {
		int64_t until = INT64_MAX;
		for (int i = 0; i < base->slots; i++) {
			const struct line *n = &t->lines[i];
			bool waits = n->letter && !n->stillborn;
			p[i] = (struct pollfd){.fd = waits ? n->from : -1, .events = POLLIN};
			if (n->letter && n->until_ms < until)
				until = n->stillborn ? 0 : n->until_ms;
		}
		int64_t left = until - monotonic_ms();
		if (poll(p, (nfds_t)base->slots, left > 0 ? (int)left : 0) < 0)
			continue; /* interrupted */
		for (int i = 0; i < base->slots; i++) {
			struct line *n = &t->lines[i];
			if (n->letter && is_over(n, p[i].revents != 0, result, code, e)) {
				n->letter = NULL;
				return i;
			}
		}
	}
}

static void close_smtp(struct mail_transport *base)
{
	struct smtp *t = (struct smtp *)base;
	for (int i = 0; i < base->slots; i++) /* all say goodbye at the same time */
		if (t->lines[i].pid) {
			close(t->lines[i].to);
			close(t->lines[i].from);
		}
	for (int i = 0; i < base->slots; i++)
		if (t->lines[i].pid)
			bury(&t->lines[i]);
	free(t->conf);
	free(t);
}

int smtp_open(struct mail_transport **out, const struct settings *s, struct err *e)
{
	(void)e;
	struct smtp *t = xcalloc(1, sizeof *t);
	t->base = (struct mail_transport){.name = "smtp",
		.slots = s->mail.connections,
		.give = give,
		.take = take,
		.close = close_smtp};
	t->conf = xstrdup(s->file);
	*out = &t->base;
	return 0;
}
