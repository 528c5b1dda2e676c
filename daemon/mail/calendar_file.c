/*
 * calendar_file.c: the dated duties of a letter as an iCalendar file (RFC 5545):
 * one event of a whole day each, on the last working day that is in time, with a UID that stays the
 * same from letter to letter and a SEQUENCE that grows, so that a calendar replaces what it has.
 */
#include "mail/draft.h"

#include <sodium.h>

enum {
	FOLD_AT = 75, /* octets of a line, without its end */
	A_GENERATION = 1000 /* more than one of an alert ever has letters: an extension counts them anew */
};

/* Adds "NAME:text", escaped where it is text, folded on characters' borders. */
static void add_line(struct buf *out, const char *name, const char *value, bool is_text)
{
	struct buf line = {0};
	buf_addf(&line, "%s:", name);
	for (const char *c = value; *c; c++) {
		if (is_text && strchr("\\;,", *c))
			buf_add(&line, "\\");
		if (*c == '\n')
			buf_add(&line, "\\n");
		else
			buf_add_n(&line, c, 1);
	}
	size_t at = 0, room = FOLD_AT;
	while (line.len - at > room) {
		size_t n = room;
		while (n > 0 && ((unsigned char)line.s[at + n] & 0xC0) == 0x80)
			n--;
		buf_add_n(out, line.s + at, n);
		buf_add(out, "\r\n ");
		at += n;
		room = FOLD_AT - 1;
	}
	buf_add_n(out, line.s + at, line.len - at);
	buf_add(out, "\r\n");
	buf_release(&line);
}

static void add_day(struct buf *out, const char *name, int32_t day)
{
	struct civil c = day_to_civil(day);
	char value[32];
	snprintf(value, sizeof value, "%04d%02d%02d", c.year, c.month, c.day);
	add_line(out, name, value, false);
}

static void add_stamp(struct buf *out, const struct draft *d)
{
	int64_t unix_s = moment_to_unix(d->now, d->world->settings->utc_offset_s);
	struct moment utc = moment_from_unix(unix_s, 0);
	struct civil c = day_to_civil(utc.day);
	char value[40];
	snprintf(value, sizeof value, "%04d%02d%02dT%02d%02d%02dZ", c.year, c.month, c.day,
		utc.second / 3600, utc.second / 60 % 60, utc.second % 60);
	add_line(out, "DTSTAMP", value, false);
}

static void add_event(struct draft *d, struct buf *out, const struct item *i, const char *domain)
{
	int32_t last_day = i->judged->finding->last_day, day = draft_workday(d, last_day);
	unsigned char digest[16];
	char hex[2 * sizeof digest + 1], number[16];
	crypto_generichash(
		digest, sizeof digest, (const unsigned char *)i->key, strlen(i->key), NULL, 0);
	sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
	json_t *o = json_object();
	view_text(d, o, "title", item_title(d, i));
	view_text(d, o, "period", period_words(d, i->judged->finding->period));
	view_text(d, o, "action",
		action_with_day(d,
			i->judged->duty ? i->judged->duty->action : i->judged->rule->action,
			last_day));
	view_text(d, o, "clause",
		i->judged->duty ? i->judged->duty->clause : i->judged->rule->clause);
	view_text(d, o, "key", i->key);
	view_day(d, o, "last_day", day == last_day ? DAY_NONE : last_day);
	buf_add(out, "BEGIN:VEVENT\r\n");
	add_line(out, "UID", arena_printf(&d->arena, "%s@%s", hex, domain), false);
	add_stamp(out, d);
	add_day(out, "DTSTART;VALUE=DATE", day);
	add_day(out, "DTEND;VALUE=DATE", day + 1);
	snprintf(number, sizeof number, "%lld", (long long)(i->generation - 1) * A_GENERATION + i->reminder);
	add_line(out, "SEQUENCE", number, false);
	add_line(out, "SUMMARY", phrase_text(d->templates, PHRASE_CALENDAR_SUMMARY, o, &d->arena),
		true);
	add_line(out, "DESCRIPTION", phrase_text(d->templates, PHRASE_CALENDAR_TEXT, o, &d->arena),
		true);
	add_line(out, "TRANSP", "TRANSPARENT", false);
	buf_add(out, "END:VEVENT\r\n");
	json_decref(o);
}

static bool is_dated(const struct block *b)
{
	const struct judged *g = b->items[0]->judged;
	return (b->kind == BLOCK_DUE || b->kind == BLOCK_OVERDUE) && g && g->rule &&
	       g->finding->last_day != DAY_NONE;
}

char *calendar_make(struct draft *d, const char *domain)
{
	struct buf out = {0};
	for (size_t k = 0; k < d->block_count; k++) {
		if (!is_dated(&d->blocks[k]))
			continue;
		if (out.len == 0) {
			buf_add(&out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
				      "PRODID:-//langnghed//VI\r\nCALSCALE:GREGORIAN\r\n"
				      "METHOD:PUBLISH\r\n");
			add_line(&out, "X-WR-CALNAME",
				phrase_text(d->templates, PHRASE_CALENDAR_NAME, NULL, &d->arena),
				true);
		}
		add_event(d, &out, d->blocks[k].items[0], domain);
	}
	if (out.len == 0)
		return NULL;
	buf_add(&out, "END:VCALENDAR\r\n");
	return buf_take(&out);
}
