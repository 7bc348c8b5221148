/* SPDX-License-Identifier: Apache-2.0 */
/* json.c: the memory of a document and the names of enums. */
#include "test.h"

#include <string.h>

#include "common/json.h"

/* clang-format off */
#define COLOUR(V)           \
	V(COLOUR_RED, "red") \
	V(COLOUR_GREEN, "green")

#define PAINT(F, T)                                        \
	F(T, ENUM(colour), REQUIRED, colour, "colour")     \
	F(T, STRING, OPTIONAL, name, "name")
/* clang-format on */

JSON_ENUM(colour, COLOUR)
JSON_ENUM_NAMES(colour, COLOUR)
JSON_STRUCT(paint, PAINT)
JSON_TYPE(paint, PAINT)

TEST(enum_values_count_from_one_and_have_names)
{
	EXPECT_INT(COLOUR_RED, 1);
	EXPECT_INT(colour_names.n, 2);
	EXPECT_STR(json_enum_name(&colour_names, COLOUR_GREEN), "green");
	EXPECT(json_enum_name(&colour_names, 0) == NULL);
	EXPECT(json_enum_name(&colour_names, 3) == NULL);
	EXPECT(json_enum_name(&colour_names, 4) == NULL);
}

TEST(an_enum_name_is_found_whole_or_not_at_all)
{
	EXPECT_INT(json_enum_find(&colour_names, "red"), COLOUR_RED);
	EXPECT_INT(json_enum_find(&colour_names, "re"), 0);
	EXPECT_INT(json_enum_find(&colour_names, "redd"), 0);
	EXPECT_INT(json_enum_find(&colour_names, ""), 0);
	EXPECT_INT(json_enum_find_n(&colour_names, "greenish", 5), COLOUR_GREEN);
}

TEST(a_new_root_is_zeroed_and_owns_what_is_added)
{
	auto_json struct paint *paint = json_new(&paint_type);

	EXPECT(paint->name == NULL);
	EXPECT_INT(paint->colour, 0);
	paint->name = json_strdup(paint, "vermilion");
	EXPECT_STR(paint->name, "vermilion");
	EXPECT_STR(json_strndup(paint, "vermilion", 5), "vermi");
	EXPECT(json_strdup(paint, NULL) == NULL);
}

TEST(memory_of_a_document_is_zeroed_aligned_and_grows_past_its_block)
{
	auto_json void *root = json_new_sized(&paint_type, 0);

	for (size_t size = 1; size < 20000; size = size * 3 + 1) {
		unsigned char *p = json_alloc(root, size);

		EXPECT_INT((uintptr_t)p % 8, 0);
		EXPECT(p[0] == 0 && memcmp(p, p + 1, size - 1) == 0);
		memset(p, 0xff, size);
		json_strdup(root, "x");
	}
}

TEST(resizing_keeps_the_old_bytes_and_zeroes_the_new)
{
	auto_json void *root = json_new(&paint_type);
	char *last = json_resize(root, NULL, 0, 8);
	char *grown;

	memcpy(last, "abcdefg", 8);
	grown = json_resize(root, last, 8, 64);
	EXPECT(grown == last);
	json_alloc(root, 8);
	grown = json_resize(root, grown, 64, 100000);
	EXPECT(grown != last);
	EXPECT_STR(grown, "abcdefg");
	EXPECT(grown[64] == 0 && memcmp(grown + 64, grown + 65, 100000 - 65) == 0);
}

TEST(releasing_nothing_is_allowed)
{
	json_free(NULL);
}
