/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.c: every value that is taken, and the exact text of every refusal. */
#include "test.h"

#include <string.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "common/mem.h"

/* clang-format off */
#define FUR(V)               \
	V(FUR_SHORT, "short") \
	V(FUR_LONG, "long")

#define TOY(F, T)                                         \
	F(T, STRING, REQUIRED, name, "name")              \
	F(T, INT64, OPTIONAL, price, "price")

#define CAT(F, T)                                         \
	F(T, STRING, REQUIRED, name, "name")              \
	F(T, STRING, OPTIONAL, chip, "chip", .pattern = &chip_pattern) \
	F(T, BOOL, ZERO, is_fed, "isFed")                 \
	F(T, BOOL, OPTIONAL, is_male, "isMale")           \
	F(T, INT32, OPTIONAL, i32, "i32")                 \
	F(T, INT64, OPTIONAL, i64, "i64")                 \
	F(T, UINT16, OPTIONAL, u16, "u16")                \
	F(T, UINT32, ALWAYS, u32, "u32")                  \
	F(T, UINT64, OPTIONAL, u64, "u64")                \
	F(T, INT32, OPTIONAL, lives, "lives", .min = 1, .max = 9) \
	F(T, ENUM(fur), OPTIONAL, fur, "fur")             \
	F(T, OBJECT(toy), OPTIONAL, toy, "toy")           \
	F(T, OBJECT(cat), OPTIONAL, mother, "mother")     \
	F(T, ARRAY(STRING), OPTIONAL, names, "names", .min_items = 1) \
	F(T, ARRAY(UINT32), OPTIONAL, weights, "weights") \
	F(T, ARRAY(ENUM(fur)), OPTIONAL, furs, "furs")    \
	F(T, ARRAY(OBJECT(toy)), OPTIONAL, toys, "toys")  \
	F(T, MAP(STRING), OPTIONAL, notes, "notes")       \
	F(T, MAP(OBJECT(toy)), OPTIONAL, shelf, "shelf")
/* clang-format on */

static bool is_chip(const char *s)
{
	return s[0] == '#';
}

static const struct json_pattern chip_pattern = {"a # and a number", is_chip};

JSON_ENUM(fur, FUR)
JSON_ENUM_NAMES(fur, FUR)
JSON_STRUCT(toy, TOY)
JSON_STRUCT(cat, CAT)
JSON_STRICT_TYPE(toy, TOY)
JSON_TYPE(cat, CAT)

static struct cat *read_cat(const char *text, struct error *err)
{
	return json_read(&cat_type, "cat.json", text, strlen(text), 0, err);
}

/* A cat called c with @members besides. */
static struct cat *read_members(const char *members, struct error *err)
{
	auto_free char *text = mem_printf("{\"name\":\"c\",%s}", members);

	return read_cat(text, err);
}

#define EXPECT_REFUSED(text, message) EXPECT_ERROR(read_cat(text, err), ERR_INVALID, message)
#define EXPECT_MEMBERS_REFUSED(members, message)                                                   \
	EXPECT_ERROR(read_members(members, err), ERR_INVALID, message)

/*
 * What is taken
 */

TEST(absent_members_are_zero_null_and_not_present)
{
	auto_json struct cat *cat = read_cat("{\"name\":\"c\"}", err);

	REQUIRE(cat);
	EXPECT_STR(cat->name, "c");
	EXPECT(!cat->chip && !cat->toy && !cat->names && !cat->notes.keys && !cat->fur);
	EXPECT(!cat->has_i64 && !cat->has_is_male && !cat->is_fed);
	EXPECT_INT(cat->n_names, 0);
}

TEST(scalars_are_read_and_zero_is_present)
{
	auto_json struct cat *cat = read_members(
		"\"isFed\":true,\"isMale\":false,\"i64\":0,\"fur\":\"long\",\"chip\":\"#1\"", err);

	REQUIRE(cat);
	EXPECT(cat->is_fed);
	EXPECT(cat->has_is_male && !cat->is_male);
	EXPECT(cat->has_i64 && cat->i64 == 0);
	EXPECT_INT(cat->fur, FUR_LONG);
	EXPECT_STR(cat->chip, "#1");
}

