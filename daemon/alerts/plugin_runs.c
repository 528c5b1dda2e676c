/*
 * plugin_runs.c: see plugin_runs.h. The rows are written when a judgement is
 * reconciled (reconcile.c).
 */
#include "alerts/plugin_runs.h"

#include "base/mem.h"

int plugin_history_read(
	struct store *s, const char *plugin, struct plugin_history *out, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT last_run, last_error, last_ms, findings, runs, failures, failing_since, next_try, sha256 FROM plugin_run"
		" WHERE name = ?1",
		e);
	if (!st)
		return -1;
	stmt_text(st, 1, plugin);
	int rc = stmt_step(st, e);
	if (rc == 1) {
		*out = (struct plugin_history){
			.last_run = xstrdup(col_text(st, 0)),
			.last_error = xstrdup(col_text(st, 1)),
			.last_ms = col_int(st, 2),
			.findings = col_int(st, 3),
			.runs = col_int(st, 4),
			.failures = col_int(st, 5),
			.failing_since = xstrdup(col_text(st, 6)),
			.next_try = xstrdup(col_text(st, 7)),
			.sha256 = xstrdup(col_text(st, 8)),
		};
	}
	stmt_reset(st);
	return rc;
}

void plugin_history_release(struct plugin_history *h)
{
	free(h->last_run);
	free(h->last_error);
	free(h->failing_since);
	free(h->next_try);
	free(h->sha256);
}
