/* SPDX-License-Identifier: Apache-2.0 */
/* Grants in the text of /etc/subuid. */
#include "common/subid.h"
#include "test.h"

#define MAX 4

static size_t find(const char *text, const char *name, struct subid_range *ret)
{
	return subid_find(text, name, 1000, ret, MAX);
}

TEST(grants_are_found_by_name_and_by_number_in_order)
{
	struct subid_range found[MAX];

	EXPECT_INT(find("root:1:2\nann:100000:65536\nbob:5:5\n1000:700000:1000\nann:7:1", "ann",
	                found),
	           3);
	EXPECT_INT(found[0].first, 100000);
	EXPECT_INT(found[0].count, 65536);
	EXPECT_INT(found[1].first, 700000);
	EXPECT_INT(found[1].count, 1000);
	EXPECT_INT(found[2].first, 7);
}

TEST(a_user_without_a_name_is_found_by_number)
{
	struct subid_range found[MAX];

	EXPECT_INT(find("ann:1:1\n1000:2:1\n", NULL, found), 1);
	EXPECT_INT(found[0].first, 2);
}

TEST(names_are_compared_whole)
{
	struct subid_range found[MAX];

	EXPECT_INT(find("anna:1:1\nan:2:1\n10000:3:1\n100:4:1\n:5:1\n ann:6:1\n", "ann", found), 0);
}

TEST(lines_that_are_no_grant_are_passed_over)
{
	struct subid_range found[MAX];

	EXPECT_INT(find("ann\nann:1\nann:1:\nann::1\nann:1:0\nann:-1:5\nann:1:0x5\nann:1:5:6\n"
	                "ann: 1:5\nann:1:5 \n#ann:1:5\n\n::\nann:9:9\n",
	                "ann", found),
	           1);
	EXPECT_INT(found[0].first, 9);
}

TEST(a_range_ends_below_the_last_number)
{
	struct subid_range found[MAX];

	EXPECT_INT(find("ann:4294967294:1\nann:4294967295:1\nann:1:4294967295\n"
	                "ann:4294967296:1\nann:0:4294967295\n",
	                "ann", found),
	           2);
	EXPECT(found[0].first == 4294967294U && found[0].count == 1);
	EXPECT(found[1].first == 0 && found[1].count == 4294967295U);
}

TEST(no_more_grants_are_returned_than_there_is_room_for)
{
	struct subid_range found[MAX];

	EXPECT_INT(find("ann:1:1\nann:2:1\nann:3:1\nann:4:1\nann:5:1\n", "ann", found), MAX);
	EXPECT_INT(found[3].first, 4);
	EXPECT_INT(find("", "ann", found), 0);
	EXPECT_INT(find("\n\n", "ann", found), 0);
}