TEST(integers_are_exact_at_the_ends_of_their_range)
{
	auto_json struct cat *least = read_members(
		"\"i32\":-2147483648,\"i64\":-9223372036854775808,\"u16\":0,\"u64\":-0", err);
	auto_json struct cat *most = read_members("\"i32\":2147483647,\"i64\":9223372036854775807,"
	                                          "\"u16\":65535,\"u32\":4294967295,"
	                                          "\"u64\":18446744073709551615",
	                                          err);

	REQUIRE(least && most);
	EXPECT(least->i32 == INT32_MIN && least->i64 == INT64_MIN);
	EXPECT(least->has_u16 && least->u16 == 0 && least->has_u64 && least->u64 == 0);
	EXPECT(most->i32 == INT32_MAX && most->i64 == INT64_MAX);
	EXPECT(most->u16 == UINT16_MAX && most->u32 == UINT32_MAX && most->u64 == UINT64_MAX);
}

TEST(arrays_are_read_and_string_arrays_end_in_null)
{
	auto_json struct cat *cat =
		read_members("\"names\":[\"a\",\"b\",\"c\",\"d\",\"e\"],\"weights\":[],"
	                     "\"furs\":[\"long\",\"short\"],"
	                     "\"toys\":[{\"name\":\"x\"},{\"name\":\"y\",\"price\":3}]",
	                     err);

	REQUIRE(cat);
	EXPECT_INT(cat->n_names, 5);
	EXPECT_STR(cat->names[4], "e");
	EXPECT(cat->names[5] == NULL);
	EXPECT(cat->weights && cat->n_weights == 0);
	EXPECT(cat->n_furs == 2 && cat->furs[0] == FUR_LONG && cat->furs[1] == FUR_SHORT);
	REQUIRE(cat->n_toys == 2);
	EXPECT_STR(cat->toys[0].name, "x");
	EXPECT(!cat->toys[0].has_price && cat->toys[1].has_price && cat->toys[1].price == 3);
}

TEST(long_arrays_keep_every_item)
{
	auto_str struct str text = {0};
	auto_json struct cat *cat = NULL;

	str_append(&text, "\"names\":[\"n0\"");
	for (int i = 1; i < 1000; i++)
		str_appendf(&text, ",\"n%d\"", i);
	str_append(&text, "]");
	cat = read_members(text.s, err);
	REQUIRE(cat && cat->n_names == 1000);
	for (int i = 0; i < 1000; i++) {
		auto_free char *name = mem_printf("n%d", i);

		EXPECT_STR(cat->names[i], name);
	}
	EXPECT(cat->names[1000] == NULL);
}

TEST(maps_keep_the_order_of_their_keys)
{
	auto_json struct cat *cat = read_members("\"notes\":{\"z\":\"1\",\"\":\"2\",\"a\":\"\"},"
	                                         "\"shelf\":{\"top\":{\"name\":\"ball\"}}",
	                                         err);

	REQUIRE(cat && cat->notes.n == 3 && cat->shelf.n == 1);
	EXPECT_STR(cat->notes.keys[0], "z");
	EXPECT_STR(cat->notes.keys[1], "");
	EXPECT_STR(cat->notes.values[1], "2");
	EXPECT_STR(cat->notes.values[2], "");
	EXPECT_STR(cat->shelf.keys[0], "top");
	EXPECT_STR(cat->shelf.values[0].name, "ball");
}

TEST(members_may_come_in_any_order)
{
	auto_json struct cat *cat = read_cat(
		"{\"u64\":4,\"mother\":{\"u64\":2,\"name\":\"m\"},\"u16\":3,\"name\":\"c\"}", err);

	REQUIRE(cat);
	EXPECT(cat->u64 == 4 && cat->u16 == 3 && cat->mother->u64 == 2);
	EXPECT_STR(cat->mother->name, "m");
}

TEST(null_stands_for_an_absent_member)
{
	auto_json struct cat *cat =
		read_members("\"chip\":null,\"i64\":null,\"isFed\":null,\"fur\":null,\"toy\":null,"
	                     "\"names\":null,\"toys\":null,\"notes\":null,\"shelf\":null",
	                     err);

	REQUIRE(cat);
	EXPECT(!cat->chip && !cat->has_i64 && !cat->fur && !cat->toy && !cat->names);
	EXPECT(!cat->toys && !cat->notes.keys && !cat->shelf.keys);
}

TEST(escapes_are_decoded)
{
	auto_json struct cat *cat =
		read_cat("{\"na\\u006de\":\"\\\"\\\\\\/\\n\\u00fc\\ud83d\\udc1f\"}", err);

	REQUIRE(cat);
	EXPECT_STR(cat->name, "\"\\/\n\xc3\xbc\xf0\x9f\x90\x9f");
}

