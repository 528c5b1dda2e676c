/*
 * runner.c: the parent's side of a plugin in its own process. It believes
 * nothing: neither a length, nor a checksum without the key it just drew, nor a
 * finding that the plugin's own rows do not allow, nor a byte after the answer.
 */
#include "rules/runner.h"

#include "base/monotonic.h"

#include "plan/taken.h"
#include "rules/contained.h"
#include "rules/frame.h"

#include <sodium.h>

enum { FIRST_ROOM = 64 * 1024 };

struct runner {
	struct contained process;
	const struct plugin_info *plugin; /* borrowed */
	int wall_ms, cpu_ms;
	size_t bytes_most, findings_most;
	/* While it is asked: */
	bool asked;
	unsigned char key[FRAME_KEY];
	struct contained_limits limits;
	int64_t asked_ms;
};

int runner_start(struct runner **out, const struct settings *s, const char *database,
	const struct plugin_info *plugin, struct err *e)
{
	const char *arguments[] = {"-c", s->file, "--database", database, plugin->file, NULL, NULL, NULL};
	const char *taken = taken_folder();
	if (taken) { /* the runner reads what we read */
		arguments[4] = "--taken";
		arguments[5] = taken;
		arguments[6] = plugin->file;
	}
	if (sodium_init() < 0)
		return err_set(e, "the random source cannot be opened");
	struct runner *r = xcalloc(1, sizeof *r);
	if (contained_start(&r->process, arguments, e) < 0) {
		free(r);
		return err_prefix(e, "plugin %s", plugin->run);
	}
	r->plugin = plugin;
	r->wall_ms = s->plugins.wall_ms;
	r->cpu_ms = s->plugins.cpu_ms;
	r->bytes_most = ((size_t)s->plugins.output_mib << 20) + FRAME_LOG_MOST + FRAME_REST_MOST;
	r->findings_most = (size_t)s->plugins.findings;
	*out = r;
	return 0;
}

void runner_kill(struct runner *r)
{
	if (r)
		contained_kill(&r->process);
}

void runner_stop(struct runner *r)
{
	if (!r)
		return;
	contained_stop(&r->process);
	free(r);
}

/* The end of the pipe before the end of the answer. */
static int ended_early(struct runner *r, size_t got, struct err *e)
{
	struct err how;
	contained_obituary(&r->process, &how);
	if (strstr(how.text, " died of "))
		return err_set(e, "%s", how.text);
	if (got == 0)
		return err_set(e, "%s; it gave no answer", how.text);
	return err_set(e, "%s; its answer was cut off after %zu bytes", how.text, got);
}

/* One whole frame into *bytes (the caller's), its length into *length. */
static int read_frame(struct runner *r, const struct contained_limits *limits,
	unsigned char **bytes, size_t *length, struct err *e)
{
	size_t got = 0, room = FIRST_ROOM, want = FRAME_HEAD;
	unsigned char *b = xmalloc(room);
	while (got < want) {
		if (got == room) { /* grows with what came, not with what the header promises */
			room *= 2;
			b = xrealloc(b, room);
		}
		size_t most = (want < room ? want : room) - got;
		ssize_t n = contained_read(&r->process, b + got, most, limits, e);
		if (n <= 0) {
			free(b);
			return n < 0 ? -1 : ended_early(r, got, e);
		}
		got += (size_t)n;
		if (got != FRAME_HEAD)
			continue;
		int rc = frame_length(b, &want, e);
		if (rc == 0 && want > r->bytes_most)
			rc = err_set(e, "its answer of %zu bytes is longer than plugins.output_mib allows", want);
		if (rc < 0) {
			free(b);
			return -1;
		}
	}
	*bytes = b;
	*length = want;
	return 0;
}

