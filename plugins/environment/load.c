/*
 * load.c: what the check reads: villages in the order of their codes, then one
 * pass over each other view with sums kept per village.
 */
#include "village.h"

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
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
	};
	const char *kind = h->column_text(q, 2);
	v->traditional = kind && strcmp(kind, "traditional_village") == 0;
	for (int i = 0; i < DAYS_AS_OF; i++) {
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
		" env_solid_waste, pollution_risk, reviewed_on, ended_on FROM v_village"
		" WHERE kind IN ('village', 'traditional_village') ORDER BY code",
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

static void count_move(struct relocations *m, const struct check *c, const char *state, int32_t due)
{
	m->listed++;
	if (!state) {
		m->unknown++;
		return;
	}
	if (strcmp(state, "required") != 0)
		return;
	if (due == LN_NO_DAY)
		m->undated++;
	else if (due < c->days[0])
		m->overdue++;
	else if (due <= c->days[0] + c->notice_days)
		m->soon++;
	else
		m->later++;
	if (due != LN_NO_DAY && (m->first_due == LN_NO_DAY || due < m->first_due))
		m->first_due = due;
}

static int load_establishments(struct check *c)
{
	const struct ln_host *h = c->host;
	size_t at = 0;
	struct ln_query *q = h->query(h->self,
		"SELECT village, ended_on, environment_compliant, relocation, relocation_due_on"
		" FROM v_establishment WHERE village IS NOT NULL ORDER BY village",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		struct village *v = village_at(c, &at, h->column_text(q, 0));
		if (!v)
			continue;
		int32_t ended = h->column_is_null(q, 1) ? INT32_MAX : h->column_day(q, 1);
		bool unknown = h->column_is_null(q, 2), good = h->column_int(q, 2) == 1;
		for (int i = 0; i < DAYS_AS_OF; i++) {
			v->listed[i].total += ended > c->days[i];
			v->listed[i].good += ended > c->days[i] && good;
			v->listed[i].unknown += ended > c->days[i] && unknown;
		}
		if (ended > c->days[0])
			count_move(&v->moves, c, h->column_text(q, 3), h->column_day(q, 4));
	}
	h->query_end(q);
	return rc;
}

/* One scan for all days: these dates stand in no index. */
static int load_list_days(struct check *c)
{
	const struct ln_host *h = c->host;
	char text[DAYS_AS_OF][40];
	struct ln_value values[DAYS_AS_OF];
	for (int i = 0; i < DAYS_AS_OF; i++) {
		int32_t y, m, d;
		h->day_to_civil(c->days[i], &y, &m, &d);
		snprintf(text[i], sizeof text[i], "%04d-%02d-%02d", y, m, d);
		values[i] = (struct ln_value){LN_TEXT, 0, text[i]};
	}
	struct ln_query *q = h->query(h->self,
		"SELECT max(CASE WHEN figures_on <= ?1 THEN figures_on END),"
		" max(CASE WHEN figures_on <= ?2 THEN figures_on END),"
		" max(CASE WHEN figures_on <= ?3 THEN figures_on END) FROM v_establishment",
		values, DAYS_AS_OF);
	int rc = h->row_next(q);
	for (int i = 0; i < DAYS_AS_OF; i++)
		c->list_on[i] = h->column_day(q, (uint32_t)i);
	h->query_end(q);
	return rc == 1 ? 0 : -1;
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
		"SELECT villages, approved_on, planned_approval_on FROM v_project"
		" WHERE kind = 'treatment' AND ended_on IS NULL",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		int32_t approved = h->column_day(q, 1), planned = h->column_day(q, 2);
		const char *rest = h->column_text(q, 0);
		while (next_village(c, &rest, &v)) {
			if (!v)
				continue;
			v->project |= approved != LN_NO_DAY && approved <= c->days[0];
			v->project_named = true;
			v->project_planned = later(v->project_planned, planned);
		}
	}
	h->query_end(q);
	return rc;
}

int load(struct check *c)
{
	return load_villages(c) || load_years(c) || load_establishments(c) || load_list_days(c) ||
	       load_recognitions(c) || load_projects(c);
}
