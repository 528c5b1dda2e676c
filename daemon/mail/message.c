/*
 * message.c: builds a message with GMime. All parts are base64 over CRLF text, so
 * that nothing on the way (dots, From lines, long lines, trailing blanks) can
 * change them; headers are set in a fixed order, in UTF-8. Reads its own messages back, for people.
 */
#include "mail/message.h"

#include "base/mem.h"
#include "mail/address.h"

#include <gmime/gmime.h>

/* LF, CR and CRLF become CRLF. */
static char *with_crlf(const char *s, size_t *size)
{
	struct buf b = {0};
	for (; *s; s++) {
		if (*s == '\r' && s[1] == '\n')
			continue;
		if (*s == '\n' || *s == '\r')
			buf_add(&b, "\r\n");
		else
			buf_add_n(&b, s, 1);
	}
	*size = b.len;
	return buf_take(&b);
}

static GMimeObject *new_part(const char *type, const char *subtype, const void *bytes, size_t size)
{
	GMimePart *part = g_mime_part_new_with_type(type, subtype);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, size);
	GMimeDataWrapper *content =
		g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	g_object_unref(stream);
	g_mime_part_set_content(part, content);
	g_object_unref(content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
	return GMIME_OBJECT(part);
}

static GMimeObject *new_text(const char *subtype, const char *text)
{
	size_t size;
	char *crlf = with_crlf(text, &size);
	GMimeObject *part = new_part("text", subtype, crlf, size);
	g_mime_object_set_content_type_parameter(part, "charset", "utf-8");
	free(crlf);
	return part;
}

static GMimeObject *new_attachment(const struct attachment *a)
{
	GMimeObject *part = new_part(a->type, a->subtype, a->bytes, a->size);
	if (a->parameter)
		g_mime_object_set_content_type_parameter(part, a->parameter, a->parameter_value);
	g_mime_object_set_disposition(part, GMIME_DISPOSITION_ATTACHMENT);
	g_mime_part_set_filename(GMIME_PART(part), a->name);
	return part;
}

static void set_boundary(GMimeMultipart *multipart, const char *message_id, const char *which)
{
	char *boundary = xasprintf("=_%s.%.40s", which, message_id);
	/* Only characters that need no thought in a quoted string. */
	for (char *c = boundary + 2; *c; c++)
		if (!g_ascii_isalnum(*c) && *c != '.')
			*c = '-';
	g_mime_multipart_set_boundary(multipart, boundary);
	free(boundary);
}

/* Takes over part. */
static void take_part(GMimeMultipart *into, GMimeObject *part)
{
	g_mime_multipart_add(into, part);
	g_object_unref(part);
}

static GMimeObject *new_body(const struct message *m)
{
	GMimeMultipart *both = g_mime_multipart_new_with_subtype("alternative");
	set_boundary(both, m->message_id, "a");
	take_part(both, new_text("plain", m->text));
	take_part(both, new_text("html", m->html));
	if (m->attachment_count == 0)
		return GMIME_OBJECT(both);
	GMimeMultipart *mixed = g_mime_multipart_new_with_subtype("mixed");
	set_boundary(mixed, m->message_id, "m");
	take_part(mixed, GMIME_OBJECT(both));
	for (size_t i = 0; i < m->attachment_count; i++)
		take_part(mixed, new_attachment(&m->attachments[i]));
	return GMIME_OBJECT(mixed);
}

/* GMime chooses a narrow charset by the text; every name of ours says utf-8. Names come here
 * without control characters (clean_line). */
static void add_address(InternetAddressList *list, const char *name, const char *email)
{
	InternetAddress *a = internet_address_mailbox_new(name, email);
	internet_address_set_charset(a, "utf-8");
	internet_address_list_add(list, a);
	g_object_unref(a);
}

static void set_date(GMimeMessage *message, const struct message *m)
{
	int64_t unix_s = moment_to_unix(m->date, m->utc_offset_s);
	GDateTime *utc = g_date_time_new_from_unix_utc(unix_s);
	GTimeZone *zone = g_time_zone_new_offset(m->utc_offset_s);
	GDateTime *local = g_date_time_to_timezone(utc, zone);
	g_mime_message_set_date(message, local);
	g_date_time_unref(local);
	g_date_time_unref(utc);
	g_time_zone_unref(zone);
}

static void set_header(GMimeMessage *message, const char *name, const char *value)
{
	g_mime_object_append_header(GMIME_OBJECT(message), name, value, "utf-8");
}