TEST(unknown_members_are_skipped_whatever_they_hold)
{
	auto_json struct cat *cat = read_cat(
		"{\"a\":1,\"b\":[1.5,{\"name\":2},[null,true]],\"c\":{\"name\":{\"d\":[]}},"
		"\"name\":\"c\",\"e\":null,\"f\":\"s\",\"g\":false,\"h\":1e99,\"i\":{},\"u16\":1}",
		err);

	REQUIRE(cat);
	EXPECT_STR(cat->name, "c");
	EXPECT_INT(cat->u16, 1);
}

TEST(white_space_around_the_document_is_allowed)
{
	auto_json struct cat *cat = read_cat("\n\t {\"name\" : \"c\"} \n", err);

	EXPECT(cat);
}

/*
 * What is refused
 */

TEST(a_wrong_type_is_named_with_its_path_and_line)
{
	EXPECT_REFUSED("{\"name\":\"c\",\n\"mother\":{\n\"name\":\"m\",\"toy\":{\"price\":\"4\"}}}",
	               "cat.json:3: mother.toy.price: expected an integer, got string");
	EXPECT_MEMBERS_REFUSED("\"u32\":\"1\"",
	                       "cat.json:1: u32: expected an unsigned integer, got string");
	EXPECT_MEMBERS_REFUSED("\"isFed\":1", "cat.json:1: isFed: expected a boolean, got integer");
	EXPECT_MEMBERS_REFUSED("\"chip\":1.5", "cat.json:1: chip: expected a string, got number");
	EXPECT_MEMBERS_REFUSED("\"fur\":true", "cat.json:1: fur: expected a string, got boolean");
	EXPECT_MEMBERS_REFUSED("\"toy\":[]", "cat.json:1: toy: expected an object, got array");
	EXPECT_MEMBERS_REFUSED("\"notes\":[]", "cat.json:1: notes: expected an object, got array");
	EXPECT_MEMBERS_REFUSED("\"names\":{}", "cat.json:1: names: expected an array, got object");
	EXPECT_MEMBERS_REFUSED("\"names\":\"a\"",
	                       "cat.json:1: names: expected an array, got string");
	EXPECT_MEMBERS_REFUSED("\"i64\":{}", "cat.json:1: i64: expected an integer, got object");
}

TEST(a_wrong_type_in_an_array_is_named_by_its_index)
{
	EXPECT_MEMBERS_REFUSED("\"names\":[\"a\",\n\"b\",\n3]",
	                       "cat.json:3: names[2]: expected a string, got integer");
	EXPECT_MEMBERS_REFUSED("\"toys\":[{\"name\":\"x\"},{\"name\":[]}]",
	                       "cat.json:1: toys[1].name: expected a string, got array");
	EXPECT_MEMBERS_REFUSED("\"names\":[[\"a\"]]",
	                       "cat.json:1: names[0]: expected a string, got array");
	EXPECT_MEMBERS_REFUSED("\"names\":[null]",
	                       "cat.json:1: names[0]: expected a string, got null");
	EXPECT_MEMBERS_REFUSED("\"toys\":[1]",
	                       "cat.json:1: toys[0]: expected an object, got integer");
}

TEST(a_wrong_type_in_a_map_is_named_by_its_key)
{
	EXPECT_MEMBERS_REFUSED("\"notes\":{\"a\":\"b\",\"eth0\":{}}",
	                       "cat.json:1: notes.eth0: expected a string, got object");
	EXPECT_MEMBERS_REFUSED("\"notes\":{\"org.x\":1}",
	                       "cat.json:1: notes[\"org.x\"]: expected a string, got integer");
	EXPECT_MEMBERS_REFUSED("\"notes\":{\"a\\nb\":null}",
	                       "cat.json:1: notes[\"a\\nb\"]: expected a string, got null");
	EXPECT_MEMBERS_REFUSED("\"shelf\":{\"top\":{\"name\":1}}",
	                       "cat.json:1: shelf.top.name: expected a string, got integer");
}

