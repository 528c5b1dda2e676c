/*
 * sender.c: langnghe-sender: one SMTP connection at a time, through libesmtp.
 * Holds the credentials and a socket, no database. Reads jobs from its standard
 * input, one at a time, ends none without permission, and answers each on its
 * standard output before it asks for the next (mail/sender_job.h). Several letters go over one connection; one
 * that fails ends it, and the next letter begins another.
 *
 *   langnghe-sender -c CONF
 *
 * What libesmtp does not do, or does wrong, is cured here, each where it stands:
 * its return value and errno say nothing, so only status codes count; SIGPIPE;
 * no TCP_NODELAY; CHUNKING used whenever offered; bytes lost after a stalled
 * write; no SNI; the certificate held against a name that DNS gave.
 */
#include "base/log.h"
#include "base/mem.h"
#include "base/monotonic.h"
#include "mail/address.h"
#include "mail/password.h"
#include "mail/sender_job.h"
#include "plan/settings.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <auth-client.h>
#include <libesmtp.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, EXIT_CANNOT = 3 };

enum {
	LETTERS_A_CONNECTION = 100,
	GREETING_MS = 60 * 1000,
	ENVELOPE_MS = 60 * 1000,
	TRANSFER_MS = 120 * 1000,
	AFTER_DOT_MS = 180 * 1000,
	CHUNK = 8192,
	LIBRARY_LEAST_MS = 1000, /* of a limit */
	TICKETS_MS = 200 /* how long TLS 1.3 session tickets are waited for */
};

struct sender {
	const struct settings *settings;
	char *host, *envelope_from, *password;
	struct sender_board *board;
	struct sender_job job; /* at work; its letter 0: none */
	smtp_message_t message;
	smtp_recipient_t recipient;
	int letters;       /* over this connection */
	size_t handed;     /* bytes of the job handed to the library */
	bool all_handed;   /* the end was told: the final dot goes out */
	bool aborted;      /* sticky: a stall, after which the library would leave holes */
	int64_t last_ms;   /* the library last asked for bytes */
	size_t line_at, line_alike; /* in the server's line, and how much of it reads CHUNKING */
	char heard[300];   /* the line as far as it came */
	size_t heard_length;
	int reply_code;    /* the server's last reply, a refusal rather than any other, */
	char reply[300];   /* and its first line */
	bool authenticating;
	int auth_code;     /* a refusal of our name and password, or 0 */
	char trouble[300]; /* of connecting or of TLS, or "" */
};

/* libesmtp connects by itself and shows nobody its socket. Ours sets TCP_NODELAY first: without it a
 * letter over 2 KB waits 44 ms for an acknowledgement. Exported, so that the library finds it. */