/* Every finding against the plugin's own rows. */
static int check_findings(const struct runner *r, const struct findings *set, struct err *e)
{
	struct finding_keys keys = {0};
	int rc = 0;
	if (set->count + set->left_out > r->findings_most)
		return err_set(e, "it reported more than %zu findings (plugins.findings)", r->findings_most);
	finding_keys_reserve(&keys, set->count);
	for (size_t i = 0; i < set->count && rc == 0; i++) {
		const struct finding *f = &set->items[i];
		const struct rule_info *rule = plugin_rule(r->plugin, f->rule ? f->rule : "");
		if (!rule)
			rc = err_set(
				e, "it reported the unknown rule '%s'", f->rule ? f->rule : "");
		else
			rc = finding_check(f, rule, e);
		if (rc == 0 && !finding_keys_add(&keys, f))
			rc = err_set(e, "rule %s reported %s twice", f->rule, f->subject);
	}
	finding_keys_release(&keys);
	return rc;
}

static int ask(struct runner *r, int32_t today, bool all, struct err *e)
{
	char hex[2 * FRAME_KEY + 1], day[DAY_TEXT], request[80];
	if (r->process.fd < 0)
		return err_set(e, "its process has ended");
	if (contained_spoke(&r->process))
		return err_set(e, "it spoke before it was asked");
	randombytes_buf(r->key, sizeof r->key);
	sodium_bin2hex(hex, sizeof hex, r->key, sizeof r->key);
	int n = snprintf(request, sizeof request, "check %s %s %s\n", day_iso(today, day), hex,
		all ? "all" : "news");
	r->limits = contained_limits(&r->process, r->wall_ms, r->cpu_ms);
	r->asked_ms = monotonic_ms();
	return contained_write(&r->process, request, (size_t)n, &r->limits, e);
}

static int take_answer(struct runner *r, struct findings *out, struct err *e)
{
	unsigned char *bytes = NULL;
	size_t length = 0;
	/* What waits to be read was worked out in time; that we come late is not its fault. */
	if (contained_spoke(&r->process))
		r->limits.until_ms = monotonic_ms() + r->wall_ms;
	if (read_frame(r, &r->limits, &bytes, &length, e) < 0)
		return -1;
	const char *failure = NULL;
	int rc = frame_take(bytes, length, r->key, out, &failure, e);
	if (rc == 0 && failure)
		rc = err_set(e, "%s", failure);
	if (rc == 0 && contained_spoke(&r->process))
		rc = err_set(e, "it went on after its answer");
	return rc < 0 ? -1 : check_findings(r, out, e);
}

/* It is dead or not to be trusted. */
static int give_up(struct runner *r, struct err *e)
{
	contained_stop(&r->process);
	return err_prefix(e, "plugin %s", r->plugin->run);
}

int runner_ask(struct runner *r, int32_t today, bool all, struct err *e)
{
	if (ask(r, today, all, e) < 0)
		return give_up(r, e);
	r->asked = true;
	return 0;
}

int runner_answer(struct runner *r, struct findings *out, int *took_ms, struct err *e)
{
	r->asked = false;
	int rc = take_answer(r, out, e);
	sodium_memzero(r->key, sizeof r->key);
	if (took_ms)
		*took_ms = (int)(monotonic_ms() - r->asked_ms);
	if (rc == 0)
		return 0;
	findings_release(out);
	return give_up(r, e);
}

int runner_check(struct runner *r, int32_t today, struct findings *out, int *took_ms, struct err *e)
{
	return runner_ask(r, today, true, e) < 0 ? -1 : runner_answer(r, out, took_ms, e);
}

int runners_first(struct runner *const *all, int n, struct err *e)
{
	const struct contained nobody = CONTAINED_NONE;
	const struct contained **processes = xcalloc((size_t)n, sizeof *processes);
	struct contained_limits *limits = xcalloc((size_t)n, sizeof *limits);
	int asked = 0;
	for (int i = 0; i < n; i++) {
		bool waits = all[i] && all[i]->asked;
		processes[i] = waits ? &all[i]->process : &nobody;
		if (waits)
			limits[i] = all[i]->limits;
		asked += waits;
	}
	int first = asked ? contained_first(processes, limits, n, e) : err_set(e, "no plugin was asked");
	free(processes);
	free(limits);
	return first;
}
