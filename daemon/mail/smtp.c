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

enum {
	LETTER_MS = 300 * 1000, /* more than all of the sender's own limits for one step */
	PIPE_BYTES = 1 << 20
};

/* One sender, and the letters it has in hand: the first is at work, the second is in its pipe. */
struct line {
	pid_t pid; /* 0: none */
	int to, from; /* its pipes */
	struct sender_board *board;
	size_t room; /* the largest letter that its pipe takes behind another, bytes */
	struct held {
		const struct lease *letter;
		bool given; /* to the sender that is alive */
	} held[TRANSPORT_DEPTH_MOST];
	int count;
	bool released; /* the first */
	struct sender_ear ear;
	int64_t until_ms; /* the first's patience */
	bool stillborn; /* no sender could be started; why says it */
	struct err why;
};

struct smtp {
	struct mail_transport base; /* first */
	char *conf;
	struct line lines[TRANSPORT_SLOTS_MOST];
};

extern char **environ;

/* Its board stays readable until another sender begins. */
static void bury(struct line *n)
{
	while (waitpid(n->pid, NULL, 0) < 0 && errno == EINTR)
		;
	n->pid = 0;
	n->ear = (struct sender_ear){0};
	for (int i = 0; i < n->count; i++)
		n->held[i].given = false;
}

static void kill_sender(struct line *n)
{
	close(n->to);
	close(n->from);
	kill(n->pid, SIGKILL);
	bury(n);
}

static int spawn_sender(const struct smtp *t, struct line *n, int in, int out, int board, struct err *e)
{
	char *libexec = settings_libexec(), *program = file_join(libexec, "langnghe-sender");
	const char *argv[] = {program, "-c", t->conf, NULL};
	posix_spawn_file_actions_t files;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, board, SENDER_BOARD_FD);
	int rc = posix_spawn(&n->pid, program, &files, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&files);
	if (rc) {
		n->pid = 0;
		rc = err_set(e, "%s cannot be started: %s", program, strerror(rc));
	}
	free(program);
	free(libexec);
	return rc;
}

static int start_sender(const struct smtp *t, struct line *n, struct err *e)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, board = -1, rc;
	sender_board_free(n->board);
	n->board = sender_board_new(&board);
	if (!n->board || pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
		rc = err_set(e, "no pipe to a sender: %s", strerror(errno));
	else
		rc = spawn_sender(t, n, in[0], out[1], board, e);
	n->to = in[1];
	n->from = out[0];
	const int theirs[] = {in[0], out[1], board}, ours[] = {in[1], out[0]};
	for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
		if (theirs[i] >= 0)
			close(theirs[i]);
	for (size_t i = 0; i < sizeof ours / sizeof *ours && rc < 0; i++)
		if (ours[i] >= 0)
			close(ours[i]);
	if (rc < 0)
		return -1;
	(void)fcntl(n->to, F_SETPIPE_SZ, PIPE_BYTES); /* or it stays smaller */
	int bytes = fcntl(n->to, F_GETPIPE_SZ);
	n->room = bytes > 0 ? (size_t)bytes / 4 : 0; /* one that it has not read yet, and this one */
	return 0;
}

/* A sender that is gone is found out when its answer is waited for. */
static void hand_over(struct line *n, int i)
{
	n->held[i].given = true;
	(void)sender_give_job(n->to, n->held[i].letter);
}

/* The first letter's turn has come. */
static void begin(const struct smtp *t, struct line *n)
{
	n->released = false;
	n->until_ms = monotonic_ms() + limit_ms(LETTER_MS);
	n->stillborn = !n->pid && start_sender(t, n, &n->why) < 0;
	if (!n->stillborn)
		n->board->handed = 0; /* it may be tried a second time */
	if (!n->stillborn && !n->held[0].given)
		hand_over(n, 0);
}

