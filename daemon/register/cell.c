/*
 * cell.c: the reader of each type of column. The common cells (plain text, whole
 * numbers, ISO dates, key words) take no memory: a file may hold ten million.
 */
#include "register/cell.h"

#include "base/day.h"
#include "base/mem.h"
#include "base/text.h"
#include "plan/period.h"

enum { YEAR_FROM = 1900, YEAR_TO = 2100, SHOWN_BYTES = 60 };

/* Text. */

/* Letters as every Vietnamese text has them are composed already: ASCII, U+00C0–U+017F,
 * U+01A0–U+01BF, U+1E80–U+1EFF. No control characters, no white space but single spaces. */
static bool is_plain(const char *s)
{
	for (const unsigned char *p = (const unsigned char *)s; *p;) {
		if (*p >= 0x20 && *p < 0x7F) {
			p++;
		} else if (*p >= 0xC3 && *p <= 0xC5 && (*p != 0xC3 || p[1] >= 0x80)) {
			p += 2;
		} else if (*p == 0xC6 && p[1] >= 0xA0) {
			p += 2;
		} else if (*p == 0xE1 && (p[1] == 0xBA || p[1] == 0xBB)) {
			p += 3;
		} else {
			return false;
		}
	}
	return true;
}

static char *trim(char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	size_t n = strlen(s);
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	s[n] = '\0';
	return s;
}

static void set_owned(struct value *v, char *text)
{
	v->state = VALUE_TEXT;
	v->text = v->owned = text;
}

static void set_text(struct value *v, const char *text)
{
	v->state = VALUE_TEXT;
	v->text = text;
}

static void set_int(struct value *v, int64_t number)
{
	v->state = VALUE_INT;
	v->number = number;
}

/* A spreadsheet takes text that begins like this for a formula; our exports put ' before it. */
static const char *without_guard(const char *s)
{
	return s[0] == '\'' && s[1] && strchr("=+-@", s[1]) ? s + 1 : s;
}

static int check_key(const struct column *c, const char *text, struct err *e)
{
	size_t n = strlen(text);
	if (n > KEY_BYTES_MAX)
		return err_set(e, "is too long for a key: %zu bytes, at most %d", n, KEY_BYTES_MAX);
	if (strcmp(c->name, "email") == 0) {
		const char *at = strchr(text, '@');
		if (!at || at == text || strchr(at + 1, '@') || !strchr(at + 1, '.') ||
			at[1] == '.' || text[n - 1] == '.' || text[strcspn(text, " ,;<>|/\"()\\")])
			return err_set(e,
				"\"%s\" is no e-mail address: one like vanthu@so.tinh.gov.vn is "
				"needed",
				text);
		return 0;
	}
	if (strcmp(c->name, "code") == 0) {
		for (const char *p = text; *p; p++)
			if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-._",
				    *p))
				return err_set(e,
					"\"%s\" is no code: letters A-Z a-z, digits, '-', '.' and "
					"'_' are "
					"allowed",
					text);
		return 0;
	}
	if (text[strcspn(text, "|\n\t")])
		return err_set(e, "a key may not hold '|' or line breaks");
	return 0;
}

static int parse_text(const struct column *c, char *cell, struct value *v, struct err *e)
{
	const char *text = without_guard(cell);
	if (strlen(text) > TEXT_BYTES_MAX)
		return err_set(
			e, "is too long: %zu bytes, at most %d", strlen(text), TEXT_BYTES_MAX);
	if (c->key && check_key(c, text, e) != 0)
		return -1;
	if (is_plain(text)) {
		set_text(v, text);
		return 0;
	}
	char *nfc = text_nfc(text, false);
	if (!nfc)
		return err_set(e, "is not valid text");
	if (!*nfc) { /* nothing but control characters */
		free(nfc);
		return 0;
	}
	set_owned(v, nfc);
	return 0;
}

/* Numbers. */

static bool plain_digits(const char *s, int64_t *out)
{
	int64_t n = 0;
	int digits = 0;
	for (; *s >= '0' && *s <= '9' && digits < 18; s++, digits++)
		n = n * 10 + (*s - '0');
	*out = n;
	return digits && !*s;
}

static int parse_decimal(const char *cell, int64_t *n, int64_t *d, struct err *e)
{
	int rc = text_parse_number(cell, n, d);
	if (rc == -2)
		return err_set(e,
			"\"%.*s\" is ambiguous: the separator may stand for thousands or for "
			"decimals; write 1234 or 1.234,0",
			SHOWN_BYTES, cell);
	if (rc != 0)
		return err_set(e,
			"\"%.*s\" is not a number: digits are needed, as 1234,5 or 1.234,5",
			SHOWN_BYTES, cell);
	return 0;
}

