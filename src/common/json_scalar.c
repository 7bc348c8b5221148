/* SPDX-License-Identifier: Apache-2.0 */
/* See json_scalar.h. Integers are read from their text, so that 64 bits are exact. */
#include "common/json_scalar.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/json_utf8.h"
#include "common/mem.h"

static const struct {
	int64_t min;
	uint64_t max;
} kind_ranges[] = {
	[JSON_INT32] = {INT32_MIN, INT32_MAX}, [JSON_INT64] = {INT64_MIN, INT64_MAX},
	[JSON_UINT16] = {0, UINT16_MAX},       [JSON_UINT32] = {0, UINT32_MAX},
	[JSON_UINT64] = {0, UINT64_MAX},
};

/* Offset of the first byte of the string whose closing quote stands at @end. */
static size_t string_start(const char *text, size_t end)
{
	for (size_t i = end; i > 0; i--) {
		size_t backslashes = 0;

		if (text[i - 1] != '"')
			continue;
		while (backslashes + 1 < i && text[i - 2 - backslashes] == '\\')
			backslashes++;
		if (backslashes % 2 == 0)
			return i;
	}
	return 0;
}

/*
 * yajl turns half a surrogate pair into "?" or into bytes that are not UTF-8, and tells
 * nobody: look at the escapes of the string that was read last.
 */
static bool has_lone_surrogate(const struct json_reader *r)
{
	size_t end = yajl_get_bytes_consumed(r->yajl) - 1;
	bool expect_low = false;

	for (size_t i = string_start(r->text, end); i < end; i++) {
		unsigned long unit = 0;

		if (r->text[i] == '\\' && r->text[++i] == 'u' && end - i > 4) {
			char hex[5] = {r->text[i + 1], r->text[i + 2], r->text[i + 3],
			               r->text[i + 4]};

			unit = strtoul(hex, NULL, 16);
			i += 4;
		}
		if (((unit & 0xfc00) == 0xdc00) != expect_low)
			return true;
		expect_low = (unit & 0xfc00) == 0xd800;
	}
	return expect_low;
}

int json_scalar_check(struct json_reader *r, const char *s, size_t len, const char *what)
{
	/* otherwise it points into the document */
	bool is_decoded = (uintptr_t)s - (uintptr_t)r->text > r->len;

	if (memchr(s, '\0', len))
		return json_reader_fail(r, ERR_INVALID, "NUL in %s", what);
	if (!json_utf8_is_valid(s, len))
		return json_reader_fail(r, ERR_INVALID, "invalid UTF-8 in %s", what);
	if (is_decoded && has_lone_surrogate(r))
		return json_reader_fail(r, ERR_INVALID, "lone surrogate in %s", what);
	return 1;
}

static int read_enum(struct json_reader *r, const struct json_field *field, void *slot,
                     const char *s, size_t len)
{
	unsigned value = json_enum_find_n(field->names, s, len);

	if (!value)
		return json_reader_fail_quoted(r, "unknown value ", s, len);
	memcpy(slot, &value, sizeof(value));
	return json_reader_done(r);
}

int json_scalar_string(void *ctx, const unsigned char *bytes, size_t len)
{
	struct json_reader *r = ctx;
	const char *s = (const char *)bytes;
	const struct json_field *field;
	char *copy;
	void *slot;

	if (!json_scalar_check(r, s, len, "string"))
		return 0;
	if (json_reader_skip(r))
		return 1;
	slot = json_reader_place(r, 1u << JSON_STRING | 1u << JSON_ENUM, &field);
	if (!slot)
		return json_reader_fail_type(r, "string");
	if (field->kind == JSON_ENUM)
		return read_enum(r, field, slot, s, len);
	copy = json_strndup(r->root, s, len);
	if (field->pattern && !field->pattern->match(copy)) {
		auto_free char *before = mem_printf("expected %s, got ", field->pattern->expected);

		return json_reader_fail_quoted(r, before, s, len);
	}
	memcpy(slot, &copy, sizeof(copy));
	return json_reader_done(r);
}

