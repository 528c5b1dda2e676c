/*
 * rehearse_commands.c: looking ahead: the letters of a stretch of time
 * (simulate) and those of the next sending time (preview). The real database is
 * only read.
 */
#include "ctl/command.h"
#include "ctl/letter_files.h"
#include "ctl/rehearse.h"

#include "alerts/alert.h"

enum { SIMULATE_DAYS_MOST = 3700, PREVIEW_DAYS_MOST = 31 };

struct collector {
	struct table *table;
	struct letter_files *files; /* NULL: none are written */
};

static int collect(void *context, const struct digest *d, const struct letter *l, struct err *e)
{
	struct collector *c = context;
	rehearsal_row(c->table, d, l);
	return c->files ? letter_files_add(c->files, d, l, e) : 0;
}

/* The rehearsal itself; its errors are sentences. */
static int simulate(
	struct rehearsal *r, int32_t from, int32_t to, struct collector *c, struct err *e)
{
	struct store *s = r->world->store;
	if (watch_from(s) == DAY_NONE && watch_go_live(s, from, e) < 0)
		return -1;
	if (rehearsal_rewind(r, from, e) < 0)
		return -1;
	struct moment begin = {from, 0}, end = {to + 1, 0};
	return rehearsal_run(r, begin, end, NULL, collect, c, e);
}

static int run_simulate(struct ctl *c)
{
	struct err e;
	int32_t from, to;
	int rc = ctl_day(ctl_option(c, "from"), "--from", &from);
	if (rc == 0)
		rc = ctl_day(ctl_option(c, "to"), "--to", &to);
	if (rc)
		return rc;
	if (to < from || to - from > SIMULATE_DAYS_MOST)
		return ctl_fail(CTL_USAGE,
			"--to: it must not lie before --from nor more than ten years "
			"after it");
	struct letter_files files;
	if (letter_files_begin(&files, ctl_option(c, "out"), &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	struct rehearsal r;
	struct collector collector = {.table = table_new(rehearsal_keys), .files = &files};
	rc = rehearsal_begin(&r, c);
	if (rc == 0 && simulate(&r, from, to, &collector, &e) < 0)
		rc = ctl_fail(CTL_CANNOT, "%s", e.text);
	char first[DAY_TEXT], last[DAY_TEXT], title[128];
	snprintf(title, sizeof title, "Diễn tập thư nhắc từ %s đến %s", day_vi(from, first),
		day_vi(to, last));
	if (rc == 0 && letter_files_end(&files, title, &e) < 0)
		rc = ctl_fail(CTL_CANNOT, "%s", e.text);
	if (rc == 0)
		ctl_listing(c, collector.table);
	else
		table_free(collector.table);
	rehearsal_end(&r);
	letter_files_release(&files);
	return rc;
}

/* Which sending time the letters are of, also where there is none of them. Beside --json the
 * sentence goes to stderr. */
static void say_sending_time(const struct ctl *c, struct moment sending, size_t letters)
{
	FILE *out = c->json ? stderr : stdout;
	char day[DAY_TEXT], hm[6];
	if (sending.day == DAY_NONE)
		fprintf(out, "no sending time within %d days\n", PREVIEW_DAYS_MOST);
	else if (letters == 0)
		fprintf(out, "next sending time %s %s: no letter\n", day_iso(sending.day, day),
			moment_hm(sending.second, hm));
	else
		fprintf(out, "next sending time %s %s: %zu letter%s\n", day_iso(sending.day, day),
			moment_hm(sending.second, hm), letters, letters > 1 ? "s" : "");
}

static int preview(struct rehearsal *r, struct ctl *c, struct collector *collector)
{
	struct err e;
	int32_t live = watch_from(r->world->store);
	if (live == DAY_NONE)
		return ctl_fail(CTL_REJECTED,
			"watching has not begun: no letter goes to anybody before langnghectl "
			"go-live");
	struct moment now = ctl_now(c), sending = {DAY_NONE, 0};
	struct moment end = {(live > now.day ? live : now.day) + PREVIEW_DAYS_MOST, 0};
	if (rehearsal_run(r, now, end, &sending, collect, collector, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	say_sending_time(c, sending, table_rows(collector->table));
	if (c->json || table_rows(collector->table) > 0)
		ctl_listing(c, collector->table);
	else
		table_free(collector->table);
	collector->table = NULL;
	return CTL_DONE;
}

static int run_preview(struct ctl *c)
{
	struct rehearsal r;
	struct collector collector = {.table = table_new(rehearsal_keys)};
	int rc = rehearsal_begin(&r, c);
	if (rc == 0)
		rc = preview(&r, c, &collector);
	table_free(collector.table);
	rehearsal_end(&r);
	return rc;
}

const struct command rehearse_commands[] = {
	{"simulate", "--from DATE --to DATE --out DIR",
		"the letters that would go out, as files, from a copy",
		"langnghectl simulate --from 2026-11-20 --to 2026-12-31 --out dien-tap", 0, 0,
		"from=! to=! out=!", run_simulate},
	{"preview", "", "the letters of the next sending time, without sending",
		"langnghectl preview --json", 0, 0, "", run_preview},
	{0},
};
