/*
 * sender_job.h: what langnghe-post and langnghe-sender say to each other over two
 * pipes, letter by letter, each to one address. The post writes heads of fixed
 * size: a job, which its texts follow, or the permission to end the job before it:
 * without it the final dot is never sent, so that a letter can be on its way while
 * the one before it is being committed. The sender answers each job with a line, which
 * may come before the permission:
 *
 *   result RECIPIENT OUTCOME CODE TEXT
 *
 * and writes onto a board that both have in memory, so that its death takes nothing away.
 */
#ifndef MAIL_SENDER_JOB_H
#define MAIL_SENDER_JOB_H

#include "mail/transport.h"

enum { SENDER_TEXT_MOST = 400, SENDER_LINE_MOST = 512, SENDER_BOARD_FD = 3 };

struct sender_board {
	/* The recipient whose job is permitted and all bytes of which are with the library: from now on a
	 * lost connection means doubt. */
	_Atomic int64_t handed;
};

struct sender_job {
	int64_t letter, recipient; /* letter 0: none */
	char *block; /* holds the texts */
	const char *email, *message_id, *bytes;
	size_t size;
};

struct sender_result {
	int64_t recipient;
	enum send_result outcome;
	int code; /* 0 none */
	char text[SENDER_TEXT_MOST];
};

/* The sender's side. 1 a job (what was in *job is freed), 0 the end, -1 broken. Permissions for jobs that
 * ended without are passed over. */
int sender_next_job(int fd, struct sender_job *job);
/* Waits for the permission to end this job; false: it must not. */
bool sender_may_end(int fd, int64_t recipient);
void sender_job_release(struct sender_job *job);
struct sender_board *sender_board(int fd); /* of the file handed in; NULL: not there */
void sender_say_result(int fd, const struct sender_result *r);

/* The post's side. A new board, with its file in *fd for the sender to come; NULL: no memory. */
struct sender_board *sender_board_new(int *fd);
void sender_board_free(struct sender_board *b); /* NULL is fine */
/* -1: the pipe is broken. A job is written whole, which waits for a sender that has no room
 * for it in its pipe. */
int sender_give_job(int fd, const struct lease *l);
int sender_permit(int fd, int64_t recipient);
/* What was heard of a sender's answers; all zero before its first job. */
struct sender_ear {
	char line[SENDER_LINE_MOST];
	size_t length;
};
/* The result of this job from what was heard already, without reading. 1, 0 more is to come, -1 nonsense. */
int sender_heard(struct sender_ear *ear, int64_t recipient, struct sender_result *r);
/* Reads what there is, once; waits if there is nothing. The same, and -1 where the sender is gone. */
int sender_hear(int fd, struct sender_ear *ear, int64_t recipient, struct sender_result *r);

#endif
