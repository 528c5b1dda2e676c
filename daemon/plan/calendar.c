/*
 * calendar.c: working days. The days a file lists are kept sorted; a year that
 * it does not list is computed by policy P12, day by day, so that any year has
 * an answer. A listed year is exactly what its list says.
 */
#include "plan/calendar.h"

#include "base/lunar.h"
#include "base/mem.h"
#include "plan/conf_file.h"

enum {
	YEAR_LEAST = 2000,
	YEAR_MOST = 2100,
	SPAN_DAYS_MOST = 20, /* a longer holiday is a typing error */
	SEARCH_DAYS_MOST = 400
};

struct day_off {
	int32_t day;
	const char *name;
};

struct feasts {
	int32_t new_year, kings; /* mùng 1 Tết, Giỗ Tổ Hùng Vương (10/3 âm) */
};

struct calendar {
	struct arena arena;
	struct day_off *off; /* sorted */
	size_t off_count, off_capacity;
	int32_t *worked; /* weekend days that are worked, sorted */
	size_t worked_count, worked_capacity;
	bool listed[YEAR_MOST - YEAR_LEAST + 1];
	/* Of years that are not listed, worked out when one is asked for; new_year 0: not yet. */
	struct feasts *feasts;
};

static bool is_weekend(int32_t day)
{
	return day_weekday(day) >= 6;
}

static struct feasts feasts_of(int year)
{
	return (struct feasts){lunar_new_year(year), lunar_to_solar(10, 3, year)};
}

/* Moons take long to work out: once a year asked for. */
static struct feasts feasts_in(const struct calendar *c, int year)
{
	if (year < YEAR_LEAST || year > YEAR_MOST)
		return feasts_of(year);
	struct feasts *kept = &c->feasts[year - YEAR_LEAST];
	if (kept->new_year == 0)
		*kept = feasts_of(year);
	return *kept;
}

/* P12: what is off in a year without a list, besides weekends. */
static const char *provisional_name(const struct calendar *c, int32_t day)
{
	struct civil d = day_to_civil(day);
	int date = d.month * 100 + d.day;
	if (date == 101)
		return "Tết Dương lịch";
	if (date == 430)
		return "Ngày Chiến thắng";
	if (date == 501)
		return "Ngày Quốc tế lao động";
	/* 2/9 and its neighbour: the day before, or the day after when that is a weekend. */
	bool before = day_weekday(day_from_civil(d.year, 9, 1)) <= 5;
	if (date == 902 || date == (before ? 901 : 903))
		return "Quốc khánh";
	if (d.month > 5)
		return NULL;
	struct feasts f = feasts_in(c, d.year);
	if (day >= f.new_year - 1 && day <= f.new_year + 3)
		return "Tết Nguyên đán";
	return day == f.kings ? "Giỗ Tổ Hùng Vương" : NULL;
}

static int by_day(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b; /* day is the first member */
	return (x > y) - (x < y);
}

static const struct day_off *find_off(const struct calendar *c, int32_t day)
{
	return c->off_count ? bsearch(&day, c->off, c->off_count, sizeof *c->off, by_day) : NULL;
}

static bool is_worked(const struct calendar *c, int32_t day)
{
	return c->worked_count &&
	       bsearch(&day, c->worked, c->worked_count, sizeof *c->worked, by_day) != NULL;
}

bool calendar_is_provisional(const struct calendar *c, int year)
{
	return year < YEAR_LEAST || year > YEAR_MOST || !c->listed[year - YEAR_LEAST];
}

const char *calendar_day_off(const struct calendar *c, int32_t day)
{
	if (calendar_is_provisional(c, day_year(day)))
		return provisional_name(c, day);
	const struct day_off *off = find_off(c, day);
	return off ? off->name : NULL;
}

bool calendar_is_workday(const struct calendar *c, int32_t day)
{
	if (is_weekend(day))
		return is_worked(c, day);
	return calendar_day_off(c, day) == NULL;
}

static int32_t nearest(const struct calendar *c, int32_t day, int direction)
{
	for (int i = 0; i < SEARCH_DAYS_MOST && !calendar_is_workday(c, day); i++)
		day += direction;
	return day;
}

