/* SPDX-License-Identifier: Apache-2.0 */
/* common/clock: the calendar, against gmtime_r(3). */
#include "common/clock.h"

#include <stdio.h>

#include "test.h"

TEST(the_epoch_is_1970)
{
	EXPECT_STR(clock_format((struct timespec){0, 0}).s, "1970-01-01T00:00:00.000000000Z");
}

TEST(leap_days_and_turns_of_centuries_are_right)
{
	EXPECT_STR(clock_format((struct timespec){951782399, 5}).s,
	           "2000-02-28T23:59:59.000000005Z");
	EXPECT_STR(clock_format((struct timespec){951782400, 0}).s,
	           "2000-02-29T00:00:00.000000000Z");
	EXPECT_STR(clock_format((struct timespec){4107542400, 999999999}).s,
	           "2100-03-01T00:00:00.999999999Z");
}

TEST(every_day_of_five_centuries_agrees_with_libc)
{
	for (time_t day = 0; day < 500 * 366; day++) {
		struct timespec when = {day * 86400 + day % 86400, 0};
		char want[64];
		struct tm tm;

		gmtime_r(&when.tv_sec, &tm);
		strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S.000000000Z", &tm);
		EXPECT_STR(clock_format(when).s, want);
	}
}
