/*
 * text.c: Vietnamese text and numbers. Unicode's tables are utf8proc's; what is
 * Vietnamese about it (đ, dots for thousands, a comma for decimals) is here.
 */
#include "base/text.h"

#include "base/mem.h"

#include <stddef.h>
#include <string.h>
#include <utf8proc.h>

enum { DECIMALS_MOST = 9 };

static const uint64_t HIGH_BITS = 0x8080808080808080u; /* set in no byte of ASCII */

__extension__ typedef __int128 wide; /* 100·n·10^k must not wrap */

static bool continues(utf8proc_uint8_t byte)
{
	return (byte & 0xC0) == 0x80;
}

/* The length of the character of two or three bytes at p that needs no second look, as Vietnamese letters are; 0: it does. */
static size_t letter_bytes(const utf8proc_uint8_t *p, size_t n)
{
	if (n >= 2 && p[0] >= 0xC2 && p[0] < 0xE0 && continues(p[1]))
		return 2;
	if (n >= 3 && p[0] > 0xE0 && p[0] < 0xED && continues(p[1]) && continues(p[2]))
		return 3;
	return 0;
}

bool text_is_utf8(const char *s, size_t n)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s;
	while (n) {
		utf8proc_int32_t c;
		uint64_t eight;
		if (n >= sizeof eight && (memcpy(&eight, p, sizeof eight), !(eight & HIGH_BITS))) {
			p += sizeof eight; /* most of what is read is ASCII: its own fast way */
			n -= sizeof eight;
			continue;
		}
		size_t plain = *p < 0x80 ? 1 : letter_bytes(p, n);
		if (plain) {
			p += plain;
			n -= plain;
			continue;
		}
		utf8proc_ssize_t used = utf8proc_iterate(p, (utf8proc_ssize_t)n, &c);
		if (used <= 0)
			return false;
		p += used;
		n -= (size_t)used;
	}
	return true;
}

static void add_char(struct buf *b, utf8proc_int32_t c)
{
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t n = utf8proc_encode_char(c, bytes);
	buf_add_n(b, (const char *)bytes, (size_t)n);
}

/* Reads the character at *p and moves on; the text is known to be UTF-8. */
static utf8proc_int32_t next_char(const char **p)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)*p, -1, &c);
	*p += n > 0 ? n : 1;
	return n > 0 ? c : 0xFFFD;
}

/* A non-breaking space and its kin count: they come with pasted names and are never meant. */
static bool is_space(utf8proc_int32_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || utf8proc_category(c) == UTF8PROC_CATEGORY_ZS;
}

static bool is_dropped(utf8proc_int32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c < 0xA0) || c == 0xFEFF ||
	       c == 0x200B;
}

/* Letters and signs that compose with nothing, as almost all that is read: Latin up to where the combining marks begin,
 * Vietnamese, dashes, quotation marks and the ellipsis. */
static bool is_composed(utf8proc_int32_t c)
{
	return (c >= 0x20 && c < 0x7F) || (c > 0xA0 && c < 0x300) || (c >= 0x1EA0 && c < 0x1F00) ||
	       (c >= 0x2010 && c <= 0x2026 && c != 0x2011);
}

/* The length of a text that is already as text_nfc would make it; -1: that has to be looked at properly. */
static ptrdiff_t normal_length(const char *s, bool collapse)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s;
	bool space = true; /* the last character was one, or there was none */
	while (*p) {
		utf8proc_int32_t c = *p;
		utf8proc_ssize_t n = c < 0x80 ? 1 : utf8proc_iterate(p, -1, &c);
		bool now = c == ' ';
		if (n <= 0 || !is_composed(c) || (now && space && (collapse || (const char *)p == s)))
			return -1;
		space = now;
		p += n;
	}
	return *s && space ? -1 : (const char *)p - s;
}

char *text_nfc(const char *s, bool collapse)
{
	ptrdiff_t length = normal_length(s, collapse);
	if (length >= 0)
		return xstrndup(s, (size_t)length);
	utf8proc_uint8_t *composed;
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s, 0, &composed,
		UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (n < 0)
		return NULL;
	struct buf b = {0};
	size_t end = 0; /* after the last character that is no white space */
	bool gap = false;
	for (const char *p = (const char *)composed; *p;) {
		utf8proc_int32_t c = next_char(&p);
		if (is_dropped(c))
			continue;
		if (is_space(c)) {
			gap = true;
			if (!collapse && b.len)
				add_char(&b, c);
			continue;
		}
		if (collapse && gap && b.len)
			buf_add(&b, " ");
		gap = false;
		add_char(&b, c);
		end = b.len;
	}
	free(composed);
	char *out = buf_take(&b);
	out[end] = '\0';
	return out;
}

static bool is_letter_or_digit(utf8proc_int32_t c)
{
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
		return true;
	default:
		return false;
	}
}

char *text_fold(const char *s)
{
	utf8proc_uint8_t *folded;
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s, 0, &folded,
		UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
			UTF8PROC_STRIPMARK);
	if (n < 0)
		return NULL;
	struct buf b = {0};
	bool gap = false;
	for (const char *p = (const char *)folded; *p;) {
		utf8proc_int32_t c = next_char(&p);
		if (!is_letter_or_digit(c)) {
			gap = true;
			continue;
		}
		if (gap && b.len)
			buf_add(&b, " ");
		gap = false;
		add_char(&b, c == 0x0111 ? 'd' : c); /* đ is a letter of its own to Unicode */
	}
	free(folded);
	return buf_take(&b);
}

size_t text_width(const char *s)
{
	size_t width = 0;
	while (*s) {
		int w = utf8proc_charwidth(next_char(&s));
		width += w > 0 ? (size_t)w : 0;
	}
	return width;
}

