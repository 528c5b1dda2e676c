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

enum { SENDER_TEXT_MOST = 400, SENDER_LINE_MOST = 512 };

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
/* What was heard of the answers to the job at work; all zero before each job. */
struct sender_ear {
	char line[SENDER_LINE_MOST];
	size_t length;
	bool handed; /* the bytes were all with the library */
};
/* Reads what there is, once; waits if there is nothing. 1 a result, 0 more is to come, -1 it is over
 * without one (the sender died, or talks nonsense). */
int sender_hear(int fd, struct sender_ear *ear, int64_t recipient, struct sender_result *r);

#endif
