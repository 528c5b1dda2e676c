/*
 * run_cases.c: runs tests/sim/ *.cases through the real engine: real store, real
 * reconciling, real deciding, real letters in a real outbox. Only the findings
 * come from the case instead of from plugins. Prints what differs; the same
 * files are run by the independent model (model.py).
 *
 *   run_cases [-v] FILE.cases…      -v prints every letter
 */
#include "stage.h"

#include "alerts/alert.h"
#include "base/file.h"
#include "mail/outbox.h"
#include "mail/rounds.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
		MUST(alert_snooze(s->w.store, alert_id(s, t), &until, "case", "case", ev->day, &e));
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
	int64_t unix_s = moment_to_unix(now, s->settings.utc_offset_s);
	int rc;
	while ((rc = outbox_lease(s->w.store, unix_s, 0, &lease, &e)) == 1) {
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
