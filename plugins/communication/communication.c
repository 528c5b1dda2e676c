/*
 * communication.c: what mục 1 of the Phụ lục asks for in numbers: items in the
 * media by quarter, training classes and workshops by year. The lower bound is
 * the duty; more than the upper bound is no fault. Who owes it, by when and which
 * days count comes from the host.
 */
#include "rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PERIOD = 10, SUBJECT = 96, OUTLETS_MOST = 8 };

/* One activity of a kind that is counted. */
struct activity {
	enum counted kind;
	int32_t on; /* LN_NO_DAY: nobody said when */
	int64_t quantity;
	char *title, *outlet; /* outlet: the unit of today behind it, or NULL */
};

struct communication {
	const struct ln_host *host;
	struct activity *items; /* in the order of their days, those without a day first */
	size_t count;
	const char *outlets[OUTLETS_MOST]; /* of today, each once */
	size_t outlet_count;
};

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

static int kind_of(const char *word)
{
	for (int i = 0; word && i < COUNTED; i++)
		if (strcmp(word, counted_kinds[i]) == 0)
			return i;
	return -1;
}

/* A class belongs here unless it says that it is of another task: task 2 has classes of its own. */
static int load(struct communication *c)
{
	const struct ln_host *h = c->host;
	size_t room = 0;
	struct ln_query *q = h->query(h->self,
		"SELECT kind, held_on, coalesce(quantity, 1), title, unit FROM v_activity"
		" WHERE kind IN ('media_item', 'training_class', 'workshop') AND ended_on IS NULL"
		" AND coalesce(task, 'communication') = 'communication' ORDER BY held_on, code",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int kind = kind_of(h->column_text(q, 0));
		int32_t on = h->column_day(q, 1);
		if (kind < 0 || on > h->today)
			continue;
		if (c->count == room) {
			room = room ? room * 2 : 64;
			struct activity *more = realloc(c->items, room * sizeof *more);
			if (!more)
				return -1;
			c->items = more;
		}
		c->items[c->count++] = (struct activity){.kind = (enum counted)kind,
			.on = on,
			.quantity = h->column_int(q, 2),
			.title = copy(h->column_text(q, 3)),
			.outlet = copy(h->unit_now(h->self, h->column_text(q, 4)))};
	}
	h->query_end(q);
	return rc;
}

/* The setting's outlets as they are today: Báo and Đài are one body since 01/06/2025. */
static void load_outlets(struct communication *c)
{
	const struct ln_host *h = c->host;
	const char *rest = h->setting_text(h->self, "outlets"), *code;
	while (c->outlet_count < OUTLETS_MOST && (code = h->list_next(h->self, &rest)) != NULL) {
		const char *now = h->unit_now(h->self, code);
		size_t i = 0;
		while (now && i < c->outlet_count && strcmp(c->outlets[i], now) != 0)
			i++;
		if (now && i == c->outlet_count)
			c->outlets[c->outlet_count++] = now;
	}
}

/* What is on record for a period, all outlets together or one of them (outlet NULL: all). */
struct tally {
	int64_t recorded;
	int32_t reached; /* the day on which the required number was reached */
};

static struct tally count(const struct communication *c, enum counted kind, const char *outlet, int32_t first,
	int32_t last, int64_t required)
{
	struct tally t = {0, LN_NO_DAY};
	for (size_t i = 0; i < c->count; i++) {
		const struct activity *a = &c->items[i];
		if (a->kind != kind || a->on == LN_NO_DAY || a->on < first || a->on > last)
			continue;
		if (outlet && (!a->outlet || strcmp(a->outlet, outlet) != 0))
			continue;
		t.recorded += a->quantity;
		if (t.reached == LN_NO_DAY && t.recorded >= required)
			t.reached = a->on;
	}
	return t;
}

/* Each outlet owes the number: what one has too many helps no other. *required becomes that of all. */
static struct tally count_each(
	const struct communication *c, enum counted kind, int32_t first, int32_t last, int64_t *required)
{
	struct tally all = {0, LN_NO_DAY};
	int64_t each = *required;
	for (size_t i = 0; i < c->outlet_count; i++) {
		struct tally one = count(c, kind, c->outlets[i], first, last, each);
		all.recorded += one.recorded < each ? one.recorded : each;
		if (one.reached > all.reached)
			all.reached = one.reached;
	}
	*required = each * (int64_t)c->outlet_count;
	if (all.recorded < *required)
		all.reached = LN_NO_DAY;
	return all;
}

