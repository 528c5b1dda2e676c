/*
 * lunar.c: the Vietnamese lunar calendar, computed. A month begins on the day
 * (at 105°E) of the new moon; the month that holds the winter solstice is the
 * eleventh; in a year of thirteen months the first one without a major solar
 * term is the leap month. New moons after Meeus' series of periodic terms, the
 * sun's longitude after its mean motion and equation of centre: both exact to
 * minutes, which the table test 1900-2100 shows to be enough.
 */
#include "base/lunar.h"

#include "base/day.h"

#include <math.h>

enum { JULIAN_OF_EPOCH = 2440588 }; /* Julian day number of 1970-01-01 */
static const double ZONE_DAYS = 7.0 / 24.0;
static const double MONTH_DAYS = 29.530588853;
static const double FIRST_NEW_MOON = 2415021.076998695; /* number 0: 1900-01-01 */

static double sin_deg(double degrees)
{
	return sin(degrees * (3.14159265358979323846 / 180.0));
}

/* Julian day number, at 105°E, of the k-th new moon after that of 1900-01-01. */
static int new_moon_day(int k)
{
	double t = k / 1236.85, t2 = t * t, t3 = t2 * t; /* Julian centuries from 1900 */
	double mean = 2415020.75933 + 29.53058868 * k + 0.0001178 * t2 - 0.000000155 * t3 +
		      0.00033 * sin_deg(166.56 + 132.87 * t - 0.009173 * t2);
	double sun = 359.2242 + 29.10535608 * k - 0.0000333 * t2 - 0.00000347 * t3;
	double moon = 306.0253 + 385.81691806 * k + 0.0107306 * t2 + 0.00001236 * t3;
	double node = 21.2964 + 390.67050646 * k - 0.0016528 * t2 - 0.00000239 * t3;
	double terms = (0.1734 - 0.000393 * t) * sin_deg(sun) + 0.0021 * sin_deg(2 * sun) -
		       0.4068 * sin_deg(moon) + 0.0161 * sin_deg(2 * moon) -
		       0.0004 * sin_deg(3 * moon) + 0.0104 * sin_deg(2 * node) -
		       0.0051 * sin_deg(sun + moon) - 0.0074 * sin_deg(sun - moon) +
		       0.0004 * sin_deg(2 * node + sun) - 0.0004 * sin_deg(2 * node - sun) -
		       0.0006 * sin_deg(2 * node + moon) + 0.0010 * sin_deg(2 * node - moon) +
		       0.0005 * sin_deg(2 * moon + sun);
	double clock_lag = -0.000278 + 0.000265 * t + 0.000262 * t2; /* dynamical minus universal */
	return (int)floor(mean + terms - clock_lag + 0.5 + ZONE_DAYS);
}

/* Which twelfth of the ecliptic the sun stands in when the day begins: 0 from the spring equinox,
 * 9 from the winter solstice. */
static int sun_sector(int julian_day)
{
	double t = (julian_day - 2451545.5 - ZONE_DAYS) / 36525.0, t2 = t * t;
	double anomaly = 357.52910 + 35999.05030 * t - 0.0001559 * t2 - 0.00000048 * t * t2;
	double centre = (1.914600 - 0.004817 * t - 0.000014 * t2) * sin_deg(anomaly) +
			(0.019993 - 0.000101 * t) * sin_deg(2 * anomaly) +
			0.000290 * sin_deg(3 * anomaly);
	double longitude = 280.46645 + 36000.76983 * t + 0.0003032 * t2 + centre;
	longitude -= 360.0 * floor(longitude / 360.0);
	return (int)(longitude / 30.0);
}

/* The number k of the new moon that begins the eleventh month of the solar year. */
static int eleventh_month(int year)
{
	/* 1899 and 2200, the edges, have only one of the two. */
	int32_t next = day_from_civil(year + 1, 1, 1);
	int32_t last =
		(next == DAY_NONE ? day_from_civil(year, 12, 31) : next - 1) + JULIAN_OF_EPOCH;
	int k = (int)floor((last - FIRST_NEW_MOON) / MONTH_DAYS);
	return sun_sector(new_moon_day(k)) >= 9 ? k - 1 : k;
}

/* How many months after the eleventh the leap month comes, the year having thirteen. */
static int leap_offset(int eleventh)
{
	int before = sun_sector(new_moon_day(eleventh + 1));
	for (int i = 2; i < 14; i++) {
		int sector = sun_sector(new_moon_day(eleventh + i));
		if (sector == before)
			return i - 1;
		before = sector;
	}
	return 13;
}

int32_t lunar_to_solar(int day, int month, int year)
{
	int start = month < 11 ? year - 1 : year;
	int eleventh = eleventh_month(start), next = eleventh_month(start + 1);
	int months = (month + 1) % 12; /* after the eleventh */
	if (next - eleventh == 13 && months >= leap_offset(eleventh))
		months++;
	return new_moon_day(eleventh + months) - JULIAN_OF_EPOCH + day - 1;
}

int32_t lunar_new_year(int year)
{
	return lunar_to_solar(1, 1, year);
}
