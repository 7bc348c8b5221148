/* SPDX-License-Identifier: Apache-2.0 */
/* json_utf8.c: what is well-formed UTF-8. */
#include "test.h"

#include <string.h>

#include "common/json_utf8.h"

static size_t sequence(const char *s)
{
	return json_utf8_sequence(s, strlen(s));
}

TEST(well_formed_sequences_have_their_length)
{
	EXPECT_INT(sequence("a"), 1);
	EXPECT_INT(sequence("\xc2\x80"), 2);
	EXPECT_INT(sequence("\xdf\xbf"), 2);
	EXPECT_INT(sequence("\xe0\xa0\x80"), 3);
	EXPECT_INT(sequence("\xed\x9f\xbf"), 3);
	EXPECT_INT(sequence("\xef\xbf\xbf"), 3);
	EXPECT_INT(sequence("\xf0\x90\x80\x80"), 4);
	EXPECT_INT(sequence("\xf4\x8f\xbf\xbf"), 4);
}

TEST(overlong_surrogate_and_too_large_sequences_are_refused)
{
	EXPECT_INT(sequence("\xc0\x80"), 0);
	EXPECT_INT(sequence("\xc1\xbf"), 0);
	EXPECT_INT(sequence("\xe0\x9f\xbf"), 0);
	EXPECT_INT(sequence("\xed\xa0\x80"), 0);
	EXPECT_INT(sequence("\xf0\x8f\xbf\xbf"), 0);
	EXPECT_INT(sequence("\xf4\x90\x80\x80"), 0);
	EXPECT_INT(sequence("\xf5\x80\x80\x80"), 0);
}

TEST(stray_and_cut_sequences_are_refused)
{
	EXPECT_INT(sequence("\x80"), 0);
	EXPECT_INT(sequence("\xc3"), 0);
	EXPECT_INT(sequence("\xe2\x82"), 0);
	EXPECT_INT(sequence("\xe2\x28\xa1"), 0);
	EXPECT_INT(json_utf8_sequence("", 0), 0);
}

TEST(long_text_is_checked_at_every_offset)
{
	char text[41];

	for (size_t at = 0; at < 40; at++) {
		memset(text, 'a', 40);
		EXPECT(json_utf8_is_valid(text, 40));
		text[at] = (char)0xff;
		EXPECT(!json_utf8_is_valid(text, 40));
	}
	EXPECT(json_utf8_is_valid("", 0));
	EXPECT(json_utf8_is_valid("gr\xc3\xbc\xc3\x9f"
	                          "e aus K\xc3\xb6ln",
	                          17));
}
