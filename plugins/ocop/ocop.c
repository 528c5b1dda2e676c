/*
 * ocop.c: target D, the establishments with a ranked product whose certificate is
 * valid on the day that is counted, of all establishments; and the certificates
 * that run out or were never renewed. Products are read first; what each says of its
 * establishments is sorted by their codes, and every establishment passes by once, in
 * the same order.
 */
#include "codes.h"
#include "rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* [0] the day that is judged, then one for each target year: its end, or that day if earlier. */
enum { DAYS_AS_OF = 3, SUBJECT = 96 };
static const int32_t target_years[] = {2025, 2030};

/* What one product says of one of its establishments. */
struct said {
	uint64_t begins[2]; /* the code's first bytes, to be compared as numbers */
	const char *code; /* where these are not all of it */
	uint32_t product; /* it is this product's first establishment; NO_NUMBER: not the first, or the product is not told */
	uint8_t good, unknown; /* a bit for each day */
};

struct product {
	const char *code, *name, *commune; /* of its first establishment */
	int32_t valid_to;
};

struct village {
	int32_t ended_on;
	int64_t listed[DAYS_AS_OF], good[DAYS_AS_OF], unknown[DAYS_AS_OF];
	int64_t yearly[DAYS_AS_OF], yearly_good[DAYS_AS_OF]; /* -1 not known */
};

/* Members of the target on one day. */
struct sum {
	int64_t good, all, unknown, by_list, by_sums, silent;
	int32_t figures_on;
};

struct ocop {
	const struct ln_host *host;
	int32_t days[DAYS_AS_OF];
	int32_t least_stars, valid_months, forget_months; /* settings */
	struct texts texts;
	struct said *said;
	size_t said_count, said_room;
	struct product *products;
	size_t product_count, product_room;
	struct codes village_codes;
	struct village *villages; /* by the number of their codes */
	size_t village_room;
	struct sum sums[DAYS_AS_OF];
};

/* Eight bytes of s as a number that sorts as they do; *s moves on. */
static uint64_t take_eight(const char **s)
{
	uint64_t n = 0;
	for (int i = 0; i < 8; i++)
		n = n << 8 | (**s ? (unsigned char)*(*s)++ : 0);
	return n;
}

/* Whether the code ends within its first bytes. */
static bool is_whole(const struct said *s)
{
	return (s->begins[1] & 0xff) == 0;
}

static int compare_codes(const struct said *a, const struct said *b)
{
	for (int i = 0; i < 2; i++)
		if (a->begins[i] != b->begins[i])
			return a->begins[i] < b->begins[i] ? -1 : 1;
	return is_whole(a) ? 0 : strcmp(a->code, b->code);
}

static int by_code(const void *a, const void *b)
{
	return compare_codes(a, b);
}

static struct said about(const char *code)
{
	struct said s = {.code = code, .product = NO_NUMBER};
	s.begins[0] = take_eight(&code);
	s.begins[1] = take_eight(&code);
	return s;
}

/* Whether it is ranked, and how that is on each day. A certificate of which only the end is known is valid until then;
 * that a product came to its end is no certificate. */
static void mark(struct said *s, const struct ocop *o, bool stars_known, int32_t from, int32_t to, int32_t ended)
{
	bool dated = from != LN_NO_DAY || to != LN_NO_DAY;
	for (int i = 0; i < DAYS_AS_OF; i++) {
		bool valid = dated && from <= o->days[i] && to >= o->days[i];
		/* Ranked, but nobody said when; or valid, but nobody said how many stars. */
		bool unknown = stars_known ? !dated : valid;
		if (ended <= o->days[i])
			continue;
		s->good |= (uint8_t)((stars_known && valid) << i);
		s->unknown |= (uint8_t)(unknown << i);
	}
}