static int parse_int(const struct column *c, const char *cell, struct value *v, struct err *e)
{
	int64_t n, d = 1;
	if (!plain_digits(cell, &n) && parse_decimal(cell, &n, &d, e) != 0)
		return -1;
	if (d != 1)
		return err_set(e, "\"%.*s\" is not a whole number", SHOWN_BYTES, cell);
	if (n < c->min || n > c->max)
		return err_set(e, "%lld is out of range: %lld to %lld are allowed", (long long)n,
			(long long)c->min, (long long)c->max);
	set_int(v, n);
	return 0;
}

/* Kept as the shortest exact decimal with a point. */
static int parse_number(const struct column *c, const char *cell, struct value *v, struct err *e)
{
	int64_t n, d;
	if (parse_decimal(cell, &n, &d, e) != 0)
		return -1;
	if (c->max > 0 && (n < c->min * d || n / d > c->max))
		return err_set(e, "\"%.*s\" is out of range: %lld to %lld are allowed", SHOWN_BYTES, cell,
			(long long)c->min, (long long)c->max);
	uint64_t size = n < 0 ? (uint64_t)-n : (uint64_t)n;
	int decimals = 0;
	for (int64_t rest = d; rest > 1; rest /= 10)
		decimals++;
	struct buf text = {0};
	buf_addf(&text, "%s%llu", n < 0 ? "-" : "", (unsigned long long)(size / (uint64_t)d));
	if (decimals)
		buf_addf(&text, ".%0*llu", decimals, (unsigned long long)(size % (uint64_t)d));
	set_owned(v, buf_take(&text));
	return 0;
}

/* Days. */

static bool is_iso(const char *s)
{
	for (int i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? s[i] != '-' : s[i] < '0' || s[i] > '9')
			return false;
	return s[10] == '\0';
}

static int parse_day(const char *cell, struct value *v, struct err *e)
{
	int32_t day;
	if (day_parse_any(cell, &day) != 0)
		return err_set(e,
			"\"%.*s\" is no date: one that exists, as 2026-12-04 or 04/12/2026, from "
			"1900 to 2100",
			SHOWN_BYTES, cell);
	int year = day_year(day);
	if (year < YEAR_FROM || year > YEAR_TO)
		return err_set(e, "the year %d is out of range: 1900 to 2100 are allowed", year);
	if (is_iso(cell)) {
		set_text(v, cell);
		return 0;
	}
	char iso[DAY_TEXT];
	set_owned(v, xstrdup(day_iso(day, iso)));
	return 0;
}

/* Words. */

/* yes, no, or -1. The marks of "có" and "không" do not matter. */
static int yes_or_no(const char *cell)
{
	static const char *const yes[] = {"yes", "co", "x", "1", "v", "y", NULL};
	static const char *const no[] = {"no", "khong", "0", "n", NULL};
	if (strcmp(cell, "yes") == 0)
		return 1;
	if (strcmp(cell, "no") == 0)
		return 0;
	int found = -1;
	char *fold = text_fold(cell);
	for (int i = 0; fold && yes[i] && found < 0; i++)
		found = strcmp(fold, yes[i]) == 0 ? 1 : -1;
	for (int i = 0; fold && no[i] && found < 0; i++)
		found = strcmp(fold, no[i]) == 0 ? 0 : -1;
	free(fold);
	return found;
}

static int parse_bool(const char *cell, struct value *v, struct err *e)
{
	int answer = yes_or_no(cell);
	if (answer < 0)
		return err_set(e,
			"\"%.*s\" is neither yes nor no: allowed are yes, no, có, không, x, 1, 0",
			SHOWN_BYTES, cell);
	set_int(v, answer);
	return 0;
}

static int refuse_word(const struct column *c, const char *cell, struct err *e)
{
	struct buf allowed = {0};
	for (size_t i = 0; c->words[i]; i++)
		buf_addf(&allowed, "%s%s (%s)", i ? ", " : "", c->words[i], c->word_labels[i]);
	err_set(e, "\"%.*s\" is not allowed, allowed are: %s", SHOWN_BYTES, cell, allowed.s);
	buf_release(&allowed);
	return -1;
}

static int parse_word(const struct column *c, const char *cell, struct value *v, struct err *e)
{
	for (size_t i = 0; c->words[i]; i++)
		if (strcmp(c->words[i], cell) == 0) {
			set_text(v, c->words[i]);
			return 0;
		}
	char *fold = text_fold(cell);
	for (size_t i = 0; fold && c->words[i] && v->state == VALUE_ABSENT; i++) {
		char *word = text_fold(c->words[i]), *label = text_fold(c->word_labels[i]);
		if (strcmp(fold, word) == 0 || strcmp(fold, label) == 0)
			set_text(v, c->words[i]);
		free(word);
		free(label);
	}
	free(fold);
	/* Words that begin with yes, no take their other spellings too. */
	if (v->state == VALUE_ABSENT && strcmp(c->words[0], "yes") == 0 && yes_or_no(cell) >= 0)
		set_text(v, yes_or_no(cell) ? "yes" : "no");
	return v->state == VALUE_ABSENT ? refuse_word(c, cell, e) : 0;
}

/* References. */

