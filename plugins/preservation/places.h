/*
 * places.h: what is kept of one place of a trade, of one recognition and of the
 * check while it runs.
 */
#ifndef PRESERVATION_PLACES_H
#define PRESERVATION_PLACES_H

#include "langnghe_plugin.h"

#include <stdbool.h>
#include <stddef.h>

/* [0] the day that is judged, then one for each target year: its end, or that day if earlier. */
enum { DAYS_AS_OF = 3, BASE_YEAR = 2020, YEARS = 12 /* 2019 to 2030 */, FIRST_YEAR = 2019 };

enum effective { EFFECTIVE_UNKNOWN, EFFECTIVE_NO, EFFECTIVE_YES };
enum basis { BASIS_UNKNOWN, BASIS_CURRENT, BASIS_CONSTANT };

/* One year of one place; -1: not known. */
struct year {
	int64_t output, income, workers, households, craft_households;
	enum basis basis;
	enum effective effective;
	int32_t on;
};

struct place {
	char *code, *name, *commune, *old_commune;
	bool village;    /* làng nghề or làng nghề truyền thống, no other place */
	bool recognised; /* as a village, today */
	int32_t at_risk, plan_on, tourism, ended_on;
	const struct recognition *craft; /* the nghề it belongs to, or NULL */
	struct year years[YEARS];
};

struct recognition {
	char *code, *name, *villages;
	bool craft; /* a nghề truyền thống, no village */
	bool recognised;
	int32_t on, restored, valid_to, renamed;
	bool seen[DAYS_AS_OF]; /* counted for A3 */
};

struct preservation {
	const struct ln_host *host;
	int32_t days[DAYS_AS_OF], count_from, merged_on;
	struct place *places; /* in the order of their codes */
	size_t place_count;
	struct recognition *recognitions;
	size_t recognition_count;
};

/* Fills it from the views. 0, or -1: a query failed. */
int load(struct preservation *p);
void release(struct preservation *p);
/* The place of this code, or NULL. */
struct place *place_of(const struct preservation *p, const char *code);
/* Whether a place's figures of this year are known on a day. */
bool year_is_known(const struct preservation *p, const struct year *y, int year, int32_t day);

#endif
