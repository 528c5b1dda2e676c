/*
 * system_commands.c: what is known and loaded: units, contacts, the plan, the
 * plugins; and the daemon itself.
 */
#include "ctl/command.h"

#include "alerts/plugin_runs.h"
#include "base/control.h"
#include "base/file.h"
#include "base/mem.h"
#include "ctl/status.h"
#include "rules/rule_file.h"

#include <jansson.h>

#include <dirent.h>
#include <time.h>
#include <unistd.h>

enum { RELOAD_PAUSE_MS = 50, RELOAD_MOST_MS = 130 * 1000 }; /* the daemon gives the check 120 s */

static const char *const unit_keys[] = {
	"code", "name", "kind", "parent", "valid_from", "valid_to", "successors", NULL};
static const char *const unit_day_keys[] = {"code", "name", "kind", "parent", "valid_from", "valid_to",
	"successors", "acting", NULL};
static const char *const contact_keys[] = {"unit", "email", "name", "role", "field", NULL};
static const char *const plan_keys[] = {"item", "id", "text", "clause", NULL};
static const char *const plugin_keys[] = {"name", "version", "file", "sha256", "abi",
	"plugin_state", "rules", "last_run", "last_ms", "findings", "runs", "failures",
	"last_error", "next_try", NULL};

/* On that day: itself where it lives, who carries its work, several where nobody can say. */
static void acting_on(struct table *t, const struct unit *u, int32_t day)
{
	const struct unit *found[UNIT_BEARERS_MOST] = {u};
	struct buf codes = {0};
	size_t n = unit_lives(u, day) ? 1 : unit_bearers(u, day, found);
	for (size_t i = 0; i < n; i++)
		buf_addf(&codes, "%s%s", i ? "|" : "", found[i]->code);
	table_text(t, "acting", codes.s);
	buf_release(&codes);
}

/* --as-of: who acts for whom on that day; what had not begun and took over from nobody is left out. */
static int run_units(struct ctl *c)
{
	int32_t day = DAY_NONE;
	int rc = ctl_open_units(c, STORE_READ);
	if (rc == 0 && ctl_option(c, "as-of"))
		rc = ctl_today(c, &day);
	if (rc)
		return rc;
	struct table *t = table_new(day == DAY_NONE ? unit_keys : unit_day_keys);
	for (size_t i = 0; i < units_count(c->world.units); i++) {
		const struct unit *u = units_at(c->world.units, i);
		struct buf successors = {0};
		if (day != DAY_NONE && u->valid_from != DAY_NONE && u->valid_from > day)
			continue;
		for (size_t k = 0; k < u->successor_count; k++)
			buf_addf(&successors, "%s%s", k ? "|" : "", u->successors[k]->code);
		table_row(t);
		table_text(t, "code", u->code);
		table_text(t, "name", u->name);
		table_text(t, "kind", u->kind);
		table_text(t, "parent", u->parent ? u->parent->code : NULL);
		table_day(t, "valid_from", u->valid_from);
		table_day(t, "valid_to", u->valid_to);
		table_text(t, "successors", successors.s);
		if (day != DAY_NONE)
			acting_on(t, u, day);
		buf_release(&successors);
	}
	return ctl_listing(c, t);
}

static int run_contacts(struct ctl *c)
{
	int rc = ctl_open_units(c, STORE_READ);
	if (rc)
		return rc;
	struct table *t = table_new(contact_keys);
	for (size_t i = 0; i < units_contact_count(c->world.units); i++) {
		const struct contact *contact = units_contact_at(c->world.units, i);
		table_row(t);
		table_text(t, "unit", contact->unit->code);
		table_text(t, "email", contact->email);
		table_text(t, "name", contact->name);
		table_text(t, "role", contact->role);
		table_text(t, "field", contact->field);
	}
	return ctl_listing(c, t);
}

static void plan_row(
	struct table *t, const char *item, const char *id, const char *text, const char *clause)
{
	table_row(t);
	table_text(t, "item", item);
	table_text(t, "id", id);
	table_text(t, "text", text);
	table_text(t, "clause", clause);
}

