/*
 * kept.c: see kept.h. A frame that is kept is read with the same distrust as one
 * that comes from a runner.
 */
#include "rules/kept.h"

#include "base/file.h"
#include "base/version.h"
#include "register/kinds.h"
#include "rules/describe.h"
#include "rules/frame.h"

#include <sodium.h>

enum { DIGEST = 32, FILE_MOST = 4 << 20 };

static void add_text(crypto_generichash_state *state, const char *s)
{
	crypto_generichash_update(state, (const unsigned char *)(s ? s : ""), strlen(s ? s : "") + 1);
}

static int add_file(crypto_generichash_state *state, const char *path, struct err *e)
{
	char *bytes;
	size_t size;
	if (!path)
		return 0;
	if (file_read(path, FILE_MOST, &bytes, &size, e) < 0)
		return -1;
	crypto_generichash_update(state, (const unsigned char *)bytes, size);
	free(bytes);
	return 0;
}

/* A granted extension moves a last day, and is no change of the register. */
static int add_extensions(crypto_generichash_state *state, struct store *s, struct err *e)
{
	struct stmt *st = store_stmt(s,
		"SELECT duty || '/' || unit || '/' || period || '/' || until || '/' || coalesce(document_no, '')"
		" FROM extension ORDER BY 1",
		e);
	int row = -1;
	while (st && (row = stmt_step(st, e)) == 1)
		add_text(state, col_text(st, 0));
	return row;
}

/* All that a run depends on besides the day and the register. The caller frees; NULL on error. */
static char *made_with(const struct world *w, const struct plugin_info *plugin, struct err *e)
{
	crypto_generichash_state state;
	unsigned char digest[DIGEST];
	char hex[2 * DIGEST + 1];
	const struct settings *s = w->settings;
	if (sodium_init() < 0) {
		err_set(e, "libsodium could not be started");
		return NULL;
	}
	crypto_generichash_init(&state, NULL, 0, sizeof digest);
	add_text(&state, LANGNGHE_VERSION);
	add_text(&state, plugin->sha256);
	for (size_t i = 0; i < s->plugins.value_count; i++) {
		const struct plugin_setting *v = &s->plugins.values[i];
		char number[24];
		if (strcmp(v->plugin, plugin->name) != 0)
			continue;
		snprintf(number, sizeof number, "%lld", (long long)v->number);
		add_text(&state, v->key);
		add_text(&state, v->text);
		add_text(&state, number);
	}
	if (add_file(&state, s->plan, e) < 0 || add_file(&state, s->calendar, e) < 0 ||
		add_extensions(&state, w->store, e) < 0)
		return NULL;
	crypto_generichash_final(&state, digest, sizeof digest);
	sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
	return xstrdup(hex);
}

static bool is_input(const struct plugin_info *plugin, const char *table)
{
	for (size_t i = 0; i < plugin->input_count; i++)
		if (strncmp(plugin->inputs[i], "v_", 2) == 0 && strcmp(plugin->inputs[i] + 2, table) == 0)
			return true;
	return false;
}

/* Whether a change of this kind means anything to the plugin: its inputs, and what the host says of units. column: the
 * one that was changed, NULL where a row came or went; was_read: what the kept run read, NULL not known. */
static bool concerns(const struct plugin_info *plugin, const char *kind, const char *column, const char *was_read)
{
	const struct kind *k = kind_named(kind);
	if (!k || strcmp(kind, "units") == 0)
		return true;
	if (!is_input(plugin, k->table) || !column || !was_read)
		return is_input(plugin, k->table);
	char *name = xasprintf("|%s.%s|", k->table, column);
	bool read = strstr(was_read, name) != NULL;
	free(name);
	return read;
}

/* 1 something it looked at was changed after `seen`, 0 nothing, -1. Another column would leave every answer of the
 * register to its queries as it was, and so the run. */
static int is_outdated(struct store *s, const struct plugin_info *plugin, int64_t seen, const char *was_read, struct err *e)
{
	struct stmt *st = store_stmt(s, "SELECT DISTINCT kind, column FROM change WHERE id > ?1", e);
	if (!st)
		return -1;
	stmt_int(st, 1, seen);
	int row;
	while ((row = stmt_step(st, e)) == 1)
		if (concerns(plugin, col_text(st, 0), col_text(st, 1), was_read))
			break;
	stmt_reset(st);
	return row;
}

/* Only views of the register are known to change by its history. */
static bool can_be_kept(const struct plugin_info *plugin)
{
	for (size_t i = 0; i < plugin->input_count; i++)
		if (strcmp(plugin->inputs[i], "v_target_result") == 0)
			return false;
	return plugin->input_count > 0;
}

static int read_frame(struct findings *out, struct stmt *st, struct err *e)
{
	size_t key_size, size;
	const void *key = col_blob(st, 0, &key_size), *frame = col_blob(st, 1, &size);
	const char *failure = NULL;
	size_t length;
	if (key_size != FRAME_KEY || size < FRAME_HEAD || frame_length(frame, &length, e) < 0 || length != size)
		return 0;
	if (frame_take(memcpy(xmalloc(size), frame, size), size, key, out, &failure, e) == 0 && !failure)
		return 1;
	findings_release(out);
	return 0;
}