int32_t calendar_on_or_before(const struct calendar *c, int32_t day)
{
	return nearest(c, day, -1);
}

int32_t calendar_on_or_after(const struct calendar *c, int32_t day)
{
	return nearest(c, day, 1);
}

int32_t calendar_add_workdays(const struct calendar *c, int32_t day, int n)
{
	int direction = n < 0 ? -1 : 1;
	for (; n; n -= direction)
		day = nearest(c, day + direction, direction);
	return day;
}

int calendar_workdays_between(const struct calendar *c, int32_t from, int32_t to)
{
	if (to < from)
		return -calendar_workdays_between(c, to, from);
	int n = 0;
	for (int32_t day = from + 1; day <= to; day++)
		n += calendar_is_workday(c, day);
	return n;
}

int32_t calendar_first_workday_of_month(const struct calendar *c, int year, int month)
{
	return calendar_on_or_after(c, day_from_civil(year, month, 1));
}

int32_t calendar_first_workday_of_week(const struct calendar *c, int32_t day)
{
	return calendar_on_or_after(c, day - (day_weekday(day) - 1));
}

/* One { on | from, to; name } of a year. */
static void read_day_off(
	struct calendar *c, struct conf_file *f, config_setting_t *s, int year, const char *where)
{
	struct conf_group g = conf_group_of(f, s, where);
	size_t before = f->problems->count;
	int32_t on = conf_day(&g, "on", CONF_OPTIONAL);
	int32_t from = conf_day(&g, "from", CONF_OPTIONAL);
	int32_t to = conf_day(&g, "to", CONF_OPTIONAL);
	char *name = conf_text(&g, "name", CONF_REQUIRED, "");
	conf_unknown(&g);
	if (f->problems->count > before) {
		free(name);
		return;
	}
	char a[DAY_TEXT], b[DAY_TEXT];
	if ((on == DAY_NONE) == (from == DAY_NONE) || (from == DAY_NONE) != (to == DAY_NONE))
		conf_problem(f, s, "%s: give either \"on\", or both \"from\" and \"to\"", where);
	if (on != DAY_NONE)
		from = to = on;
	if (from != DAY_NONE && to != DAY_NONE) {
		if (to < from)
			conf_problem(f, s, "%s: \"to\" (%s) lies before \"from\" (%s)", where,
				day_iso(to, a), day_iso(from, b));
		else if (to - from >= SPAN_DAYS_MOST)
			conf_problem(f, s, "%s: %d days off in a row; at most %d are allowed",
				where, to - from + 1, SPAN_DAYS_MOST);
		else if (day_year(from) != year || day_year(to) != year)
			conf_problem(f, s, "%s: %s is not in the year %d", where,
				day_iso(day_year(from) != year ? from : to, a), year);
	}
	const char *kept = arena_strdup(&c->arena, name);
	for (int32_t day = from; f->problems->count == before && day <= to; day++) {
		for (size_t i = 0; i < c->off_count; i++)
			if (c->off[i].day == day)
				conf_problem(
					f, s, "%s: %s is a day off twice", where, day_iso(day, a));
		VEC_ROOM(c->off, c->off_count, c->off_capacity);
		c->off[c->off_count++] = (struct day_off){day, kept};
	}
	free(name);
}

/* c->off is sorted by now. */
static void read_worked(struct calendar *c, struct conf_file *f, config_setting_t *list, int year)
{
	size_t first = c->worked_count;
	for (int i = 0; list && i < config_setting_length(list); i++) {
		config_setting_t *s = config_setting_get_elem(list, (unsigned)i);
		const char *text = config_setting_get_string(s);
		int32_t day;
		if (!text || day_parse_iso(text, &day))
			conf_problem(f, s, "worked: a day must be text like \"2026-08-22\"");
		else if (day_year(day) != year)
			conf_problem(f, s, "worked: %s is not in the year %d", text, year);
		else if (!is_weekend(day))
			conf_problem(f, s,
				"worked: %s is no Saturday or Sunday; it is worked anyway", text);
		else if (find_off(c, day))
			conf_problem(f, s, "worked: %s is a day off as well", text);
		else {
			for (size_t k = first; k < c->worked_count; k++)
				if (c->worked[k] == day)
					conf_problem(f, s, "worked: %s is given twice", text);
			VEC_ROOM(c->worked, c->worked_count, c->worked_capacity);
			c->worked[c->worked_count++] = day;
		}
	}
}

