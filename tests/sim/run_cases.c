/*
 * run_cases.c: runs tests/sim/ *.cases through the real engine: real store, real
 * reconciling, real deciding, real letters in a real outbox. Only the findings
 * come from the case instead of from plugins. Prints what differs; the same
 * files are run by the independent model (model.py).
 *
 *   run_cases [-v] FILE.cases…      -v prints every letter
 */
#include "alerts/alert.h"
#include "base/file.h"
#include "mail/mailing.h"
#include "mail/outbox.h"
#include "mail/rounds.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THINGS_MOST = 40, EVENTS_MOST = 200, WORDS_MOST = 64, MARKS_MOST = 9, LETTERS_MOST = 5000 };

struct thing {
	char name[64];
	enum ln_kind kind;
	char unit[64], place[64], lead[64], coord[256], subject[128], duty_id[64], period[16];
	char status[32], document_no[64];
	enum cadence cadence;
	bool once, legal, appeared, gone, ended;
	int lacks, unknown, year;
	int64_t n, d;
	int32_t last, done, valid_to, appears;
};

struct event {
	int32_t day;
	char words[WORDS_MOST][80];
	int count;
};

struct day_range {
	int32_t from, to;
};

struct policy_case {
	char id[128];
	struct thing things[THINGS_MOST];
	size_t thing_count;
	struct event events[EVENTS_MOST];
	size_t event_count;
	struct day_range off[20], run[20];
	size_t off_count, run_count;
	char unit_lines[40][200];
	size_t unit_count;
	char sets[20][2][80];
	size_t set_count;
	int32_t golive;
	struct buf expected; /* sorted lines later */
	const char *file;
	int line;
};

/* The world of one case. */
struct stage {
	struct policy_case *c;
	struct world files; /* owns what was read; w borrows from it */
	struct world w;
	struct plan plan;
	struct settings settings;
	struct plugin_info plugin;
	struct rule_info rules[THINGS_MOST];
	struct mark_info marks[MARKS_MOST];
	struct duty duties[THINGS_MOST];
	struct target targets[THINGS_MOST];
	struct task tasks[THINGS_MOST];
	struct templates *templates;
	struct arena arena;
	char *database;
	bool fails, off;
	char stuck[20][64];
	size_t stuck_count;
	struct buf got;
	struct plugin_info *plugins[1];
	char *enabled[1];
};

static void die(const struct policy_case *c, const char *text)
{
	fprintf(stderr, "%s:%d: %s\n", c->file, c->line, text);
	exit(2);
}

#define MUST(call)                                                                                 \
	do {                                                                                       \
		if ((call) < 0) {                                                                  \
			fprintf(stderr, "%s %s: %s\n", s->c->file, s->c->id, e.text);              \
			exit(2);                                                                   \
		}                                                                                  \
	} while (0)

/* Cut to what fits. */
static void copy(char *to, size_t size, const char *from)
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

static int32_t a_day(const struct policy_case *c, const char *s)
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
static void set_fact(const struct policy_case *c, struct thing *t, const char *word)
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

