/*
 * lunar.h: the Vietnamese lunar calendar (UTC+7) for the two feasts that days
 * off hang on. After Hồ Ngọc Đức's published algorithm (astronomical new moons
 * and solar terms at 105°E); no library packaged gets 1985, 2007 and 2030 right.
 */
#ifndef BASE_LUNAR_H
#define BASE_LUNAR_H

#include <stdint.h>

/* The solar day of lunar date day/month of the lunar year that begins in solar `year`
 * (leap months are not addressed). Years 1900-2199. */
int32_t lunar_to_solar(int day, int month, int year);
int32_t lunar_new_year(int year); /* mùng 1 Tết */

#endif