static int add_said(struct ocop *o, struct said s, const char *code)
{
	if (o->said_count == o->said_room) {
		size_t room = o->said_room ? o->said_room * 2 : 256;
		struct said *more = realloc(o->said, room * sizeof *more);
		if (!more)
			return -1;
		o->said = more;
		o->said_room = room;
	}
	struct said *to = &o->said[o->said_count++];
	*to = about(code);
	to->code = is_whole(to) ? NULL : texts_copy(&o->texts, code);
	to->product = s.product;
	to->good = s.good;
	to->unknown = s.unknown;
	return is_whole(to) || to->code ? 0 : -1;
}

/* The product as one that is told of; its number, or NO_NUMBER: no memory. */
static uint32_t keep_product(struct ocop *o, struct ln_query *q, int32_t valid_to)
{
	const struct ln_host *h = o->host;
	if (o->product_count == o->product_room) {
		size_t room = o->product_room ? o->product_room * 2 : 256;
		struct product *more = realloc(o->products, room * sizeof *more);
		if (!more)
			return NO_NUMBER;
		o->products = more;
		o->product_room = room;
	}
	o->products[o->product_count] = (struct product){.code = texts_copy(&o->texts, h->column_text(q, 0)),
		.name = texts_copy(&o->texts, h->column_text(q, 1)),
		.valid_to = valid_to};
	return (uint32_t)o->product_count++;
}

static int add_product(struct ocop *o, struct ln_query *q)
{
	const struct ln_host *h = o->host;
	const char *rest = h->column_text(q, 2), *code;
	bool stars_known = !h->column_is_null(q, 3);
	int32_t from = h->column_day(q, 4), to = h->column_day(q, 5), ended = h->column_day(q, 6);
	if (stars_known && h->column_int(q, 3) < o->least_stars)
		return 0;
	if (to == LN_NO_DAY && from != LN_NO_DAY)
		to = h->add_months(h->self, from, o->valid_months) - 1;
	struct said s = {.product = NO_NUMBER};
	mark(&s, o, stars_known, from, to, ended == LN_NO_DAY ? INT32_MAX : ended);
	if (stars_known && ended == LN_NO_DAY && (from == LN_NO_DAY || from <= h->today)) {
		s.product = keep_product(o, q, to);
		if (s.product == NO_NUMBER)
			return -1;
	}
	while ((code = h->list_next(h->self, &rest)) != NULL) {
		if (add_said(o, s, code) < 0)
			return -1;
		s.product = NO_NUMBER;
	}
	return 0;
}

static int load_products(struct ocop *o)
{
	const struct ln_host *h = o->host;
	struct ln_query *q = h->query(h->self,
		"SELECT code, name, establishments, ocop_stars, certified_on, valid_to, ended_on FROM v_product"
		" WHERE ocop_stars IS NOT NULL OR certified_on IS NOT NULL OR valid_to IS NOT NULL ORDER BY code",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1)
		if (add_product(o, q) < 0)
			return -1;
	h->query_end(q);
	if (o->said_count)
		qsort(o->said, o->said_count, sizeof *o->said, by_code);
	return rc;
}

static int load_villages(struct ocop *o)
{
	const struct ln_host *h = o->host;
	struct ln_query *q = h->query(h->self, "SELECT code, ended_on FROM v_village ORDER BY code", NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		uint32_t number = codes_add(&o->village_codes, &o->texts, h->column_text(q, 0));
		if (number == NO_NUMBER)
			return -1;
		if (number == o->village_room) {
			size_t room = o->village_room ? o->village_room * 2 : 256;
			struct village *more = realloc(o->villages, room * sizeof *more);
			if (!more)
				return -1;
			o->villages = more;
			o->village_room = room;
		}
		struct village *v = &o->villages[number];
		*v = (struct village){.ended_on = h->column_is_null(q, 1) ? INT32_MAX : h->column_day(q, 1)};
		for (int i = 0; i < DAYS_AS_OF; i++)
			v->yearly[i] = v->yearly_good[i] = -1;
	}
	h->query_end(q);
	return rc;
}

