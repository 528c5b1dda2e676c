/*
 * password.c: see password.h.
 */
#include "mail/password.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PASSWORD_MOST = 1000 };

int password_read(const char *path, char **out, struct err *e)
{
	struct stat st;
	size_t size;
	char *line;
	if (!path)
		return 0;
	if (stat(path, &st) == 0 && st.st_mode & (S_IRWXO | S_IWGRP))
		return err_set(e, "mail.password_file %s can be read by others: allowed is mode 0600 or 0640",
			path);
	if (file_read(path, PASSWORD_MOST, &line, &size, e) < 0)
		return -1;
	line[strcspn(line, "\r\n")] = '\0';
	if (!*line) {
		free(line);
		return err_set(e, "mail.password_file %s: its first line is empty", path);
	}
	*out = line;
	return 0;
}