static int parse_ref(const struct cell_context *cx, const struct column *c, const char *cell,
	struct value *v, struct err *e)
{
	const char *key;
	if (strlen(cell) > TEXT_BYTES_MAX)
		return err_set(e, "is too long: at most %d bytes", TEXT_BYTES_MAX);
	if (lookup_resolve(cx->lookup, c, cell, &key, e) != 0)
		return -1;
	set_text(v, key);
	struct err ended;
	if (c->type == COLUMN_PLACE && !c->key &&
		lookup_place_has_ended(cx->lookup, key, cx->today, &ended))
		v->if_changed = xstrdup(ended.text);
	return 0;
}

static int parse_refs(const struct cell_context *cx, const struct column *c, char *cell,
	struct value *v, struct err *e)
{
	struct buf joined = {0};
	int count = 0, rc = 0;
	for (char *p = cell; p && rc == 0;) {
		char *bar = strchr(p, '|');
		if (bar)
			*bar = '\0';
		char *copy = xstrdup(p), *item = trim(copy);
		const char *key = NULL;
		if (bar)
			*bar = '|'; /* the cell is shown again if it is refused */
		if (*item && ++count > REFS_MAX)
			rc = err_set(e, "names more than %d rows", REFS_MAX);
		else if (*item)
			rc = lookup_resolve(cx->lookup, c, item, &key, e);
		if (rc == 0 && key)
			buf_addf(&joined, "%s%s", joined.len ? "|" : "", key);
		free(copy);
		p = bar ? bar + 1 : NULL;
	}
	if (rc == 0 && joined.len)
		set_owned(v, buf_take(&joined));
	buf_release(&joined);
	return rc;
}

static int parse_period(
	const struct cell_context *cx, const char *cell, struct value *v, struct err *e)
{
	int32_t first, last;
	if (strlen(cell) >= PERIOD_TEXT || period_span(cx->plan, cell, &first, &last) != 0)
		return err_set(e,
			"\"%.*s\" is no period: 2026, 2026-Q3, 2026-H1, 2026-07 and once are the "
			"forms",
			SHOWN_BYTES, cell);
	set_text(v, cell);
	return 0;
}

static bool says_unknown(const char *cell)
{
	if (strcmp(cell, "?") == 0)
		return true;
	if (*cell != 'k' && *cell != 'K')
		return false;
	char *fold = text_fold(cell);
	bool said = fold && strcmp(fold, "khong ro") == 0;
	free(fold);
	return said;
}

/* A failed formula is no text that anybody meant. */
static bool is_error_value(const char *cell)
{
	static const char *const values[] = {
		"#N/A", "#DIV/0!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#VALUE!", "#SPILL!", "#CALC!"};
	for (size_t i = 0; *cell == '#' && i < sizeof values / sizeof *values; i++)
		if (strcmp(cell, values[i]) == 0)
			return true;
	return false;
}

int cell_parse(const struct cell_context *cx, const struct column *c, char *cell, struct value *v,
	struct err *e)
{
	*v = (struct value){.state = VALUE_ABSENT};
	cell = trim(cell);
	if (!*cell)
		return 0;
	if (is_error_value(cell))
		return err_set(e, "is what a spreadsheet shows where a formula failed: mend the formula, or empty the cell");
	if (says_unknown(cell)) {
		if (c->key || c->required)
			return err_set(e, "may not be unknown: every row needs it");
		v->state = VALUE_UNKNOWN;
		return 0;
	}
	switch (c->type) {
	case COLUMN_TEXT:
		return parse_text(c, cell, v, e);
	case COLUMN_INT:
		return parse_int(c, cell, v, e);
	case COLUMN_NUMBER:
		return parse_number(c, cell, v, e);
	case COLUMN_DAY:
		return parse_day(cell, v, e);
	case COLUMN_BOOL:
		return parse_bool(cell, v, e);
	case COLUMN_WORD:
		return parse_word(c, cell, v, e);
	case COLUMN_PERIOD:
		return parse_period(cx, cell, v, e);
	case COLUMN_REF:
	case COLUMN_PLACE:
		return parse_ref(cx, c, cell, v, e);
	case COLUMN_REFS:
		return parse_refs(cx, c, cell, v, e);
	}
	return err_set(e, "column %s has no type", c->name);
}

void value_clear(struct value *v)
{
	free(v->owned);
	free(v->if_changed);
	*v = (struct value){.state = VALUE_ABSENT};
}

bool value_is_known(const struct value *v)
{
	return v->state == VALUE_TEXT || v->state == VALUE_INT;
}

const char *value_text(
	const struct column *column, const struct value *v, char buffer[VALUE_BUFFER])
{
	if (v->state == VALUE_TEXT)
		return v->text;
	if (v->state != VALUE_INT)
		return NULL;
	if (column->type == COLUMN_BOOL)
		return v->number ? "yes" : "no";
	snprintf(buffer, VALUE_BUFFER, "%lld", (long long)v->number);
	return buffer;
}