static struct village *village_of(const struct ocop *o, const char *code)
{
	uint32_t number = codes_find(&o->village_codes, code);
	return number == NO_NUMBER ? NULL : &o->villages[number];
}

/* What all products together say of the establishment that q stands on, which follows in the order of codes: from *at
 * on, which moves behind it. Its commune becomes theirs. */
static struct said all_said(struct ocop *o, struct ln_query *q, size_t *at)
{
	const struct ln_host *h = o->host;
	struct said all = about(h->column_text(q, 0));
	while (*at < o->said_count && compare_codes(&o->said[*at], &all) < 0)
		++*at; /* of an establishment that is not in the register */
	const char *commune = NULL;
	for (; *at < o->said_count && compare_codes(&o->said[*at], &all) == 0; ++*at) {
		const struct said *s = &o->said[*at];
		all.good |= s->good;
		all.unknown |= s->unknown;
		if (s->product == NO_NUMBER)
			continue;
		commune = commune ? commune : texts_copy(&o->texts, h->column_text(q, 2));
		o->products[s->product].commune = commune;
	}
	return all;
}

/* Each establishment once: into its village's list, or, where it lies in none, into the sums by itself. */
static int load_establishments(struct ocop *o)
{
	const struct ln_host *h = o->host;
	size_t at = 0;
	struct ln_query *q = h->query(h->self,
		"SELECT code, village, commune, ended_on, figures_on FROM v_establishment ORDER BY code", NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		struct said said = all_said(o, q, &at);
		struct village *v = village_of(o, h->column_text(q, 1));
		int32_t ended = h->column_is_null(q, 3) ? INT32_MAX : h->column_day(q, 3), on = h->column_day(q, 4);
		for (int i = 0; i < DAYS_AS_OF; i++) {
			struct sum *s = &o->sums[i];
			if (ended <= o->days[i])
				continue;
			bool good = said.good >> i & 1, unknown = !good && said.unknown >> i & 1;
			*(v ? &v->listed[i] : &s->all) += 1;
			*(v ? &v->good[i] : &s->good) += good;
			*(v ? &v->unknown[i] : &s->unknown) += unknown;
			if (on != LN_NO_DAY && on <= o->days[i] && on > s->figures_on)
				s->figures_on = on;
		}
	}
	h->query_end(q);
	return rc;
}

/* The latest year's sums that a day knows of. */
static int load_years(struct ocop *o)
{
	const struct ln_host *h = o->host;
	struct ln_query *q = h->query(h->self,
		"SELECT village, year, establishments, establishments_ocop, figures_on FROM v_village_year"
		" WHERE establishments IS NOT NULL ORDER BY village, year",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		struct village *v = village_of(o, h->column_text(q, 0));
		if (!v)
			continue;
		int32_t begins = h->day_from_civil((int32_t)h->column_int(q, 1), 1, 1), on = h->column_day(q, 4);
		for (int i = 0; i < DAYS_AS_OF; i++) {
			if (begins > o->days[i] || (on != LN_NO_DAY && on > o->days[i]))
				continue;
			v->yearly[i] = h->column_int(q, 2);
			v->yearly_good[i] = h->column_is_null(q, 3) ? -1 : h->column_int(q, 3);
		}
	}
	h->query_end(q);
	return rc;
}

/* The list wins over the year's sums where it names at least as many. */
static void add_village(struct sum *s, const struct village *v, int i)
{
	int64_t all = v->yearly[i], good = v->yearly_good[i];
	if (v->listed[i] > 0 && v->listed[i] >= all) {
		s->by_list++;
		s->all += v->listed[i];
		s->good += v->good[i];
		s->unknown += v->unknown[i];
	} else if (all >= 0) {
		s->by_sums++;
		s->all += all;
		s->good += good < 0 ? 0 : good < all ? good : all;
		s->unknown += good < 0 ? all : 0;
	} else {
		s->silent++;
	}
}