static int connect_errno, server_fd = -1;
static bool within_letter;
int connect(int fd, const struct sockaddr *address, socklen_t size);
int connect(int fd, const struct sockaddr *address, socklen_t size)
{
	int on = 1;
	if (address->sa_family == AF_INET || address->sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	server_fd = fd;
	int rc = (int)syscall(SYS_connect, fd, address, size);
	connect_errno = rc < 0 ? errno : 0;
	return rc;
}

/* It writes 2 KB at a time, too: within a letter the server is better woken once than for each. */
ssize_t write(int fd, const void *bytes, size_t n)
{
	if (within_letter && fd == server_fd)
		return send(fd, bytes, n, MSG_MORE);
	return syscall(SYS_write, fd, bytes, n);
}

/* ---- the bytes of a letter */

static const char *on_bytes(void **context, int *length, void *argument)
{
	struct sender *s = argument;
	(void)context;
	if (!length) { /* from the beginning */
		s->handed = 0;
		s->all_handed = within_letter = false;
		s->last_ms = monotonic_ms();
		return NULL;
	}
	int64_t now = monotonic_ms();
	s->aborted |= now - s->last_ms >= limit_ms(TRANSFER_MS);
	s->last_ms = now;
	*length = 0;
	if (s->aborted) {
		within_letter = false;
		errno = ETIMEDOUT;
		return NULL;
	}
	errno = 0;
	size_t left = s->job.size - s->handed;
	if (left == 0 && !s->all_handed) {
		if (!sender_may_end(STDIN_FILENO, s->job.recipient)) {
			s->aborted = true; /* withdrawn, or the post is gone */
			errno = ECANCELED;
			return NULL;
		}
		s->all_handed = true;
		s->board->handed = s->job.recipient;
		within_letter = false;
	}
	if (left == 0)
		return NULL;
	*length = (int)(left < CHUNK ? left : CHUNK);
	const char *at = s->job.bytes + s->handed;
	within_letter = true;
	s->handed += (size_t)*length;
	return at;
}

/* ---- what the server says */

/* CHUNKING would turn a 450 into a permanent refusal: the keyword "250-CHUNKING" is made another one, by
 * its last letter, for a line may come in pieces. The buffer is the library's own. */
static void mask_chunking(struct sender *s, char *buf, size_t n)
{
	static const char word[] = "CHUNKING";
	enum { AFTER_CODE = 4, LENGTH = sizeof word - 1 };
	for (size_t i = 0; i < n; i++) {
		if (buf[i] == '\n') {
			s->line_at = s->line_alike = 0;
			continue;
		}
		if (s->line_at >= AFTER_CODE && s->line_at == AFTER_CODE + s->line_alike &&
			s->line_alike < LENGTH && (buf[i] & ~0x20) == word[s->line_alike] &&
			++s->line_alike == LENGTH)
			buf[i] = 'X';
		s->line_at++;
	}
}

/* Keeps what matters of a whole line of a reply. */
static void take_reply_line(struct sender *s)
{
	int code = s->heard_length >= 3 ? atoi(s->heard) : 0;
	if (code < 200 || code > 599)
		return;
	if (s->authenticating && code >= 400)
		s->auth_code = code;
	if ((s->reply_code >= 400 && code < 400) || (code >= 300 && code < 400))
		return; /* a refusal is what matters, not the farewell or a prompt */
	s->reply_code = code;
	s->heard[strcspn(s->heard, "\r")] = '\0';
	snprintf(s->reply, sizeof s->reply, "%s", s->heard);
}

static void on_dialogue(const char *buf, int n, int writing, void *argument)
{
	struct sender *s = argument;
	if (n <= 0)
		return;
	if (writing) { /* what we say is never kept: it may be a password */
		if (n >= 4 && strncasecmp(buf, "AUTH", 4) == 0)
			s->authenticating = true;
		else if (n >= 4 && (strncasecmp(buf, "MAIL", 4) == 0 || strncasecmp(buf, "EHLO", 4) == 0))
			s->authenticating = false;
		return;
	}
	mask_chunking(s, (char *)(uintptr_t)buf, (size_t)n);
	for (int i = 0; i < n; i++) {
		if (buf[i] == '\n') {
			s->heard[s->heard_length] = '\0';
			take_reply_line(s);
			s->heard_length = 0;
		} else if (s->heard_length < sizeof s->heard - 1) {
			s->heard[s->heard_length++] = buf[i];
		}
	}
}

static bool is_our_host(const struct sender *s, X509 *certificate)
{
	return X509_check_host(certificate, s->host, 0, 0, NULL) == 1 ||
	       X509_check_ip_asc(certificate, s->host, 0) == 1;
}

/* TLS 1.3 tickets that come before the library's next command would make it wait for a reply to a
 * command that it has not sent. */
static void drain_tickets(SSL *ssl)
{
	struct pollfd p = {.fd = SSL_get_fd(ssl), .events = POLLIN};
	char byte;
	int wait_ms = TICKETS_MS;
	while (poll(&p, 1, wait_ms) > 0) {
		int rc = SSL_peek(ssl, &byte, 1);
		if (rc > 0 || SSL_get_error(ssl, rc) != SSL_ERROR_WANT_READ)
			return;
		wait_ms = 10;
	}
}

static bool next_letter(struct sender *s, smtp_session_t session);

static void on_event(smtp_session_t session, int event, void *argument, ...)
{
	struct sender *s = argument;
	va_list ap;
	va_start(ap, argument);
	if (event == SMTP_EV_MESSAGESENT) {
		next_letter(s, session);
	} else if (event == SMTP_EV_STARTTLS_OK) {
		SSL *ssl = va_arg(ap, SSL *);
		if (SSL_version(ssl) >= TLS1_3_VERSION)
			drain_tickets(ssl);
	} else if (event == SMTP_EV_INVALID_PEER_CERTIFICATE) {
		long why = va_arg(ap, long);
		snprintf(s->trouble, sizeof s->trouble, "its certificate is not trusted: %s",
			X509_verify_cert_error_string(why));
	} else if (event == SMTP_EV_WRONG_PEER_CERTIFICATE) {
		/* libesmtp compares with the name that DNS gave; what counts is the one configured. */
		int *accept = va_arg(ap, int *);
		(void)va_arg(ap, char *);
		X509 *certificate = SSL_get1_peer_certificate(va_arg(ap, SSL *));
		*accept = certificate && is_our_host(s, certificate);
		if (!*accept)
			snprintf(s->trouble, sizeof s->trouble,
				"its certificate is not one of %s", s->host);
		X509_free(certificate);
	} else if (event == SMTP_EV_EXTNA_STARTTLS) {
		snprintf(s->trouble, sizeof s->trouble, "it does not offer STARTTLS");
	}
	va_end(ap);
}

/* ---- TLS and AUTH */

static struct sender *of_tls; /* OpenSSL's callbacks have no argument of ours */

/* Keeps why a certificate is not trusted: nobody else says it. */
static int on_verified(int good, X509_STORE_CTX *store)
{
	if (!good)
		snprintf(of_tls->trouble, sizeof of_tls->trouble, "its certificate is not trusted: %s",
			X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)));
	return good;
}

