/*
 * frame.c: findings to bytes and back. Every length that is read is held
 * against what is left, so no byte can make the reader run past the end.
 */
#include "rules/frame.h"

#include "base/text.h"

#include <sodium.h>

static const char magic[4] = {'L', 'N', 'F', 'R'};

/* The header as it travels; the checksum covers what precedes it and the body. */
struct head {
	char magic[4];
	uint32_t version, failed, count;
	uint64_t length; /* of the whole frame */
	unsigned char checksum[16];
};

_Static_assert(sizeof(struct head) == FRAME_HEAD, "the header has no holes");
_Static_assert(crypto_generichash_KEYBYTES_MIN <= FRAME_KEY, "the key is long enough");

static void checksum(
	const unsigned char *frame, size_t length, const unsigned char *key, unsigned char out[16])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, key, FRAME_KEY, 16);
	crypto_generichash_update(&state, frame, offsetof(struct head, checksum));
	crypto_generichash_update(&state, frame + FRAME_HEAD, length - FRAME_HEAD);
	crypto_generichash_final(&state, out, 16);
}

/* Where the next bytes are written; there is room for them. */
static void put(char **at, const void *bytes, size_t n)
{
	memcpy(*at, bytes, n);
	*at += n;
}

static void put_u32(char **at, uint32_t n)
{
	put(at, &n, sizeof n);
}

/* A text is its bytes with their NUL, after the number of them; 0 stands for NULL. */
static void put_text(char **at, const char *s)
{
	size_t n = s ? strlen(s) + 1 : 0;
	put_u32(at, (uint32_t)n);
	if (s)
		put(at, s, n);
}

void frame_begin(struct buf *frame)
{
	static const char nothing[FRAME_HEAD];
	buf_clear(frame);
	buf_add_n(frame, nothing, sizeof nothing);
}

/* What a finding says, in the order it travels. Most of it is nothing, so before the texts and after them goes a word
 * with a bit for each that is there. */
enum { TEXTS = 12, NUMBERS = 5, DAYS = 6, FINDING_LEAST = 3 * sizeof(uint32_t) /* its length and the two words */ };
enum { BIT_DAYS = NUMBERS, BIT_NOT_APPLICABLE = NUMBERS + DAYS, BIT_MARKS };

struct parts {
	const char **texts[TEXTS];
	int64_t *numbers[NUMBERS];
	int32_t *days[DAYS];
};

static struct parts parts_of(struct finding *f)
{
	return (struct parts){
		{&f->rule, &f->subject, &f->period, &f->name, &f->unit, &f->place, &f->duty, &f->target, &f->document_no,
			&f->source, &f->detail, &f->list},
		{&f->required, &f->recorded, &f->numerator, &f->denominator, &f->unknown},
		{&f->last_day, &f->done_on, &f->figures_on, &f->since, &f->act_by, &f->valid_to},
	};
}

static size_t text_room(const char *s)
{
	return sizeof(uint32_t) + (s ? strlen(s) + 1 : 0);
}

/* The most it can need. */
static size_t room_of(const struct finding *f, const struct parts *p)
{
	size_t n = 4 * sizeof(uint32_t) + NUMBERS * sizeof(int64_t) + DAYS * sizeof(int32_t);
	for (int i = 0; i < TEXTS; i++)
		n += text_room(*p->texts[i]);
	for (size_t i = 0; i < f->mark_count; i++)
		n += sizeof(uint32_t) + text_room(f->marks[i].id) + text_room(f->marks[i].detail) +
		     text_room(f->marks[i].waiting_for);
	return n;
}

static void put_texts(char **at, const struct parts *p)
{
	char *word = *at;
	uint32_t there = 0;
	put_u32(at, there);
	for (int i = 0; i < TEXTS; i++)
		if (*p->texts[i]) {
			there |= 1u << i;
			put_text(at, *p->texts[i]);
		}
	put_u32(&word, there);
}

