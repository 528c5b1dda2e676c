/*
 * sender_job.h: what langnghe-post and langnghe-sender say to each other over two
 * pipes, one letter to one address at a time. A job is a header of fixed size and
 * the texts; an answer is one line:
 *
 *   handed RECIPIENT                      all bytes are with the library: from now on a lost
 *                                         connection means doubt
 *   result RECIPIENT OUTCOME CODE TEXT    the end of the job
 */
#ifndef MAIL_SENDER_JOB_H
#define MAIL_SENDER_JOB_H

#include "mail/transport.h"

enum { SENDER_TEXT_MOST = 400 };

struct sender_job {
	int64_t letter, recipient; /* letter 0: none */
	char *email, *message_id, *bytes;
	size_t size;
};

struct sender_result {
	int64_t recipient;
	enum send_result outcome;
	int code; /* 0 none */
	char text[SENDER_TEXT_MOST];
};

/* The sender's side. 1 a job (what was in *job is freed), 0 the end, -1 broken. */
int sender_next_job(int fd, struct sender_job *job);
void sender_job_release(struct sender_job *job);
void sender_say_handed(int fd, int64_t recipient);
void sender_say_result(int fd, const struct sender_result *r);

/* The post's side. -1: the pipe is broken. */
int sender_give_job(int fd, const struct lease *l);
/* Reads the answers to the job at work, at most wait_ms. 1 a result, 0 it is over without one (the
 * sender died or was too slow). *handed: whether the bytes were all with the library. */
int sender_wait(int fd, int64_t recipient, int wait_ms, struct sender_result *r, bool *handed);

#endif
