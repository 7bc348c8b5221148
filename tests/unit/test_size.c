/* SPDX-License-Identifier: Apache-2.0 */
/* Amounts and lengths of time, value by value as Docker's go-units and Go's time read them. */
#include <stddef.h>

#include "common/size.h"
#include "test.h"

TEST(amounts_have_units_of_1024)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} known[] = {
		{"0", 0},
		{"1024", 1024},
		{"512b", 512},
		{"512 B", 512},
		{"1k", 1024},
		{"1K", 1024},
		{"1kb", 1024},
		{"1KiB", 1024},
		{"32M", 32 << 20},
		{"32 mb", 32 << 20},
		{"1.5m", 3 << 19},
		{"0.3kb", 307},
		{".3kB", 307},
		{"2g", INT64_C(2) << 30},
		{"1t", INT64_C(1) << 40},
		{"1P", INT64_C(1) << 50},
		{"9223372036854775807", INT64_MAX},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		int64_t bytes = -7;

		EXPECT_INT(size_parse(known[i].text, &bytes), 0);
		EXPECT_INT(bytes, known[i].bytes);
	}
}

TEST(what_is_no_amount_is_refused)
{
	static const char *const refused[] = {"",      "M",
	                                      "-1",    "+1",
	                                      "1e3",   "1kk",
	                                      "1ki",   "1bb",
	                                      "1q",    "1.2.3",
	                                      " 1",    "1  k",
	                                      "1k ",   "0x10",
	                                      "1bib",  "1 ib",
	                                      ".",     "9223372036854775808",
	                                      "8192P", "99999999999999999999999"};

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		int64_t bytes = -7;

		EXPECT_INT(size_parse(refused[i], &bytes), -1);
		EXPECT_INT(bytes, -7);
	}
}

TEST(lengths_of_time_are_sums)
{
	static const struct {
		const char *text;
		int64_t ns;
	} known[] = {
		{"0", 0},
		{"5s", INT64_C(5000000000)},
		{"100ms", 100000000},
		{"1.5s", 1500000000},
		{"-2s", -2000000000},
		{"+3ms", 3000000},
		{"1m30.5s", INT64_C(90500000000)},
		{"2h45m", INT64_C(9900000000000)},
		{"7us", 7000},
		{"7\u00b5s", 7000},
		{"7\u03bcs", 7000},
		{"9ns", 9},
		{".5s", 500000000},
		{"1.s", 1000000000},
		{"0.0000000015s", 1},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		int64_t ns = 7;

		EXPECT_INT(size_parse_duration(known[i].text, &ns), 0);
		EXPECT_INT(ns, known[i].ns);
	}
}

TEST(what_is_no_length_of_time_is_refused)
{
	static const char *const refused[] = {
		"",    "5",  "s",  "1x",   "1 s",          "--1s",
		"1s2", ".s", "1d", "1e3s", "99999999999h", "9223372036s854775808ns"};

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		int64_t ns = 7;

		EXPECT_INT(size_parse_duration(refused[i], &ns), -1);
		EXPECT_INT(ns, 7);
	}
}