static void on_tls(const SSL *ssl, int where, int rc)
{
	(void)rc;
	struct in6_addr number;
	bool is_name = inet_pton(AF_INET, of_tls->host, &number) != 1 &&
		       inet_pton(AF_INET6, of_tls->host, &number) != 1;
	if (where & SSL_CB_HANDSHAKE_START && is_name &&
		!SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name))
		SSL_set_tlsext_host_name((SSL *)(uintptr_t)ssl, of_tls->host);
}

static SSL_CTX *tls_context(struct sender *s, struct err *e)
{
	const char *ca = s->settings->mail.ca_file;
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	if (!ctx) {
		err_set(e, "TLS cannot be set up");
		return NULL;
	}
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	if ((ca ? SSL_CTX_load_verify_locations(ctx, ca, NULL) : SSL_CTX_set_default_verify_paths(ctx)) != 1) {
		err_set(e, "mail.ca_file %s holds no certificate that can be read", ca ? ca : "");
		SSL_CTX_free(ctx);
		return NULL;
	}
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, on_verified);
	X509_VERIFY_PARAM *p = SSL_CTX_get0_param(ctx);
	if (X509_VERIFY_PARAM_set1_ip_asc(p, s->host) != 1)
		X509_VERIFY_PARAM_set1_host(p, s->host, 0);
	of_tls = s;
	SSL_CTX_set_info_callback(ctx, on_tls);
	return ctx;
}

static int on_auth(auth_client_request_t request, char **result, int fields, void *argument)
{
	struct sender *s = argument;
	for (int i = 0; i < fields; i++)
		result[i] = request[i].flags & AUTH_USER   ? s->settings->mail.user
			    : request[i].flags & AUTH_PASS ? s->password
							   : (char *)"";
	return 1;
}

/* ---- a letter, its outcome */

static bool is_good(int code)
{
	return code >= 200 && code < 300;
}

/* Codes of MAIL that speak of us, not of the letter. */
static bool speaks_of_us(int code)
{
	return code == 530 || code == 534 || code == 535 || code == 538;
}

static enum send_result by_code(int code)
{
	return code >= 500 ? SEND_PERMANENT : SEND_TEMPORARY;
}

