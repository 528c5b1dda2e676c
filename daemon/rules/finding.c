/*
 * finding.c: what a finding may look like. Checked twice by the same code: in
 * the runner, where a refusal can name what the plugin just said, and again by
 * the parent, which trusts nothing that comes out of a runner.
 */
#include "rules/finding.h"

#include "base/text.h"
#include "rules/plugin_info.h"

enum { SLOTS_FIRST = 1024 };

static const int64_t NUMBER_MOST = INT64_C(1000000000000000); /* products of two stay in 128 bits */

void findings_release(struct findings *f)
{
	arena_release(&f->arena);
	free(f->items);
	free(f->bytes);
	*f = (struct findings){0};
}

/* Names rule and subject, as far as they can be printed. */
static int refuse(const struct finding *f, struct err *e, const char *field, const char *problem)
{
	const char *subject = f->subject ? f->subject : "";
	size_t n = strnlen(subject, FINDING_NAME_MOST);
	if (!text_is_utf8(subject, n))
		subject = "(not UTF-8)";
	return err_set(e, "rule %s, subject %.*s: %s %s", f->rule, FINDING_NAME_MOST, subject,
		field, problem);
}

/* NULL passes; else the complaint. Control characters but newline and tab have no place in text
 * that officers read. */
static const char *text_problem(const char *s, size_t most)
{
	if (!s)
		return NULL;
	size_t n = strnlen(s, most + 1);
	if (n > most)
		return most == FINDING_TEXT_MOST ? "is longer than 65536 bytes"
						 : "is longer than 300 bytes";
	bool ascii = true;
	for (size_t i = 0; i < n; i++) {
		if (((unsigned char)s[i] < ' ' && s[i] != '\n' && s[i] != '\t') || s[i] == 0x7f)
			return text_is_utf8(s, n) ? "holds a control character" : "is not UTF-8";
		ascii &= (unsigned char)s[i] < 0x80;
	}
	return ascii || text_is_utf8(s, n) ? NULL : "is not UTF-8";
}

static int check_texts(const struct finding *f, struct err *e)
{
	const struct {
		const char *field, *text;
		size_t most;
	} rows[] = {
		{"subject", f->subject, FINDING_NAME_MOST},
		{"period", f->period, FINDING_NAME_MOST},
		{"unit", f->unit, FINDING_NAME_MOST},
		{"place", f->place, FINDING_NAME_MOST},
		{"duty", f->duty, FINDING_NAME_MOST},
		{"target", f->target, FINDING_NAME_MOST},
		{"name", f->name, FINDING_TEXT_MOST},
		{"document_no", f->document_no, FINDING_TEXT_MOST},
		{"source", f->source, FINDING_TEXT_MOST},
		{"detail", f->detail, FINDING_TEXT_MOST},
		{"list", f->list, FINDING_TEXT_MOST},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *problem = text_problem(rows[i].text, rows[i].most);
		if (problem)
			return refuse(f, e, rows[i].field, problem);
	}
	return 0;
}

/* "village:TH-0012": a word of a-z and hyphens, a colon, a code that fits into an alert's key. */
static bool is_subject(const char *s)
{
	size_t word = s ? strspn(s, "abcdefghijklmnopqrstuvwxyz-") : 0;
	return word > 0 && s[word] == ':' && s[word + 1] && !strpbrk(s + word, "/\n\t");
}

/* "2026", "2026-Q3", "2026-H1", "2026-07", "once". */
static bool is_period(const char *s)
{
	if (!s || strcmp(s, "once") == 0)
		return true;
	if (strspn(s, "0123456789") != 4 || memcmp(s, "1990", 4) < 0 || memcmp(s, "2200", 4) > 0)
		return false;
	s += 4;
	if (*s == '\0')
		return true;
	size_t n = strlen(s);
	if (s[0] != '-' || n != 3)
		return false;
	if (s[1] == 'Q' || s[1] == 'H')
		return s[2] >= '1' && s[2] <= (s[1] == 'Q' ? '4' : '2');
	return (s[1] == '0' && s[2] >= '1' && s[2] <= '9') ||
	       (s[1] == '1' && s[2] >= '0' && s[2] <= '2');
}

static bool is_day(int32_t day)
{
	return day == DAY_NONE ||
	       (day >= day_from_civil(1990, 1, 1) && day <= day_from_civil(2200, 12, 31));
}

static int check_days(const struct finding *f, struct err *e)
{
	const struct {
		const char *field;
		int32_t day;
	} rows[] = {{"last_day", f->last_day}, {"done_on", f->done_on},
		{"figures_on", f->figures_on}, {"since", f->since}, {"act_by", f->act_by},
		{"valid_to", f->valid_to}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!is_day(rows[i].day))
			return refuse(
				f, e, rows[i].field, "is no day between 01/01/1990 and 31/12/2200");
	return 0;
}

static bool is_number(int64_t n)
{
	return n >= -NUMBER_MOST && n <= NUMBER_MOST;
}

