/*
 * first_answer.c: how long a program takes from exec to its first answer on a
 * unix socket. Starts it with its output thrown away, waits for the socket to
 * appear, asks "status", reads one line, says the microseconds, ends it.
 *
 *   first_answer SOCKET PROGRAM ARGUMENT…
 *
 * In C, because an interpreter's own start of a process takes as long as the
 * programs that are compared.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT_US = 10 * 1000 * 1000, LOOK_NS = 20 * 1000 };

extern char **environ;

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* A connection as soon as somebody listens; -1 after LIMIT_US. */
static int connect_soon(const struct sockaddr_un *address, int64_t start_us)
{
	const struct timespec pause = {.tv_nsec = LOOK_NS};
	while (now_us() - start_us < LIMIT_US) {
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0)
			return -1;
		if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0)
			return fd;
		close(fd);
		if (errno != ENOENT && errno != ECONNREFUSED)
			return -1;
		nanosleep(&pause, NULL);
	}
	return -1;
}

/* 0 when a whole line has come. */
static int ask(int fd)
{
	char answer[4096];
	if (send(fd, "status\n", 7, MSG_NOSIGNAL) != 7)
		return -1;
	for (;;) {
		ssize_t n = recv(fd, answer, sizeof answer, 0);
		if (n <= 0)
			return -1;
		if (answer[n - 1] == '\n')
			return 0;
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	posix_spawn_file_actions_t files;
	pid_t pid;
	if (argc < 3 || strlen(argv[1]) >= sizeof address.sun_path)
		return 2;
	memcpy(address.sun_path, argv[1], strlen(argv[1]) + 1);
	unlink(argv[1]);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	int64_t start = now_us();
	if (posix_spawn(&pid, argv[2], &files, NULL, argv + 2, environ) != 0)
		return 1;
	int fd = connect_soon(&address, start);
	int rc = fd < 0 ? -1 : ask(fd);
	int64_t took = now_us() - start;
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	if (rc < 0) {
		fprintf(stderr, "first_answer: %s gave no answer on %s\n", argv[2], argv[1]);
		return 1;
	}
	printf("%lld\n", (long long)took);
	return 0;
}
