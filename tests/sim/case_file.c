/*
 * case_file.c: reads the lines of a case. What is wrong ends the program with its
 * line: a table that is not understood must not pass.
 */
#include "case_file.h"

#include "plan/period.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void die(const struct policy_case *c, const char *text)
{
	fprintf(stderr, "%s:%d: %s\n", c->file, c->line, text);
	exit(2);
}

/* Cut to what fits. */
void copy(char *to, size_t size, const char *from)
{
	size_t n = strnlen(from, size - 1);
	memmove(to, from, n);
	to[n] = 0;
}

static void join(char *to, size_t size, const char *a, const char *b)
{
	char *text = xasprintf("%s%s", a, b);
	copy(to, size, text);
	free(text);
}

int32_t a_day(const struct policy_case *c, const char *s)
{
	int32_t day;
	if (day_parse_iso(s, &day) < 0)
		die(c, s);
	return day;
}

static enum cadence cadence_named(const char *s)
{
	for (int i = 0; i <= CADENCE_ONCE; i++)
		if (strcmp(cadence_name((enum cadence)i), s) == 0)
			return (enum cadence)i;
	return CADENCE_YEARLY_REPORT;
}

/* One key=value onto a thing. */
void set_fact(const struct policy_case *c, struct thing *t, const char *word)
{
	const char *eq = strchr(word, '=');
	if (!eq)
		die(c, word);
	char key[40];
	snprintf(key, sizeof key, "%.*s", (int)(eq - word), word);
	const char *v = eq + 1;
#define TEXT_FACT(field)                                                                           \
	if (strcmp(key, #field) == 0) {                                                            \
		copy(t->field, sizeof t->field, strcmp(v, "-") == 0 ? "" : v);                     \
		return;                                                                            \
	}
	TEXT_FACT(unit)
	TEXT_FACT(place)
	TEXT_FACT(lead)
	TEXT_FACT(coord)
	TEXT_FACT(subject)
	TEXT_FACT(period)
	TEXT_FACT(status)
	TEXT_FACT(document_no)
	if (strcmp(key, "duty") == 0)
		copy(t->duty_id, sizeof t->duty_id, v);
	else if (strcmp(key, "last") == 0)
		t->last = a_day(c, v);
	else if (strcmp(key, "done") == 0)
		t->done = strcmp(v, "-") == 0 ? DAY_NONE : a_day(c, v);
	else if (strcmp(key, "valid_to") == 0)
		t->valid_to = a_day(c, v);
	else if (strcmp(key, "legal") == 0)
		t->legal = strcmp(v, "yes") == 0;
	else if (strcmp(key, "lacks") == 0)
		t->lacks = atoi(v);
	else if (strcmp(key, "unknown") == 0)
		t->unknown = atoi(v);
	else if (strcmp(key, "year") == 0)
		t->year = atoi(v);
	else if (strcmp(key, "n") == 0)
		t->n = atoll(v);
	else if (strcmp(key, "d") == 0)
		t->d = atoll(v);
	else if (strcmp(key, "cadence") == 0 && strcmp(v, "once") == 0)
		t->once = true;
	else if (strcmp(key, "cadence") == 0)
		t->cadence = cadence_named(v);
	else
		die(c, word);
}

int split(char *line, char *words[WORDS_MOST])
{
	int n = 0;
	char *save = NULL;
	for (char *p = strtok_r(line, " \t\r\n", &save); p && n < WORDS_MOST;
		p = strtok_r(NULL, " \t\r\n", &save))
		words[n++] = p;
	return n;
}

int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "letter DATE UNIT b/x a/y" with its items sorted, one line. */
void add_line(struct buf *to, const char *what, const char *day, const char *unit, char **items,
	int n)
{
	if (n > 1)
		qsort(items, (size_t)n, sizeof *items, by_text);
	buf_addf(to, "%s %s %s", what, day, unit);
	for (int i = 0; i < n; i++)
		buf_addf(to, " %s", items[i]);
	buf_add(to, "\n");
}

static void read_thing(struct policy_case *c, char **w, int n)
{
	struct thing *t = &c->things[c->thing_count++];
	*t = (struct thing){.last = DAY_NONE, .done = DAY_NONE, .valid_to = DAY_NONE, .appears = DAY_NONE,
		.cadence = CADENCE_YEARLY_REPORT, .d = 100};
	copy(t->name, sizeof t->name, w[1]);
	t->kind = strcmp(w[0], "due") == 0	 ? LN_DUE
		  : strcmp(w[0], "missing") == 0 ? LN_MISSING
		  : strcmp(w[0], "target") == 0	 ? LN_SHORT
						 : LN_EXPIRY;
	if (t->kind == LN_MISSING)
		t->lacks = 1;
	for (int i = 2; i < n; i++)
		set_fact(c, t, w[i]);
	for (int i = 2; i < n; i++)
		if (strncmp(w[i], "unknown=", 8) == 0 && t->kind == LN_MISSING) {
			bool given = false;
			for (int k = 2; k < n; k++)
				given |= strncmp(w[k], "lacks=", 6) == 0;
			if (!given)
				t->lacks = 0;
		}
	if (t->once && !*t->subject)
		join(t->subject, sizeof t->subject, "unit:", t->lead);
	if (!*t->subject)
		join(t->subject, sizeof t->subject,
			t->kind == LN_SHORT ? "target:" : t->kind == LN_DUE ? "unit:" : "village:", t->name);
	if (!*t->duty_id)
		join(t->duty_id, sizeof t->duty_id, "duty-", t->name);
	if (!*t->period)
		copy(t->period, sizeof t->period, "2026");
}

static void read_range(const struct policy_case *c, struct day_range *list, size_t *count, char **w, int n)
{
	if (n != 4 || strcmp(w[2], "..") != 0)
		die(c, "a range is DATE .. DATE");
	list[(*count)++] = (struct day_range){a_day(c, w[1]), a_day(c, w[3])};
}

/* One line of a case. Returns true at `end`. */
bool read_line(struct policy_case *c, char **w, int n)
{
	if (strcmp(w[0], "end") == 0)
		return true;
	if (strcmp(w[0], "golive") == 0) {
		c->golive = a_day(c, w[1]);
	} else if (strcmp(w[0], "set") == 0) {
		copy(c->sets[c->set_count][0], 80, w[1]);
		copy(c->sets[c->set_count++][1], 80, w[2]);
	} else if (strcmp(w[0], "unit") == 0) {
		struct buf b = {0};
		for (int i = 1; i < n; i++)
			buf_addf(&b, "%s ", w[i]);
		copy(c->unit_lines[c->unit_count++], 200, b.s);
		buf_release(&b);
	} else if (strcmp(w[0], "on") == 0) {
		struct event *ev = &c->events[c->event_count++];
		ev->day = a_day(c, w[1]);
		for (int i = 2; i < n; i++)
			copy(ev->words[ev->count++], 80, w[i]);
		for (size_t i = 0; i < c->thing_count; i++)
			if (ev->count == 2 && strcmp(ev->words[1], "appears") == 0 &&
				strcmp(c->things[i].name, ev->words[0]) == 0)
				c->things[i].appears = ev->day;
	} else if (strcmp(w[0], "off") == 0) {
		read_range(c, c->off, &c->off_count, w, n);
	} else if (strcmp(w[0], "run") == 0) {
		read_range(c, c->run, &c->run_count, w, n);
	} else if (strcmp(w[0], "letter") == 0 || strcmp(w[0], "receipt") == 0 ||
		   strcmp(w[0], "withdrawn") == 0) {
		add_line(&c->expected, w[0], w[1], w[2], w + 3, n - 3);
	} else if (strcmp(w[0], "due") == 0 || strcmp(w[0], "missing") == 0 ||
		   strcmp(w[0], "target") == 0 || strcmp(w[0], "expiry") == 0) {
		read_thing(c, w, n);
	} else if (strcmp(w[0], "none") != 0) {
		die(c, w[0]);
	}
	return false;
}

struct thing *thing_named(struct policy_case *c, const char *name)
{
	for (size_t i = 0; i < c->thing_count; i++)
		if (strcmp(c->things[i].name, name) == 0)
			return &c->things[i];
	return NULL;
}