static int check_due(const struct finding *f, struct err *e)
{
	if (!f->duty || !f->unit || !f->period)
		return refuse(
			f, e, "duty, unit and period", "must be given where something is due");
	if (f->required < 0 || f->recorded < 0 || !is_number(f->required) ||
		!is_number(f->recorded))
		return refuse(f, e, "required and recorded", "must be counts");
	return 0;
}

static int check_short(const struct finding *f, struct err *e)
{
	if (!f->target || !f->period || strlen(f->period) != 4 || strcmp(f->period, "once") == 0)
		return refuse(f, e, "target and period", "must name a target and its year");
	if (f->denominator < 0 || f->unknown < 0 || !is_number(f->numerator) ||
		!is_number(f->denominator) || !is_number(f->unknown))
		return refuse(f, e, "numerator, denominator and unknown",
			"must be counts of less than 10^15");
	return 0;
}

static int check_mark(
	const struct finding *f, const struct rule_info *rule, size_t i, struct err *e)
{
	const struct finding_mark *m = &f->marks[i];
	if (!m->id || strnlen(m->id, FINDING_NAME_MOST + 1) > FINDING_NAME_MOST ||
		!rule_mark(rule, m->id))
		return refuse(f, e, "marks", "name something the rule does not look for");
	for (size_t k = 0; k < i; k++)
		if (strcmp(f->marks[k].id, m->id) == 0)
			return refuse(f, e, "marks", "name the same thing twice");
	if (m->state > LN_WAITING)
		return refuse(f, e, "marks", "hold a state that does not exist");
	const char *problem = text_problem(m->detail, FINDING_TEXT_MOST);
	if (!problem)
		problem = text_problem(m->waiting_for, FINDING_NAME_MOST);
	return problem ? refuse(f, e, "a mark's text", problem) : 0;
}

static int check_missing(const struct finding *f, const struct rule_info *rule, struct err *e)
{
	if (f->mark_count == 0 || f->mark_count > rule->mark_count)
		return refuse(f, e, "marks", "must be some of the rule's, each once");
	for (size_t i = 0; i < f->mark_count; i++)
		if (check_mark(f, rule, i, e) < 0)
			return -1;
	return 0;
}

int finding_check(const struct finding *f, const struct rule_info *rule, struct err *e)
{
	if (check_texts(f, e) < 0 || check_days(f, e) < 0)
		return -1;
	if (!is_subject(f->subject))
		return refuse(f, e, "subject", "must look like village:TH-0012");
	if (!is_period(f->period))
		return refuse(
			f, e, "period", "must look like 2026, 2026-Q3, 2026-H1, 2026-07 or once");
	if (f->mark_count && rule->kind != LN_MISSING)
		return refuse(f, e, "marks", "belong to rules of kind missing only");
	switch (rule->kind) {
	case LN_DUE:
		return check_due(f, e);
	case LN_SHORT:
		return check_short(f, e);
	case LN_MISSING:
		return check_missing(f, rule, e);
	case LN_EXPIRY:
		return 0;
	}
	return -1;
}

static uint64_t hash_on(uint64_t h, const char *s)
{
	for (; s && *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (h ^ '/') * 1099511628211u;
}

static uint64_t key_of(const struct finding *f)
{
	uint64_t h =
		hash_on(hash_on(hash_on(14695981039346656037u, f->rule), f->subject), f->period);
	return h ? h : 1;
}

/* Where h, which is not 0, stands or belongs. */
static uint64_t *slot_of(uint64_t *slots, size_t size, uint64_t h)
{
	uint64_t mixed = (h ^ (h >> 33)) * 0xff51afd7ed558ccdu; /* keys that count up would lie side by side */
	size_t at = (size_t)(mixed >> 32) & (size - 1);
	while (slots[at] && slots[at] != h)
		at = (at + 1) & (size - 1);
	return &slots[at];
}

static void resize(struct finding_keys *k, size_t size)
{
	uint64_t *slots = xcalloc(size, sizeof *slots);
	for (size_t i = 0; i < k->size; i++)
		if (k->slots[i])
			*slot_of(slots, size, k->slots[i]) = k->slots[i];
	free(k->slots);
	k->slots = slots;
	k->size = size;
}

void finding_keys_reserve(struct finding_keys *k, size_t count)
{
	size_t size = SLOTS_FIRST;
	while (size / 2 < count)
		size *= 2;
	resize(k, size);
}

/* 64 bits of 200 000 keys do not meet by chance. */
bool finding_keys_add(struct finding_keys *k, const struct finding *f)
{
	if (k->count * 2 >= k->size)
		resize(k, k->size ? k->size * 2 : SLOTS_FIRST);
	uint64_t h = key_of(f), *slot = slot_of(k->slots, k->size, h);
	if (*slot)
		return false;
	*slot = h;
	k->count++;
	return true;
}

bool finding_keys_has(const struct finding_keys *k, const struct finding *f)
{
	return k->size && *slot_of(k->slots, k->size, key_of(f));
}

void finding_keys_release(struct finding_keys *k)
{
	free(k->slots);
	*k = (struct finding_keys){0};
}
