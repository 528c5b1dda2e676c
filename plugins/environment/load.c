/*
 * load.c: what the check reads: villages in the order of their codes, then one
 * pass over each other view with sums kept per village.
 */
#include "village.h"

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

/* Whether the trade, in small letters, holds one of the setting's words. */
static bool is_discouraged(const struct ln_host *h, const char *trade)
{
	const char *rest = h->setting_text(h->self, "discouraged_trades"), *word;
	while (trade && (word = h->list_next(h->self, &rest)) != NULL)
		if (*word && strstr(trade, word))
			return true;
	return false;
}

static void read_village(struct village *v, const struct ln_host *h, struct ln_query *q)
{
	static const char *const plans[] = {
		"none", "drafting", "submitted", "returned", "approved", NULL};
	static const char *const types[] = {"commitment", "scheme", NULL};
	*v = (struct village){
		.code = copy(h->column_text(q, 0)),
		.name = copy(h->column_text(q, 1)),
		.commune = copy(h->column_text(q, 3)),
		.plan = (enum plan_state)word_of(h->column_text(q, 4), plans),
		.type = (enum plan_type)word_of(h->column_text(q, 5), types),
		.submitted_on = h->column_day(q, 6),
		.approved_on = h->column_day(q, 7),
		.valid_to = h->column_day(q, 8),
		.group = answer_of(h->column_text(q, 9)),
		.group_on = h->column_day(q, 10),
		.drainage = answer_of(h->column_text(q, 11)),
		.wastewater = answer_of(h->column_text(q, 12)),
		.solid_waste = answer_of(h->column_text(q, 13)),
		.risk = answer_of(h->column_text(q, 14)),
		.reviewed_on = h->column_day(q, 15),
		.ended_on = h->column_day(q, 16),
		.moves.first_due = LN_NO_DAY,
		.project_planned = LN_NO_DAY,
		.trade_known = !h->column_is_null(q, 17),
		.discouraged = is_discouraged(h, h->column_text(q, 17)),
	};
	const char *kind = h->column_text(q, 2);
	v->traditional = kind && strcmp(kind, "traditional_village") == 0;
	v->site = !v->traditional && (!kind || strcmp(kind, "village") != 0);
	for (int i = 0; i < DAYS_AS_OF; i++) {
		v->listed[i] = (struct tally){.figures_on = LN_NO_DAY};
		v->yearly[i] = (struct tally){.total = -1, .figures_on = LN_NO_DAY};
		v->craft_households[i] = -1;
	}
}

static int load_villages(struct check *c)
{
	const struct ln_host *h = c->host;
	size_t room = 0;
	struct ln_query *q = h->query(h->self,
		"SELECT code, name, kind, commune, env_plan_state, env_plan_type, "
		"env_plan_submitted_on,"
		" env_plan_on, env_plan_valid_to, env_group, env_group_on, env_drainage, "
		"env_wastewater,"
		" env_solid_waste, pollution_risk, reviewed_on, ended_on, lower(trade) FROM v_village"
		" ORDER BY code",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		if (c->count == room) {
			room = room ? room * 2 : 256;
			struct village *more = realloc(c->villages, room * sizeof *more);
			if (!more)
				return -1;
			c->villages = more;
		}
		read_village(&c->villages[c->count++], h, q);
	}
	h->query_end(q);
	return rc;
}

/* n establishments of one state and one day. */
static void count_moves(
	struct relocations *m, const struct check *c, const char *state, int32_t due, int64_t n)
{
	m->listed += n;
	if (!state) {
		m->unknown += n;
		return;
	}
	if (strcmp(state, "required") != 0)
		return;
	if (due == LN_NO_DAY)
		m->undated += n;
	else if (due < c->days[0])
		m->overdue += n;
	else if (due <= c->days[0] + c->notice_days)
		m->soon += n;
	else
		m->later += n;
	if (due != LN_NO_DAY && (m->first_due == LN_NO_DAY || due < m->first_due))
		m->first_due = due;
}

/* Grouped by the columns of the register's index in their order: it answers alone, without a sort
 * and without the rows, and one group stands for ten establishments. */