static int split(char *line, char *words[WORDS_MOST])
{
	int n = 0;
	char *save = NULL;
	for (char *p = strtok_r(line, " \t\r\n", &save); p && n < WORDS_MOST;
		p = strtok_r(NULL, " \t\r\n", &save))
		words[n++] = p;
	return n;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "letter DATE UNIT b/x a/y" with its items sorted, one line. */
static void add_line(struct buf *to, const char *what, const char *day, const char *unit, char **items,
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
static bool read_line(struct policy_case *c, char **w, int n)
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

static struct thing *thing_named(struct policy_case *c, const char *name)
{
	for (size_t i = 0; i < c->thing_count; i++)
		if (strcmp(c->things[i].name, name) == 0)
			return &c->things[i];
	return NULL;
}

static void set_reminder(struct stage *s, const char *key, const char *value)
{
	struct reminders *r = &s->settings.reminders;
	const struct {
		const char *key;
		int *number;
		struct int_list *list;
	} rows[] = {
		{"yearly_report", NULL, &r->yearly_report}, {"yearly_count", NULL, &r->yearly_count},
		{"quarterly_count", NULL, &r->quarterly_count}, {"conference", NULL, &r->conference},
		{"expiry", NULL, &r->expiry}, {"overdue_workdays", NULL, &r->overdue_workdays},
		{"unknown_months", NULL, &r->unknown_months}, {"protected_steps", NULL, &r->protected_steps},
		{"overdue_weeks", &r->overdue_weeks, NULL}, {"lapse_days", &r->lapse_days, NULL},
		{"first_told_workdays", &r->first_told_workdays, NULL},
		{"start_spread_workdays", &r->start_spread_workdays, NULL},
		{"worse_points", &r->worse_points, NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strcmp(rows[i].key, key) != 0)
			continue;
		if (rows[i].number) {
			*rows[i].number = atoi(value);
			return;
		}
		struct int_list l = {arena_alloc(&s->arena, 32 * sizeof(int)), 0};
		char *copy_of = arena_strdup(&s->arena, value), *save = NULL;
		for (char *p = strtok_r(copy_of, ",", &save); p; p = strtok_r(NULL, ",", &save))
			l.items[l.count++] = atoi(p);
		*rows[i].list = l;
		return;
	}
	die(s->c, key);
}

static void insert_unit(struct stage *s, const char *line)
{
	struct err e;
	char text[200], *words[WORDS_MOST], *ends = NULL, *successor = NULL;
	copy(text, sizeof text, line);
	int n = split(text, words);
	for (int i = 1; i < n; i++) {
		if (strncmp(words[i], "ends=", 5) == 0)
			ends = words[i] + 5;
		else if (strncmp(words[i], "successor=", 10) == 0)
			successor = words[i] + 10;
	}
	const char *kind = strncmp(words[0], "xa-", 3) == 0 ? "commune" : "department";
	struct stmt *st = store_stmt(s->w.store,
		"INSERT INTO unit (code, name, kind, valid_to, successors) VALUES (?1, 'Đơn vị ' || ?1, ?2,"
		" ?3, ?4) ON CONFLICT DO UPDATE SET valid_to = coalesce(?3, valid_to),"
		" successors = coalesce(?4, successors)", &e);
	MUST(st ? 0 : -1);
	stmt_text(st, 1, words[0]);
	stmt_text(st, 2, kind);
	stmt_text(st, 3, ends);
	stmt_text(st, 4, successor);
	MUST(stmt_run(st, &e));
	st = store_stmt(s->w.store,
		"INSERT INTO contact (unit, email, role, field) VALUES (?1, ?1 || '@thu.example', 'focal',"
		" 'all') ON CONFLICT DO NOTHING", &e);
	MUST(st ? 0 : -1);
	stmt_text(st, 1, words[0]);
	MUST(stmt_run(st, &e));
	char *list = successor, *save = NULL;
	for (char *p = list ? strtok_r(list, "|", &save) : NULL; p; p = strtok_r(NULL, "|", &save))
		insert_unit(s, p);
}

static void insert_implicit(struct stage *s, const char *codes)
{
	char text[256], *save = NULL;
	copy(text, sizeof text, codes);
	for (char *p = strtok_r(text, ",", &save); p; p = strtok_r(NULL, ",", &save))
		insert_unit(s, p);
}

static char **one_code(struct stage *s, char *codes, size_t *count)
{
	char **list = arena_alloc(&s->arena, 16 * sizeof *list), *save = NULL;
	*count = 0;
	char *text = arena_strdup(&s->arena, codes);
	for (char *p = strtok_r(text, ",", &save); p; p = strtok_r(NULL, ",", &save))
		list[(*count)++] = p;
	return list;
}

/* The plan's row that the thing hangs on. */
static void set_plan_rows(struct stage *s, size_t i)
{
	struct thing *t = &s->c->things[i];
	struct task *task = &s->tasks[i];
	*task = (struct task){.id = arena_printf(&s->arena, "task-%zu", i), .number = (int)i + 1,
		.text = "nhiệm vụ", .product = "", .lead = *t->lead ? t->lead : t->unit, .period = "",
		.from_year = 2022, .to_year = 2030, .clause = "Phụ lục"};
	task->coordinating = one_code(s, t->coord, &task->coordinating_count);
	struct duty *duty = &s->duties[i];
	struct civil last = day_to_civil(t->last == DAY_NONE ? 0 : t->last);
	*duty = (struct duty){.id = t->duty_id, .name = "Việc phải làm", .clause = "Điều 2", .text = "",
		.cadence = t->once ? CADENCE_ONCE : t->cadence, .exclusive = false, .dated = !t->once,
		.required = 1, .first_year = 1990, .last_year = 2100, .action = "Đề nghị thực hiện."};
	if (t->cadence != CADENCE_QUARTERLY_COUNT && !t->once) {
		duty->due_month = last.month;
		duty->due_day = last.day;
	}
	duty->owed_by = one_code(s, t->unit, &duty->owed_by_count);
	for (size_t k = 0; k < s->c->thing_count; k++) /* R2 is the report of who collects R1 */
		if (strcmp(t->duty_id, "R1") == 0 && strcmp(s->c->things[k].duty_id, "R2") == 0)
			duty->collector = s->c->things[k].unit;
	s->targets[i] = (struct target){.id = t->name, .year = t->year, .label = "H1", .name = "chỉ tiêu",
		.clause = "Điều 1", .text = "", .word = "", .comparator = CMP_GE, .value_numerator = 100,
		.value_denominator = 100, .measure = "%", .thing = "làng nghề", .task = task->id,
		.unit = t->unit};
	s->rules[i] = (struct rule_info){.id = t->name, .task = task->id, .title = "Quy tắc",
		.clause = "Điều 1", .action = "Đề nghị xử lý.", .kind = t->kind,
		.severity = t->legal ? LN_LEGAL : LN_WARNING, .marks = s->marks, .mark_count = MARKS_MOST};
}

static void open_stage(struct stage *s, struct policy_case *c, const char *conf, const char *folder)
{
	struct err e;
	struct problems problems = {0};
	*s = (struct stage){.c = c};
	if (world_open_files(&s->files, conf, &problems) < 0 ||
		templates_load(&s->templates, s->files.settings->templates, &problems) < 0) {
		fprintf(stderr, "%s: %s\n", problems.items[0].where, problems.items[0].text);
		exit(2);
	}
	s->w.calendar = s->files.calendar;
	s->settings = *s->files.settings;
	s->plan = *s->files.plan;
	s->w.settings = &s->settings;
	s->w.plan = &s->plan;
	s->enabled[0] = "case";
	s->plugins[0] = &s->plugin;
	s->settings.plugins.enabled = s->enabled;
	s->settings.plugins.enabled_count = 1;
	s->w.plugins = s->plugins;
	for (size_t i = 0; i < c->set_count; i++)
		set_reminder(s, c->sets[i][0], c->sets[i][1]);
	for (int i = 0; i < MARKS_MOST; i++)
		s->marks[i] = (struct mark_info){.id = arena_printf(&s->arena, "mark-%d", i), .label = "Dấu",
			.lacks = "chưa có", .action = "Đề nghị bổ sung.", .clause = "Điều 1"};
	for (size_t i = 0; i < c->thing_count; i++)
		set_plan_rows(s, i);
	s->plan.tasks = s->tasks;
	s->plan.duties = s->duties;
	s->plan.targets = s->targets;
	s->plan.task_count = s->plan.duty_count = s->plan.target_count = c->thing_count;
	s->plugin = (struct plugin_info){.file = "case", .name = "case", .version = "1", .summary = "",
		.sha256 = "", .abi = LN_ABI, .rules = s->rules, .rule_count = c->thing_count};
	s->database = xasprintf("%s/case.db", folder);
	unlink(s->database);
	char *side = xasprintf("%s-wal", s->database);
	unlink(side);
	memcpy(side + strlen(side) - 3, "shm", 3);
	unlink(side);
	free(side);
	MUST(store_open(&s->w.store, s->database, STORE_CREATE, &e));
	store_close(s->w.store);
	MUST(store_open(&s->w.store, s->database, STORE_SCRATCH, &e));
	for (size_t i = 0; i < c->unit_count; i++)
		insert_unit(s, c->unit_lines[i]);
	for (size_t i = 0; i < c->thing_count; i++) {
		insert_implicit(s, c->things[i].unit);
		insert_implicit(s, c->things[i].place);
		insert_implicit(s, c->things[i].lead);
		insert_implicit(s, c->things[i].coord);
		if (strncmp(c->things[i].subject, "unit:", 5) == 0 && c->things[i].kind == LN_MISSING)
			insert_implicit(s, c->things[i].subject + 5);
	}
	MUST(units_load(&s->w.units, s->w.store, &e));
	MUST(watch_go_live(s->w.store, c->golive, &e));
}

static void add_target(struct stage *s, struct judgement *j, const struct finding *f, size_t i)
{
	const struct thing *t = &s->c->things[i];
	struct judged g = {.finding = f, .plugin = &s->plugin, .rule = &s->rules[i], .kind = LN_SHORT,
		.target = &s->targets[i], .task = &s->tasks[i], .act_by = DAY_NONE,
		.next_first_step = DAY_NONE, .range_low = t->n, .range_high = t->n, .gap_things = t->d - t->n};
	g.status = status_named(t->status);
	g.key = arena_printf(&j->arena, "case/%s/%s/%s", t->name, t->subject, f->period);
	g.summary = arena_printf(&j->arena, "chỉ tiêu %s", t->status);
	VEC_ROOM(j->items, j->count, j->capacity);
	j->items[j->count++] = g;
}

static void add_finding(struct stage *s, struct judgement *j, size_t i)
{
	struct err e;
	const struct thing *t = &s->c->things[i];
	struct finding *f = arena_alloc(&j->arena, sizeof *f);
	*f = (struct finding){.rule = t->name, .subject = t->subject, .period = "", .name = t->name,
		.last_day = DAY_NONE, .done_on = DAY_NONE, .figures_on = DAY_NONE, .since = DAY_NONE,
		.act_by = DAY_NONE, .valid_to = DAY_NONE, .place = *t->place ? t->place : NULL};
	if (t->kind == LN_DUE) {
		f->subject = arena_printf(&j->arena, "unit:%s", t->unit);
		f->period = t->period;
		f->unit = t->unit;
		f->duty = t->duty_id;
		f->required = 1;
		f->last_day = t->last;
		f->done_on = t->done;
		f->recorded = t->done != DAY_NONE && t->done <= j->today;
		f->document_no = *t->document_no ? t->document_no : NULL;
	} else if (t->kind == LN_SHORT) {
		f->period = arena_printf(&j->arena, "%d", t->year);
		f->target = t->name;
		f->numerator = t->n;
		f->denominator = t->d;
		f->figures_on = j->today;
		add_target(s, j, f, i);
		return;
	} else if (t->kind == LN_EXPIRY) {
		f->valid_to = t->valid_to;
	} else {
		struct finding_mark *marks = arena_alloc(&j->arena, MARKS_MOST * sizeof *marks);
		for (int k = 0; k < MARKS_MOST; k++) {
			marks[k].id = s->marks[k].id;
			marks[k].state = k < t->lacks ? LN_LACKS : k < t->lacks + t->unknown ? LN_UNKNOWN : LN_OK;
		}
		f->marks = marks;
		f->mark_count = MARKS_MOST;
		if (t->once) {
			f->duty = t->duty_id;
			f->period = "once";
		}
	}
	MUST(judge_finding(j, &s->w, &s->plugin, f, &e));
}

static void judge(struct stage *s, struct judgement *j, int32_t today)
{
	*j = (struct judgement){.today = today, .watch_from = s->c->golive};
	j->runs = xcalloc(1, sizeof *j->runs);
	j->sets = xcalloc(1, sizeof *j->sets);
	s->settings.plugins.enabled_count = s->off ? 0 : 1;
	if (s->off)
		return;
	j->run_count = 1;
	j->runs[0] = (struct plugin_run){.plugin = &s->plugin, .complete = !s->fails};
	for (size_t i = 0; i < s->c->thing_count && !s->fails; i++) {
		const struct thing *t = &s->c->things[i];
		if (!t->gone && !t->ended && (t->appears == DAY_NONE || t->appears <= today))
			add_finding(s, j, i);
	}
}

static int64_t alert_id(struct stage *s, const struct thing *t)
{
	struct err e;
	struct stmt *st = store_stmt(s->w.store, "SELECT id FROM alert WHERE rule = ?1", &e);
	MUST(st ? 0 : -1);
	stmt_text(st, 1, t->name);
	int64_t id = stmt_step(st, &e) == 1 ? col_int(st, 0) : 0;
	stmt_reset(st);
	return id;
}

static void do_by_hand(struct stage *s, struct thing *t, const struct event *ev)
{
	struct err e;
	const char *what = ev->words[1];
	if (strcmp(what, "dispute") == 0) {
		MUST(alert_dispute(s->w.store, alert_id(s, t), "case", "case", ev->day, &e));
	} else if (strcmp(what, "ack") == 0) {
		MUST(alert_acknowledge(s->w.store, alert_id(s, t), "case", "case", ev->day, &e));
	} else if (strcmp(what, "snooze") == 0) {
		int32_t until = a_day(s->c, ev->words[2] + strlen("until="));
		MUST(alert_snooze(s->w.store, alert_id(s, t), until, "case", "case", ev->day, &e));
	} else if (strcmp(what, "unsnooze") == 0) {
		MUST(alert_unsnooze(s->w.store, alert_id(s, t), "case", "case", ev->day, &e));
	} else if (strcmp(what, "extend") == 0) {
		t->last = a_day(s->c, ev->words[2] + strlen("until="));
		struct stmt *st = store_stmt(s->w.store,
			"INSERT OR REPLACE INTO extension (duty, unit, period, until, document_no, by, at)"
			" VALUES (?1, ?2, ?3, ?4, '12/UBND', 'case', ?5)", &e);
		MUST(st ? 0 : -1);
		stmt_text(st, 1, t->duty_id);
		stmt_text(st, 2, t->unit);
		stmt_text(st, 3, t->period);
		stmt_day(st, 4, t->last);
		stmt_day(st, 5, ev->day);
		MUST(stmt_run(st, &e));
	} else if (strcmp(what, "unsubmit") == 0) {
		t->done = DAY_NONE;
	}
}

static void happen(struct stage *s, const struct event *ev, bool before_check)
{
	struct err e;
	if (strcmp(ev->words[0], "plugin") == 0) {
		s->fails = strcmp(ev->words[1], "fails") == 0;
		s->off = strcmp(ev->words[1], "off") == 0;
		return;
	}
	if (strcmp(ev->words[0], "mail") == 0) {
		size_t kept = 0;
		for (size_t i = 0; i < s->stuck_count; i++)
			if (strcmp(s->stuck[i], ev->words[2]) != 0)
				memmove(s->stuck[kept++], s->stuck[i], sizeof s->stuck[i]);
		s->stuck_count = kept;
		if (strcmp(ev->words[1], "stuck") == 0)
			copy(s->stuck[s->stuck_count++], 64, ev->words[2]);
		return;
	}
	struct thing *t = thing_named(s->c, ev->words[0]);
	if (!t)
		die(s->c, ev->words[0]);
	bool acts = strcmp(ev->words[1], "ack") == 0 || strcmp(ev->words[1], "snooze") == 0 ||
		    strcmp(ev->words[1], "unsnooze") == 0 || strcmp(ev->words[1], "dispute") == 0;
	if (acts == before_check)
		return; /* on an alert: after the check that may have opened it */
	if (strcmp(ev->words[1], "gone") == 0) {
		t->gone = true;
	} else if (strcmp(ev->words[1], "ended") == 0) {
		char day[DAY_TEXT];
		t->ended = true;
		struct stmt *st = store_stmt(s->w.store,
			"INSERT OR REPLACE INTO village (code, name, ended_on) VALUES (?1, ?1, ?2)", &e);
		MUST(st ? 0 : -1);
		stmt_text(st, 1, strchr(t->subject, ':') + 1);
		stmt_text(st, 2, day_iso(ev->day, day));
		MUST(stmt_run(st, &e));
	} else if (strchr(ev->words[1], '=')) {
		for (int i = 1; i < ev->count; i++)
			set_fact(s->c, t, ev->words[i]);
	} else if (strcmp(ev->words[1], "appears") != 0) {
		do_by_hand(s, t, ev);
	}
}

static int note_letter(void *context, const struct digest *d, const struct letter *l, struct err *e)
{
	struct stage *s = context;
	(void)l;
	(void)e;
	char day[DAY_TEXT], *items[256];
	int n = 0;
	for (size_t i = 0; i < d->item_count && n < 256; i++) {
		char rule[64];
		sscanf(d->items[i].key, "case/%63[^/]", rule);
		if (d->kind == LETTER_RECEIPT)
			items[n++] = arena_strdup(&s->arena, rule);
		else
			items[n++] = arena_printf(&s->arena, "%s/%.*s", rule,
				(int)strcspn(d->items[i].step.name, "#"), d->items[i].step.name);
	}
	add_line(&s->got, d->kind == LETTER_RECEIPT ? "receipt" : "letter", day_iso(d->day, day),
		d->unit->code, items, n);
	return 0;
}

/* Everything queued is accepted, but letters to units whose mail is stuck. */
static void deliver(struct stage *s, struct moment now)
{
	struct err e;
	struct lease lease;
	int64_t unix_s = moment_to_unix(now, s->settings.utc_offset_s), next;
	int rc;
	while ((rc = outbox_lease(s->w.store, unix_s, 0, &lease, &next, &e)) == 1) {
		bool stuck = false;
		for (size_t i = 0; i < s->stuck_count; i++)
			stuck |= strcmp(s->stuck[i], lease.unit) == 0;
		MUST(outbox_settle(s->w.store, &lease, stuck ? DELIVERY_DEFERRED : DELIVERY_SENT,
			stuck ? 451 : 250, "", unix_s, stuck ? unix_s + 86400 * 30 : 0, &e));
		lease_release(&lease);
	}
	MUST(rc);
}

static void note_withdrawn(struct stage *s, int32_t day, bool *seen)
{
	struct err e;
	char text[DAY_TEXT];
	struct stmt *st = store_stmt(s->w.store,
		"SELECT DISTINCT l.id, l.unit FROM letter l JOIN recipient r ON r.letter = l.id"
		" WHERE r.delivery = 'superseded' ORDER BY 1", &e);
	MUST(st ? 0 : -1);
	while (stmt_step(st, &e) == 1) {
		int64_t id = col_int(st, 0);
		if (id < LETTERS_MOST && !seen[id])
			add_line(&s->got, "withdrawn", day_iso(day, text), col_text(st, 1), NULL, 0);
		seen[id < LETTERS_MOST ? id : 0] = true;
	}
}

static bool is_off(const struct policy_case *c, int32_t day)
{
	for (size_t i = 0; i < c->off_count; i++)
		if (day >= c->off[i].from && day <= c->off[i].to)
			return true;
	return false;
}

static void run_at(struct stage *s, struct moment now, bool *withdrawn)
{
	struct err e;
	struct round_work work;
	struct moment next;
	const char *reason;
	char day[DAY_TEXT];
	MUST(round_due(&s->w, now, false, &work, &next, &reason, &e));
	struct judgement j;
	judge(s, &j, now.day);
	if (work.check) {
		MUST(alerts_reconcile(&s->w, &j, &e));
		int ended = 0;
		MUST(mailing_withdraw_ended(&s->w, &ended, &e));
		note_withdrawn(s, now.day, withdrawn);
		MUST(store_set_meta(s->w.store, "last_check", day_iso(now.day, day), &e));
	}
	if (work.send) {
		struct mailing_result r = {0};
		MUST(mailing_run(&s->w, &j, s->templates, now, note_letter, s, &r, &e));
		MUST(store_set_meta(s->w.store, "last_send", day_iso(now.day, day), &e));
		note_withdrawn(s, now.day, withdrawn);
		deliver(s, now);
	}
	judgement_release(&j);
}

static void run_days(struct stage *s)
{
	bool *withdrawn = xcalloc(LETTERS_MOST, sizeof *withdrawn);
	bool *happened = xcalloc(s->c->event_count + 1, sizeof *happened);
	for (size_t r = 0; r < s->c->run_count; r++) {
		for (int32_t day = s->c->run[r].from; day <= s->c->run[r].to; day++) {
			/* What happened while the machine was off is in the register all the same. */
			for (size_t i = 0; i < s->c->event_count; i++)
				if (s->c->events[i].day <= day && !happened[i])
					happen(s, &s->c->events[i], true);
			if (is_off(s->c, day)) {
				for (size_t i = 0; i < s->c->event_count; i++)
					happened[i] |= s->c->events[i].day <= day;
				continue;
			}
			run_at(s, (struct moment){day, s->settings.schedule.check_at}, withdrawn);
			for (size_t i = 0; i < s->c->event_count; i++) {
				if (s->c->events[i].day > day || happened[i])
					continue;
				happen(s, &s->c->events[i], false);
				happened[i] = true;
			}
			run_at(s, (struct moment){day, s->settings.schedule.send_at}, withdrawn);
		}
	}
	free(happened);
	free(withdrawn);
}

/* Lines sorted, so that the order within a day does not matter. */
static char *sorted(const struct buf *b)
{
	char *text = xstrdup(b->s ? b->s : ""), *lines[2000], *save = NULL;
	size_t n = 0;
	for (char *p = strtok_r(text, "\n", &save); p && n < 2000; p = strtok_r(NULL, "\n", &save))
		lines[n++] = p;
	if (n > 1)
		qsort(lines, n, sizeof *lines, by_text);
	struct buf out = {0};
	for (size_t i = 0; i < n; i++)
		buf_addf(&out, "%s\n", lines[i]);
	free(text);
	return buf_take(&out);
}

/* Prints the lines of a that b does not have. */
static void print_only_in(const char *a, const char *b, char sign)
{
	char *text = xstrdup(a), *save = NULL;
	struct buf all = {0};
	buf_addf(&all, "\n%s", b);
	for (char *p = strtok_r(text, "\n", &save); p; p = strtok_r(NULL, "\n", &save)) {
		char *line = xasprintf("\n%s\n", p);
		if (!strstr(all.s, line))
			printf("    %c %s\n", sign, p);
		free(line);
	}
	buf_release(&all);
	free(text);
}

static void close_stage(struct stage *s)
{
	units_free(s->w.units);
	store_close(s->w.store);
	world_close(&s->files);
	templates_free(s->templates);
	free(s->database);
	buf_release(&s->got);
	arena_release(&s->arena);
}

static bool run_case(struct policy_case *c, const char *conf, const char *folder, bool verbose)
{
	struct stage s;
	open_stage(&s, c, conf, folder);
	run_days(&s);
	char *want = sorted(&c->expected), *got = sorted(&s.got);
	bool same = strcmp(want, got) == 0;
	if (verbose || !same)
		printf("%s %s\n", same ? "ok  " : "FAIL", c->id);
	if (verbose)
		printf("%s", got);
	if (!same) {
		print_only_in(want, got, '-');
		print_only_in(got, want, '+');
	}
	free(want);
	free(got);
	close_stage(&s);
	return same;
}

int main(int argc, char **argv)
{
	const char *conf = getenv("CASES_CONF") ? getenv("CASES_CONF") : "conf/sample/langnghed.conf";
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	char folder[] = "/tmp/langnghed-cases-XXXXXX";
	if (!mkdtemp(folder))
		return 2;
	int passed = 0, failed = 0;
	for (int a = verbose ? 2 : 1; a < argc; a++) {
		FILE *in = fopen(argv[a], "r");
		if (!in) {
			perror(argv[a]);
			return 2;
		}
		char line[4000], *w[WORDS_MOST];
		struct policy_case *c = NULL;
		for (int number = 1; fgets(line, sizeof line, in); number++) {
			char *comment = strchr(line, '#');
			if (comment)
				*comment = '\0';
			int n = split(line, w);
			if (n == 0)
				continue;
			if (!c) {
				c = xcalloc(1, sizeof *c);
				c->golive = day_from_civil(2023, 1, 2);
				c->file = argv[a];
				copy(c->id, sizeof c->id, n > 1 ? w[1] : "?");
				c->line = number;
				continue;
			}
			c->line = number;
			if (read_line(c, w, n)) {
				if (run_case(c, conf, folder, verbose))
					passed++;
				else
					failed++;
				buf_release(&c->expected);
				free(c);
				c = NULL;
			}
		}
		fclose(in);
	}
	struct err e;
	file_remove_tree(folder, &e);
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
