/*
 * load.c: what the check reads: places in the order of their codes, their years,
 * and the recognitions.
 */
#include "places.h"

#include <stdlib.h>
#include <string.h>

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

static int by_code(const void *key, const void *place)
{
	return strcmp(key, ((const struct place *)place)->code);
}

struct place *place_of(const struct preservation *p, const char *code)
{
	return code && p->place_count ? bsearch(code, p->places, p->place_count, sizeof *p->places, by_code) : NULL;
}

bool year_is_known(const struct preservation *p, const struct year *y, int year, int32_t day)
{
	const struct ln_host *h = p->host;
	return h->day_from_civil(year, 1, 1) <= day && y->on <= day;
}

static int load_places(struct preservation *p)
{
	const struct ln_host *h = p->host;
	size_t room = 0;
	struct ln_query *q = h->query(h->self,
		"SELECT code, name, kind, commune, old_commune, at_risk_since, preservation_plan_on, tourism_since, ended_on"
		" FROM v_village ORDER BY code",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		if (p->place_count == room) {
			room = room ? room * 2 : 256;
			struct place *more = realloc(p->places, room * sizeof *more);
			if (!more)
				return -1;
			p->places = more;
		}
		const char *kind = h->column_text(q, 2);
		struct place *v = &p->places[p->place_count++];
		*v = (struct place){.code = copy(h->column_text(q, 0)),
			.name = copy(h->column_text(q, 1)),
			.commune = copy(h->column_text(q, 3)),
			.old_commune = copy(h->column_text(q, 4)),
			.village = kind && strcmp(kind, "craft_site") != 0,
			.at_risk = h->column_day(q, 5),
			.plan_on = h->column_day(q, 6),
			.tourism = h->column_day(q, 7),
			.ended_on = h->column_is_null(q, 8) ? INT32_MAX : h->column_day(q, 8)};
		for (int i = 0; i < YEARS; i++)
			v->years[i] = (struct year){-1, -1, -1, -1, -1, BASIS_UNKNOWN, EFFECTIVE_UNKNOWN, LN_NO_DAY};
	}
	h->query_end(q);
	return rc;
}

static int64_t number(const struct ln_host *h, struct ln_query *q, uint32_t column)
{
	return h->column_is_null(q, column) ? -1 : h->column_int(q, column);
}

static int load_years(struct preservation *p)
{
	const struct ln_host *h = p->host;
	size_t at = 0;
	struct ln_query *q = h->query(h->self,
		"SELECT village, year, output_thousand, income_month_thousand, workers, households, craft_households,"
		" price_basis, effective, figures_on FROM v_village_year ORDER BY village, year",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		const char *code = h->column_text(q, 0), *basis = h->column_text(q, 7);
		int64_t year = h->column_int(q, 1) - FIRST_YEAR;
		while (at < p->place_count && strcmp(p->places[at].code, code) < 0)
			at++;
		if (at == p->place_count || strcmp(p->places[at].code, code) != 0 || year < 0 || year >= YEARS)
			continue;
		p->places[at].years[year] = (struct year){number(h, q, 2), number(h, q, 3), number(h, q, 4), number(h, q, 5),
			number(h, q, 6),
			!basis				? BASIS_UNKNOWN
			: strcmp(basis, "constant") == 0 ? BASIS_CONSTANT
							 : BASIS_CURRENT,
			h->column_is_null(q, 8)   ? EFFECTIVE_UNKNOWN
			: h->column_int(q, 8) == 1 ? EFFECTIVE_YES
						   : EFFECTIVE_NO,
			h->column_day(q, 9)};
	}
	h->query_end(q);
	return rc;
}

static int load_recognitions(struct preservation *p)
{
	const struct ln_host *h = p->host;
	size_t room = 0;
	struct ln_query *q = h->query(h->self,
		"SELECT code, kind, name, villages, recognised_on, restored_on, valid_to, renamed_on, status"
		" FROM v_recognition WHERE ended_on IS NULL ORDER BY code",
		NULL, 0);
	int rc;
	while ((rc = h->row_next(q)) == 1) {
		if (p->recognition_count == room) {
			room = room ? room * 2 : 64;
			struct recognition *more = realloc(p->recognitions, room * sizeof *more);
			if (!more)
				return -1;
			p->recognitions = more;
		}
		const char *kind = h->column_text(q, 1), *status = h->column_text(q, 8);
		p->recognitions[p->recognition_count++] = (struct recognition){.code = copy(h->column_text(q, 0)),
			.craft = kind && strcmp(kind, "traditional_craft") == 0,
			.name = copy(h->column_text(q, 2)),
			.villages = copy(h->column_text(q, 3)),
			.on = h->column_day(q, 4),
			.restored = h->column_day(q, 5),
			.valid_to = h->column_day(q, 6),
			.renamed = h->column_day(q, 7),
			.recognised = !status || strcmp(status, "recognised") == 0};
	}
	h->query_end(q);
	return rc;
}

/* Which places belong to a nghề, and which are recognised villages on the day that is judged. */
static void link_places(struct preservation *p)
{
	const struct ln_host *h = p->host;
	for (size_t i = 0; i < p->recognition_count; i++) {
		const struct recognition *r = &p->recognitions[i];
		const char *rest = r->villages, *code;
		bool valid = r->recognised && r->on <= h->today && (r->valid_to == LN_NO_DAY || r->valid_to >= h->today);
		while ((code = h->list_next(h->self, &rest)) != NULL) {
			struct place *v = place_of(p, code);
			if (v && r->craft && !v->craft)
				v->craft = r; /* of several, the first */
			else if (v && !r->craft)
				v->recognised |= valid;
		}
	}
}

int load(struct preservation *p)
{
	if (load_places(p) < 0 || load_years(p) < 0 || load_recognitions(p) < 0)
		return -1;
	link_places(p);
	return 0;
}

void release(struct preservation *p)
{
	for (size_t i = 0; i < p->place_count; i++) {
		free(p->places[i].code);
		free(p->places[i].name);
		free(p->places[i].commune);
		free(p->places[i].old_commune);
	}
	for (size_t i = 0; i < p->recognition_count; i++) {
		free(p->recognitions[i].code);
		free(p->recognitions[i].name);
		free(p->recognitions[i].villages);
	}
	free(p->places);
	free(p->recognitions);
}
