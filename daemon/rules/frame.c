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

static void put_i64(char **at, int64_t n)
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

/* The texts of a finding, in the order they travel. */
enum { TEXTS = 12 };
static void texts_of(struct finding *f, const char **out[TEXTS])
{
	const char **all[TEXTS] = {&f->rule, &f->subject, &f->period, &f->name, &f->unit, &f->place,
		&f->duty, &f->target, &f->document_no, &f->source, &f->detail, &f->list};
	memcpy(out, all, sizeof all);
}

static size_t text_room(const char *s)
{
	return sizeof(uint32_t) + (s ? strlen(s) + 1 : 0);
}

static size_t room_of(const struct finding *f)
{
	struct finding copy = *f;
	const char **texts[TEXTS];
	texts_of(&copy, texts);
	size_t n = 256;
	for (int i = 0; i < TEXTS; i++)
		n += text_room(*texts[i]);
	for (size_t i = 0; i < f->mark_count; i++)
		n += 8 + text_room(f->marks[i].id) + text_room(f->marks[i].detail) +
		     text_room(f->marks[i].waiting_for);
	return n;
}

int frame_finding(struct buf *frame, const struct finding *f)
{
	if (room_of(f) + FRAME_LOG_MOST + 1024 > FRAME_MOST - frame->len)
		return -1;
	char *start = buf_extend(frame, room_of(f)), *at = start + sizeof(uint32_t);
	struct finding copy = *f;
	const char **texts[TEXTS];
	texts_of(&copy, texts);
	for (int i = 0; i < TEXTS; i++)
		put_text(&at, *texts[i]);
	put_i64(&at, f->required);
	put_i64(&at, f->recorded);
	put_i64(&at, f->numerator);
	put_i64(&at, f->denominator);
	put_i64(&at, f->unknown);
	const int32_t days[] = {
		f->last_day, f->done_on, f->figures_on, f->since, f->act_by, f->valid_to};
	put(&at, days, sizeof days);
	put_u32(&at, f->not_applicable);
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

void frame_seal(struct buf *frame, uint32_t count, const char *failure, const char *log,
	const unsigned char key[FRAME_KEY])
{
	char *tail = xmalloc(text_room(failure) + text_room(log)), *end = tail;
	put_text(&end, failure);
	put_text(&end, log);
	size_t more = (size_t)(end - tail);
	if (failure) {
		frame_begin(frame);
		count = 0;
	}
	/* The two texts travel first; findings were written before they were known. */
	size_t body = frame->len - FRAME_HEAD;
	buf_add_n(frame, tail, more);
	memmove(frame->s + FRAME_HEAD + more, frame->s + FRAME_HEAD, body);
	memcpy(frame->s + FRAME_HEAD, tail, more);
	free(tail);
	struct head head = {.version = FRAME_VERSION,
		.failed = failure != NULL,
		.count = count,
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

static int64_t get_i64(struct cursor *c)
{
	int64_t n;
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
	VEC_ROOM(out->items, out->count, out->capacity);
	struct finding *f = &out->items[out->count];
	*f = (struct finding){0};
	const char **texts[TEXTS];
	texts_of(f, texts);
	for (int i = 0; i < TEXTS; i++)
		*texts[i] = get_text(&c);
	f->required = get_i64(&c);
	f->recorded = get_i64(&c);
	f->numerator = get_i64(&c);
	f->denominator = get_i64(&c);
	f->unknown = get_i64(&c);
	int32_t days[6];
	get(&c, days, sizeof days);
	f->last_day = days[0];
	f->done_on = days[1];
	f->figures_on = days[2];
	f->since = days[3];
	f->act_by = days[4];
	f->valid_to = days[5];
	f->not_applicable = get_u32(&c) != 0;
	get_marks(&c, &out->arena, f);
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
	*failure = get_text(&c);
	out->log = get_text(&c);
	if (c.broken || (head.failed != 0) != (*failure != NULL) || head.count > FINDINGS_MOST)
		return err_set(e, "its answer's header does not fit its body");
	for (uint32_t i = 0; i < head.count; i++)
		if (get_finding(&c, out) < 0)
			return err_set(e, "finding %u of %u in its answer cannot be read", i + 1,
				head.count);
	if (c.left)
		return err_set(e, "its answer holds %zu bytes too many", c.left);
	return 0;
}
