/*
 * host.c: the functions a plugin calls to report, to ask the register and to
 * log, and the running of one check around them.
 */
#include "rules/host_private.h"

#include "base/text.h"
#include "rules/abi.h"
#include "rules/watched.h"
#include "store/confined.h"

enum {
	QUERY_SHARE_PERCENT =
		80 /* of the processor time of a check: so that it can still say why */
};

int host_fail(struct host *h, const char *sentence)
{
	if (!h->failure)
		h->failure = xstrdup(sentence);
	return -1;
}

/* Reporting. */

/* A zeroed struct whose days were not set means no date, and 1970 is no date of the plan's. */
static int32_t day_or_none(int32_t day)
{
	return day == 0 ? DAY_NONE : day;
}

static const char *text_or_none(const char *s)
{
	return s && *s ? s : NULL;
}

static struct finding facts_of(const struct ln_finding *f)
{
	return (struct finding){
		.rule = f->rule,
		.subject = f->subject,
		.period = text_or_none(f->period),
		.name = text_or_none(f->name),
		.unit = text_or_none(f->unit),
		.place = text_or_none(f->place),
		.duty = text_or_none(f->duty),
		.target = text_or_none(f->target),
		.required = f->required,
		.recorded = f->recorded,
		.last_day = day_or_none(f->last_day),
		.done_on = day_or_none(f->done_on),
		.document_no = text_or_none(f->document_no),
		.not_applicable = f->not_applicable != 0,
		.numerator = f->numerator,
		.denominator = f->denominator,
		.unknown = f->unknown,
		.figures_on = day_or_none(f->figures_on),
		.source = text_or_none(f->source),
		.since = day_or_none(f->since),
		.act_by = day_or_none(f->act_by),
		.valid_to = day_or_none(f->valid_to),
		.detail = text_or_none(f->detail),
		.list = text_or_none(f->list),
	};
}

static struct finding_mark *marks_of(struct host *h, const struct ln_finding *f)
{
	struct finding_mark *marks = arena_alloc(&h->arena, f->mark_count * sizeof *marks);
	for (uint32_t i = 0; i < f->mark_count; i++)
		marks[i] = (struct finding_mark){.id = f->marks[i].id,
			.state = (enum ln_mark_state)f->marks[i].state,
			.detail = text_or_none(f->marks[i].detail),
			.waiting_for = text_or_none(f->marks[i].waiting_for)};
	return marks;
}

static int add_finding(struct host *h, const struct ln_finding *given, struct err *e)
{
	struct ln_finding f = {0};
	if (!given || given->size < ABI_FINDING_LEAST)
		return err_set(e, "it reported a finding of %u bytes; at least %d are expected", given ? given->size : 0,
			ABI_FINDING_LEAST);
	memcpy(&f, given, given->size < sizeof f ? given->size : sizeof f);
	const struct rule_info *rule = NULL;
	if (f.rule && strnlen(f.rule, FINDING_NAME_MOST + 1) <= FINDING_NAME_MOST)
		rule = plugin_rule(h->world.plugin, f.rule);
	if (!rule)
		return err_set(e, "it reported the unknown rule '%.100s'",
			f.rule && text_is_utf8(f.rule, strnlen(f.rule, 100)) ? f.rule : "");
	struct finding facts = facts_of(&f);
	if (f.mark_count > rule->mark_count || (f.mark_count && !f.marks))
		return err_set(e, "rule %s: it reported %u marks; the rule has %zu", rule->id,
			f.mark_count, rule->mark_count);
	if (f.mark_count) {
		facts.marks = marks_of(h, &f);
		facts.mark_count = f.mark_count;
	}
	if (finding_check(&facts, rule, e) < 0)
		return -1;
	uint32_t most = (uint32_t)h->world.settings->plugins.findings;
	if (h->reported + h->left_out >= most)
		return err_set(e, "rule %s, subject %s: it reports more than %u findings (plugins.findings)", rule->id,
			facts.subject, most);
	if (!finding_keys_add(&h->keys, &facts))
		return err_set(e, "rule %s reported %s%s%s twice", rule->id, facts.subject,
			facts.period ? " for " : "", facts.period ? facts.period : "");
	if (h->watched && watched_leaves_out(h->watched, rule, &facts, h->table.today)) {
		h->left_out++;
		return 0;
	}
	int mib = h->world.settings->plugins.output_mib;
	if (frame_finding(h->frame, &facts) < 0 || h->frame->len > (size_t)mib << 20)
		return err_set(e, "rule %s, subject %s: it reports more than %d MiB (plugins.output_mib)", rule->id,
			facts.subject, mib);
	h->reported++;
	return 0;
}