TEST(the_root_must_be_an_object)
{
	EXPECT_REFUSED("[]", "cat.json:1: expected an object, got array");
	EXPECT_REFUSED("\n\"x\"", "cat.json:2: expected an object, got string");
	EXPECT_REFUSED("\n\n12", "cat.json:3: expected an object, got integer");
	EXPECT_REFUSED("null", "cat.json:1: expected an object, got null");
	EXPECT_REFUSED("true", "cat.json:1: expected an object, got boolean");
}

TEST(a_missing_required_member_is_named)
{
	EXPECT_REFUSED("{}", "cat.json:1: name: missing required member");
	EXPECT_REFUSED("{\"name\":null}", "cat.json:1: name: expected a string, got null");
	EXPECT_MEMBERS_REFUSED("\"toys\":[{\"name\":\"x\"},\n{\"price\":1}\n]",
	                       "cat.json:2: toys[1].name: missing required member");
	EXPECT_MEMBERS_REFUSED("\"shelf\":{\"top\":{}}",
	                       "cat.json:1: shelf.top.name: missing required member");
}

TEST(a_number_that_is_not_an_integer_is_refused_even_with_an_integral_value)
{
	EXPECT_MEMBERS_REFUSED("\"i64\":1.5",
	                       "cat.json:1: i64: expected an integer, got number 1.5");
	EXPECT_MEMBERS_REFUSED("\"i64\":1e3",
	                       "cat.json:1: i64: expected an integer, got number 1e3");
	EXPECT_MEMBERS_REFUSED("\"u16\":1E3",
	                       "cat.json:1: u16: expected an unsigned integer, got number 1E3");
	EXPECT_MEMBERS_REFUSED(
		"\"weights\":[1.0]",
		"cat.json:1: weights[0]: expected an unsigned integer, got number 1.0");
}

TEST(an_integer_out_of_range_is_refused_with_the_range)
{
	EXPECT_MEMBERS_REFUSED("\"i32\":2147483648", "cat.json:1: i32: 2147483648 is out of range "
	                                             "(-2147483648 to 2147483647)");
	EXPECT_MEMBERS_REFUSED("\"i32\":-2147483649",
	                       "cat.json:1: i32: -2147483649 is out of range "
	                       "(-2147483648 to 2147483647)");
	EXPECT_MEMBERS_REFUSED("\"i64\":9223372036854775808",
	                       "cat.json:1: i64: 9223372036854775808 is out of range "
	                       "(-9223372036854775808 to 9223372036854775807)");
	EXPECT_MEMBERS_REFUSED("\"i64\":-9223372036854775809",
	                       "cat.json:1: i64: -9223372036854775809 is out of range "
	                       "(-9223372036854775808 to 9223372036854775807)");
	EXPECT_MEMBERS_REFUSED("\"u64\":18446744073709551616",
	                       "cat.json:1: u64: 18446744073709551616 is out of range "
	                       "(0 to 18446744073709551615)");
	EXPECT_MEMBERS_REFUSED("\"u16\":65536",
	                       "cat.json:1: u16: 65536 is out of range (0 to 65535)");
	EXPECT_MEMBERS_REFUSED("\"u32\":-1",
	                       "cat.json:1: u32: -1 is out of range (0 to 4294967295)");
	EXPECT_MEMBERS_REFUSED("\"weights\":[1,4294967296]",
	                       "cat.json:1: weights[1]: 4294967296 is out of range "
	                       "(0 to 4294967295)");
}

TEST(a_range_of_the_member_itself_is_kept)
{
	EXPECT_MEMBERS_REFUSED("\"lives\":0", "cat.json:1: lives: 0 is out of range (1 to 9)");
	EXPECT_MEMBERS_REFUSED("\"lives\":-1", "cat.json:1: lives: -1 is out of range (1 to 9)");
	EXPECT_MEMBERS_REFUSED("\"lives\":10", "cat.json:1: lives: 10 is out of range (1 to 9)");
}

TEST(an_endless_number_is_cut_in_the_message)
{
	char members[300] = "\"i64\":";

	memset(members + strlen(members), '7', 200);
	EXPECT_MEMBERS_REFUSED(members,
	                       "cat.json:1: i64: "
	                       "7777777777777777777777777777777777777777777777777777777777777777"
	                       " is out of range (-9223372036854775808 to 9223372036854775807)");
}