static void put_figures(char **at, const struct parts *p, const struct finding *f)
{
	char *word = *at;
	uint32_t there = (f->not_applicable ? 1u << BIT_NOT_APPLICABLE : 0) | (f->mark_count ? 1u << BIT_MARKS : 0);
	put_u32(at, there);
	for (int i = 0; i < NUMBERS; i++)
		if (*p->numbers[i]) {
			there |= 1u << i;
			put(at, p->numbers[i], sizeof *p->numbers[i]);
		}
	for (int i = 0; i < DAYS; i++)
		if (*p->days[i] != DAY_NONE) {
			there |= 1u << (BIT_DAYS + i);
			put(at, p->days[i], sizeof *p->days[i]);
		}
	put_u32(&word, there);
}

int frame_finding(struct buf *frame, const struct finding *f)
{
	struct finding copy = *f;
	struct parts p = parts_of(&copy);
	size_t room = room_of(f, &p);
	if (room + FRAME_LOG_MOST + FRAME_REST_MOST > FRAME_MOST - frame->len)
		return -1;
	char *start = buf_extend(frame, room), *at = start + sizeof(uint32_t);
	put_texts(&at, &p);
	put_figures(&at, &p, f);
	if (f->mark_count)
		put_u32(&at, (uint32_t)f->mark_count);
	for (size_t i = 0; i < f->mark_count; i++) {
		put_text(&at, f->marks[i].id);
		put_u32(&at, (uint32_t)f->marks[i].state);
		put_text(&at, f->marks[i].detail);
		put_text(&at, f->marks[i].waiting_for);
	}
	uint32_t size = (uint32_t)(at - start) - (uint32_t)sizeof size;
	memcpy(start, &size, sizeof size);
	buf_shorten(frame, (size_t)(at - frame->s));
	return 0;
}

void frame_seal(struct buf *frame, const struct frame_end *end, const unsigned char key[FRAME_KEY])
{
	char *first = xmalloc(sizeof end->left_out + text_room(end->failure) + text_room(end->reads) + text_room(end->log));
	char *at = first;
	put_u32(&at, end->failure ? 0 : end->left_out);
	put_text(&at, end->failure);
	put_text(&at, end->reads);
	put_text(&at, end->log);
	size_t more = (size_t)(at - first);
	if (end->failure)
		frame_begin(frame);
	/* These travel first; findings were written before they were known. */
	size_t body = frame->len - FRAME_HEAD;
	buf_add_n(frame, first, more);
	memmove(frame->s + FRAME_HEAD + more, frame->s + FRAME_HEAD, body);
	memcpy(frame->s + FRAME_HEAD, first, more);
	free(first);
	struct head head = {.version = FRAME_VERSION,
		.failed = end->failure != NULL,
		.count = end->failure ? 0 : end->count,
		.length = frame->len};
	memcpy(head.magic, magic, sizeof magic);
	memcpy(frame->s, &head, sizeof head);
	checksum((const unsigned char *)frame->s, frame->len, key, head.checksum);
	memcpy(frame->s, &head, sizeof head);
}

int frame_length(const unsigned char bytes[FRAME_HEAD], size_t *length, struct err *e)
{
	struct head head;
	memcpy(&head, bytes, sizeof head);
	if (memcmp(head.magic, magic, sizeof magic) != 0)
		return err_set(e, "its answer is not a frame: it does not begin with LNFR");
	if (head.version != FRAME_VERSION)
		return err_set(e, "its answer is a frame of version %u; %d is expected",
			head.version, FRAME_VERSION);
	if (head.length < FRAME_HEAD || head.length > FRAME_MOST)
		return err_set(e, "its answer says it is %llu bytes long; at most %d are taken",
			(unsigned long long)head.length, FRAME_MOST);
	*length = head.length;
	return 0;
}

/* What is left to read; once broken it stays so and gives zeros. */
struct cursor {
	const unsigned char *at;
	size_t left;
	bool broken;
};

static void get(struct cursor *c, void *out, size_t n)
{
	memset(out, 0, n);
	if (c->broken || c->left < n) {
		c->broken = true;
		return;
	}
	memcpy(out, c->at, n);
	c->at += n;
	c->left -= n;
}

