/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every member of config.json, walked by its tables: a value of each other JSON type, one that is
 * out of range or of no vocabulary, and a required member that is absent are refused in one line
 * that begins with the member's path.
 */
#include <inttypes.h>
#include <string.h>

#include "common/json.h"
#include "common/mem.h"
#include "common/str.h"
#include "libocispec/oci_config.h"
#include "test.h"

/* gnu17 predefines it as 1, and the spec calls a member so. */
#undef linux

extern const struct json_type oci_config_type;

/* Where the walk is: the document up to the member's value and behind it, and the path. */
struct place {
	const char *before;
	const char *behind;
	const char *path;
	size_t *n_members;
};

enum type { BOOLEAN = 1, INTEGER = 2, NUMBER = 4, TEXT = 8, ARRAY = 16, OBJECT = 32 };

static const struct {
	enum type type;
	const char *text;
	const char *got; /* what the error says of it */
} values[] = {
	{BOOLEAN, "true", ", got boolean"}, {INTEGER, "7", ", got integer"},
	{NUMBER, "1.5", ", got number"},    {TEXT, "\"text\"", ", got string"},
	{ARRAY, "[]", ", got array"},       {OBJECT, "{}", ", got object"},
};

static enum type type_of(const struct json_field *field)
{
	switch ((enum json_kind)field->kind) {
	case JSON_BOOL:
		return BOOLEAN;
	case JSON_STRING:
	case JSON_ENUM:
		return TEXT;
	case JSON_OBJECT:
		return OBJECT;
	default:
		return INTEGER;
	}
}

/* @value at @place is refused by one line "config.json:1: PATH: ..." that holds @part. */
static void expect_refused(const struct place *place, const char *value, const char *part)
{
	auto_free char *text = mem_printf("%s%s%s", place->before, value, place->behind);
	auto_free char *start = mem_printf("config.json:1: %s: ", place->path);
	struct error err = {0};
	auto_json struct oci_config *config =
		oci_config_read("config.json", text, strlen(text), &err);

	if (config)
		test_fail(__FILE__, __LINE__, "%s: %s is taken", place->path, value);
	else if (err.kind != ERR_INVALID || strncmp(err.msg, start, strlen(start)) != 0 ||
	         !strstr(err.msg, part) || strchr(err.msg, '\n'))
		test_fail(__FILE__, __LINE__, "%s = %s: %s", place->path, value, err.msg);
}

static void expect_wrong_types(const struct place *place, enum type fitting)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (values[i].type != fitting)
			expect_refused(place, values[i].text, values[i].got);
}

/* The ends of each kind, and one beyond them. */
static const struct {
	enum json_kind kind;
	const char *below;
	const char *above;
} ranges[] = {
	{JSON_INT32, "-2147483649", "2147483648"},
	{JSON_INT64, "-9223372036854775809", "9223372036854775808"},
	{JSON_UINT16, "-1", "65536"},
	{JSON_UINT32, "-1", "4294967296"},
	{JSON_UINT64, "-1", "18446744073709551616"},
};

static void expect_impossible_values(const struct place *place, const struct json_field *field)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (ranges[i].kind != field->kind)
			continue;
		expect_refused(place, ranges[i].below, ranges[i].below);
		expect_refused(place, ranges[i].above, ranges[i].above);
	}
	if (field->max) {
		auto_free char *below = mem_printf("%" PRId64, field->min - 1);
		auto_free char *above = mem_printf("%" PRIu64, field->max + 1);

		expect_refused(place, below, below);
		expect_refused(place, above, above);
	}
	if (field->kind == JSON_ENUM)
		expect_refused(place, "\"\"", "unknown value \"\"");
	if (field->kind == JSON_ENUM || field->pattern)
		expect_refused(place, "\"~nonsense~\"", "~nonsense~");
	if (type_of(field) == TEXT)
		expect_refused(place, "\"a\\u0000b\"", "NUL");
}

static void walk(const struct json_type *type, const struct place *object);

/* One value where @field stands: itself, an array's item or a map's value. */
static void check_value(const struct json_field *field, const struct place *place)
{
	expect_wrong_types(place, type_of(field));
	if (field->kind == JSON_OBJECT)
		walk(field->type, place);
	else
		expect_impossible_values(place, field);
}

static void check_member(const struct json_field *field, const struct place *object)
{
	auto_free char *before = mem_printf("%s{\"%s\":", object->before, field->name);
	auto_free char *behind = mem_printf("}%s", object->behind);
	auto_free char *path =
		mem_printf("%s%s%s", object->path, *object->path ? "." : "", field->name);
	const struct place place = {before, behind, path, object->n_members};

	++*object->n_members;
	if (field->shape == JSON_ONE) {
		check_value(field, &place);
	} else {
		bool is_map = field->shape == JSON_MAP;
		auto_free char *open = mem_printf("%s%s", before, is_map ? "{\"key\":" : "[");
		auto_free char *close = mem_printf("%s%s", is_map ? "}" : "]", behind);
		auto_free char *item = mem_printf("%s%s", path, is_map ? ".key" : "[0]");
		const struct place first = {open, close, item, object->n_members};

		expect_wrong_types(&place, is_map ? OBJECT : ARRAY);
		check_value(field, &first);
		if (field->min_items)
			expect_refused(&place, is_map ? "{}" : "[]", "expected at least");
	}
}

static void walk(const struct json_type *type, const struct place *object)
{
	for (size_t i = 0; i < type->n_fields; i++)
		check_member(&type->fields[i], object);
	for (size_t i = 0; i < type->n_fields; i++) {
		const struct json_field *field = &type->fields[i];
		auto_free char *path =
			mem_printf("%s%s%s", object->path, *object->path ? "." : "", field->name);
		const struct place place = {object->before, object->behind, path, NULL};

		/* the first that is missing is the one that is named */
		if (field->mode == JSON_REQUIRED) {
			expect_refused(&place, "{}", "missing required member");
			break;
		}
	}
}

TEST(every_member_refuses_other_types_and_impossible_values_by_its_path)
{
	size_t n = 0;
	const struct place root = {"", "", "", &n};

	walk(&oci_config_type, &root);
	EXPECT(n > 200);
}