TEST(an_unknown_value_is_quoted)
{
	EXPECT_MEMBERS_REFUSED("\"fur\":\"sho\"", "cat.json:1: fur: unknown value \"sho\"");
	EXPECT_MEMBERS_REFUSED("\"fur\":\"\"", "cat.json:1: fur: unknown value \"\"");
	EXPECT_MEMBERS_REFUSED("\"furs\":[\"long\",\"a\\nb\"]",
	                       "cat.json:1: furs[1]: unknown value \"a\\nb\"");
	EXPECT_MEMBERS_REFUSED("\"fur\":\"123456789 123456789 123456789 123456789 123456789 "
	                       "123456789 123456789 \"",
	                       "cat.json:1: fur: unknown value \"123456789 123456789 123456789 "
	                       "123456789 123456789 123456789 1234\"...");
}

TEST(a_string_that_misses_its_pattern_is_quoted)
{
	EXPECT_MEMBERS_REFUSED("\"chip\":\"7\"",
	                       "cat.json:1: chip: expected a # and a number, got \"7\"");
}

TEST(a_duplicate_member_is_refused)
{
	EXPECT_REFUSED("{\"name\":\"a\",\n\"name\":\"b\"}", "cat.json:2: name: duplicate member");
	EXPECT_MEMBERS_REFUSED("\"chip\":null,\"chip\":null", "cat.json:1: chip: duplicate member");
	EXPECT_MEMBERS_REFUSED("\"chip\":null,\"ch\\u0069p\":null",
	                       "cat.json:1: chip: duplicate member");
	EXPECT_MEMBERS_REFUSED("\"notes\":{\"a\":\"1\",\n\"a\":\"1\"}",
	                       "cat.json:2: notes.a: duplicate member");
}

TEST(a_duplicate_key_of_a_large_map_is_refused)
{
	auto_str struct str text = {0};

	str_append(&text, "\"notes\":{");
	for (int i = 0; i < 100; i++)
		str_appendf(&text, "\"k%d\":\"\",", i);
	str_append(&text, "\"k70\":\"\"}");
	EXPECT_MEMBERS_REFUSED(text.s, "cat.json:1: notes.k70: duplicate member");
}

TEST(an_unknown_member_of_a_strict_object_is_named)
{
	EXPECT_MEMBERS_REFUSED("\"toy\":{\"name\":\"x\",\"colour\":1}",
	                       "cat.json:1: toy.colour: unknown member");
	EXPECT_MEMBERS_REFUSED("\"toy\":{\"na me\":1}",
	                       "cat.json:1: toy[\"na me\"]: unknown member");
}

TEST(too_few_items_are_refused)
{
	EXPECT_MEMBERS_REFUSED("\"names\":[]", "cat.json:1: names: expected at least 1 item");
}

TEST(nul_in_a_string_is_refused)
{
	EXPECT_MEMBERS_REFUSED("\"names\":[\"a\",\"b\\u0000c\"]",
	                       "cat.json:1: names[1]: NUL in string");
	EXPECT_MEMBERS_REFUSED("\"notes\":{\"a\\u0000\":\"\"}",
	                       "cat.json:1: notes: NUL in member name");
	EXPECT_MEMBERS_REFUSED("\"unknown\":{\"x\":\"\\u0000\"}",
	                       "cat.json:1: unknown: NUL in string");
}

TEST(invalid_utf8_is_refused)
{
	EXPECT_MEMBERS_REFUSED("\"chip\":\"#\xff\"", "cat.json:1: chip: invalid UTF-8 in string");
	EXPECT_MEMBERS_REFUSED("\"chip\":\"#\xc0\x80\"",
	                       "cat.json:1: chip: invalid UTF-8 in string");
	EXPECT_MEMBERS_REFUSED("\"chip\":\"\\n\xed\xa0\x80\"",
	                       "cat.json:1: chip: invalid UTF-8 in string");
	EXPECT_MEMBERS_REFUSED("\"b\xff!\":1", "cat.json:1: invalid UTF-8 in member name");
	EXPECT_MEMBERS_REFUSED("\"toy\":{\"b\xff!\":1}",
	                       "cat.json:1: toy: invalid UTF-8 in member name");
}

