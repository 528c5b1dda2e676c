/*
 * plan_read.c: reading conf/plan-*.conf and checking it: every word that the decision
 * uses to compare must agree with the comparator that is computed with, every
 * reference must lead somewhere, every date must exist. All text of a plan lives
 * in one arena.
 */
#include "plan/plan_parts.h"

#include "base/text.h"

enum { TASKS_MOST = 99, STEP_DAYS_MOST = 365, COUNT_MOST = 1000 };

struct reader {
	struct conf_file file;
	struct plan *p;
	struct arena *arena;
};

/* Text of the arena's; "" for an absent optional one. */
static char *read_text(struct reader *r, struct conf_group *g, const char *key, int required)
{
	char *text = conf_text(g, key, required, "");
	char *kept = arena_strdup(r->arena, text);
	free(text);
	return kept;
}

/* A problem at the member if it is there, else at the group. */
#define MEMBER_PROBLEM(g, key, ...) conf_problem((g)->file, place_of(g, key), __VA_ARGS__)

static const config_setting_t *place_of(const struct conf_group *g, const char *key)
{
	const config_setting_t *s = g->group ? config_setting_get_member(g->group, key) : NULL;
	return s ? s : g->group;
}

static bool is_code(const char *s)
{
	return *s >= 'a' && *s <= 'z' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s);
}

/* An id or unit code; NULL if absent or wrong. */
static char *read_code(struct reader *r, struct conf_group *g, const char *key, int required)
{
	char *code = read_text(r, g, key, required);
	if (!*code)
		return NULL;
	if (is_code(code))
		return code;
	MEMBER_PROBLEM(g, key, "%s%s%s is \"%s\"; a code is made of a-z, 0-9 and hyphens", g->name,
		g->name[0] ? "." : "", key, code);
	return NULL;
}

/* An array of unit codes or of the sets named (NULL-terminated). */
static char **read_codes(struct reader *r, struct conf_group *g, const char *key, int required,
	const char *const *sets, size_t *count)
{
	config_setting_t *list = conf_member(g, key, CONFIG_TYPE_ARRAY, required);
	int n = list ? config_setting_length(list) : 0;
	char **codes = arena_alloc(r->arena, ((size_t)n + 1) * sizeof *codes);
	*count = 0;
	if (list && n == 0 && required)
		conf_problem(&r->file, list, "%s.%s must not be empty", g->name, key);
	for (int i = 0; i < n; i++) {
		const char *code = config_setting_get_string_elem(list, i);
		bool is_set = false, again = false;
		for (int k = 0; code && sets[k]; k++)
			is_set = is_set || strcmp(sets[k], code) == 0;
		for (size_t k = 0; code && k < *count; k++)
			again = again || strcmp(codes[k], code) == 0;
		if (!code || (!is_set && !is_code(code)))
			conf_problem(&r->file, list,
				"%s.%s: \"%s\" is neither a unit's code (a-z, 0-9, hyphens) nor "
				"%s%s%s",
				g->name, key, code ? code : "", sets[0], sets[1] ? " or " : "",
				sets[1] ? sets[1] : "");
		else if (again)
			conf_problem(&r->file, list, "%s.%s names %s twice", g->name, key, code);
		else
			codes[(*count)++] = arena_strdup(r->arena, code);
	}
	return codes;
}

/* A choice that must be made. The first word if it is not. */
static int read_choice(struct conf_group *g, const char *key, const char *const *words)
{
	int n = conf_choice(g, key, words, 0);
	if (g->group && !config_setting_get_member(g->group, key))
		MEMBER_PROBLEM(g, key, "%s.%s is missing", g->name, key);
	return n;
}

static int year_of(int32_t day, int fallback)
{
	return day == DAY_NONE ? fallback : day_year(day);
}

/* A year of the plan; required when fallback is 0. */
static int read_year(struct reader *r, struct conf_group *g, const char *key, int fallback)
{
	int first = year_of(r->p->signed_on, 1900), last = year_of(r->p->ends_on, 2199);
	int year = (int)conf_int(g, key, first, last, fallback);
	if (!fallback && g->group && !config_setting_get_member(g->group, key))
		MEMBER_PROBLEM(g, key, "%s.%s is missing", g->name, key);
	return year;
}

