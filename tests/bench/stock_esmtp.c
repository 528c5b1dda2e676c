/*
 * stock_esmtp.c: libesmtp as it comes, used as its documentation shows: one
 * session, a message for each letter, smtp_start_session. Nothing is cured, so
 * a letter above 2 KB waits for an acknowledgement (tests/bench/stock.py).
 *
 *   stock_esmtp HOST:PORT FROM TO LETTER COUNT
 *
 * LETTER: a file with CRLF lines, sent COUNT times. Exit 0: all were accepted.
 */
#include <libesmtp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LETTER_MOST = 1 << 20 };

static char *read_file(const char *path)
{
	char *bytes = malloc(LETTER_MOST + 1);
	FILE *f = fopen(path, "r");
	if (!bytes || !f)
		return NULL;
	size_t size = fread(bytes, 1, LETTER_MOST, f);
	fclose(f);
	bytes[size] = '\0';
	return bytes;
}

static void count_accepted(smtp_message_t message, void *accepted)
{
	const smtp_status_t *s = smtp_message_transfer_status(message);
	*(int *)accepted += s && s->code / 100 == 2;
}

int main(int argc, char **argv)
{
	if (argc != 6)
		return 2;
	int count = atoi(argv[5]), accepted = 0;
	char *letter = read_file(argv[4]);
	if (!letter || count < 1)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	smtp_session_t session = smtp_create_session();
	smtp_set_server(session, argv[1]);
	for (int i = 0; i < count; i++) {
		smtp_message_t message = smtp_add_message(session);
		smtp_set_reverse_path(message, argv[2]);
		smtp_set_message_str(message, letter);
		smtp_add_recipient(message, argv[3]);
	}
	smtp_start_session(session);
	smtp_enumerate_messages(session, count_accepted, &accepted);
	smtp_destroy_session(session);
	free(letter);
	if (accepted == count)
		return 0;
	fprintf(stderr, "%d of %d letters were accepted\n", accepted, count);
	return 1;
}
