/*
 * readings.c: what the decision leaves open, as rows of data: each reading has
 * its name in the file, its range and its default, and is handed to plugins and
 * rules as a number.
 */
#include "plan/plan_parts.h"

#include <stddef.h>

struct reading {
	const char *name;
	size_t offset;
	bool is_bool;
	int min, max, fallback;
};

#define BOOL_READING(name, fallback)                                                               \
	{                                                                                          \
#name, offsetof(struct readings, name), true, 0, 1, fallback                       \
	}
#define INT_READING(name, min, max, fallback)                                                      \
	{                                                                                          \
#name, offsetof(struct readings, name), false, min, max, fallback                  \
	}

static const struct reading readings[] = {
	BOOL_READING(deadline_inclusive, 0),
	BOOL_READING(weekend_deadline_rolls, 0),
	INT_READING(first_cycle, 2022, 2030, 2023),
	BOOL_READING(communes_report, 0),
	BOOL_READING(traditional_villages_count, 1),
	BOOL_READING(recognised_only, 0),
	BOOL_READING(commitment_counts, 0),
	BOOL_READING(scheme_counts, 0),
	BOOL_READING(collector_reports, 0),
	INT_READING(plan_valid_years, 1, 20, 5),
	INT_READING(close_on_month, 1, 12, 3),
	INT_READING(close_on_day, 1, 31, 31),
	INT_READING(reviewed_within_months, 1, 60, 18),
	BOOL_READING(counts_by_reporting_window, 0),
};
enum { READING_COUNT = sizeof readings / sizeof *readings };

void readings_read(struct conf_group *g, struct readings *out)
{
	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading *r = &readings[i];
		void *at = (char *)out + r->offset;
		if (r->is_bool)
			*(bool *)at = conf_bool(g, r->name, r->fallback);
		else
			*(int *)at = (int)conf_int(g, r->name, r->min, r->max, r->fallback);
	}
	if (day_from_civil(2025, out->close_on_month, out->close_on_day) == DAY_NONE)
		conf_problem(g->file, g->group,
			"readings: close_on_day %d does not exist in month %d of every year",
			out->close_on_day, out->close_on_month);
	conf_unknown(g);
}

int plan_reading(const struct plan *p, const char *name, int64_t *out)
{
	for (size_t i = 0; i < READING_COUNT; i++) {
		const struct reading *r = &readings[i];
		if (strcmp(r->name, name) != 0)
			continue;
		const void *at = (const char *)&p->readings + r->offset;
		*out = r->is_bool ? *(const bool *)at : *(const int *)at;
		return 0;
	}
	return -1;
}
