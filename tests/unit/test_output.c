/* SPDX-License-Identifier: Apache-2.0 */
/* What commands print. */
#include "cli/output.h"
#include "test.h"

TEST(columns_are_as_wide_as_their_longest_text_and_at_least_12)
{
	static const char *const cells[] = {
		"ID", "PID", "OWNER", "a-rather-long-name", "1", "root",
	};
	auto_str struct str out = {0};

	output_format_table(cells, 2, 3, &out);
	EXPECT_STR(out.s, "ID                   PID         OWNER\n"
	                  "a-rather-long-name   1           root\n");
}

TEST(columns_are_counted_in_characters)
{
	static const char *const cells[] = {"\xc3\xa4\xc3\xb6\xc3\xbc", "x", "abc", "y"};
	auto_str struct str out = {0};

	output_format_table(cells, 2, 2, &out);
	EXPECT_STR(out.s, "\xc3\xa4\xc3\xb6\xc3\xbc         x\nabc         y\n");
}