/* Digits of value with a dot between thousands, written backwards from end. Returns the start. */
static char *put_grouped(char *end, uint64_t value)
{
	int digits = 0;
	do {
		if (digits && digits % 3 == 0)
			*--end = '.';
		*--end = (char)('0' + value % 10);
		value /= 10;
		digits++;
	} while (value);
	return end;
}

static uint64_t magnitude(int64_t n)
{
	return n < 0 ? (uint64_t) - (n + 1) + 1 : (uint64_t)n;
}

char *text_int_vi(int64_t n, char out[NUMBER_TEXT])
{
	char room[NUMBER_TEXT];
	char *end = room + sizeof room, *p = put_grouped(end, magnitude(n));
	if (n < 0)
		*--p = '-';
	memcpy(out, p, (size_t)(end - p));
	out[end - p] = '\0';
	return out;
}

/* scale·n/d, cut downwards at `decimals` digits, so that what is shown never exceeds what is. */
static char *put_decimal(int64_t n, int64_t d, int scale, int decimals, char out[NUMBER_TEXT])
{
	wide power = 1;
	for (int i = 0; i < decimals && i < DECIMALS_MOST; i++)
		power *= 10;
	wide top = (wide)n * scale * power;
	wide shown = top / d;
	if (top % d < 0)
		shown--;
	bool negative = shown < 0;
	if (negative)
		shown = -shown;
	char whole[NUMBER_TEXT], *p = out;
	text_int_vi((int64_t)(shown / power), whole);
	if (negative)
		*p++ = '-';
	size_t length = strlen(whole);
	memcpy(p, whole, length + 1);
	p += length;
	wide rest = shown % power;
	if (rest == 0)
		return out;
	*p++ = ',';
	for (; rest; rest %= power) {
		power /= 10;
		*p++ = (char)('0' + (int)(rest / power));
		if (power == 1)
			break;
	}
	*p = '\0';
	return out;
}

char *text_percent_vi(int64_t n, int64_t d, int decimals, char out[NUMBER_TEXT])
{
	return put_decimal(n, d, 100, decimals, out);
}

char *text_ratio_vi(int64_t n, int64_t d, int decimals, char out[NUMBER_TEXT])
{
	return put_decimal(n, d, 1, decimals, out);
}

/* The shape of a number as written: digits in groups and the separators between them. */
struct written {
	char digits[20];
	int count; /* of digits */
	int groups[20]; /* digits in each group */
	char marks[20]; /* the separator after each group: '.', ',' or ' ' */
	int group_count; /* one more than separators */
};

/* 0, or -1 if s is no run of digit groups with single separators. */
static int read_shape(const char *s, struct written *w)
{
	*w = (struct written){.group_count = 1};
	for (;;) {
		char mark = *s;
		if (mark >= '0' && mark <= '9') {
			if (w->count == 18)
				return -1;
			w->digits[w->count++] = mark;
			w->groups[w->group_count - 1]++;
			s++;
			continue;
		}
		if (w->groups[w->group_count - 1] == 0)
			return -1;
		if (!mark)
			return 0;
		if (strncmp(s, "\xC2\xA0", 2) == 0) { /* non-breaking space */
			mark = ' ';
			s++;
		} else if (strncmp(s, "\xE2\x80\xAF", 3) == 0) { /* narrow one */
			mark = ' ';
			s += 2;
		}
		if (mark != '.' && mark != ',' && mark != ' ')
			return -1;
		w->marks[w->group_count - 1] = mark;
		w->group_count++;
		s++;
	}
}

/* Whether the groups 0 … last are thousands: 1-3 digits, then threes, all with one separator. */
static bool are_thousands(const struct written *w, int last)
{
	if (w->groups[0] > 3)
		return false;
	for (int i = 1; i <= last; i++)
		if (w->groups[i] != 3 || w->marks[i - 1] != w->marks[0])
			return false;
	return true;
}

/* How many digits are decimals; -1 not a number, -2 ambiguous. */
static int decimals_of(const struct written *w)
{
	int last = w->group_count - 1;
	if (last == 0)
		return 0;
	char mark = w->marks[last - 1];
	if (last == 1 && mark != ' ') {
		/* "0.125" and "1234.567" cannot be thousands, "1.234" can. */
		if (w->groups[1] == 3 && w->groups[0] <= 3 && w->digits[0] != '0')
			return -2;
		return w->groups[1];
	}
	if (mark == w->marks[0])
		return are_thousands(w, last) ? 0 : -1;
	return mark != ' ' && are_thousands(w, last - 1) ? w->groups[last] : -1;
}

int text_parse_number(const char *s, int64_t *numerator, int64_t *denominator)
{
	char *trimmed = text_nfc(s, true);
	if (!trimmed)
		return -1;
	const char *p = trimmed;
	bool negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	struct written w;
	int decimals = read_shape(p, &w) ? -1 : decimals_of(&w);
	free(trimmed);
	if (decimals < 0)
		return decimals;
	while (decimals && w.digits[w.count - 1] == '0') {
		w.count--;
		decimals--;
	}
	int64_t n = 0, d = 1;
	for (int i = 0; i < w.count; i++)
		n = n * 10 + (w.digits[i] - '0');
	while (decimals--)
		d *= 10;
	*numerator = negative ? -n : n;
	*denominator = d;
	return 0;
}

bool text_is_invented(const char *address)
{
	static const char end[] = ".example";
	size_t n = address ? strlen(address) : 0, k = sizeof end - 1;
	return n > k && strcasecmp(address + n - k, end) == 0;
}
