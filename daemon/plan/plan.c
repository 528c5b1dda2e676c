/*
 * plan.c: asking a plan. Reading and checking its file is plan_read.c's.
 */
#include "plan/plan.h"

#include "plan/plan_parts.h"

const char *const comparator_words[] = {"gt", "ge", "eq", "approx", NULL};
const char *const cadence_words[] = {
	"yearly-report", "yearly-count", "quarterly-count", "conference", "once", NULL};

const char *comparator_name(enum comparator c)
{
	return comparator_words[c];
}

const char *cadence_name(enum cadence c)
{
	return cadence_words[c];
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	struct owned_plan *owned = (struct owned_plan *)p;
	arena_release(&owned->arena);
	free(owned);
}

/* Ids may be NULL while a faulty file is being read. */
static bool is_id(const char *id, const char *wanted)
{
	return id && strcmp(id, wanted) == 0;
}

const struct target *plan_target(const struct plan *p, const char *id, int year)
{
	for (size_t i = 0; i < p->target_count; i++)
		if (p->targets[i].year == year && is_id(p->targets[i].id, id))
			return &p->targets[i];
	return NULL;
}

const struct task *plan_task(const struct plan *p, const char *id_or_number)
{
	char number[16];
	for (size_t i = 0; i < p->task_count; i++)
		if (is_id(p->tasks[i].id, id_or_number))
			return &p->tasks[i];
	for (size_t i = 0; i < p->task_count; i++) {
		snprintf(number, sizeof number, "%d", p->tasks[i].number);
		if (strcmp(number, id_or_number) == 0)
			return &p->tasks[i];
	}
	return NULL;
}

const struct duty *plan_duty(const struct plan *p, const char *id)
{
	for (size_t i = 0; i < p->duty_count; i++)
		if (is_id(p->duties[i].id, id))
			return &p->duties[i];
	return NULL;
}

int32_t plan_close_day(const struct plan *p, int target_year)
{
	return day_from_civil(
		target_year + 1, p->readings.close_on_month, p->readings.close_on_day);
}

int32_t plan_last_notice_day(const struct plan *p)
{
	int32_t last = p->ends_on;
	for (size_t i = 0; i < p->target_count; i++) {
		int32_t close = plan_close_day(p, p->targets[i].year);
		if (close > last)
			last = close;
	}
	return day_add_months(last, 1);
}
