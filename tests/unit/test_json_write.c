/* SPDX-License-Identifier: Apache-2.0 */
/* json_write.c: what is written, to the byte. */
#include "test.h"

#include <string.h>

#include "common/cleanup.h"
#include "common/json.h"

/* clang-format off */
#define SIZE_UNIT(V)        \
	V(SIZE_CM, "cm")    \
	V(SIZE_INCH, "inch")

#define BOX(F, T)                                      \
	F(T, UINT64, REQUIRED, width, "width")         \
	F(T, ENUM(size_unit), OPTIONAL, unit, "unit")

#define SHELF(F, T)                                    \
	F(T, STRING, OPTIONAL, name, "name")           \
	F(T, INT64, OPTIONAL, debt, "debt")            \
	F(T, INT32, ZERO, level, "level")              \
	F(T, UINT16, ALWAYS, door, "door")             \
	F(T, BOOL, OPTIONAL, is_open, "isOpen")        \
	F(T, OBJECT(box), OPTIONAL, box, "box")        \
	F(T, ARRAY(OBJECT(box)), OPTIONAL, boxes, "boxes") \
	F(T, ARRAY(STRING), OPTIONAL, tags, "tags")    \
	F(T, ARRAY(UINT32), OPTIONAL, ids, "ids")      \
	F(T, ARRAY(ENUM(size_unit)), OPTIONAL, units, "units") \
	F(T, MAP(STRING), OPTIONAL, notes, "notes")    \
	F(T, MAP(OBJECT(box)), OPTIONAL, named, "named")
/* clang-format on */

JSON_ENUM(size_unit, SIZE_UNIT)
JSON_ENUM_NAMES(size_unit, SIZE_UNIT)
JSON_STRUCT(box, BOX)
JSON_STRUCT(shelf, SHELF)
JSON_TYPE(box, BOX)
JSON_TYPE(shelf, SHELF)

static void expect_written(const struct shelf *shelf, const char *indent, const char *expected)
{
	auto_str struct str out = {0};

	json_write(&shelf_type, shelf, indent, &out);
	EXPECT_STR(out.s, expected);
}

static void expect_string(const char *s, const char *expected)
{
	auto_str struct str out = {0};

	json_append_string(&out, s);
	EXPECT_STR(out.s, expected);
}

TEST(absent_members_are_left_out)
{
	expect_written(&(struct shelf){0}, NULL, "{\"door\":0}");
}

TEST(presence_is_told_from_zero)
{
	struct shelf shelf = {.has_debt = true, .has_is_open = true, .level = -1, .name = ""};

	expect_written(&shelf, NULL,
	               "{\"name\":\"\",\"debt\":0,\"level\":-1,\"door\":0,\"isOpen\":false}");
}

TEST(integers_are_exact_at_the_ends_of_their_range)
{
	struct box box = {.width = UINT64_MAX};
	struct shelf shelf = {
		.has_debt = true, .debt = INT64_MIN, .level = INT32_MIN, .door = UINT16_MAX};

	shelf.box = &box;
	expect_written(&shelf, NULL,
	               "{\"debt\":-9223372036854775808,\"level\":-2147483648,\"door\":65535,"
	               "\"box\":{\"width\":18446744073709551615}}");
}

TEST(arrays_and_maps_are_written_in_order)
{
	struct box boxes[] = {{1, SIZE_CM}, {2, SIZE_INCH}};
	struct shelf shelf = {
		.boxes = boxes,
		.n_boxes = 2,
		.tags = (char *[]){"b", "a", NULL},
		.n_tags = 2,
		.ids = (uint32_t[]){7, UINT32_MAX},
		.n_ids = 2,
		.units = (enum size_unit[]){SIZE_INCH, SIZE_CM},
		.n_units = 2,
		.notes = {(char *[]){"z", "y"}, (char *[]){"1", "2"}, 2},
		.named = {(char *[]){"x"}, boxes, 1},
	};

	expect_written(&shelf, NULL,
	               "{\"door\":0,"
	               "\"boxes\":[{\"width\":1,\"unit\":\"cm\"},{\"width\":2,\"unit\":\"inch\"}],"
	               "\"tags\":[\"b\",\"a\"],\"ids\":[7,4294967295],\"units\":[\"inch\",\"cm\"],"
	               "\"notes\":{\"z\":\"1\",\"y\":\"2\"},"
	               "\"named\":{\"x\":{\"width\":1,\"unit\":\"cm\"}}}");
}

TEST(empty_arrays_and_maps_are_not_absent)
{
	struct shelf shelf = {.tags = (char *[]){NULL}, .notes = {.keys = (char *[]){NULL}}};

	expect_written(&shelf, NULL, "{\"door\":0,\"tags\":[],\"notes\":{}}");
	expect_written(&shelf, "\t", "{\n\t\"door\": 0,\n\t\"tags\": [],\n\t\"notes\": {}\n}");
}

TEST(indentation_follows_the_depth)
{
	struct box box = {.width = 3};
	struct shelf shelf = {.box = &box, .tags = (char *[]){"a", "b"}, .n_tags = 2};

	expect_written(&shelf, "  ",
	               "{\n"
	               "  \"door\": 0,\n"
	               "  \"box\": {\n"
	               "    \"width\": 3\n"
	               "  },\n"
	               "  \"tags\": [\n"
	               "    \"a\",\n"
	               "    \"b\"\n"
	               "  ]\n"
	               "}");
}

TEST(strings_are_escaped_where_json_asks_and_no_further)
{
	expect_string("", "\"\"");
	expect_string("a/b <&> \x7f", "\"a/b <&> \x7f\"");
	expect_string("\"\\", "\"\\\"\\\\\"");
	expect_string("\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"");
	expect_string("\x01\x1f", "\"\\u0001\\u001f\"");
	expect_string("gr\xc3\xbc\xc3\x9f"
	              "e \xf0\x9f\x90\x9f",
	              "\"gr\xc3\xbc\xc3\x9f"
	              "e \xf0\x9f\x90\x9f\"");
}

TEST(bytes_that_are_not_utf8_are_replaced_one_by_one)
{
	expect_string("a\xff"
	              "b",
	              "\"a\xef\xbf\xbd"
	              "b\"");
	expect_string("\xc3", "\"\xef\xbf\xbd\"");
	expect_string("\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	expect_string("\xc3\"", "\"\xef\xbf\xbd\\\"\"");
}

TEST(a_nul_within_the_length_is_escaped)
{
	auto_str struct str out = {0};

	json_append_string_n(&out, "a\0b", 3);
	EXPECT_STR(out.s, "\"a\\u0000b\"");
}