static int64_t field_min(const struct json_field *field)
{
	return field->max ? field->min : kind_ranges[field->kind].min;
}

static uint64_t field_max(const struct json_field *field)
{
	return field->max ? field->max : kind_ranges[field->kind].max;
}

static void store_integer(const struct json_field *field, void *slot, uint64_t bits)
{
	uint32_t bits32 = (uint32_t)bits;
	uint16_t bits16 = (uint16_t)bits;

	if (field->size == sizeof(bits))
		memcpy(slot, &bits, sizeof(bits));
	else if (field->size == sizeof(bits32))
		memcpy(slot, &bits32, sizeof(bits32));
	else
		memcpy(slot, &bits16, sizeof(bits16));
}

/* Does the integer @s lie in the field's range? Its bits then go to @ret, in two's complement. */
static bool parse_integer(const struct json_field *field, const char *s, size_t len, uint64_t *ret)
{
	int64_t min = field_min(field);
	bool is_negative = s[0] == '-';
	uint64_t value = 0;

	for (size_t i = is_negative; i < len; i++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (unsigned)(s[i] - '0'), &value))
			return false;
	}
	*ret = is_negative ? -value : value;
	if (is_negative)
		return value <= (uint64_t)INT64_MAX + 1 && (int64_t)-value >= min;
	return value <= field_max(field) && (min <= 0 || value >= (uint64_t)min);
}

static int read_integer(struct json_reader *r, const struct json_field *field, void *slot,
                        const char *s, size_t len)
{
	uint64_t bits;

	if (!parse_integer(field, s, len, &bits))
		return json_reader_fail(r, ERR_INVALID,
		                        "%.*s is out of range (%" PRId64 " to %" PRIu64 ")",
		                        (int)(len < JSON_QUOTE_BYTES ? len : JSON_QUOTE_BYTES), s,
		                        field_min(field), field_max(field));
	store_integer(field, slot, bits);
	return json_reader_done(r);
}

int json_scalar_number(void *ctx, const char *s, size_t len)
{
	const unsigned kinds = 1u << JSON_INT32 | 1u << JSON_INT64 | 1u << JSON_UINT16 |
	                       1u << JSON_UINT32 | 1u << JSON_UINT64;
	struct json_reader *r = ctx;
	const struct json_field *field;
	bool is_integer = true;
	void *slot;

	if (json_reader_skip(r))
		return 1;
	for (size_t i = 0; i < len; i++)
		is_integer = is_integer && s[i] != '.' && s[i] != 'e' && s[i] != 'E';
	slot = json_reader_place(r, kinds, &field);
	if (!slot)
		return json_reader_fail_type(r, is_integer ? "integer" : "number");
	if (!is_integer)
		return json_reader_fail(r, ERR_INVALID, "expected %s, got number %.*s",
		                        json_reader_expected(r),
		                        (int)(len < JSON_QUOTE_BYTES ? len : JSON_QUOTE_BYTES), s);
	return read_integer(r, field, slot, s, len);
}

int json_scalar_boolean(void *ctx, int value)
{
	struct json_reader *r = ctx;
	const struct json_field *field;
	bool *slot;

	if (json_reader_skip(r))
		return 1;
	slot = json_reader_place(r, 1u << JSON_BOOL, &field);
	if (!slot)
		return json_reader_fail_type(r, "boolean");
	*slot = value != 0;
	return json_reader_done(r);
}

int json_scalar_null(void *ctx)
{
	struct json_reader *r = ctx;
	struct json_frame *frame = json_reader_top(r);

	if (json_reader_skip(r))
		return 1;
	if (!frame || !frame->type || frame->field->mode == JSON_REQUIRED)
		return json_reader_fail_type(r, "null");
	frame->field = NULL;
	return 1;
}
