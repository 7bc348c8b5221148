/* SPDX-License-Identifier: Apache-2.0 */
/* The time of day as text. */
#ifndef RTL_COMMON_CLOCK_H
#define RTL_COMMON_CLOCK_H

#include <time.h>

/* RFC 3339 in UTC with nanoseconds, as Go's time.Time reads it; terminated. */
struct clock_text {
	char s[sizeof("2006-01-02T15:04:05.000000000Z") + 16];
};

/* clock_now() - the present time of day. */
struct clock_text clock_now(void);

/* clock_format() - @when, not before 1970. */
struct clock_text clock_format(struct timespec when);

#endif