static int load_establishments(struct check *c)
{
	const struct ln_host *h = c->host;
	size_t at = 0;
	struct ln_query *q = h->query(h->self,
		"SELECT village, ended_on, environment_compliant, relocation, relocation_due_on,"
		" figures_on, count(*) FROM v_establishment WHERE village IS NOT NULL"
		" GROUP BY village, ended_on, environment_compliant, relocation,"
		" relocation_due_on, figures_on ORDER BY village, ended_on,"
		" environment_compliant, relocation, relocation_due_on, figures_on",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		struct village *v = village_at(c, &at, h->column_text(q, 0));
		if (!v)
			continue;
		int32_t ended = h->column_is_null(q, 1) ? INT32_MAX : h->column_day(q, 1);
		bool unknown = h->column_is_null(q, 2), good = h->column_int(q, 2) == 1;
		int32_t figures_on = h->column_day(q, 5);
		int64_t n = h->column_int(q, 6);
		for (int i = 0; i < DAYS_AS_OF; i++) {
			struct tally *list = &v->listed[i];
			if (ended <= c->days[i])
				continue;
			list->total += n;
			list->good += good ? n : 0;
			list->unknown += unknown ? n : 0;
			if (figures_on <= c->days[i])
				list->figures_on = later(list->figures_on, figures_on);
		}
		if (ended > c->days[0])
			count_moves(&v->moves, c, h->column_text(q, 3), h->column_day(q, 4), n);
	}
	h->query_end(q);
	return rc;
}

/* The latest year's sums that a day knows of win. */
static int load_years(struct check *c)
{
	const struct ln_host *h = c->host;
	size_t at = 0;
	struct ln_query *q = h->query(h->self,
		"SELECT village, year, establishments, establishments_compliant, craft_households,"
		" figures_on FROM v_village_year ORDER BY village, year",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		struct village *v = village_at(c, &at, h->column_text(q, 0));
		int32_t begins = h->day_from_civil((int32_t)h->column_int(q, 1), 1, 1);
		int32_t figures_on = h->column_day(q, 5);
		for (int i = 0; v && i < DAYS_AS_OF; i++) {
			if (begins > c->days[i] || figures_on > c->days[i])
				continue;
			if (!h->column_is_null(q, 4))
				v->craft_households[i] = h->column_int(q, 4);
			if (h->column_is_null(q, 2))
				continue;
			int64_t total = h->column_int(q, 2), good = h->column_int(q, 3);
			bool known = !h->column_is_null(q, 3);
			v->yearly[i] = (struct tally){
				total, good < total ? good : total, known ? 0 : total, figures_on};
		}
	}
	h->query_end(q);
	return rc;
}

static int load_recognitions(struct check *c)
{
	const struct ln_host *h = c->host;
	struct village *v;
	struct ln_query *q = h->query(h->self,
		"SELECT villages, recognised_on, valid_to FROM v_recognition WHERE status = "
		"'recognised'"
		" AND ended_on IS NULL AND kind IN ('village', 'traditional_village')",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int32_t from = h->column_day(q, 1), to = h->column_day(q, 2);
		const char *rest = h->column_text(q, 0);
		while (next_village(c, &rest, &v))
			for (int i = 0; v && i < DAYS_AS_OF; i++)
				v->recognised[i] |=
					from <= c->days[i] && (to == LN_NO_DAY || to >= c->days[i]);
	}
	h->query_end(q);
	return rc;
}

static int load_projects(struct check *c)
{
	const struct ln_host *h = c->host;
	struct village *v;
	struct ln_query *q = h->query(h->self,
		"SELECT villages, approved_on, planned_approval_on, kind = 'treatment' FROM v_project"
		" WHERE kind IN ('treatment', 'relocation') AND ended_on IS NULL",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int32_t approved = h->column_day(q, 1), planned = h->column_day(q, 2);
		const char *rest = h->column_text(q, 0);
		while (next_village(c, &rest, &v)) {
			if (!v)
				continue;
			bool done = approved != LN_NO_DAY && approved <= c->days[0];
			if (!h->column_int(q, 3)) {
				v->conversion |= done;
				v->conversion_named = true;
				continue;
			}
			v->project |= done;
			v->project_named = true;
			v->project_planned = later(v->project_planned, planned);
		}
	}
	h->query_end(q);
	return rc;
}

int load(struct check *c)
{
	return load_villages(c) || load_years(c) || load_establishments(c) ||
	       load_recognitions(c) || load_projects(c);
}