/* A list that forgets a feast would have letters go out on it: every fixed one must be there. */
static void check_feasts(
	const struct calendar *c, struct conf_file *f, config_setting_t *s, int year)
{
	struct feasts moving = feasts_of(year);
	const struct {
		int32_t day;
		const char *name;
	} feasts[] = {
		{day_from_civil(year, 1, 1), "Tết Dương lịch"},
		{moving.new_year, "mùng 1 Tết"},
		{moving.new_year + 1, "mùng 2 Tết"},
		{moving.new_year + 2, "mùng 3 Tết"},
		{moving.kings, "Giỗ Tổ Hùng Vương"},
		{day_from_civil(year, 4, 30), "Ngày Chiến thắng"},
		{day_from_civil(year, 5, 1), "Ngày Quốc tế lao động"},
		{day_from_civil(year, 9, 2), "Quốc khánh"},
	};
	char text[DAY_TEXT];
	for (size_t i = 0; i < sizeof feasts / sizeof *feasts; i++)
		if (!is_weekend(feasts[i].day) && !find_off(c, feasts[i].day))
			conf_problem(f, s, "year %d: %s (%s) is missing from days_off", year,
				day_iso(feasts[i].day, text), feasts[i].name);
}

static void read_year(
	struct calendar *c, struct conf_file *f, config_setting_t *s, const char *where)
{
	struct conf_group g = conf_group_of(f, s, where);
	size_t before = f->problems->count;
	int year = (int)conf_int(&g, "year", YEAR_LEAST, YEAR_MOST, -1);
	char *source = conf_text(&g, "source", CONF_REQUIRED, "");
	config_setting_t *off = conf_member(&g, "days_off", CONFIG_TYPE_LIST, CONF_REQUIRED);
	config_setting_t *worked = conf_member(&g, "worked", CONFIG_TYPE_ARRAY, CONF_OPTIONAL);
	conf_unknown(&g);
	free(source);
	if (year < 0) {
		if (f->problems->count == before)
			conf_problem(f, s, "%s: \"year\" is missing", where);
		return;
	}
	if (c->listed[year - YEAR_LEAST])
		conf_problem(f, s, "the year %d is given twice", year);
	c->listed[year - YEAR_LEAST] = true;
	for (int i = 0; off && i < config_setting_length(off); i++) {
		char name[48];
		snprintf(name, sizeof name, "days_off[%d]", i);
		read_day_off(c, f, config_setting_get_elem(off, (unsigned)i), year, name);
	}
	if (c->off_count)
		qsort(c->off, c->off_count, sizeof *c->off, by_day);
	read_worked(c, f, worked, year);
	if (f->problems->count == before)
		check_feasts(c, f, s, year);
}

int calendar_load(const char *file, struct calendar **out, struct problems *problems)
{
	struct conf_file f;
	size_t before = problems->count;
	if (conf_file_open(&f, file, problems))
		return -1;
	struct calendar *c = xcalloc(1, sizeof *c);
	c->feasts = arena_alloc(&c->arena, (YEAR_MOST - YEAR_LEAST + 1) * sizeof *c->feasts);
	config_setting_t *root = config_root_setting(&f.config);
	struct conf_group g = conf_group_of(&f, root, "");
	config_setting_t *years = conf_member(&g, "years", CONFIG_TYPE_LIST, CONF_REQUIRED);
	conf_unknown(&g);
	for (int i = 0; years && i < config_setting_length(years); i++) {
		char name[48];
		snprintf(name, sizeof name, "years[%d]", i);
		read_year(c, &f, config_setting_get_elem(years, (unsigned)i), name);
	}
	if (c->worked_count)
		qsort(c->worked, c->worked_count, sizeof *c->worked, by_day);
	conf_file_close(&f);
	if (problems->count > before) {
		calendar_free(c);
		return -1;
	}
	*out = c;
	return 0;
}

void calendar_free(struct calendar *c)
{
	if (!c)
		return;
	free(c->off);
	free(c->worked);
	arena_release(&c->arena);
	free(c);
}