static int run_plan(struct ctl *c)
{
	int rc = ctl_open_files(c);
	if (rc)
		return rc;
	const struct plan *p = c->world.plan;
	struct table *t = table_new(plan_keys);
	for (size_t i = 0; i < p->target_count; i++) {
		char *id = xasprintf("%s/%d", p->targets[i].id, p->targets[i].year);
		plan_row(t, "target", id, p->targets[i].text, p->targets[i].clause);
		free(id);
	}
	for (size_t i = 0; i < p->task_count; i++)
		plan_row(t, "task", p->tasks[i].id, p->tasks[i].text, p->tasks[i].clause);
	for (size_t i = 0; i < p->duty_count; i++)
		plan_row(t, "duty", p->duties[i].id, p->duties[i].text, p->duties[i].clause);
	for (size_t i = 0; i < p->solution_count; i++)
		plan_row(t, "solution", p->solutions[i].id, p->solutions[i].text,
			p->solutions[i].clause);
	return ctl_listing(c, t);
}

/* The cells that the rounds kept, and the state. info: of the file that lies there, or NULL. */
static void plugin_history_cells(struct table *t, struct store *s, const char *name, const struct plugin_info *info)
{
	struct err e;
	struct plugin_history h;
	if (!s || plugin_history_read(s, name, &h, &e) != 1) {
		table_text(t, "plugin_state", info ? "ready" : "unloadable");
		return;
	}
	bool changed = info && h.sha256 && strcmp(h.sha256, info->sha256) != 0;
	table_text(t, "plugin_state", !info ? "unloadable" : h.next_try ? "put_aside" : h.failures ? "failing"
								   : changed ? "changed" : "ready");
	table_text(t, "last_run", h.last_run);
	table_int(t, "last_ms", h.last_ms);
	table_int(t, "findings", h.findings);
	table_int(t, "runs", h.runs);
	table_int(t, "failures", h.failures);
	table_text(t, "last_error", h.last_error);
	table_text(t, "next_try", h.next_try);
	plugin_history_release(&h);
}

static void plugin_enabled_row(struct table *t, struct store *s, const char *name, const char *file,
	const struct plugin_info *info)
{
	table_row(t);
	table_text(t, "name", name);
	table_text(t, "file", file);
	plugin_history_cells(t, s, name, info);
	if (!info)
		return;
	struct buf rules = {0};
	for (size_t i = 0; i < info->rule_count; i++)
		buf_addf(&rules, "%s%s", i ? "|" : "", info->rules[i].id);
	table_text(t, "version", info->version);
	table_text(t, "sha256", info->sha256);
	table_int(t, "abi", info->abi);
	table_text(t, "rules", rules.s);
	buf_release(&rules);
}

static bool is_listed(const struct world *w, const char *run)
{
	for (size_t i = 0; i < w->plugin_count; i++) {
		if (strcmp(w->plugin_runs[i], run) == 0)
			return true;
	}
	return false;
}

static void plugin_disabled_row(struct table *t, const char *name, const char *file)
{
	table_row(t);
	table_text(t, "name", name);
	table_text(t, "file", file);
	table_text(t, "plugin_state", "disabled");
}

/* Plugins that lie in the folder and are not enabled. */
static void plugin_other_rows(struct table *t, const struct world *w)
{
	DIR *d = opendir(w->settings->plugins.directory);
	for (struct dirent *entry; d && (entry = readdir(d));) {
		size_t n = strlen(entry->d_name);
		if (n < 4 || strcmp(entry->d_name + n - 3, ".so") != 0)
			continue;
		char *file = file_join(w->settings->plugins.directory, entry->d_name);
		char *name = xstrndup(entry->d_name, n - 3);
		if (!is_listed(w, name))
			plugin_disabled_row(t, name, file);
		free(name);
		free(file);
	}
	if (d)
		closedir(d);
}

/* Rules without C that say enabled = false. */
static void rule_other_rows(struct table *t, const struct world *w)
{
	char **files = NULL;
	size_t count = 0;
	struct err ignored; /* world_describe has said it */
	if (!w->settings->rules_directory || rule_files_list(w->settings->rules_directory, &files, &count, &ignored) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		char *name = rule_file_run_name(files[i]);
		if (!is_listed(w, name))
			plugin_disabled_row(t, name, files[i]);
		free(name);
		free(files[i]);
	}
	free(files);
}

