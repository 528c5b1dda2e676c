/*
 * stage.c: see stage.h.
 */
#include "stage.h"

#include "alerts/alert.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

void open_stage(struct stage *s, struct policy_case *c, const char *conf, const char *folder)
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
	s->plugin_runs[0] = "case";
	s->w.plugin_errors = s->plugin_errors;
	s->settings.plugins.enabled = s->enabled;
	s->settings.plugins.enabled_count = s->w.plugin_count = 1;
	s->w.plugins = s->plugins;
	s->w.plugin_runs = s->plugin_runs;
	s->w.plugin_count = 1;
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
	s->plugin = (struct plugin_info){.file = "case", .name = "case", .run = "case", .version = "1", .summary = "",
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
	if (c->golive < c->run[0].from) /* it has been running for long */
		MUST(watch_start(s->w.store, c->golive, &e));
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

void judge(struct stage *s, struct judgement *j, int32_t today)
{
	*j = (struct judgement){.today = today, .watch_from = s->c->golive};
	j->runs = xcalloc(1, sizeof *j->runs);
	j->sets = xcalloc(1, sizeof *j->sets);
	s->settings.plugins.enabled_count = s->w.plugin_count = s->off ? 0 : 1;
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

void close_stage(struct stage *s)
{
	units_free(s->w.units);
	store_close(s->w.store);
	world_close(&s->files);
	templates_free(s->templates);
	free(s->database);
	buf_release(&s->got);
	arena_release(&s->arena);
}