static void list_recorded(FILE *text, const struct communication *c, enum counted kind, int32_t first, int32_t last)
{
	const struct ln_host *h = c->host;
	for (size_t i = 0; i < c->count; i++) {
		const struct activity *a = &c->items[i];
		if (a->kind != kind || a->on == LN_NO_DAY || a->on < first || a->on > last)
			continue;
		fprintf(text, "Đã ghi nhận ngày %s: %s", h->day_vi(h->self, a->on), a->title ? a->title : counted_vi[kind]);
		if (a->quantity != 1)
			fprintf(text, " (%lld)", (long long)a->quantity);
		fputc('\n', text);
	}
}

static int64_t undated(const struct communication *c, enum counted kind)
{
	int64_t n = 0;
	for (size_t i = 0; i < c->count; i++)
		n += c->items[i].kind == kind && c->items[i].on == LN_NO_DAY;
	return n;
}

static int report(struct communication *c, enum counted kind, const char *period, const struct ln_debtor *d)
{
	const struct ln_host *h = c->host;
	int32_t first, last;
	const char *duty = rules[kind].id; /* each rule bears its duty's name */
	int64_t required = h->duty_required(h->self, duty);
	if (required < 0 || h->duty_span(h->self, duty, period, &first, &last) < 0)
		return -1;
	if (d->last_day != LN_NO_DAY && d->last_day > last)
		last = d->last_day; /* a granted extension gives time, also to the count */
	bool each = kind == MEDIA_ITEMS && h->setting_int(h->self, "per_outlet") && c->outlet_count > 0;
	struct tally t = each ? count_each(c, kind, first, last, &required)
			      : count(c, kind, NULL, first, last, required);
	char subject[SUBJECT], detail[160] = "", *list = NULL;
	size_t size;
	FILE *text = open_memstream(&list, &size);
	if (!text)
		return -1;
	list_recorded(text, c, kind, first, last);
	fclose(text);
	int64_t no_day = undated(c, kind);
	if (no_day > 0 && t.recorded < required)
		snprintf(detail, sizeof detail,
			"Có %lld %s đã ghi nhận nhưng chưa có ngày thực hiện, chưa được tính; đề nghị bổ sung ngày.",
			(long long)no_day, counted_vi[kind]);
	snprintf(subject, sizeof subject, "unit:%.80s", d->unit);
	const struct ln_finding f = {
		.size = sizeof f,
		.rule = duty,
		.subject = subject,
		.period = period,
		.name = d->name,
		.unit = d->unit,
		.duty = duty,
		.required = required,
		.recorded = t.recorded,
		.last_day = d->last_day,
		.done_on = t.reached,
		.not_applicable = d->not_applicable,
		.detail = detail,
		.list = list,
	};
	int rc = h->report(h->self, &f);
	free(list);
	return rc;
}

static int check_kind(struct communication *c, enum counted kind)
{
	const struct ln_host *h = c->host;
	struct ln_debtor d = {.size = sizeof d};
	char period[PERIOD];
	int rc = 0;
	for (uint32_t i = 0; rc == 0 && h->duty_period(h->self, rules[kind].id, i, period) == 0; i++)
		for (uint32_t k = 0; rc == 0 && h->debtor(h->self, rules[kind].id, period, k, &d) == 0; k++)
			rc = report(c, kind, period, &d);
	return rc;
}

static int check(const struct ln_host *host, void *state)
{
	struct communication c = {.host = host};
	(void)state;
	int rc = load(&c);
	load_outlets(&c);
	for (int kind = 0; kind < COUNTED && rc == 0; kind++)
		rc = check_kind(&c, (enum counted)kind);
	for (size_t i = 0; i < c.count; i++) {
		free(c.items[i].title);
		free(c.items[i].outlet);
	}
	free(c.items);
	return rc == 0 ? LN_COMPLETE : LN_FAILED;
}

LN_EXPORT extern const struct ln_plugin langnghe_plugin;
const struct ln_plugin langnghe_plugin = {
	.abi = LN_ABI,
	.size = sizeof(struct ln_plugin),
	.name = "communication",
	.version = "1.0",
	.summary = "media items by quarter, training classes and workshops by year (task 1)",
	.rules = rules,
	.rule_count = sizeof rules / sizeof *rules,
	.settings = settings,
	.setting_count = sizeof settings / sizeof *settings,
	.inputs = inputs,
	.check = check,
};