static void set_text(struct sender_result *r, const smtp_status_t *status)
{
	r->code = status->code;
	snprintf(r->text, sizeof r->text, "%d %s", status->code, status->text ? status->text : "");
}

/* What became of the job, from the codes alone (libraries.md, table 1.4). */
static struct sender_result outcome_of(struct sender *s)
{
	const smtp_status_t *mail = smtp_reverse_path_status(s->message);
	const smtp_status_t *rcpt = smtp_recipient_status(s->recipient);
	const smtp_status_t *sent = smtp_message_transfer_status(s->message);
	struct sender_result r = {.recipient = s->job.recipient, .outcome = SEND_TEMPORARY};
	if (is_good(rcpt->code) && is_good(sent->code)) {
		r.outcome = SEND_OK;
		set_text(&r, sent);
	} else if (rcpt->code >= 400) {
		r.outcome = by_code(rcpt->code);
		set_text(&r, rcpt);
	} else if (is_good(rcpt->code) && sent->code >= 400) {
		r.outcome = by_code(sent->code);
		set_text(&r, sent);
	} else if (is_good(rcpt->code)) { /* no answer to the letter itself */
		r.outcome = s->all_handed && !s->aborted ? SEND_IN_DOUBT : SEND_TEMPORARY;
		snprintf(r.text, sizeof r.text, "the connection ended %s",
			s->aborted	? "by ourselves, for the server took no bytes"
			: s->all_handed ? "after the letter, without an answer"
					: "within the letter");
	} else if (mail->code >= 400) {
		r.outcome = speaks_of_us(mail->code) || s->auth_code ? SEND_CREDENTIALS
								     : by_code(mail->code);
		set_text(&r, mail);
	} else if (s->auth_code) {
		r.outcome = s->auth_code >= 500 ? SEND_CREDENTIALS : SEND_TEMPORARY;
		r.code = s->auth_code;
		snprintf(r.text, sizeof r.text, "%s", s->reply);
	} else if (s->trouble[0]) {
		snprintf(r.text, sizeof r.text, "%s: %s", s->host, s->trouble);
	} else if (connect_errno) {
		snprintf(r.text, sizeof r.text, "no connection to %s: %s", s->settings->mail.server,
			strerror(connect_errno));
	} else {
		r.code = s->reply_code >= 400 ? s->reply_code : 0;
		snprintf(r.text, sizeof r.text, "%s took no letter%s%s", s->settings->mail.server,
			s->reply_code ? ": " : "", s->reply_code ? s->reply : "");
	}
	return r;
}

static void answer(struct sender *s)
{
	struct sender_result r = outcome_of(s);
	sender_say_result(STDOUT_FILENO, &r);
	s->job.letter = 0;
}

static void add_message(struct sender *s, smtp_session_t session)
{
	s->handed = 0;
	s->all_handed = s->aborted = false;
	s->message = smtp_add_message(session);
	smtp_set_reverse_path(s->message, s->envelope_from);
	smtp_set_messagecb(s->message, on_bytes, s);
	smtp_size_set_estimate(s->message, s->job.size);
	smtp_dsn_set_ret(s->message, Ret_HDRS);
	smtp_dsn_set_envid(s->message, s->job.message_id);
	s->recipient = smtp_add_recipient(s->message, s->job.email);
	smtp_dsn_set_notify(s->recipient, Notify_FAILURE | Notify_DELAY);
	s->letters++;
}

/* The letter at work is over: answers, and takes the next one on the same connection if there is one. */
static bool next_letter(struct sender *s, smtp_session_t session)
{
	if (s->job.letter)
		answer(s);
	if (s->letters >= LETTERS_A_CONNECTION || sender_next_job(STDIN_FILENO, &s->job) != 1)
		return false;
	add_message(s, session);
	return true;
}

