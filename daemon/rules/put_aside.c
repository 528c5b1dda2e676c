/*
 * put_aside.c: see put_aside.h. The pauses are kept in plugin_run, which a
 * reconciled judgement writes.
 */
#include "rules/put_aside.h"

#include <string.h>

enum { FIRST_PAUSE_S = 10 * 60, LONGEST_PAUSE_S = 6 * 3600, DAY_S = 24 * 3600 };

bool put_aside_until(int64_t failures, struct moment now, struct moment *next)
{
	int64_t pause = FIRST_PAUSE_S;
	if (failures < PUT_ASIDE_FAILURES)
		return false;
	for (int64_t i = PUT_ASIDE_FAILURES; i < failures && pause < LONGEST_PAUSE_S; i++)
		pause *= 2;
	if (pause > LONGEST_PAUSE_S)
		pause = LONGEST_PAUSE_S;
	int64_t second = now.second + pause;
	*next = (struct moment){now.day + (int32_t)(second / DAY_S), (int32_t)(second % DAY_S)};
	return true;
}

static bool read_moment(const struct world *w, struct stmt *st, int column, struct moment *out)
{
	const char *text = col_text(st, column);
	return text && moment_parse(text, w->settings->utc_offset_s, out) == 0;
}

bool put_aside_is(const struct world *w, const struct plugin_info *plugin, struct moment now)
{
	struct err ignored; /* a store that cannot say so costs a run, no more */
	struct moment next;
	struct stmt *st = w->store ? store_stmt(w->store,
					   "SELECT next_try FROM plugin_run WHERE name = ?1 AND sha256 = ?2"
					   " AND next_try IS NOT NULL",
					   &ignored)
				 : NULL;
	if (!st)
		return false;
	stmt_text(st, 1, plugin->run);
	stmt_text(st, 2, plugin->sha256);
	bool rests = stmt_step(st, &ignored) == 1 && read_moment(w, st, 0, &next) && moment_compare(now, next) < 0;
	stmt_reset(st);
	return rests;
}

static bool is_enabled(const struct world *w, const char *run)
{
	for (size_t i = 0; i < w->plugin_count; i++)
		if (w->plugins[i] && strcmp(w->plugin_runs[i], run) == 0)
			return true;
	return false;
}

int put_aside_next(const struct world *w, struct moment now, struct moment *next, bool *over, struct err *e)
{
	struct stmt *st = store_stmt(w->store, "SELECT name, next_try FROM plugin_run WHERE next_try IS NOT NULL", e);
	int row = -1, found = 0;
	*over = false;
	while (st && (row = stmt_step(st, e)) == 1) {
		struct moment at;
		if (!is_enabled(w, col_text(st, 0)) || !read_moment(w, st, 1, &at))
			continue;
		if (moment_compare(at, now) <= 0) {
			*over = true;
		} else if (!found || moment_compare(at, *next) < 0) {
			*next = at;
			found = 1;
		}
	}
	return row < 0 ? -1 : found;
}

int put_aside_forget(struct store *s, struct err *e)
{
	struct stmt *st = store_stmt(s, "UPDATE plugin_run SET next_try = NULL WHERE next_try IS NOT NULL", e);
	return st ? stmt_run(st, e) : -1;
}