static uint32_t get_u32(struct cursor *c)
{
	uint32_t n;
	get(c, &n, sizeof n);
	return n;
}

/* A text where it lies. */
static const char *get_text(struct cursor *c)
{
	size_t n = get_u32(c);
	if (n == 0)
		return NULL;
	const char *s = (const char *)c->at;
	if (c->broken || n > c->left || memchr(s, '\0', n) != s + n - 1 || !text_is_utf8(s, n - 1)) {
		c->broken = true;
		return NULL;
	}
	c->at += n;
	c->left -= n;
	return s;
}

static void get_marks(struct cursor *c, struct arena *a, struct finding *f)
{
	size_t count = get_u32(c);
	if (c->broken || count > c->left / 16) { /* each is at least 16 bytes */
		c->broken = true;
		return;
	}
	if (count == 0)
		return;
	struct finding_mark *marks = arena_alloc(a, count * sizeof *marks);
	for (size_t i = 0; i < count; i++) {
		marks[i].id = get_text(c);
		marks[i].state = (enum ln_mark_state)get_u32(c);
		marks[i].detail = get_text(c);
		marks[i].waiting_for = get_text(c);
	}
	f->marks = marks;
	f->mark_count = count;
}

static int get_finding(struct cursor *body, struct findings *out)
{
	size_t size = get_u32(body);
	if (body->broken || size > body->left)
		return -1;
	struct cursor c = {body->at, size, false};
	body->at += size;
	body->left -= size;
	struct finding *f = &out->items[out->count]; /* zeroed */
	struct parts p = parts_of(f);
	uint32_t there = get_u32(&c);
	bool sane = there >> TEXTS == 0;
	for (int i = 0; i < TEXTS; i++)
		if (there >> i & 1 && !(*p.texts[i] = get_text(&c)))
			sane = false;
	there = get_u32(&c);
	sane &= there >> (BIT_MARKS + 1) == 0;
	for (int i = 0; i < NUMBERS; i++)
		if (there >> i & 1)
			get(&c, p.numbers[i], sizeof *p.numbers[i]);
	for (int i = 0; i < DAYS; i++) {
		*p.days[i] = DAY_NONE;
		if (there >> (BIT_DAYS + i) & 1)
			get(&c, p.days[i], sizeof *p.days[i]);
	}
	f->not_applicable = there >> BIT_NOT_APPLICABLE & 1;
	if (there >> BIT_MARKS & 1)
		get_marks(&c, &out->arena, f);
	if (!sane)
		return -1;
	if (c.broken || c.left)
		return -1;
	out->count++;
	return 0;
}

int frame_take(unsigned char *frame, size_t length, const unsigned char key[FRAME_KEY],
	struct findings *out, const char **failure, struct err *e)
{
	struct head head;
	unsigned char sum[16];
	out->bytes = frame;
	memcpy(&head, frame, sizeof head);
	checksum(frame, length, key, sum);
	if (sodium_memcmp(sum, head.checksum, sizeof sum) != 0)
		return err_set(e, "its answer's checksum is wrong: it was cut, mixed or forged");
	struct cursor c = {frame + FRAME_HEAD, length - FRAME_HEAD, false};
	out->left_out = get_u32(&c);
	*failure = get_text(&c);
	out->reads = get_text(&c);
	out->log = get_text(&c);
	if (c.broken || (head.failed != 0) != (*failure != NULL) || head.count > FINDINGS_MOST ||
		out->left_out > FINDINGS_MOST)
		return err_set(e, "its answer's header does not fit its body");
	if (head.count > c.left / FINDING_LEAST)
		return err_set(e, "its answer says it holds %u findings; it has no room for them", head.count);
	out->items = xcalloc(head.count, sizeof *out->items);
	out->capacity = head.count;
	for (uint32_t i = 0; i < head.count; i++)
		if (get_finding(&c, out) < 0)
			return err_set(e, "finding %u of %u in its answer cannot be read", i + 1,
				head.count);
	if (c.left)
		return err_set(e, "its answer holds %zu bytes too many", c.left);
	return 0;
}
