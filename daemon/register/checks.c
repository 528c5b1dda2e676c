/*
 * checks.c: the rules within one row as a table of pairs, and the few that are
 * not pairs.
 */
#include "register/checks.h"

#include "plan/period.h"
#include "register/units.h"

/* smaller <= larger where both are known: counts, or ISO dates. */
static const struct {
	const char *kind, *smaller, *larger;
} rules[] = {
	{"units", "valid_from", "valid_to"},
	{"contacts", "valid_from", "valid_to"},
	{"villages", "env_plan_submitted_on", "env_plan_on"},
	{"villages", "env_plan_on", "env_plan_valid_to"},
	{"recognitions", "recognised_on", "valid_to"},
	{"village_years", "craft_households", "households"},
	{"village_years", "workers_trained", "workers"},
	{"village_years", "establishments_compliant", "establishments"},
	{"village_years", "establishments_ocop", "establishments"},
	{"products", "certified_on", "valid_to"},
	{"ip_rights", "granted_on", "valid_to"},
	{"difficulties", "raised_on", "answered_on"},
	{"submissions", "document_on", "received_on"},
};

static int column_index(const struct kind *k, const char *name)
{
	return (int)(kind_column(k, name) - k->columns);
}

void checks_init(struct checks *c, const struct kind *k, const struct plan *plan)
{
	*c = (struct checks){.kind = k, .plan = plan};
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		if (strcmp(rules[i].kind, k->name) != 0 || c->count == CHECK_PAIRS_MAX)
			continue;
		c->pairs[c->count].smaller = column_index(k, rules[i].smaller);
		c->pairs[c->count].larger = column_index(k, rules[i].larger);
		c->count++;
	}
}

bool checks_need_stored(const struct kind *k)
{
	return strcmp(k->name, "units") == 0;
}

static const struct value *value_of(
	const struct checks *c, const struct value *const *values, const char *name)
{
	return values[column_index(c->kind, name)];
}

static bool is_larger(const struct value *a, const struct value *b)
{
	if (a->state == VALUE_INT && b->state == VALUE_INT)
		return a->number > b->number;
	return a->state == VALUE_TEXT && b->state == VALUE_TEXT && strcmp(a->text, b->text) > 0;
}

static void check_pair(
	const struct checks *c, int i, const struct value *const *values, struct rejects *r)
{
	int small = c->pairs[i].smaller, large = c->pairs[i].larger;
	if (!is_larger(values[small], values[large]))
		return;
	char a[VALUE_BUFFER], b[VALUE_BUFFER];
	const struct column *s = &c->kind->columns[small], *l = &c->kind->columns[large];
	const char *left = value_text(s, values[small], a),
		   *right = value_text(l, values[large], b);
	if (s->type == COLUMN_DAY)
		rejects_add(r, l->name, right, "lies before %s, which is %s", s->name, left);
	else
		rejects_add(r, s->name, left, "is larger than %s, which is %s", l->name, right);
}

static void check_unit(const struct checks *c, const struct value *const *values, struct rejects *r)
{
	const struct value *code = value_of(c, values, "code");
	bool to = value_is_known(value_of(c, values, "valid_to"));
	bool ended = to || value_is_known(value_of(c, values, "ended_on"));
	if (ended && !value_is_known(value_of(c, values, "successors")) &&
		plan_names_unit(c->plan, code->text))
		rejects_add(r, to ? "valid_to" : "ended_on",
			value_of(c, values, to ? "valid_to" : "ended_on")->text,
			"the plan names %s: it may end only with a successor in the column "
			"successors",
			code->text);
}

static void check_submission(
	const struct checks *c, const struct value *const *values, struct rejects *r)
{
	const char *duty = value_of(c, values, "duty")->text;
	const char *period = value_of(c, values, "period")->text;
	const struct duty *d = plan_duty(c->plan, duty);
	if (d && !duty_has_period(c->plan, d, period))
		rejects_add(r, "period", period,
			"the duty %s (%s) has no such period: it runs from %d to %d", duty,
			cadence_name(d->cadence), duty_first_year(c->plan, d), d->last_year);
}

/* "%" or another measure: the row's own, or the plan's for the target; NULL where neither says. */
static const char *measure_of(const struct checks *c, const struct value *const *values)
{
	const struct value *own = value_of(c, values, "measure"), *year = value_of(c, values, "year");
	const char *target = value_of(c, values, "target")->text;
	if (value_is_known(own))
		return own->text;
	const struct target *t = plan_target(c->plan, target, (int)year->number);
	for (size_t i = 0; !t && i < c->plan->target_count; i++)
		if (strcmp(c->plan->targets[i].id, target) == 0)
			t = &c->plan->targets[i];
	return t ? t->measure : NULL;
}

/* A share is at most the whole: measure "%" alone, since growth ("%/năm") may exceed it. */
static void check_figure(
	const struct checks *c, const struct value *const *values, struct rejects *r)
{
	const char *measure = measure_of(c, values);
	const struct value *value = value_of(c, values, "value");
	const struct value *n = value_of(c, values, "numerator");
	const struct value *d = value_of(c, values, "denominator");
	if (!measure || strcmp(measure, "%") != 0)
		return;
	if (value_is_known(value)) {
		double share = strtod(value->text, NULL);
		if (share < 0 || share > 100)
			rejects_add(
				r, "value", value->text, "is no percentage: 0 to 100 are allowed");
	}
	if (value_is_known(n) && value_is_known(d) && n->number > d->number)
		rejects_add(r, "numerator", NULL, "%lld is larger than the denominator, %lld",
			(long long)n->number, (long long)d->number);
}

int checks_row(const struct checks *c, const struct value *const *values, struct rejects *r)
{
	int before = r->in_row;
	for (int i = 0; i < c->count; i++)
		check_pair(c, i, values, r);
	if (strcmp(c->kind->name, "units") == 0)
		check_unit(c, values, r);
	else if (strcmp(c->kind->name, "submissions") == 0)
		check_submission(c, values, r);
	else if (strcmp(c->kind->name, "figures") == 0)
		check_figure(c, values, r);
	return r->in_row - before;
}
