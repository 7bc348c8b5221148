/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of CPUs and nodes. */
#include "common/number_set.h"

#include <stddef.h>

#include "test.h"

static void expect_numbers(const char *text, const unsigned *numbers, size_t n, struct error *err)
{
	struct number_set set;
	unsigned found = 0;

	number_set_fill(&set);
	EXPECT_OK(number_set_parse(text, &set, err));
	for (unsigned i = 0; i < NUMBER_SET_MAX; i++)
		found += number_set_has(&set, i);
	EXPECT_INT(found, n);
	for (size_t i = 0; i < n; i++)
		EXPECT(number_set_has(&set, numbers[i]));
}

TEST(numbers_and_ranges_are_read_and_spaces_passed_over)
{
	expect_numbers("0", (unsigned[]){0}, 1, err);
	expect_numbers("0-3,7", (unsigned[]){0, 1, 2, 3, 7}, 5, err);
	expect_numbers(" 63 - 65 , 2", (unsigned[]){2, 63, 64, 65}, 4, err);
	expect_numbers("5-5,5", (unsigned[]){5}, 1, err);
	expect_numbers("8191", (unsigned[]){8191}, 1, err);
}

TEST(what_is_no_list_is_refused_by_its_member)
{
	static const char *const bad[] = {"",     "a",      "1-",  "-1",   "1--2",
	                                  "8192", "0-8192", "1 2", "1-2-3"};
	struct number_set set;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT(number_set_parse(bad[i], &set, err) < 0);
		EXPECT_INT(err->kind, ERR_INVALID);
		EXPECT_CONTAINS(err->msg, bad[i]);
		EXPECT_CONTAINS(err->msg, "is no number below 8192 and no range of such numbers");
	}
	EXPECT_ERROR(number_set_parse("1,,2", &set, err), ERR_INVALID,
	             "\"\" is no number below 8192 and no range of such numbers");
	EXPECT_ERROR(number_set_parse("1,3-2", &set, err), ERR_INVALID, "\"3-2\" goes down");
}

TEST(a_full_set_has_every_number_and_no_other)
{
	struct number_set set;

	number_set_fill(&set);
	EXPECT(number_set_has(&set, 0) && number_set_has(&set, NUMBER_SET_MAX - 1));
	EXPECT(!number_set_has(&set, NUMBER_SET_MAX));
}