static void give(struct mail_transport *base, int slot, const struct lease *l)
{
	struct smtp *t = (struct smtp *)base;
	struct line *n = &t->lines[slot];
	n->held[n->count++] = (struct held){.letter = l};
	if (n->count == 1)
		begin(t, n);
	else if (n->pid && n->held[0].given && l->size <= n->room)
		hand_over(n, 1); /* a larger one would have to wait for the sender */
}

static void release_first(struct mail_transport *base, int slot)
{
	struct line *n = &((struct smtp *)base)->lines[slot];
	n->released = true;
	if (!n->stillborn)
		(void)sender_permit(n->to, n->held[0].letter->recipient);
}

static void drop(struct mail_transport *base, int slot)
{
	struct line *n = &((struct smtp *)base)->lines[slot];
	n->count = 0;
	if (n->pid)
		kill_sender(n);
}

/* The letter's end, without an answer: the sender is gone, or is ended here. */
static enum send_result give_up(struct line *n, struct err *e)
{
	bool late = monotonic_ms() >= n->until_ms;
	kill_sender(n);
	bool handed = n->board->handed == n->held[0].letter->recipient;
	err_set(e, "the sender %s %s", late ? "did not answer in time and was ended" : "ended without an answer",
		handed ? "after the letter was handed over" : "before the letter was handed over");
	return handed ? SEND_IN_DOUBT : SEND_TEMPORARY;
}

/* Whether the first letter has come to its end. heard: there is something to read. */
static bool is_over(struct line *n, bool heard, enum send_result *result, int *code, struct err *e)
{
	struct sender_result r = {0};
	int64_t recipient = n->held[0].letter->recipient;
	*code = 0;
	if (n->stillborn) {
		*e = n->why;
		*result = SEND_TEMPORARY;
		return true;
	}
	int rc = sender_heard(&n->ear, recipient, &r);
	if (rc == 0 && heard)
		rc = sender_hear(n->from, &n->ear, recipient, &r);
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

static void first_is_over(const struct smtp *t, struct line *n)
{
	n->count--;
	memmove(&n->held[0], &n->held[1], (size_t)n->count * sizeof n->held[0]);
	n->released = false;
	if (n->count > 0)
		begin(t, n);
}

static int take(struct mail_transport *base, bool wait, enum send_result *result, int *code, struct err *e)
{
	struct smtp *t = (struct smtp *)base;
	struct pollfd p[TRANSPORT_SLOTS_MOST];
	bool heard[TRANSPORT_SLOTS_MOST] = {false};
	for (bool looked = false;; looked = true) {
		int64_t until = INT64_MAX;
		for (int i = 0; i < base->slots; i++) {
			struct line *n = &t->lines[i];
			if (n->released && is_over(n, heard[i], result, code, e)) {
				first_is_over(t, n);
				return i;
			}
			p[i] = (struct pollfd){.fd = n->released ? n->from : -1, .events = POLLIN};
			if (n->released && n->until_ms < until)
				until = n->until_ms;
		}
		if (looked && !wait)
			return -1;
		int64_t left = wait ? until - monotonic_ms() : 0;
		int ready = poll(p, (nfds_t)base->slots, left > 0 ? (int)left : 0);
		for (int i = 0; i < base->slots; i++) /* interrupted: nothing was heard */
			heard[i] = ready > 0 && p[i].revents != 0;
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
	for (int i = 0; i < base->slots; i++)
		sender_board_free(t->lines[i].board);
	free(t->conf);
	free(t);
}

int smtp_open(struct mail_transport **out, const struct settings *s, struct err *e)
{
	(void)e;
	struct smtp *t = xcalloc(1, sizeof *t);
	t->base = (struct mail_transport){.name = "smtp",
		.slots = s->mail.connections,
		.depth = TRANSPORT_DEPTH_MOST,
		.give = give,
		.release = release_first,
		.drop = drop,
		.take = take,
		.close = close_smtp};
	t->conf = xstrdup(s->file);
	*out = &t->base;
	return 0;
}