/* The id of a task that exists, or NULL. */
static char *read_task_reference(struct reader *r, struct conf_group *g)
{
	char *id = read_code(r, g, "task", CONF_OPTIONAL);
	if (id && !plan_task(r->p, id)) {
		struct buf known = {0};
		for (size_t i = 0; i < r->p->task_count; i++)
			if (r->p->tasks[i].id)
				buf_addf(&known, "%s%s", known.len ? ", " : "", r->p->tasks[i].id);
		MEMBER_PROBLEM(g, "task", "%s.task is \"%s\", which is no task of this plan: %s",
			g->name, id, known.s ? known.s : "there is none");
		buf_release(&known);
		return NULL;
	}
	return id;
}

static void read_task(struct reader *r, struct conf_group *g)
{
	static const char *const sets[] = {"@province", "@districts", NULL};
	struct plan *p = r->p;
	struct task t = {0};
	t.id = read_code(r, g, "id", CONF_REQUIRED);
	t.number = (int)conf_int(g, "number", 1, TASKS_MOST, 0);
	t.text = read_text(r, g, "text", CONF_REQUIRED);
	t.product = read_text(r, g, "product", CONF_REQUIRED);
	t.lead = read_code(r, g, "lead", CONF_REQUIRED);
	t.coordinating =
		read_codes(r, g, "coordinating", CONF_OPTIONAL, sets, &t.coordinating_count);
	t.period = read_text(r, g, "period", CONF_REQUIRED);
	t.from_year = read_year(r, g, "from_year", 0);
	t.to_year = read_year(r, g, "to_year", 0);
	t.clause = read_text(r, g, "clause", CONF_REQUIRED);
	if (t.from_year && t.to_year && t.from_year > t.to_year)
		MEMBER_PROBLEM(g, "to_year", "%s: to_year lies before from_year", g->name);
	char years[2][12];
	snprintf(years[0], sizeof years[0], "%d", t.from_year);
	snprintf(years[1], sizeof years[1], "%d", t.to_year);
	if (t.from_year && t.to_year && *t.period &&
		(!strstr(t.period, years[0]) || !strstr(t.period, years[1])))
		MEMBER_PROBLEM(g, "period",
			"%s: period \"%s\" does not name from_year %d and to_year %d", g->name,
			t.period, t.from_year, t.to_year);
	for (size_t i = 0; i < t.coordinating_count; i++)
		if (t.lead && strcmp(t.lead, t.coordinating[i]) == 0)
			MEMBER_PROBLEM(
				g, "coordinating", "%s: %s leads and coordinates", g->name, t.lead);
	for (size_t i = 0; i < p->task_count; i++) {
		if (t.id && p->tasks[i].id && strcmp(p->tasks[i].id, t.id) == 0)
			MEMBER_PROBLEM(g, "id", "the task \"%s\" is given twice", t.id);
		if (t.number && p->tasks[i].number == t.number)
			MEMBER_PROBLEM(g, "number", "the task number %d is given twice", t.number);
	}
	if (g->group && !config_setting_get_member(g->group, "number"))
		MEMBER_PROBLEM(g, "number", "%s.number is missing", g->name);
	p->tasks[p->task_count++] = t;
}

/* Whether text holds the words, whatever their case. */
static bool holds_words(const char *text, const char *words)
{
	if (strstr(text, words)) /* as they stand: nothing to fold */
		return true;
	char *a = text_fold(text), *b = text_fold(words);
	bool found = a && b && strstr(a, b) != NULL;
	free(a);
	free(b);
	return found;
}

/* The decision's word and what is computed must say the same: "trên 80%" is not 80. */
static void check_comparator(struct conf_group *g, const struct target *t)
{
	static const struct {
		const char *word;
		enum comparator comparator;
	} words[] = {{"trên", CMP_GT}, {"ít nhất", CMP_GE}, {"khoảng", CMP_APPROX}};
	bool is_known = !*t->word;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(words[i].word, t->word) != 0)
			continue;
		is_known = true;
		if (t->comparator != words[i].comparator)
			MEMBER_PROBLEM(g, "comparator",
				"%s: the word \"%s\" asks for comparator \"%s\"", g->name, t->word,
				comparator_words[words[i].comparator]);
	}
	if (!is_known)
		MEMBER_PROBLEM(g, "word",
			"%s: word is \"%s\"; allowed are \"trên\", \"ít nhất\", "
			"\"khoảng\" and \"\"",
			g->name, t->word);
	if (!*t->word && t->comparator != CMP_GE && t->comparator != CMP_EQ)
		MEMBER_PROBLEM(g, "comparator",
			"%s: a number without a word asks for comparator \"ge\" "
			"or \"eq\"",
			g->name);
	if (*t->word && is_known && !holds_words(t->text, t->word))
		MEMBER_PROBLEM(
			g, "word", "%s: the word \"%s\" does not stand in text", g->name, t->word);
	bool has_tolerance = g->group && config_setting_get_member(g->group, "approx_tolerance");
	if (has_tolerance != (t->comparator == CMP_APPROX))
		MEMBER_PROBLEM(g, "approx_tolerance",
			"%s: approx_tolerance goes with comparator \"approx\" and with no other",
			g->name);
}

