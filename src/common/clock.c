/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See clock.h. gmtime_r(3) of glibc reads /etc/localtime first, seven system calls for
 * a time zone that UTC does not have: the calendar is counted here instead.
 */
#include "common/clock.h"

#include <stdio.h>

#define DAYS_PER_ERA 146097 /* 400 years */

struct date {
	long year;
	unsigned month;
	unsigned day;
};

/* Years are counted from March, so that the leap day is the last of one. */
static struct date date_of(long days)
{
	long shifted = days + 719468; /* from 0000-03-01 to 1970-01-01 */
	long era = shifted / DAYS_PER_ERA;
	long day_of_era = shifted % DAYS_PER_ERA;
	long year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	long day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	long month = (5 * day_of_year + 2) / 153; /* 0 is March */
	struct date date = {
		.year = year_of_era + era * 400 + (month >= 10),
		.month = (unsigned)(month < 10 ? month + 3 : month - 9),
		.day = (unsigned)(day_of_year - (153 * month + 2) / 5 + 1),
	};

	return date;
}

struct clock_text clock_format(struct timespec when)
{
	long days = when.tv_sec / 86400;
	unsigned second = (unsigned)(when.tv_sec % 86400);
	struct date date = date_of(days);
	struct clock_text text;

	snprintf(text.s, sizeof(text.s), "%04ld-%02u-%02uT%02u:%02u:%02u.%09ldZ", date.year,
	         date.month, date.day, second / 3600, second / 60 % 60, second % 60, when.tv_nsec);
	return text;
}

struct clock_text clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return clock_format(now);
}
