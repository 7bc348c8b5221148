/* SPDX-License-Identifier: Apache-2.0 */
/* The growing string, and numbers from text. */
#include <limits.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/str.h"
#include "test.h"

TEST(what_is_appended_stands_in_order_and_terminated)
{
	auto_str struct str str = {0};

	str_append(&str, "ab");
	str_append_char(&str, 'c');
	str_append_n(&str, "defg", 2);
	str_appendf(&str, "-%d-%s", 5, "x");
	EXPECT_STR(str.s, "abcde-5-x");
	EXPECT_INT(str.len, 9);
}

TEST(nothing_appended_is_an_empty_string)
{
	auto_str struct str str = {0};

	str_append(&str, "");
	EXPECT_STR(str.s, "");
	str_append_n(&str, "x", 0);
	EXPECT_INT(str.len, 0);
}

TEST(a_string_grows_beyond_every_capacity)
{
	auto_str struct str str = {0};

	for (int i = 0; i < 10000; i++)
		str_append_char(&str, (char)('a' + i % 26));
	EXPECT_INT(str.len, 10000);
	EXPECT_INT(strlen(str.s), 10000);
	EXPECT(str.s[9999] == 'a' + 9999 % 26);
}

TEST(reserved_room_is_not_moved_by_what_fits)
{
	auto_str struct str str = {0};
	const char *before;

	str_reserve(&str, 1000);
	before = str.s;
	for (int i = 0; i < 1000; i++)
		str_append_char(&str, 'x');
	EXPECT(str.s == before);
	EXPECT_INT(str.len, 1000);
}

TEST(a_taken_string_is_never_null_and_leaves_an_empty_one)
{
	struct str str = {0};
	auto_free char *empty = str_take(&str);
	auto_free char *full = NULL;

	EXPECT_STR(empty, "");
	str_append(&str, "x");
	full = str_take(&str);
	EXPECT_STR(full, "x");
	EXPECT(!str.s && !str.len && !str.cap);
}

TEST(a_cleared_string_is_empty_and_may_be_used_again)
{
	auto_str struct str str = {0};

	str_append(&str, "x");
	str_clear(&str);
	EXPECT(!str.s && !str.len);
	str_append(&str, "y");
	EXPECT_STR(str.s, "y");
}

TEST(unsigned_numbers_are_plain_decimals)
{
	uint64_t value = 7;

	EXPECT_OK(str_to_uint("0", 0, &value));
	EXPECT_INT(value, 0);
	EXPECT_OK(str_to_uint("007", 10, &value));
	EXPECT_INT(value, 7);
	EXPECT_OK(str_to_uint("4294967295", UINT32_MAX, &value));
	EXPECT(value == UINT32_MAX);
	EXPECT_OK(str_to_uint("18446744073709551615", UINT64_MAX, &value));
	EXPECT(value == UINT64_MAX);
}

TEST(what_is_no_plain_decimal_is_refused_and_leaves_the_result)
{
	static const char *const texts[] = {"",
	                                    " ",
	                                    "+1",
	                                    "-1",
	                                    "-0",
	                                    " 1",
	                                    "1 ",
	                                    "0x0",
	                                    "1e3",
	                                    "1.0",
	                                    "1_",
	                                    "\t1",
	                                    "1\n",
	                                    "\xd9\xa1",
	                                    "18446744073709551616",
	                                    "99999999999999999999999999",
	                                    "1:",
	                                    "1/"};
	uint64_t value = 7;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		EXPECT_INT(str_to_uint(texts[i], UINT64_MAX, &value), -1);
	EXPECT_INT(str_to_uint(NULL, UINT64_MAX, &value), -1);
	EXPECT_INT(str_to_uint("11", 10, &value), -1);
	EXPECT_INT(value, 7);
}

TEST(signed_numbers_reach_from_the_least_to_the_largest_int)
{
	int value = 7;

	EXPECT_OK(str_to_int("-2147483648", &value));
	EXPECT_INT(value, INT_MIN);
	EXPECT_OK(str_to_int("2147483647", &value));
	EXPECT_INT(value, INT_MAX);
	EXPECT_OK(str_to_int("-1", &value));
	EXPECT_INT(value, -1);
	EXPECT_INT(str_to_int("2147483648", &value), -1);
	EXPECT_INT(str_to_int("-2147483649", &value), -1);
	EXPECT_INT(str_to_int("--1", &value), -1);
	EXPECT_INT(str_to_int("-", &value), -1);
	EXPECT_INT(str_to_int("", &value), -1);
	EXPECT_INT(str_to_int(NULL, &value), -1);
	EXPECT_INT(value, -1);
}

TEST(prefixes_and_emptiness)
{
	EXPECT(str_has_prefix("net.ipv4", "net."));
	EXPECT(str_has_prefix("net", ""));
	EXPECT(!str_has_prefix("net", "net."));
	EXPECT(str_is_empty(NULL) && str_is_empty("") && !str_is_empty(" "));
}
