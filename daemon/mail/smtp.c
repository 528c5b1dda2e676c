/*
 * smtp.c: letters to a mail server, through a langnghe-sender that is started with
 * the first letter and again after its death. The post's side keeps the watch: a
 * sender that does not answer in time is ended, and whether the letter is in doubt
 * is known from what it said last.
 */
#include "mail/transport.h"

#include "base/file.h"
#include "base/mem.h"
#include "mail/sender_job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LETTER_MS = 300 * 1000 }; /* more than all of the sender's own limits for one step */

struct smtp {
	struct mail_transport base; /* first */
	char *conf;
	pid_t pid; /* 0: none */
	int to, from; /* its pipes */
};

extern char **environ;

static void end_sender(struct smtp *t, bool by_force)
{
	if (!t->pid)
		return;
	close(t->to);
	close(t->from);
	if (by_force)
		kill(t->pid, SIGKILL);
	while (waitpid(t->pid, NULL, 0) < 0 && errno == EINTR)
		;
	t->pid = 0;
}

static int start_sender(struct smtp *t, struct err *e)
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
	int rc = posix_spawn(&t->pid, program, &files, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&files);
	close(in[0]);
	close(out[1]);
	t->to = in[1];
	t->from = out[0];
	if (rc) {
		t->pid = 0;
		close(in[1]);
		close(out[0]);
		rc = err_set(e, "%s cannot be started: %s", program, strerror(rc));
	}
	free(program);
	free(libexec);
	return rc ? -1 : 0;
}

static enum send_result deliver(
	struct mail_transport *base, const struct lease *l, int *code, struct err *e)
{
	struct smtp *t = (struct smtp *)base;
	struct sender_result r = {0};
	bool handed = false;
	*code = 0;
	if (!t->pid && start_sender(t, e) < 0)
		return SEND_TEMPORARY;
	bool given = sender_give_job(t->to, l) == 0;
	if (given && sender_wait(t->from, l->recipient, LETTER_MS, &r, &handed) == 1) {
		*code = r.code;
		err_set(e, "%s", r.text[0] ? r.text : "no reason was given");
		return r.outcome;
	}
	end_sender(t, true);
	err_set(e, "the sender ended without an answer %s",
		handed ? "after the letter was handed over" : "before the letter was handed over");
	return handed ? SEND_IN_DOUBT : SEND_TEMPORARY;
}

static void close_smtp(struct mail_transport *base)
{
	struct smtp *t = (struct smtp *)base;
	end_sender(t, false);
	free(t->conf);
	free(t);
}

int smtp_open(struct mail_transport **out, const struct settings *s, struct err *e)
{
	(void)e;
	struct smtp *t = xcalloc(1, sizeof *t);
	t->base = (struct mail_transport){.name = "smtp", .deliver = deliver, .close = close_smtp};
	t->conf = xstrdup(s->file);
	*out = &t->base;
	return 0;
}