static int report(void *self, const struct ln_finding *given)
{
	struct host *h = self;
	struct err e;
	if (h->failure || !h->frame)
		return -1; /* nothing more is concluded from this run */
	return add_finding(h, given, &e) < 0 ? host_fail(h, e.text) : 0;
}

static void log_message(void *self, const char *message)
{
	struct host *h = self;
	size_t n = message ? strnlen(message, HOST_LOG_LINE_MOST) : 0;
	while (n > 0 && !text_is_utf8(message, n))
		n--; /* a character cut at the end, or bytes that are no text */
	if (n == 0 || h->log.len + n + 1 > FRAME_LOG_MOST)
		return;
	if (h->log.len)
		buf_add(&h->log, "\n");
	for (size_t i = 0; i < n; i++)
		buf_add_n(&h->log, (unsigned char)message[i] < ' ' ? " " : message + i, 1);
}

/* Queries. */

static int bind_values(
	struct stmt *st, const struct ln_value *values, uint32_t count, struct err *e)
{
	int expected = confined_parameters(st);
	if (count > HOST_PARAMETERS_MOST || expected != (int)count || (count && !values))
		return err_set(
			e, "a query has %d parameters and was given %u values", expected, count);
	for (uint32_t i = 0; i < count; i++) {
		if (values[i].type == LN_INT)
			stmt_int(st, (int)i + 1, values[i].number);
		else if (values[i].type == LN_TEXT && values[i].text)
			stmt_text(st, (int)i + 1, values[i].text);
		else
			stmt_null(st, (int)i + 1);
	}
	return 0;
}

static struct ln_query *query(
	void *self, const char *sql, const struct ln_value *values, uint32_t count)
{
	struct host *h = self;
	struct ln_query *q = NULL;
	for (size_t i = 0; i < HOST_QUERIES_MOST && !q; i++)
		if (!h->queries[i].st)
			q = &h->queries[i];
	if (!q) {
		err_set(&h->error, "more than %d queries are open at once", HOST_QUERIES_MOST);
	} else if (!sql) {
		err_set(&h->error, "a query without text");
	} else {
		struct stmt *st = store_prepare(h->world.store, sql, &h->error);
		if (st && bind_values(st, values, count, &h->error) == 0) {
			*q = (struct ln_query){h, st};
			return q;
		}
		stmt_free(st);
	}
	host_fail(h, h->error.text);
	return NULL;
}

static int row_next(struct ln_query *q)
{
	if (!q || !q->st)
		return -1;
	int rc = stmt_step(q->st, &q->host->error);
	return rc < 0 ? host_fail(q->host, q->host->error.text) : rc;
}

static int64_t column_int(struct ln_query *q, uint32_t i)
{
	return q && q->st ? col_int(q->st, (int)i) : 0;
}

static const char *column_text(struct ln_query *q, uint32_t i)
{
	return q && q->st ? col_text(q->st, (int)i) : NULL;
}

static int column_is_null(struct ln_query *q, uint32_t i)
{
	return !q || !q->st || col_is_null(q->st, (int)i);
}

static int32_t column_day(struct ln_query *q, uint32_t i)
{
	return q && q->st ? col_day(q->st, (int)i) : LN_NO_DAY;
}

static void query_end(struct ln_query *q)
{
	if (!q)
		return;
	stmt_free(q->st);
	q->st = NULL;
}

static const char *last_error(void *self)
{
	return ((struct host *)self)->error.text;
}

/* A check. */

