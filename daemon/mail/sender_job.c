/*
 * sender_job.c: see sender_job.h. Both ends are ours, of the same build.
 */
#include "mail/sender_job.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { JOB_BYTES_MOST = 128 << 20 };

struct head {
	int64_t letter, recipient;
	uint64_t email, message_id, size; /* bytes that follow, in this order */
};

static int write_whole(int fd, const void *bytes, size_t n)
{
	const char *at = bytes;
	while (n) {
		ssize_t done = write(fd, at, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

/* 1 whole, 0 the end before the first byte, -1 broken. */
static int read_whole(int fd, void *bytes, size_t n)
{
	size_t got = 0;
	while (got < n) {
		ssize_t done = read(fd, (char *)bytes + got, n - got);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done == 0 && got == 0 ? 0 : -1;
		got += (size_t)done;
	}
	return 1;
}

static char *read_text(int fd, uint64_t n)
{
	char *text = xmalloc((size_t)n + 1);
	text[n] = '\0';
	if (n == 0 || read_whole(fd, text, (size_t)n) == 1)
		return text;
	free(text);
	return NULL;
}

int sender_next_job(int fd, struct sender_job *job)
{
	struct head head;
	sender_job_release(job);
	int rc = read_whole(fd, &head, sizeof head);
	if (rc != 1)
		return rc;
	if (head.email > JOB_BYTES_MOST || head.message_id > JOB_BYTES_MOST || head.size > JOB_BYTES_MOST)
		return -1;
	*job = (struct sender_job){.letter = head.letter, .recipient = head.recipient,
		.size = (size_t)head.size};
	job->email = read_text(fd, head.email);
	job->message_id = job->email ? read_text(fd, head.message_id) : NULL;
	job->bytes = job->message_id ? read_text(fd, head.size) : NULL;
	if (job->bytes)
		return 1;
	sender_job_release(job);
	return -1;
}

void sender_job_release(struct sender_job *job)
{
	free(job->email);
	free(job->message_id);
	free(job->bytes);
	*job = (struct sender_job){0};
}

int sender_give_job(int fd, const struct lease *l)
{
	struct head head = {l->letter, l->recipient, strlen(l->email), strlen(l->message_id), l->size};
	if (write_whole(fd, &head, sizeof head) < 0 ||
		write_whole(fd, l->email, (size_t)head.email) < 0 ||
		write_whole(fd, l->message_id, (size_t)head.message_id) < 0)
		return -1;
	return write_whole(fd, l->bytes, l->size);
}

static void say(int fd, const char *line)
{
	if (write_whole(fd, line, strlen(line)) < 0)
		_exit(0); /* nobody listens any more */
}

void sender_say_handed(int fd, int64_t recipient)
{
	char line[SENDER_LINE_MOST];
	snprintf(line, sizeof line, "handed %" PRId64 "\n", recipient);
	say(fd, line);
}

void sender_say_result(int fd, const struct sender_result *r)
{
	char line[SENDER_LINE_MOST], text[SENDER_TEXT_MOST];
	snprintf(text, sizeof text, "%s", r->text);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
			*c = *c == '\r' || *c == '\n' ? ' ' : '?';
	for (size_t n = strlen(text); n > 0 && text[n - 1] == ' '; n--)
		text[n - 1] = '\0';
	snprintf(line, sizeof line, "result %" PRId64 " %d %d %s\n", r->recipient, (int)r->outcome, r->code,
		text);
	say(fd, line);
}

/* One whole line. 1 the result, 0 not yet, -1 nonsense. */
static int take_line(const char *line, struct sender_ear *ear, int64_t recipient, struct sender_result *r)
{
	int64_t who;
	int outcome, at = 0;
	if (sscanf(line, "handed %" SCNd64, &who) == 1 && who == recipient) {
		ear->handed = true;
		return 0;
	}
	if (sscanf(line, "result %" SCNd64 " %d %d %n", &who, &outcome, &r->code, &at) != 3 ||
		who != recipient || outcome < SEND_OK || outcome > SEND_CREDENTIALS)
		return -1;
	r->recipient = who;
	r->outcome = (enum send_result)outcome;
	snprintf(r->text, sizeof r->text, "%s", line + at);
	return 1;
}

int sender_hear(int fd, struct sender_ear *ear, int64_t recipient, struct sender_result *r)
{
	ssize_t n;
	do
		n = read(fd, ear->line + ear->length, sizeof ear->line - ear->length);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return -1;
	ear->length += (size_t)n;
	for (char *end; (end = memchr(ear->line, '\n', ear->length)) != NULL;) {
		*end = '\0';
		int rc = take_line(ear->line, ear, recipient, r);
		if (rc)
			return rc;
		ear->length -= (size_t)(end + 1 - ear->line);
		memmove(ear->line, end + 1, ear->length);
	}
	return ear->length < sizeof ear->line ? 0 : -1;
}
