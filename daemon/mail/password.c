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
	/* The group reads the register, and to it belongs the user of the plugins' runners. */
	if (stat(path, &st) == 0 && st.st_mode & (S_IRWXO | S_IRWXG))
		return err_set(e, "mail.password_file %s can be read by %s (mode %04o); allowed is 0600, owned by the service's user",
			path, st.st_mode & S_IRWXO ? "others" : "its group", (unsigned)st.st_mode & 07777);
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
