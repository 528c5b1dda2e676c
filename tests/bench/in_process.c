/*
 * in_process.c: rules/runner.h without a process: linked before the library's
 * own, it makes a langnghectl whose plugins are loaded into it and called
 * through the same host code (rules/host.h) on the same confined connection.
 * No filter, no limit, no pipe. What keeping plugins out costs a long
 * simulation is the difference (tests/bench/simulate.py). Never installed.
 */
#include "base/mem.h"
#include "plan/calendar.h"
#include "plan/plan.h"
#include "rules/host.h"
#include "rules/runner.h"
#include "store/confined.h"

#include <dlfcn.h>

struct runner {
	struct plan *plan;
	struct calendar *calendar;
	struct units *units;
	struct store *store;
	struct host *host;
	void *object; /* of dlopen */
	const struct ln_plugin *code;
	void *state;
	bool created, asked, all;
	int32_t today;
};

static int load(struct runner *r, const struct settings *s, const char *database, const char *file,
	struct err *e)
{
	struct problems problems = {0};
	int rc = plan_load(s->plan, &r->plan, &problems);
	if (rc == 0)
		rc = calendar_load(s->calendar, &r->calendar, &problems);
	if (rc < 0)
		err_set(e, "%s", problems.count ? problems.items[0].text : "the plan cannot be read");
	problems_release(&problems);
	if (rc < 0 || confined_open(&r->store, database, s->plugins.memory_mib, e) < 0 ||
		units_load_bare(&r->units, r->store, e) < 0)
		return -1;
	confined_lock(r->store);
	r->object = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	r->code = r->object ? dlsym(r->object, "langnghe_plugin") : NULL;
	return r->code ? 0 : err_set(e, "%s: %s", file, dlerror());
}

int runner_start(struct runner **out, const struct settings *s, const char *database,
	const struct plugin_info *plugin, struct err *e)
{
	struct runner *r = xcalloc(1, sizeof *r);
	if (load(r, s, database, plugin->file, e) < 0) {
		runner_stop(r);
		return -1;
	}
	r->host = host_new(&(struct host_world){.settings = s, .plan = r->plan, .calendar = r->calendar, .units = r->units,
		.store = r->store, .plugin = plugin});
	*out = r;
	return 0;
}

int runner_ask(struct runner *r, int32_t today, bool all, struct err *e)
{
	(void)e;
	r->all = all;
	r->today = today;
	r->asked = true;
	return 0;
}

int runners_first(struct runner *const *all, int n, struct err *e)
{
	for (int i = 0; i < n; i++)
		if (all[i] && all[i]->asked)
			return i;
	return err_set(e, "no plugin was asked");
}

int runner_answer(struct runner *r, struct findings *out, int *took_ms, struct err *e)
{
	static const unsigned char key[FRAME_KEY] = {0};
	struct buf frame = {0};
	const char *failure = NULL;
	r->asked = false;
	if (took_ms)
		*took_ms = 0;
	if (!r->created && host_create(r->host, r->code, &r->state, r->today, e) < 0)
		return -1;
	r->created = true;
	host_check(r->host, r->code, r->state, r->today, r->all, key, &frame);
	size_t length = frame.len;
	int rc = frame_take((unsigned char *)buf_take(&frame), length, key, out, &failure, e);
	if (rc == 0 && failure)
		rc = err_set(e, "%s", failure);
	if (rc < 0)
		findings_release(out);
	return rc;
}

int runner_check(struct runner *r, int32_t today, struct findings *out, int *took_ms, struct err *e)
{
	return runner_ask(r, today, true, e) < 0 ? -1 : runner_answer(r, out, took_ms, e);
}

void runner_kill(struct runner *r)
{
	(void)r; /* it has no process */
}

void runner_stop(struct runner *r)
{
	if (!r)
		return;
	if (r->created && r->code->destroy)
		r->code->destroy(r->state);
	host_free(r->host);
	if (r->object)
		dlclose(r->object);
	units_free(r->units);
	store_close(r->store);
	calendar_free(r->calendar);
	plan_free(r->plan);
	free(r);
}
