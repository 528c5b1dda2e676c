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
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { JOB_BYTES_MOST = 128 << 20 };

struct head {
	int64_t letter, recipient; /* letter 0: permission to end the job for this recipient */
	uint64_t email, message_id, size; /* bytes that follow, in this order, the texts with their NUL */
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

static bool is_sound(const struct head *h)
{
	return h->email > 0 && h->email <= JOB_BYTES_MOST && h->message_id > 0 &&
	       h->message_id <= JOB_BYTES_MOST && h->size <= JOB_BYTES_MOST;
}

int sender_next_job(int fd, struct sender_job *job)
{
	struct head head = {0};
	sender_job_release(job);
	while (head.letter == 0) {
		int rc = read_whole(fd, &head, sizeof head);
		if (rc != 1)
			return rc;
	}
	if (!is_sound(&head))
		return -1;
	size_t texts = (size_t)(head.email + head.message_id), whole = texts + (size_t)head.size;
	char *block = xmalloc(whole + 1);
	if (read_whole(fd, block, whole) != 1 || block[head.email - 1] || block[texts - 1]) {
		free(block);
		return -1;
	}
	block[whole] = '\0';
	*job = (struct sender_job){.letter = head.letter,
		.recipient = head.recipient,
		.block = block,
		.email = block,
		.message_id = block + head.email,
		.bytes = block + texts,
		.size = (size_t)head.size};
	return 1;
}

void sender_job_release(struct sender_job *job)
{
	free(job->block);
	*job = (struct sender_job){0};
}

bool sender_may_end(int fd, int64_t recipient)
{
	struct head head;
	return read_whole(fd, &head, sizeof head) == 1 && head.letter == 0 && head.recipient == recipient;
}

int sender_give_job(int fd, const struct lease *l)
{
	struct head head = {
		l->letter, l->recipient, strlen(l->email) + 1, strlen(l->message_id) + 1, l->size};
	struct iovec parts[] = {{&head, sizeof head}, {l->email, (size_t)head.email},
		{l->message_id, (size_t)head.message_id}, {l->bytes, l->size}};
	ssize_t done;
	do
		done = writev(fd, parts, sizeof parts / sizeof *parts);
	while (done < 0 && errno == EINTR);
	/* A pipe takes what it has room for; the rest by itself. */
	for (size_t i = 0; i < sizeof parts / sizeof *parts && done >= 0; i++) {
		size_t gone = (size_t)done < parts[i].iov_len ? (size_t)done : parts[i].iov_len;
		done -= (ssize_t)gone;
		if (write_whole(fd, (char *)parts[i].iov_base + gone, parts[i].iov_len - gone) < 0)
			return -1;
	}
	return done < 0 ? -1 : 0;
}

int sender_permit(int fd, int64_t recipient)
{
	struct head head = {.recipient = recipient};
	return write_whole(fd, &head, sizeof head);
}

static void say(int fd, const char *line)
{
	if (write_whole(fd, line, strlen(line)) < 0)
		_exit(0); /* nobody listens any more */
}

static struct sender_board *map_board(int fd)
{
	void *at = mmap(NULL, sizeof(struct sender_board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return at == MAP_FAILED ? NULL : at;
}

struct sender_board *sender_board(int fd)
{
	struct stat st;
	bool there = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == sizeof(struct sender_board);
	return there ? map_board(fd) : NULL;
}

struct sender_board *sender_board_new(int *fd)
{
	*fd = memfd_create("board", MFD_CLOEXEC);
	if (*fd < 0)
		return NULL;
	struct sender_board *b = ftruncate(*fd, sizeof *b) == 0 ? map_board(*fd) : NULL;
	if (!b)
		close(*fd);
	return b;
}

void sender_board_free(struct sender_board *b)
{
	if (b)
		munmap(b, sizeof *b);
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

/* One whole line. 1 the result, -1 nonsense. */
static int take_line(const char *line, int64_t recipient, struct sender_result *r)
{
	int64_t who;
	int outcome, at = 0;
	if (sscanf(line, "result %" SCNd64 " %d %d %n", &who, &outcome, &r->code, &at) != 3 ||
		who != recipient || outcome < SEND_OK || outcome > SEND_CREDENTIALS)
		return -1;
	r->recipient = who;
	r->outcome = (enum send_result)outcome;
	snprintf(r->text, sizeof r->text, "%s", line + at);
	return 1;
}

int sender_heard(struct sender_ear *ear, int64_t recipient, struct sender_result *r)
{
	for (char *end; (end = memchr(ear->line, '\n', ear->length)) != NULL;) {
		*end = '\0';
		int rc = take_line(ear->line, recipient, r);
		ear->length -= (size_t)(end + 1 - ear->line);
		memmove(ear->line, end + 1, ear->length);
		if (rc)
			return rc;
	}
	return ear->length < sizeof ear->line ? 0 : -1;
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
	return sender_heard(ear, recipient, r);
}