static void read_value(struct reader *r, struct conf_group *g, struct target *t)
{
	const char *value = read_text(r, g, "value", CONF_REQUIRED);
	if (!*value)
		return;
	if (text_parse_number(value, &t->value_numerator, &t->value_denominator) ||
		t->value_numerator <= 0) {
		MEMBER_PROBLEM(g, "value",
			"%s.value is \"%s\"; it must be a number above 0 as text, like "
			"\"80\" or \"1,5\"",
			g->name, value);
		return;
	}
	if (t->measure[0] != '%')
		return;
	if (t->value_numerator > 100 * t->value_denominator)
		MEMBER_PROBLEM(
			g, "value", "%s.value is %s%%; a percentage ends at 100", g->name, value);
	t->value_denominator *= 100;
}

static void read_target(struct reader *r, struct conf_group *g)
{
	struct plan *p = r->p;
	struct target t = {.value_denominator = 1};
	t.id = read_code(r, g, "id", CONF_REQUIRED);
	t.year = read_year(r, g, "year", 0);
	t.label = read_text(r, g, "label", CONF_REQUIRED);
	t.name = read_text(r, g, "name", CONF_REQUIRED);
	t.clause = read_text(r, g, "clause", CONF_REQUIRED);
	t.text = read_text(r, g, "text", CONF_REQUIRED);
	t.word = read_text(r, g, "word", CONF_OPTIONAL);
	t.comparator = (enum comparator)read_choice(g, "comparator", comparator_words);
	t.measure = read_text(r, g, "measure", CONF_REQUIRED);
	read_value(r, g, &t);
	t.thing = read_text(r, g, "thing", CONF_REQUIRED);
	t.task = read_task_reference(r, g);
	t.unit = read_code(r, g, "unit", CONF_OPTIONAL);
	t.approx_tolerance = conf_int(g, "approx_tolerance", 0, 100, 0);
	check_comparator(g, &t);
	if (!t.unit && t.task)
		t.unit = plan_task(p, t.task)->lead;
	if (!t.unit)
		t.unit = p->coordinator;
	for (size_t i = 0; t.id && i < p->target_count; i++)
		if (p->targets[i].id && strcmp(p->targets[i].id, t.id) == 0 &&
			p->targets[i].year == t.year)
			MEMBER_PROBLEM(
				g, "id", "the target \"%s\" of %d is given twice", t.id, t.year);
	p->targets[p->target_count++] = t;
}

static void read_solution(struct reader *r, struct conf_group *g)
{
	struct plan *p = r->p;
	struct solution s = {0};
	s.id = read_code(r, g, "id", CONF_REQUIRED);
	s.clause = read_text(r, g, "clause", CONF_REQUIRED);
	s.text = read_text(r, g, "text", CONF_REQUIRED);
	s.unit = read_code(r, g, "unit", CONF_OPTIONAL);
	if (!s.unit)
		s.unit = p->coordinator;
	for (size_t i = 0; s.id && i < p->solution_count; i++)
		if (p->solutions[i].id && strcmp(p->solutions[i].id, s.id) == 0)
			MEMBER_PROBLEM(g, "id", "the solution \"%s\" is given twice", s.id);
	p->solutions[p->solution_count++] = s;
}

