/*
 * moves.c: whose move a matter is and by when: the reader's, that of the unit which
 * holds what was submitted, or both; the day to act by, which is a working day; and
 * whether a duty ran over since the last letter.
 */
#include "mail/draft.h"

const char *item_waiting(struct draft *d, const struct item *i, bool *ours)
{
	const struct finding *f = i->judged ? i->judged->finding : NULL;
	const char *name = NULL;
	bool reader = false;
	for (size_t k = 0; f && k < f->mark_count && !name; k++) {
		if (f->marks[k].state != LN_WAITING || !f->marks[k].waiting_for)
			continue;
		const struct unit *today = NULL, *u = draft_unit(d, f->marks[k].waiting_for);
		if (u)
			unit_on(u, d->digest->day, &today);
		if (today == d->digest->unit)
			reader = true;
		else
			name = clean_line(&d->arena, unit_name_today(d, f->marks[k].waiting_for));
	}
	if (ours)
		*ours = reader;
	return name;
}

/* Nothing is left but another unit's move. */
static bool is_theirs(struct draft *d, const struct item *i)
{
	bool ours;
	return i->judged && i->judged->lacks == 0 && item_waiting(d, i, &ours) && !ours;
}

const char *item_move(struct draft *d, const struct item *i)
{
	static const enum phrase of[] = {[ROLE_DEBTOR] = PHRASE_OWN_MOVE,
		[ROLE_LEAD] = PHRASE_LEAD_MOVE,
		[ROLE_PLACE] = PHRASE_OWN_MOVE,
		[ROLE_COORDINATING] = PHRASE_COORDINATING_MOVE};
	bool ours;
	const char *waiting = item_waiting(d, i, &ours);
	if (ours)
		return phrase_text(d->templates, PHRASE_WAITED_MOVE, NULL, &d->arena);
	if (!waiting)
		return phrase_text(d->templates, of[i->role], NULL, &d->arena);
	if (is_theirs(d, i))
		return waiting;
	json_t *o = json_object();
	view_text(d, o, "own", phrase_text(d->templates, of[i->role], NULL, &d->arena));
	view_text(d, o, "unit", waiting);
	const char *both = phrase_text(d->templates, PHRASE_SHARED_MOVE, o, &d->arena);
	json_decref(o);
	return both;
}

static int32_t raw_act_by(struct draft *d, const struct item *i, enum block_kind kind)
{
	const struct judged *g = i->judged;
	int32_t within = d->digest->day + d->world->settings->reminders.act_within_days;
	switch (kind) {
	case BLOCK_OVERDUE:
	case BLOCK_DUE:
		return g ? g->finding->last_day : DAY_NONE;
	case BLOCK_TARGET:
	case BLOCK_SHARED:
		if (g && g->target && i->status == STATUS_SHORT)
			return plan_close_day(d->world->plan, g->target->year);
		if (g && g->target && i->status == STATUS_AT_RISK)
			return day_from_civil(g->target->year, 12, 31);
		return within;
	case BLOCK_MISSING:
		if (is_theirs(d, i))
			return DAY_NONE;
		return i->act_by != DAY_NONE ? i->act_by : within;
	case BLOCK_EXPIRY:
		return g && g->finding->valid_to != DAY_NONE && i->status != STATUS_EXPIRED
			       ? g->finding->valid_to
			       : within;
	case BLOCK_UNKNOWN:
	case BLOCK_LOST:
		return within;
	case BLOCK_RESOLVED:
	case BLOCK_INHERITED:
		break;
	}
	return DAY_NONE;
}

int32_t draft_workday(const struct draft *d, int32_t day)
{
	if (day == DAY_NONE || !d->world->calendar)
		return day;
	int32_t worked = calendar_on_or_before(d->world->calendar, day);
	/* A letter of a day off may ask for that day itself, never for one that is over. */
	return day >= d->digest->day && worked < d->digest->day ? day : worked;
}

int32_t item_act_by(struct draft *d, const struct item *i)
{
	enum block_kind kind = item_block(i) == BLOCK_INHERITED ? item_matter(i) : item_block(i);
	int32_t day = raw_act_by(d, i, kind);
	/* A duty's last day is the decision's; the working day before it is said beside it. */
	return kind == BLOCK_DUE || kind == BLOCK_OVERDUE ? day : draft_workday(d, day);
}

bool item_fell_overdue(const struct draft *d, const struct item *i)
{
	int32_t last_day = i->judged ? i->judged->finding->last_day : DAY_NONE;
	if (item_block(i) != BLOCK_OVERDUE || i->status != STATUS_OVERDUE)
		return false;
	if (strcmp(i->step.name, "overdue-1") == 0 || i->first_told == DAY_NONE)
		return true;
	return d->digest->last_letter != DAY_NONE && last_day != DAY_NONE &&
	       d->digest->last_letter <= last_day;
}
