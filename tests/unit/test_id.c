/* SPDX-License-Identifier: Apache-2.0 */
/* The rule for container IDs. */
#include <string.h>

#include "runtime/id.h"
#include "test.h"

#define RULE ": it may hold letters, digits and _.+- and begins with a letter or digit"

TEST(letters_digits_and_four_signs_make_an_id)
{
	EXPECT_OK(id_check("a", err));
	EXPECT_OK(id_check("0", err));
	EXPECT_OK(id_check("Web_1.2+3-4", err));
	EXPECT_OK(
		id_check("d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e", err));
}

TEST(an_id_cannot_be_a_path_or_an_option)
{
	EXPECT_ERROR(id_check("", err), ERR_INVALID, "malformed container ID \"\"" RULE);
	EXPECT_ERROR(id_check(".", err), ERR_INVALID, "malformed container ID \".\"" RULE);
	EXPECT_ERROR(id_check("..", err), ERR_INVALID, "malformed container ID \"..\"" RULE);
	EXPECT_ERROR(id_check(".a", err), ERR_INVALID, "malformed container ID \".a\"" RULE);
	EXPECT_ERROR(id_check("a/b", err), ERR_INVALID, "malformed container ID \"a/b\"" RULE);
	EXPECT_ERROR(id_check("-a", err), ERR_INVALID, "malformed container ID \"-a\"" RULE);
	EXPECT_ERROR(id_check("_a", err), ERR_INVALID, "malformed container ID \"_a\"" RULE);
	EXPECT_ERROR(id_check("+a", err), ERR_INVALID, "malformed container ID \"+a\"" RULE);
	EXPECT_ERROR(id_check("a b", err), ERR_INVALID, "malformed container ID \"a b\"" RULE);
	EXPECT_ERROR(id_check("\xc3\xa4", err), ERR_INVALID,
	             "malformed container ID \"\xc3\xa4\"" RULE);
}

TEST(an_id_fits_into_a_file_name)
{
	char id[ID_MAX_BYTES + 2];

	memset(id, 'a', sizeof(id));
	id[ID_MAX_BYTES] = '\0';
	EXPECT_OK(id_check(id, err));
	id[ID_MAX_BYTES] = 'a';
	id[ID_MAX_BYTES + 1] = '\0';
	EXPECT_ERROR(id_check(id, err), ERR_INVALID,
	             "container ID of 256 bytes is too long, at most 255 are allowed");
}

TEST(a_made_up_id_is_a_good_one_and_not_the_same_again)
{
	struct id one;
	struct id two;

	EXPECT_OK(id_make(&one, err));
	EXPECT_OK(id_make(&two, err));
	EXPECT_OK(id_check(one.s, err));
	EXPECT_INT(strlen(one.s), 12);
	EXPECT(strcmp(one.s, two.s) != 0);
}