/* "trước ngày" leaves that day out: the words and the flag must agree. */
static void check_duty_date(struct conf_group *g, const struct duty *d)
{
	bool dated_form = d->cadence == CADENCE_YEARLY_REPORT || d->cadence == CADENCE_CONFERENCE;
	bool has_date = d->due_month || d->due_day;
	if (has_date && !dated_form)
		MEMBER_PROBLEM(g, "due_month",
			"%s: only a yearly-report or a conference has a date of "
			"its own",
			g->name);
	/* 2023 has no 29 February: the date must exist in every year. */
	if (has_date && day_from_civil(2023, d->due_month, d->due_day) == DAY_NONE)
		MEMBER_PROBLEM(g, d->due_day ? "due_day" : "due_month",
			"%s: due_month %d, due_day %d is no date of every year", g->name,
			d->due_month, d->due_day);
	if (d->dated && d->cadence == CADENCE_YEARLY_REPORT && !has_date)
		MEMBER_PROBLEM(g, "dated",
			"%s: a report without due_month and due_day is not dated; "
			"write dated = false",
			g->name);
	if (d->dated && d->cadence == CADENCE_ONCE)
		MEMBER_PROBLEM(g, "dated",
			"%s: a duty of cadence \"once\" has no date; write dated = false", g->name);
	if (has_date && holds_words(d->text, "trước ngày") != d->exclusive)
		MEMBER_PROBLEM(g, "exclusive", "%s: exclusive must be %s, because the text says %s",
			g->name, d->exclusive ? "false" : "true",
			d->exclusive ? "no \"trước ngày\"" : "\"trước ngày\"");
	if (!has_date && d->exclusive)
		MEMBER_PROBLEM(
			g, "exclusive", "%s: exclusive without due_month and due_day", g->name);
}

static void check_duty(struct reader *r, struct conf_group *g, const struct duty *d)
{
	check_duty_date(g, d);
	if (d->upper && d->upper < d->required)
		MEMBER_PROBLEM(g, "upper", "%s: upper is less than required", g->name);
	if (d->first_year > d->last_year)
		MEMBER_PROBLEM(g, "last_year", "%s: last_year lies before first_year", g->name);
	for (const char *p = d->action; (p = strchr(p, '{')) != NULL; p++)
		if (strncmp(p, "{hạn}", strlen("{hạn}")) != 0)
			MEMBER_PROBLEM(g, "action", "%s: the only placeholder of action is {hạn}",
				g->name);
	for (size_t i = 0; d->id && i < r->p->duty_count; i++)
		if (r->p->duties[i].id && strcmp(r->p->duties[i].id, d->id) == 0)
			MEMBER_PROBLEM(g, "id", "the duty \"%s\" is given twice", d->id);
}

static void read_steps(struct reader *r, struct conf_group *g, struct duty *d)
{
	int *steps = NULL;
	int n = conf_ints(g, "steps", 0, STEP_DAYS_MOST, -1, &steps);
	if (n > 0) {
		d->steps = arena_alloc(r->arena, (size_t)n * sizeof *d->steps);
		memcpy(d->steps, steps, (size_t)n * sizeof *d->steps);
		d->step_count = (size_t)n;
	}
	free(steps);
}

static void read_duty(struct reader *r, struct conf_group *g)
{
	static const char *const sets[] = {"@reporting", NULL};
	struct duty d = {0};
	d.id = read_code(r, g, "id", CONF_REQUIRED);
	d.name = read_text(r, g, "name", CONF_REQUIRED);
	d.clause = read_text(r, g, "clause", CONF_REQUIRED);
	d.text = read_text(r, g, "text", CONF_REQUIRED);
	d.task = read_task_reference(r, g);
	d.cadence = (enum cadence)read_choice(g, "cadence", cadence_words);
	d.owed_by = read_codes(r, g, "owed_by", CONF_REQUIRED, sets, &d.owed_by_count);
	d.collector = read_code(r, g, "collector", CONF_OPTIONAL);
	d.due_month = (int)conf_int(g, "due_month", 1, 12, 0);
	d.due_day = (int)conf_int(g, "due_day", 1, 31, 0);
	d.exclusive = conf_bool(g, "exclusive", false);
	d.dated = conf_bool(g, "dated", d.cadence != CADENCE_ONCE);
	d.required = conf_int(g, "required", 1, COUNT_MOST, 1);
	d.upper = conf_int(g, "upper", 0, COUNT_MOST, 0);
	d.first_year = read_year(r, g, "first_year", year_of(r->p->signed_on, 1900));
	d.last_year = read_year(r, g, "last_year", year_of(r->p->ends_on, 2199));
	read_steps(r, g, &d);
	d.action = read_text(r, g, "action", CONF_REQUIRED);
	check_duty(r, g, &d);
	r->p->duties[r->p->duty_count++] = d;
}

