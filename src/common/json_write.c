/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one writer of JSON: it walks a struct along its table. Integers are written
 * exactly, strings escaped as RFC 8259 asks and no further.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "common/json_utf8.h"

struct writer {
	struct str *out;
	const char *indent;
	unsigned depth;
};

static void append_escape(struct str *out, unsigned char c)
{
	static const char short_forms[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	char text[8];

	for (const char *p = short_forms; *p; p += 2) {
		if ((unsigned char)p[0] == c) {
			str_append_char(out, '\\');
			str_append_char(out, p[1]);
			return;
		}
	}
	snprintf(text, sizeof(text), "\\u%04x", c);
	str_append(out, text);
}

static bool is_plain(unsigned char c)
{
	return c >= ' ' && c < 0x80 && c != '"' && c != '\\';
}

void json_append_string_n(struct str *out, const char *s, size_t len)
{
	size_t i = 0;

	str_append_char(out, '"');
	while (i < len) {
		size_t start = i;
		size_t n;

		while (i < len && is_plain((unsigned char)s[i]))
			i++;
		str_append_n(out, s + start, i - start);
		if (i == len)
			break;
		if ((unsigned char)s[i] < 0x80) {
			append_escape(out, (unsigned char)s[i++]);
			continue;
		}
		n = json_utf8_sequence(s + i, len - i);
		if (n)
			str_append_n(out, s + i, n);
		else
			str_append(out, "\xef\xbf\xbd");
		i += n ? n : 1;
	}
	str_append_char(out, '"');
}

void json_append_string(struct str *out, const char *s)
{
	json_append_string_n(out, s, strlen(s));
}

/* A new line at the present depth, if there is indentation at all. */
static void break_line(struct writer *w)
{
	if (!w->indent)
		return;
	str_append_char(w->out, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		str_append(w->out, w->indent);
}

static void open_bracket(struct writer *w, char bracket)
{
	str_append_char(w->out, bracket);
	w->depth++;
}

static void close_bracket(struct writer *w, char bracket, bool is_empty)
{
	w->depth--;
	if (!is_empty)
		break_line(w);
	str_append_char(w->out, bracket);
}

static void begin_item(struct writer *w, bool is_first)
{
	if (!is_first)
		str_append_char(w->out, ',');
	break_line(w);
}

static void write_key(struct writer *w, const char *key)
{
	json_append_string(w->out, key);
	str_append(w->out, w->indent ? ": " : ":");
}

static uint64_t load_unsigned(const void *slot, size_t size)
{
	uint64_t value64;
	uint32_t value32;
	uint16_t value16;

	switch (size) {
	case sizeof(value64):
		memcpy(&value64, slot, sizeof(value64));
		return value64;
	case sizeof(value32):
		memcpy(&value32, slot, sizeof(value32));
		return value32;
	case sizeof(value16):
		memcpy(&value16, slot, sizeof(value16));
		return value16;
	default:
		return *(const unsigned char *)slot;
	}
}

static const void *load_pointer(const void *slot)
{
	const void *p;

	memcpy(&p, slot, sizeof(p));
	return p;
}

static void write_string(struct writer *w, const char *s)
{
	json_append_string(w->out, s ? s : "");
}

static void write_object(struct writer *w, const struct json_type *type, const char *object);

/* One value, which stands at @slot. */
static void write_value(struct writer *w, const struct json_field *field, const void *slot)
{
	uint64_t bits;

	switch ((enum json_kind)field->kind) {
	case JSON_STRING:
		write_string(w, load_pointer(slot));
		return;
	case JSON_OBJECT:
		write_object(w, field->type, slot);
		return;
	default:
		break;
	}
	bits = load_unsigned(slot, field->size);
	if (field->kind == JSON_BOOL)
		str_append(w->out, bits ? "true" : "false");
	else if (field->kind == JSON_ENUM)
		write_string(w, json_enum_name(field->names, (unsigned)bits));
	else if (field->kind == JSON_INT32)
		str_appendf(w->out, "%" PRId32, (int32_t)bits);
	else if (field->kind == JSON_INT64)
		str_appendf(w->out, "%" PRId64, (int64_t)bits);
	else
		str_appendf(w->out, "%" PRIu64, bits);
}

static void write_array(struct writer *w, const struct json_field *field, const char *object)
{
	const char *items = load_pointer(object + field->offset);
	size_t n;

	memcpy(&n, object + field->aux_offset, sizeof(n));
	open_bracket(w, '[');
	for (size_t i = 0; i < n; i++) {
		begin_item(w, i == 0);
		write_value(w, field, items + i * field->size);
	}
	close_bracket(w, ']', n == 0);
}

static void write_map(struct writer *w, const struct json_field *field, const char *object)
{
	struct json_map map;

	memcpy(&map, object + field->offset, sizeof(map));
	open_bracket(w, '{');
	for (size_t i = 0; i < map.n; i++) {
		begin_item(w, i == 0);
		write_key(w, map.keys[i]);
		write_value(w, field, (const char *)map.values + i * field->size);
	}
	close_bracket(w, '}', map.n == 0);
}

static bool is_present(const struct json_field *field, const char *object)
{
	const char *slot = object + field->offset;

	/* the first member of a map is a pointer too */
	if (field->shape != JSON_ONE || field->kind == JSON_STRING || field->kind == JSON_OBJECT)
		return load_pointer(slot) != NULL;
	if (field->kind == JSON_ENUM || field->mode == JSON_ZERO)
		return load_unsigned(slot, field->size) != 0;
	return field->aux_offset == JSON_NO_AUX || *(const bool *)(object + field->aux_offset);
}

static void write_member(struct writer *w, const struct json_field *field, const char *object)
{
	const void *slot = object + field->offset;

	write_key(w, field->name);
	if (field->shape == JSON_ARRAY)
		write_array(w, field, object);
	else if (field->shape == JSON_MAP)
		write_map(w, field, object);
	else
		write_value(w, field, field->kind == JSON_OBJECT ? load_pointer(slot) : slot);
}

static void write_object(struct writer *w, const struct json_type *type, const char *object)
{
	bool is_empty = true;

	open_bracket(w, '{');
	for (size_t i = 0; i < type->n_fields; i++) {
		const struct json_field *field = &type->fields[i];

		if (!is_present(field, object))
			continue;
		begin_item(w, is_empty);
		write_member(w, field, object);
		is_empty = false;
	}
	close_bracket(w, '}', is_empty);
}

void json_write(const struct json_type *type, const void *object, const char *indent,
                struct str *out)
{
	struct writer w = {.out = out, .indent = indent};

	write_object(&w, type, object);
}