TEST(half_a_surrogate_pair_is_refused)
{
	EXPECT_MEMBERS_REFUSED("\"chip\":\"#\\ud83d\"",
	                       "cat.json:1: chip: lone surrogate in string");
	EXPECT_MEMBERS_REFUSED("\"chip\":\"#\\ud83dx\"",
	                       "cat.json:1: chip: lone surrogate in string");
	EXPECT_MEMBERS_REFUSED("\"chip\":\"\\ud83d\\n\"",
	                       "cat.json:1: chip: lone surrogate in string");
	EXPECT_MEMBERS_REFUSED("\"chip\":\"\\\\\\\"\\ud83d\\u0041\"",
	                       "cat.json:1: chip: lone surrogate in string");
	EXPECT_MEMBERS_REFUSED("\"chip\":\"\\ud83d\\\"x\"",
	                       "cat.json:1: chip: lone surrogate in string");
	EXPECT_MEMBERS_REFUSED("\"\\ud83d\":1", "cat.json:1: lone surrogate in member name");
}

TEST(nesting_is_limited)
{
	auto_str struct str deep = {0};
	auto_json struct cat *cat = NULL;

	str_append(&deep, "\"unknown\":");
	for (int i = 0; i < JSON_MAX_DEPTH - 1; i++)
		str_append(&deep, "[");
	for (int i = 0; i < JSON_MAX_DEPTH - 1; i++)
		str_append(&deep, "]");
	cat = read_members(deep.s, err);
	EXPECT(cat);
	str_clear(&deep);

	str_append(&deep, "\"unknown\":");
	for (int i = 0; i < JSON_MAX_DEPTH; i++)
		str_append(&deep, "[");
	EXPECT_ERROR(read_members(deep.s, err), ERR_LIMIT,
	             "cat.json:1: unknown: nested too deeply (limit 64)");
	str_clear(&deep);

	for (int i = 0; i < JSON_MAX_DEPTH + 1; i++)
		str_append(&deep, "{\"mother\":");
	EXPECT(!read_cat(deep.s, err));
	EXPECT_INT(err->kind, ERR_LIMIT);
	EXPECT_CONTAINS(err->msg, "cat.json:1: ...");
	EXPECT_CONTAINS(err->msg, ".mother.mother: nested too deeply (limit 64)");
}

TEST(the_size_of_the_document_is_limited)
{
	auto_json struct cat *cat = NULL;

	EXPECT_ERROR(json_read(&cat_type, "cat.json", "{\"name\":\"\"}", 11, 10, err), ERR_LIMIT,
	             "cat.json: larger than 10 bytes");
	cat = json_read(&cat_type, "cat.json", "{\"name\":\"\"}", 11, 11, err);
	EXPECT(cat);
}

TEST(an_empty_document_is_refused)
{
	EXPECT_REFUSED("", "cat.json: empty");
	EXPECT_REFUSED(" \n ", "cat.json:2: invalid JSON: premature EOF");
}

TEST(a_document_that_is_cut_off_is_refused_at_its_end)
{
	EXPECT_REFUSED("{\"name\":\"c\",\n\"u16\":1\n", "cat.json:3: invalid JSON: premature EOF");
	EXPECT_REFUSED("{\n\"toy\":{\"price\":12", "cat.json:2: toy: invalid JSON: premature EOF");
	EXPECT_REFUSED("{\n\"name\":\"c", "cat.json:2: name: invalid JSON: premature EOF");
}

TEST(text_behind_the_document_is_refused)
{
	EXPECT_REFUSED("{\"name\":\"c\"}\nx", "cat.json:2: invalid JSON: trailing garbage");
	EXPECT_REFUSED("{\"name\":\"c\"}\n{}", "cat.json:2: invalid JSON: trailing garbage");
}

TEST(broken_syntax_is_named_with_path_and_line)
{
	EXPECT_REFUSED(
		"{\n\"toy\":{\n\"price\" 1}}",
		"cat.json:3: toy.price: invalid JSON: object key and value must be separated "
		"by a colon (':')");
	EXPECT_REFUSED(
		"{\"names\":[\"a\" \"b\"]}",
		"cat.json:1: names[1]: invalid JSON: after array element, I expect ',' or ']'");
	EXPECT_REFUSED("{\"name\":'c'}",
	               "cat.json:1: name: invalid JSON: invalid char in json text");
	EXPECT_REFUSED("{\"u16\":01}",
	               "cat.json:1: invalid JSON: after key and value, inside map, I "
	               "expect ',' or '}'");
	EXPECT_REFUSED("{\"name\":\"a\nb\"}",
	               "cat.json:1: name: invalid JSON: invalid character inside string");
	EXPECT_REFUSED("{/* c */}",
	               "cat.json:1: invalid JSON: probable comment found in input text, "
	               "comments are not enabled");
}
