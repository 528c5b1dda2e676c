/*
 * job.c: see job.h.
 */
#include "base/job.h"

#include "base/day.h"
#include "base/mem.h"

static int64_t delay_after(int failures)
{
	int64_t delay = JOB_FIRST_DELAY_S;
	for (int i = 1; i < failures && delay < JOB_LONGEST_DELAY_S; i++)
		delay *= 2;
	return delay < JOB_LONGEST_DELAY_S ? delay : JOB_LONGEST_DELAY_S;
}

static enum job_news failed(struct job *j, int64_t now)
{
	j->failures++;
	j->due = now + delay_after(j->failures);
	snprintf(j->reason, sizeof j->reason, "retry");
	return (j->failures & (j->failures - 1)) == 0 ? JOB_FAILED : JOB_FAILED_AGAIN;
}

/* "next MOMENT reason" or "next never". Returns 0 or -1. */
static int parse_next(const char *line, int offset_s, int64_t *due, char *reason, size_t room)
{
	if (strcmp(line, "next never") == 0) {
		*due = JOB_NEVER;
		reason[0] = '\0';
		return 0;
	}
	char text[MOMENT_TEXT];
	if (strncmp(line, "next ", 5) != 0)
		return -1;
	line += 5;
	size_t n = strcspn(line, " ");
	struct moment m;
	if (n >= sizeof text)
		return -1;
	memcpy(text, line, n);
	text[n] = '\0';
	if (moment_parse(text, offset_s, &m) < 0)
		return -1;
	*due = moment_to_unix(m, offset_s);
	snprintf(reason, room, "%s", line[n] ? line + n + 1 : "");
	return 0;
}

enum job_news job_ended(struct job *j, const struct child_end *end, int64_t asked, int64_t now,
	int offset_s, int *failures, char *why)
{
	int64_t due = JOB_NEVER;
	char reason[sizeof j->reason];
	j->runs++;
	j->last_run = asked;
	j->last_ms = end->took_ms;
	*failures = j->failures;
	if (!end->ok) {
		snprintf(why, CHILD_LINE_MOST, "%s", end->obituary);
	} else if (parse_next(end->last_line, offset_s, &due, reason, sizeof reason) < 0) {
		snprintf(why, CHILD_LINE_MOST,
			"its last line is not \"next MOMENT reason\" or \"next never\": \"%.200s\"",
			end->last_line);
	} else if (due <= asked) {
		snprintf(why, CHILD_LINE_MOST,
			"the next moment it names is not after the one it ran for: "
			"\"%.200s\"",
			end->last_line);
	} else {
		bool was_failing = j->failures > 0;
		j->failures = 0;
		j->due = due;
		memcpy(j->reason, reason, sizeof reason);
		return was_failing ? JOB_RECOVERED : JOB_FINE;
	}
	enum job_news news = failed(j, now);
	*failures = j->failures;
	return news;
}

enum job_news job_not_started(struct job *j, int64_t now)
{
	return failed(j, now);
}

void obituaries_add(struct obituaries *o, int64_t at, const char *name, const char *why)
{
	struct obituary *slot = &o->items[o->count++ % OBITUARIES_KEPT];
	free(slot->why);
	*slot = (struct obituary){.at = at, .name = name, .why = xstrdup(why)};
}

const struct obituary *obituaries_newest(const struct obituaries *o, int i)
{
	if (i >= o->count || i >= OBITUARIES_KEPT)
		return NULL;
	return &o->items[(o->count - 1 - i) % OBITUARIES_KEPT];
}

void obituaries_release(struct obituaries *o)
{
	for (int i = 0; i < OBITUARIES_KEPT; i++)
		free(o->items[i].why);
}