struct host *host_new(const struct host_world *w)
{
	struct host *h = xcalloc(1, sizeof *h);
	h->world = *w;
	h->table = (struct ln_host){
		.abi = LN_ABI,
		.size = sizeof h->table,
		.self = h,
		.report = report,
		.log = log_message,
		.query = query,
		.row_next = row_next,
		.column_int = column_int,
		.column_text = column_text,
		.column_is_null = column_is_null,
		.column_day = column_day,
		.query_end = query_end,
		.error = last_error,
	};
	host_plan_functions(&h->table);
	h->table.capability = host_capability;
	return h;
}

static void end_check(struct host *h)
{
	for (size_t i = 0; i < HOST_QUERIES_MOST; i++)
		query_end(&h->queries[i]);
	host_debtors_release(&h->debtors);
	finding_keys_release(&h->keys);
	arena_release(&h->arena);
	buf_clear(&h->log);
	free(h->failure);
	h->failure = NULL;
	h->frame = NULL;
	h->watched = NULL;
	h->error.text[0] = '\0';
}

void host_free(struct host *h)
{
	if (!h)
		return;
	end_check(h);
	buf_release(&h->log);
	units_free(h->own_units);
	plan_free(h->own_plan);
	free(h);
}

int host_create(
	struct host *h, const struct ln_plugin *code, void **state, int32_t today, struct err *e)
{
	if (!code->create)
		return 0;
	h->table.today = today;
	int result = code->create(&h->table, state);
	int rc = 0;
	if (h->failure)
		rc = err_set(e, "%s", h->failure);
	else if (result != LN_COMPLETE)
		rc = err_set(e, "its create() returned %d; 0 is expected", result);
	end_check(h);
	return rc;
}

/* All queries of one check see the register as it was when the check began. */
static int transaction(struct host *h, const char *sql)
{
	struct err e;
	confined_trust(h->world.store, true);
	int rc = store_exec(h->world.store, sql, &e);
	confined_trust(h->world.store, false);
	return rc < 0 ? host_fail(h, e.text) : 0;
}

/* Our own query, before the plugin gets its turn. */
static int load_watched(struct host *h, struct watched *w)
{
	struct err e;
	confined_trust(h->world.store, true);
	int rc = watched_load(w, h->world.store, h->world.plugin->name, &e);
	confined_trust(h->world.store, false);
	return rc < 0 ? host_fail(h, e.text) : 0;
}

/* Which of its own words to take for a check that says it failed. */
static void fail_by_result(struct host *h, int result)
{
	struct buf b = {0};
	const char *last = h->log.len ? strrchr(h->log.s, '\n') : NULL;
	if (result == LN_FAILED)
		buf_add(&b, "it says that it failed");
	else
		buf_addf(&b, "its check() returned %d; 0 complete or 1 failed is expected", result);
	if (h->log.len)
		buf_addf(&b, ": %s", last ? last + 1 : h->log.s);
	host_fail(h, b.s);
	buf_release(&b);
}

void host_check(struct host *h, const struct ln_plugin *code, void *state, int32_t today, bool all,
	const unsigned char key[FRAME_KEY], struct buf *frame)
{
	struct watched watched = {.reminders = &h->world.settings->reminders, .calendar = h->world.calendar};
	h->frame = frame;
	h->reported = h->left_out = 0;
	h->table.today = today;
	frame_begin(frame);
	if (transaction(h, "BEGIN") == 0 && (all || load_watched(h, &watched) == 0)) {
		h->watched = all ? NULL : &watched;
		confined_limit(h->world.store,
			h->world.settings->plugins.cpu_ms / 100 * QUERY_SHARE_PERCENT);
		int result = code->check(&h->table, state);
		confined_limit(h->world.store, 0);
		for (size_t i = 0; i < HOST_QUERIES_MOST; i++)
			query_end(&h->queries[i]);
		transaction(h, "ROLLBACK");
		watched_release(&watched);
		if (result != LN_COMPLETE)
			fail_by_result(h, result);
	}
	char *reads = confined_reads(h->world.store);
	frame_seal(frame,
		&(struct frame_end){h->reported, h->left_out, h->failure, reads, h->log.len ? h->log.s : NULL}, key);
	free(reads);
	end_check(h);
}