int kept_find(struct findings *out, const struct world *w, const struct plugin_info *plugin, int32_t today,
	struct err *e)
{
	if (!w->store || !can_be_kept(plugin))
		return 0;
	struct stmt *st = store_stmt(w->store,
		"SELECT key, frame, made_with, seen_change, reads FROM kept_findings WHERE plugin = ?1 AND day = ?2", e);
	if (!st)
		return -1;
	stmt_text(st, 1, plugin->run);
	stmt_day(st, 2, today);
	int row = stmt_step(st, e);
	if (row == 1) {
		char *now = made_with(w, plugin, e);
		bool same = now && strcmp(now, col_text(st, 2)) == 0;
		free(now);
		int outdated = same ? is_outdated(w->store, plugin, col_int(st, 3), col_text(st, 4), e) : 1;
		row = outdated < 0 ? -1 : outdated ? 0 : read_frame(out, st, e);
	}
	stmt_reset(st);
	return row;
}

/* The description of the row, or NULL: what is not one is of another version. */
static struct plugin_info *described(struct stmt *st, int column, const char *run)
{
	struct plugin_info *p = NULL;
	struct err ignored;
	const char *text = col_text(st, column);
	if (!text || plugin_info_from_json(text, strlen(text), "", &p, &ignored) < 0)
		return NULL;
	free(p->run);
	p->run = xstrdup(run);
	return p;
}

int kept_last(struct kept_run *out, struct store *s, const char *run, int32_t today, struct err *e)
{
	*out = (struct kept_run){.day = DAY_NONE};
	struct stmt *st = store_stmt(s, "SELECT key, frame, description, day FROM kept_findings WHERE plugin = ?1 AND day <= ?2", e);
	if (!st)
		return -1;
	stmt_text(st, 1, run);
	stmt_day(st, 2, today);
	int row = stmt_step(st, e);
	if (row == 1) {
		out->plugin = described(st, 2, run);
		out->day = col_day(st, 3);
		row = out->plugin ? read_frame(&out->set, st, e) : 0;
	}
	stmt_reset(st);
	if (row != 1)
		kept_run_release(out);
	return row;
}

void kept_run_release(struct kept_run *r)
{
	plugin_info_free(r->plugin);
	findings_release(&r->set);
	*r = (struct kept_run){.day = DAY_NONE};
}

int64_t kept_now(struct store *s, struct err *e)
{
	struct stmt *st = s ? store_stmt(s, "SELECT coalesce(max(id), 0) FROM change", e) : NULL;
	int64_t last = st && stmt_step(st, e) == 1 ? col_int(st, 0) : -1;
	if (st)
		stmt_reset(st);
	return last;
}

static int save(const struct world *w, const struct plugin_info *plugin, const struct findings *set,
	int32_t today, int64_t seen, struct err *e)
{
	unsigned char key[FRAME_KEY];
	struct buf frame = {0};
	char *with = made_with(w, plugin, e), *description = plugin_info_to_json(plugin);
	struct stmt *st = with ? store_stmt(w->store,
					 "INSERT OR REPLACE INTO kept_findings (plugin, day, made_with, seen_change,"
					 " key, frame, reads, description) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
					 e)
			       : NULL;
	int rc = st ? 0 : -1;
	if (rc == 0) {
		randombytes_buf(key, sizeof key);
		frame_begin(&frame);
		for (size_t i = 0; i < set->count && rc == 0; i++)
			rc = frame_finding(&frame, &set->items[i]);
	}
	if (rc == 0) {
		frame_seal(&frame,
			&(struct frame_end){(uint32_t)set->count, (uint32_t)set->left_out, NULL, set->reads, set->log}, key);
		stmt_text(st, 1, plugin->run);
		stmt_day(st, 2, today);
		stmt_text(st, 3, with);
		stmt_int(st, 4, seen);
		stmt_blob(st, 5, key, sizeof key);
		stmt_blob(st, 6, frame.s, frame.len);
		stmt_text(st, 7, set->reads);
		stmt_text(st, 8, description);
		rc = stmt_run(st, e);
	}
	buf_release(&frame);
	free(description);
	free(with);
	return rc;
}

int kept_save(const struct world *w, const struct judgement *j, struct err *e)
{
	if (j->seen_change < 0 || store_begin(w->store, e) < 0)
		return -1;
	int rc = 0;
	for (size_t i = 0; i < j->run_count && rc == 0; i++) {
		const struct plugin_run *run = &j->runs[i];
		if (run->complete && !run->kept)
			rc = save(w, run->plugin, &j->sets[i], j->today, j->seen_change, e);
	}
	if (rc == 0)
		rc = store_commit(w->store, e);
	if (rc < 0)
		store_rollback(w->store);
	return rc;
}
