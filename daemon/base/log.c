/*
 * log.c: one line a happening on stderr: "program: level: message". The line is
 * written by one call, so that lines of several processes never mix. The level
 * and the program's name are the process's own and are set once at start.
 */
#include "base/log.h"

#include "base/mem.h"

#include <stdarg.h>
#include <unistd.h>

static struct {
	const char *program;
	enum log_level most;
} process = {NULL, LOG_INFO};

void log_open(const char *program, enum log_level most)
{
	process.program = program;
	process.most = most;
}

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_ERROR:
		return "error";
	case LOG_WARNING:
		return "warning";
	case LOG_INFO:
		return "info";
	case LOG_DEBUG:
		return "debug";
	}
	return "error";
}

void log_line(enum log_level level, const char *format, ...)
{
	if (level > process.most)
		return;
	struct buf line = {0};
	if (process.program)
		buf_addf(&line, "%s: ", process.program);
	buf_addf(&line, "%s: ", level_name(level));
	va_list ap;
	va_start(ap, format);
	char *message = xvasprintf(format, ap);
	va_end(ap);
	buf_add(&line, message);
	free(message);
	for (size_t i = 0; i < line.len; i++)
		if (line.s[i] == '\n' || line.s[i] == '\r')
			line.s[i] = ' ';
	buf_add(&line, "\n");
	/* A journal that is gone is no reason to stop. */
	ssize_t written = write(STDERR_FILENO, line.s, line.len);
	(void)written;
	buf_release(&line);
}