static void set_timeouts(smtp_session_t session)
{
	static const struct {
		int which;
		long ms;
	} limits[] = {{Timeout_GREETING, GREETING_MS}, {Timeout_ENVELOPE, ENVELOPE_MS},
		{Timeout_DATA, ENVELOPE_MS}, {Timeout_TRANSFER, TRANSFER_MS},
		{Timeout_DATA2, AFTER_DOT_MS}};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		long ms = (long)limit_ms(limits[i].ms);
		smtp_set_timeout(session, limits[i].which | Timeout_OVERRIDE_RFC2822_MINIMUM,
			ms > LIBRARY_LEAST_MS ? ms : LIBRARY_LEAST_MS);
	}
}

/* One connection, beginning with the job that is there. */
static int run_connection(struct sender *s, struct err *e)
{
	const struct settings *c = s->settings;
	SSL_CTX *ctx = NULL;
	auth_context_t auth = NULL;
	char *server = strchr(c->mail.server, ':') ? xstrdup(c->mail.server)
						   : xasprintf("%s:25", c->mail.server);
	smtp_session_t session = smtp_create_session();
	s->letters = s->reply_code = s->auth_code = 0;
	s->line_at = s->line_alike = s->heard_length = 0;
	s->trouble[0] = s->reply[0] = '\0';
	s->authenticating = false;
	smtp_set_server(session, server);
	smtp_set_eventcb(session, on_event, s);
	smtp_set_monitorcb(session, on_dialogue, s, 0);
	set_timeouts(session);
	smtp_starttls_enable(session, c->mail.starttls_required ? Starttls_REQUIRED : Starttls_DISABLED);
	if (c->mail.starttls_required && (ctx = tls_context(s, e)))
		smtp_starttls_set_ctx(session, ctx);
	int rc = c->mail.starttls_required && !ctx ? -1 : 0;
	if (rc == 0 && c->mail.user) {
		auth = auth_create_context();
		auth_set_mechanism_flags(auth, AUTH_PLUGIN_PLAIN, 0);
		auth_set_interact_cb(auth, on_auth, s);
		smtp_auth_set_context(session, auth);
	}
	if (rc == 0) {
		add_message(s, session);
		smtp_start_session(session); /* what it returns says nothing */
		if (s->job.letter)
			answer(s);
	}
	smtp_destroy_session(session);
	if (auth)
		auth_destroy_context(auth);
	SSL_CTX_free(ctx);
	free(server);
	return rc;
}

static int work(struct sender *s, struct err *e)
{
	const struct settings *c = s->settings;
	char *name = NULL;
	if (!c->mail.server)
		return err_set(e, "mail.server is not set");
	if (address_split(c->mail.from, &name, &s->envelope_from) < 0)
		return err_set(e, "mail.from '%s' is no address", c->mail.from);
	free(name);
	s->host = xstrndup(c->mail.server, strcspn(c->mail.server, ":"));
	if (password_read(s->settings->mail.password_file, &s->password, e) < 0)
		return -1;
	int rc = 0;
	while (rc == 0 && (s->job.letter || sender_next_job(STDIN_FILENO, &s->job) == 1))
		rc = run_connection(s, e);
	return rc;
}

int main(int argc, char **argv)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	if (argc != 3 || strcmp(argv[1], "-c") != 0) {
		fputs("usage: langnghe-sender -c CONF   (started by langnghe-post)\n", stderr);
		return EXIT_USAGE;
	}
	log_open("langnghe-sender", LOG_INFO);
	struct problems problems = {0};
	struct settings *settings = NULL;
	struct sender s = {0};
	struct err e;
	if (settings_load(argv[2], &settings, &problems) < 0) {
		log_error("%s: %s", problems.items[0].where, problems.items[0].text);
		return EXIT_CANNOT;
	}
	s.settings = settings;
	s.board = sender_board(SENDER_BOARD_FD);
	if (!s.board) {
		fputs("langnghe-sender: there is no board: it is started by langnghe-post\n", stderr);
		return EXIT_USAGE;
	}
	auth_client_init();
	int rc = work(&s, &e);
	if (rc < 0)
		log_error("%s", e.text);
	auth_client_exit();
	sender_job_release(&s.job);
	sender_board_free(s.board);
	free(s.host);
	free(s.envelope_from);
	free(s.password);
	settings_free(settings);
	return rc < 0 ? EXIT_CANNOT : 0;
}