/* Room for the items of a list, filled by read_list one after the other. */
static void *room_for(struct reader *r, const config_setting_t *list, size_t item_size)
{
	size_t n = list ? (size_t)config_setting_length(list) : 0;
	return arena_alloc(r->arena, (n + 1) * item_size);
}

static void read_list(struct reader *r, config_setting_t *list, const char *key,
	void (*read_item)(struct reader *, struct conf_group *))
{
	for (int i = 0; list && i < config_setting_length(list); i++) {
		char name[64];
		snprintf(name, sizeof name, "%s[%d]", key, i);
		struct conf_group g =
			conf_group_of(&r->file, config_setting_get_elem(list, (unsigned)i), name);
		if (!g.group)
			continue;
		read_item(r, &g);
		conf_unknown(&g);
	}
}

static void read_head(struct reader *r, struct conf_group *top)
{
	struct plan *p = r->p;
	p->province = read_text(r, top, "province", CONF_REQUIRED);
	p->decision = read_text(r, top, "decision", CONF_REQUIRED);
	p->decision_long = read_text(r, top, "decision_long", CONF_REQUIRED);
	p->title = read_text(r, top, "title", CONF_REQUIRED);
	p->signed_on = conf_day(top, "signed_on", CONF_REQUIRED);
	p->ends_on = conf_day(top, "ends_on", CONF_REQUIRED);
	p->coordinator = read_code(r, top, "coordinator", CONF_REQUIRED);
	if (p->signed_on != DAY_NONE && p->ends_on != DAY_NONE && p->ends_on <= p->signed_on)
		MEMBER_PROBLEM(top, "ends_on", "ends_on must lie after signed_on");
}

/* Tasks come before what refers to them, whatever the order in the file. */
static void read_lists(struct reader *r, struct conf_group *top)
{
	struct plan *p = r->p;
	config_setting_t *tasks = conf_member(top, "tasks", CONFIG_TYPE_LIST, CONF_REQUIRED);
	config_setting_t *targets = conf_member(top, "targets", CONFIG_TYPE_LIST, CONF_REQUIRED);
	config_setting_t *duties = conf_member(top, "duties", CONFIG_TYPE_LIST, CONF_REQUIRED);
	config_setting_t *solutions =
		conf_member(top, "solutions", CONFIG_TYPE_LIST, CONF_OPTIONAL);
	p->tasks = room_for(r, tasks, sizeof *p->tasks);
	read_list(r, tasks, "tasks", read_task);
	p->targets = room_for(r, targets, sizeof *p->targets);
	read_list(r, targets, "targets", read_target);
	p->duties = room_for(r, duties, sizeof *p->duties);
	read_list(r, duties, "duties", read_duty);
	p->solutions = room_for(r, solutions, sizeof *p->solutions);
	read_list(r, solutions, "solutions", read_solution);
}

int plan_text(const char *file, char **text, size_t *size, struct problems *problems)
{
	return conf_file_read(file, text, size, problems);
}

int plan_load(const char *file, struct plan **out, struct problems *problems)
{
	char *text;
	size_t size;
	if (plan_text(file, &text, &size, problems) < 0)
		return -1;
	int rc = plan_parse(file, text, size, out, problems);
	free(text);
	return rc;
}

int plan_parse(const char *file, const char *text, size_t size, struct plan **out, struct problems *problems)
{
	struct reader r;
	size_t before = problems->count;
	if (conf_file_parse(&r.file, file, text, size, problems))
		return -1;
	struct owned_plan *owned = xcalloc(1, sizeof *owned);
	r.p = &owned->plan;
	r.arena = &owned->arena;
	r.p->file = arena_strdup(r.arena, file);
	struct conf_group top = conf_group_of(&r.file, config_root_setting(&r.file.config), "");
	read_head(&r, &top);
	config_setting_t *group = conf_member(&top, "readings", CONFIG_TYPE_GROUP, CONF_OPTIONAL);
	struct conf_group readings = conf_group_of(&r.file, group, "readings");
	readings_read(&readings, &r.p->readings);
	read_lists(&r, &top);
	conf_unknown(&top);
	conf_file_close(&r.file);
	if (problems->count > before) {
		plan_free(r.p);
		return -1;
	}
	*out = r.p;
	return 0;
}
