/*
 * sender_job.c: see sender_job.h. Both ends are ours, of the same build.
 */
#include "mail/sender_job.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { JOB_BYTES_MOST = 128 << 20, LINE_MOST = SENDER_TEXT_MOST + 100 };

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
	char line[LINE_MOST];
	snprintf(line, sizeof line, "handed %" PRId64 "\n", recipient);
	say(fd, line);
}

void sender_say_result(int fd, const struct sender_result *r)
{
	char line[LINE_MOST], text[SENDER_TEXT_MOST];
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

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One line of at most LINE_MOST bytes. 1, or 0 at the end, the limit or nonsense. */
static int read_line(int fd, int64_t until_ms, char line[LINE_MOST])
{
	for (size_t n = 0; n < LINE_MOST;) {
		int64_t left = until_ms - now_ms();
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int ready = left > 0 ? poll(&p, 1, (int)left) : 0;
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0 || read(fd, line + n, 1) != 1)
			return 0;
		if (line[n++] == '\n') {
			line[n - 1] = '\0';
			return 1;
		}
	}
	return 0;
}

int sender_wait(int fd, int64_t recipient, int wait_ms, struct sender_result *r, bool *handed)
{
	char line[LINE_MOST];
	int64_t until = now_ms() + wait_ms;
	*handed = false;
	while (read_line(fd, until, line)) {
		int64_t who;
		int outcome, at = 0;
		if (sscanf(line, "handed %" SCNd64, &who) == 1 && who == recipient) {
			*handed = true;
		} else if (sscanf(line, "result %" SCNd64 " %d %d %n", &who, &outcome, &r->code, &at) == 3 &&
			   who == recipient && outcome >= SEND_OK && outcome <= SEND_CREDENTIALS) {
			r->recipient = who;
			r->outcome = (enum send_result)outcome;
			snprintf(r->text, sizeof r->text, "%s", line + at);
			return 1;
		} else {
			return 0;
		}
	}
	return 0;
}