static void set_headers(GMimeMessage *message, const struct message *m)
{
	add_address(g_mime_message_get_from(message), m->from_name, m->from);
	for (size_t i = 0; i < m->to_count; i++)
		add_address(g_mime_message_get_to(message), m->to[i].name, m->to[i].email);
	if (m->to_count == 0)
		set_header(message, "To", "undisclosed-recipients:;");
	add_address(g_mime_message_get_reply_to(message), NULL, m->reply_to);
	g_mime_message_set_subject(message, m->subject, "utf-8");
	set_date(message, m);
	g_mime_message_set_message_id(message, m->message_id);
	if (m->thread && strcmp(m->thread, m->message_id) != 0) {
		char *thread = xasprintf("<%s>", m->thread);
		set_header(message, "References", thread);
		free(thread);
	}
	set_header(message, "Auto-Submitted", "auto-generated");
	set_header(message, "X-Langnghe-Unit", m->unit);
	set_header(message, "X-Langnghe-Items", m->items);
	if (m->simulated)
		set_header(message, "X-Langnghe-Simulated", "yes");
	if (m->original_to)
		set_header(message, "X-Langnghe-Original-To", m->original_to);
}

/* What no mail server may see: a line that is too long, a bare LF, a byte above 127. */
static int check_bytes(const char *s, size_t size, struct err *e)
{
	size_t column = 0;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c >= 0x80 || c == 0)
			return err_set(e, "the message has a byte that is not ASCII at %zu", i);
		if (c == '\n' && (i == 0 || s[i - 1] != '\r'))
			return err_set(e, "the message has a line without CRLF at %zu", i);
		column = c == '\n' ? 0 : column + 1;
		if (column > 999)
			return err_set(
				e, "the message has a line of more than 998 bytes at %zu", i);
	}
	return 0;
}

int message_make(const struct message *m, char **bytes, size_t *size, struct err *e)
{
	g_mime_init();
	GMimeMessage *message = g_mime_message_new(FALSE);
	set_headers(message, m);
	GMimeObject *body = new_body(m);
	g_mime_message_set_mime_part(message, body);
	g_object_unref(body);
	GMimeFormatOptions *format =
		g_mime_format_options_clone(g_mime_format_options_get_default());
	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	GMimeStream *out = g_mime_stream_mem_new();
	bool written = g_mime_object_write_to_stream(GMIME_OBJECT(message), format, out) >= 0;
	const GByteArray *array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
	int rc = written ? check_bytes((const char *)array->data, array->len, e)
			 : err_set(e, "the message could not be written to memory");
	if (rc == 0) {
		char *copy = xmalloc(array->len + 1);
		memcpy(copy, array->data, array->len);
		copy[array->len] = 0;
		*bytes = copy;
		*size = array->len;
	}
	g_object_unref(out);
	g_mime_format_options_free(format);
	g_object_unref(message);
	return rc;
}

/* Adds "Name: value" on one line, each encoded word decoded by itself: GMime's own decoding joins
 * them before, and loses what follows the padding of one. */
static void add_header(struct buf *out, GMimeMessage *message, const char *name)
{
	GMimeHeaderList *all = g_mime_object_get_header_list(GMIME_OBJECT(message));
	GMimeHeader *header = g_mime_header_list_get_header(all, name);
	if (!header)
		return;
	buf_addf(out, "%s:", name);
	char **words = g_strsplit_set(g_mime_header_get_raw_value(header), " \t\r\n", -1);
	bool coded_before = false;
	for (char **word = words; *word; word++) {
		if (!**word)
			continue;
		bool coded = g_str_has_prefix(*word, "=?") && g_str_has_suffix(*word, "?=");
		char *text = coded ? g_mime_utils_header_decode_text(NULL, *word) : g_strdup(*word);
		for (char *c = text; *c; c++)
			if ((unsigned char)*c < ' ' || *c == 0x7F)
				*c = ' ';
		buf_addf(out, "%s%s", coded && coded_before ? "" : " ", text);
		coded_before = coded;
		g_free(text);
	}
	g_strfreev(words);
	buf_add(out, "\n");
}

/* The first part of type text/plain that is no attachment. */
static void find_plain(GMimeObject *parent, GMimeObject *part, gpointer found)
{
	(void)parent;
	GMimeTextPart **plain = found;
	if (!*plain && GMIME_IS_TEXT_PART(part) && !g_mime_part_is_attachment(GMIME_PART(part)) &&
		g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", "plain"))
		*plain = GMIME_TEXT_PART(part);
}

int message_read(const char *bytes, size_t size, char **text, struct err *e)
{
	static const char *const names[] = {"From", "To", "Subject", "Date"};
	g_mime_init();
	GMimeStream *in = g_mime_stream_mem_new_with_buffer(bytes, size);
	GMimeParser *parser = g_mime_parser_new_with_stream(in);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(in);
	GMimeTextPart *plain = NULL;
	if (message)
		g_mime_message_foreach(message, find_plain, &plain);
	char *body = plain ? g_mime_text_part_get_text(plain) : NULL;
	struct buf out = {0};
	for (size_t i = 0; body && i < sizeof names / sizeof *names; i++)
		add_header(&out, message, names[i]);
	buf_add(&out, "\n");
	for (const char *c = body; c && *c; c++)
		if (*c != '\r')
			buf_add_n(&out, c, 1);
	int rc = body ? 0 : err_set(e, "the message has no part of plain text");
	g_free(body);
	if (message)
		g_object_unref(message);
	if (rc == 0)
		*text = buf_take(&out);
	buf_release(&out);
	return rc;
}