static int run_plugin_list(struct ctl *c)
{
	struct problems problems = {0};
	struct err e;
	int rc = ctl_open_settings(c);
	if (rc)
		return rc;
	const struct settings *s = c->world.settings;
	world_describe(&c->world, &problems);
	/* Without a database there is no history, but still a list. */
	if (access(s->database, F_OK) == 0 &&
		store_open(&c->world.store, s->database, STORE_READ, &e) < 0)
		c->world.store = NULL;
	struct table *t = table_new(plugin_keys);
	for (size_t i = 0; i < c->world.plugin_count; i++) {
		char *file = run_file(s, c->world.plugin_runs[i]);
		plugin_enabled_row(t, c->world.store, c->world.plugin_runs[i], file, c->world.plugins[i]);
		free(file);
	}
	plugin_other_rows(t, &c->world);
	rule_other_rows(t, &c->world);
	ctl_listing(c, t);
	for (size_t i = 0; i < problems.count; i++)
		ctl_fail(0, "%s: %s", problems.items[i].where, problems.items[i].text);
	rc = problems.count ? CTL_REJECTED : CTL_DONE;
	problems_release(&problems);
	return rc;
}

/* Waits until the daemon has checked the files and says what came of it. */
static int await_reload(const struct ctl *c)
{
	const struct timespec pause = {.tv_nsec = RELOAD_PAUSE_MS * 1000000L};
	for (int waited = 0; waited < RELOAD_MOST_MS; waited += RELOAD_PAUSE_MS) {
		struct err e;
		struct buf reply = {0};
		if (control_request(c->world.settings->control_socket, "status", &reply, &e) < 0)
			return ctl_fail(CTL_CANNOT, "%s", e.text);
		json_t *status = json_loads(reply.s, 0, NULL);
		const char *state = json_string_value(json_object_get(status, "reload"));
		const char *text = json_string_value(json_object_get(status, "last_reload"));
		bool over = state && strcmp(state, "checking") != 0;
		int rc = CTL_DONE;
		if (over && strcmp(state, "taken") != 0)
			rc = ctl_fail(CTL_REJECTED, "%s", text ? text : "the files are refused");
		else if (over)
			puts(text ? text : "taken over");
		json_decref(status);
		buf_release(&reply);
		if (over)
			return rc;
		nanosleep(&pause, NULL);
	}
	return ctl_fail(CTL_CANNOT, "the files are still being checked: see langnghectl status");
}

static int run_reload(struct ctl *c)
{
	struct err e;
	struct buf reply = {0};
	int rc = ctl_open_settings(c);
	if (rc)
		return rc;
	if (control_request(c->world.settings->control_socket, "reload", &reply, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	if (reply.len > 0 && reply.s[reply.len - 1] == '\n')
		reply.s[reply.len - 1] = '\0';
	if (strncmp(reply.s, "error: ", 7) == 0)
		rc = ctl_fail(CTL_REJECTED, "%s", reply.s + 7);
	else
		rc = await_reload(c);
	buf_release(&reply);
	return rc;
}

const struct command system_commands[] = {
	{"units", "[--as-of DATE]", "every unit, then and now; who acted for whom on a day",
		"langnghectl units --as-of 2025-07-01", 0, 0, "as-of=", run_units},
	{"contacts", "", "who is written to", "langnghectl contacts", 0, 0, "", run_contacts},
	{"plan", "", "targets, tasks, duties and solutions as the decision words them",
		"langnghectl plan --json", 0, 0, "", run_plan},
	{"plugin list", "", "the plugins, their rules and how their runs went",
		"langnghectl plugin list --json", 0, 0, "", run_plugin_list},
	{"status", "", "the daemon, its next moment, what is held", "langnghectl status", 0, 0, "",
		status_run},
	{"reload", "", "the daemon reads its files again", "langnghectl reload", 0, 0, "",
		run_reload},
	{0},
};
