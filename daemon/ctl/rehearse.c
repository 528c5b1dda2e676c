/*
 * rehearse.c: see rehearse.h.
 */
#include "ctl/rehearse.h"

#include "alerts/alert.h"
#include "base/file.h"
#include "base/mem.h"
#include "mail/outbox.h"

#include <errno.h>
#include <unistd.h>

const char *const rehearsal_keys[] = {
	"date", "unit", "to", "subject_line", "items", "worst", "steps", "message_id", NULL};

void rehearsal_row(struct table *t, const struct digest *d, const struct letter *l)
{
	struct buf to = {0};
	for (size_t i = 0; i < l->recipient_count; i++)
		buf_addf(&to, "%s%s", i ? "|" : "", l->recipients[i].email);
	table_row(t);
	table_day(t, "date", d->day);
	table_text(t, "unit", d->unit ? d->unit->code : NULL);
	table_text(t, "to", to.s);
	table_text(t, "subject_line", l->subject);
	table_int(t, "items", (int64_t)l->items);
	table_text(t, "worst", l->worst);
	table_text(t, "steps", l->steps);
	table_text(t, "message_id", l->message_id);
	buf_release(&to);
}

static int load_templates(struct rehearsal *r)
{
	struct problems problems = {0};
	int rc = templates_load(&r->templates, r->world->settings->templates, &problems);
	for (size_t i = 0; i < problems.count; i++)
		ctl_fail(CTL_CANNOT, "%s: %s", problems.items[i].where, problems.items[i].text);
	problems_release(&problems);
	return rc < 0 ? CTL_CANNOT : 0;
}

static int make_folder(struct rehearsal *r, struct err *e)
{
	const char *temporary = getenv("TMPDIR");
	r->folder = xasprintf("%s/langnghe-XXXXXX", temporary && *temporary ? temporary : "/tmp");
	if (mkdtemp(r->folder)) {
		r->database = file_join(r->folder, "copy.db");
		return 0;
	}
	err_set(e, "no folder for a copy of the database: %s: %s", r->folder, strerror(errno));
	free(r->folder);
	r->folder = NULL;
	return -1;
}

int rehearsal_begin(struct rehearsal *r, struct ctl *c)
{
	struct err e;
	*r = (struct rehearsal){.world = &c->world};
	int rc = ctl_open_world(c, STORE_READ);
	if (rc == 0)
		rc = load_templates(r);
	if (rc)
		return rc;
	if (make_folder(r, &e) < 0 || store_copy(c->world.store, r->database, &e) < 0 ||
		world_open_store(&c->world, r->database, STORE_SCRATCH, &e) < 0 ||
		outbox_hold(c->world.store, false, NULL, &e) < 0)
		return ctl_fail(CTL_CANNOT, "%s", e.text);
	return 0;
}

int rehearsal_rewind(struct rehearsal *r, int32_t from, struct err *e)
{
	/* The days a live round keeps (mail/rounds.c). */
	static const char *const kept[] = {
		"last_check", "last_send", "last_preview", "watch_started"};
	struct store *s = r->world->store;
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		char *text = store_meta(s, kept[i]);
		int32_t day = DAY_NONE;
		bool later = text && day_parse_iso(text, &day) == 0 && day >= from;
		free(text);
		if (later && store_set_meta(s, kept[i], NULL, e) < 0)
			return -1;
	}
	return 0;
}

/* Every letter in the copy's outbox is accepted at once. */
static int accept_all(struct rehearsal *r, int64_t now_unix, struct err *e)
{
	struct lease lease;
	int rc;
	while ((rc = outbox_lease(r->world->store, now_unix, 0, &lease, e)) == 1) {
		rc = outbox_settle(
			r->world->store, &lease, DELIVERY_SENT, 250, "rehearsed", now_unix, 0, e);
		lease_release(&lease);
		if (rc < 0)
			return -1;
	}
	return rc;
}

int rehearsal_run(struct rehearsal *r, struct moment now, struct moment end,
	struct moment *first_send, mailing_sink *sink, void *context, struct err *e)
{
	int offset = r->world->settings->utc_offset_s;
	while (moment_compare(now, end) < 0) {
		struct round_result result;
		if (round_run(r->world, &r->runners, r->templates, now, false, sink, context,
			    &result, e) < 0)
			return -1;
		if (first_send && result.done.send) {
			*first_send = now;
			return 0;
		}
		/* A look ahead leaves what is queued as it is: it will be withdrawn or sent for
		 * real. */
		if (!first_send && accept_all(r, moment_to_unix(now, offset), e) < 0)
			return -1;
		if (moment_compare(result.next, now) <= 0)
			return err_set(e, "the round's next moment does not lie after it");
		now = result.next;
	}
	return 0;
}

void rehearsal_end(struct rehearsal *r)
{
	struct err e;
	runner_set_stop(&r->runners);
	templates_free(r->templates);
	world_close(r->world);
	if (r->folder && file_remove_tree(r->folder, &e) < 0)
		ctl_fail(CTL_CANNOT, "%s", e.text);
	free(r->folder);
	free(r->database);
}