static int report_target(struct ocop *o, int32_t year, int i)
{
	const struct ln_host *h = o->host;
	struct sum s = o->sums[i];
	for (size_t k = 0; k < o->village_codes.count; k++)
		if (o->villages[k].ended_on > o->days[i])
			add_village(&s, &o->villages[k], i);
	char period[16], source[240];
	snprintf(period, sizeof period, "%d", (int)year);
	snprintf(source, sizeof source,
		"sản phẩm còn hiệu lực chứng nhận; %lld làng nghề, điểm có nghề theo danh sách cơ sở, %lld theo số liệu "
		"tổng hợp năm, %lld chưa có số liệu",
		(long long)s.by_list, (long long)s.by_sums, (long long)s.silent);
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_TARGET].id,
		.subject = "target:ocop",
		.period = period,
		.name = rules[RULE_TARGET].title,
		.target = "ocop",
		.numerator = s.good,
		.denominator = s.all,
		.unknown = s.unknown,
		.figures_on = s.figures_on,
		.source = source,
	};
	return h->report(h->self, &f);
}

/* A product of several establishments lies where the first of them does. */
static int report_product(const struct ocop *o, const struct product *p)
{
	const struct ln_host *h = o->host;
	bool ended = p->valid_to < h->today && p->valid_to != LN_NO_DAY;
	if (ended && o->forget_months > 0 && h->add_months(h->self, p->valid_to, o->forget_months) < h->today)
		return 0;
	char subject[SUBJECT];
	snprintf(subject, sizeof subject, "product:%.80s", p->code);
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = rules[RULE_CERTIFICATES].id,
		.subject = subject,
		.name = p->name,
		.place = p->commune,
		.valid_to = p->valid_to,
	};
	return h->report(h->self, &f);
}

static int report_all(struct ocop *o)
{
	const struct ln_host *h = o->host;
	struct ln_target t = {.size = sizeof t};
	int rc = 0;
	for (int i = 0; i + 1 < DAYS_AS_OF && rc == 0; i++)
		if (h->target(h->self, "ocop", target_years[i], &t) == 0)
			rc = report_target(o, target_years[i], i + 1);
	for (size_t i = 0; i < o->product_count && rc == 0; i++)
		rc = report_product(o, &o->products[i]);
	return rc;
}

static void release(struct ocop *o)
{
	codes_free(&o->village_codes);
	texts_free(&o->texts);
	free(o->said);
	free(o->products);
	free(o->villages);
}

static int check(const struct ln_host *host, void *state)
{
	struct ocop o = {.host = host};
	(void)state;
	o.least_stars = (int32_t)host->setting_int(host->self, "least_stars");
	o.valid_months = (int32_t)host->setting_int(host->self, "valid_months");
	o.forget_months = (int32_t)host->setting_int(host->self, "forget_months");
	o.days[0] = host->today;
	for (int i = 0; i < DAYS_AS_OF; i++) {
		int32_t end = i ? host->day_from_civil(target_years[i - 1], 12, 31) : host->today;
		o.days[i] = end < host->today ? end : host->today;
		o.sums[i].figures_on = LN_NO_DAY;
	}
	int rc = load_products(&o) || load_villages(&o) || load_establishments(&o) || load_years(&o) || report_all(&o);
	release(&o);
	return rc == 0 ? LN_COMPLETE : LN_FAILED;
}

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {
	.abi = LN_ABI,
	.size = sizeof(struct ln_plugin),
	.name = "ocop",
	.version = "1.0",
	.summary = "establishments with OCOP products, target D, and certificates that run out (task 5)",
	.rules = rules,
	.rule_count = sizeof rules / sizeof *rules,
	.settings = settings,
	.setting_count = sizeof settings / sizeof *settings,
	.inputs = inputs,
	.check = check,
};
