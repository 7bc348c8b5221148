/* SPDX-License-Identifier: Apache-2.0 */
/* See json_reader.h: messages, and the places where values go. */
#include "common/json_reader.h"

#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"

/* Longest path in a message, in bytes. */
#define PATH_BYTES 160

/* What a kind is called in messages. */
static const char *const expected_names[] = {
	[JSON_BOOL] = "a boolean",
	[JSON_INT32] = "an integer",
	[JSON_INT64] = "an integer",
	[JSON_UINT16] = "an unsigned integer",
	[JSON_UINT32] = "an unsigned integer",
	[JSON_UINT64] = "an unsigned integer",
	[JSON_STRING] = "a string",
	[JSON_ENUM] = "a string",
	[JSON_OBJECT] = "an object",
};

static void append_quoted(struct str *out, const char *s, size_t len)
{
	json_append_string_n(out, s, len < JSON_QUOTE_BYTES ? len : JSON_QUOTE_BYTES);
	if (len > JSON_QUOTE_BYTES)
		str_append(out, "...");
}

static bool is_plain_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return n > 0 && n <= JSON_QUOTE_BYTES && !s[n];
}

static void append_name(struct str *path, const char *name)
{
	if (!is_plain_name(name)) {
		str_append_char(path, '[');
		append_quoted(path, name, strlen(name));
		str_append_char(path, ']');
		return;
	}
	if (path->len)
		str_append_char(path, '.');
	str_append(path, name);
}

/* Where the reader stands, such as linux.devices[2].major. */
static void append_path(const struct json_reader *r, struct str *path)
{
	for (unsigned i = 0; i < r->depth; i++) {
		const struct json_frame *frame = &r->frames[i];

		if (frame->type && frame->field)
			append_name(path, frame->field->name);
		else if (!frame->type && frame->field->shape == JSON_ARRAY)
			str_appendf(path, "[%zu]", frame->n);
		else if (!frame->type && frame->keys && frame->keys[frame->n])
			append_name(path, frame->keys[frame->n]);
	}
	if (r->unknown)
		append_name(path, r->unknown);
}

/* The end of a long path says more than its beginning. */
static const char *shorten_path(const struct str *path)
{
	const char *s = path->s + path->len - PATH_BYTES;

	while (((unsigned char)*s & 0xc0) == 0x80)
		s++;
	return s;
}

/* The line of the token last read. */
static size_t line_number(const struct json_reader *r)
{
	size_t end = r->is_at_end ? r->len : yajl_get_bytes_consumed(r->yajl);
	size_t line = 1;

	for (size_t i = 0; i < end; i++)
		line += r->text[i] == '\n';
	return line;
}

int json_reader_fail(struct json_reader *r, enum error_kind kind, const char *fmt, ...)
{
	auto_free char *text = NULL;
	auto_str struct str path = {0};
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	append_path(r, &path);
	if (path.len > PATH_BYTES)
		error_set(r->err, kind, "%s:%zu: ...%s: %s", r->name, line_number(r),
		          shorten_path(&path), text);
	else
		error_set(r->err, kind, "%s:%zu: %s%s%s", r->name, line_number(r),
		          path.len ? path.s : "", path.len ? ": " : "", text);
	return 0;
}

const char *json_reader_expected(struct json_reader *r)
{
	const struct json_frame *frame = json_reader_top(r);

	if (!frame)
		return "an object";
	if (frame->type && frame->field->shape == JSON_ARRAY)
		return "an array";
	if (frame->type && frame->field->shape == JSON_MAP)
		return "an object";
	return expected_names[frame->field->kind];
}

int json_reader_fail_type(struct json_reader *r, const char *got)
{
	return json_reader_fail(r, ERR_INVALID, "expected %s, got %s", json_reader_expected(r),
	                        got);
}

int json_reader_fail_quoted(struct json_reader *r, const char *before, const char *s, size_t len)
{
	auto_str struct str quoted = {0};

	append_quoted(&quoted, s, len);
	return json_reader_fail(r, ERR_INVALID, "%s%s", before, quoted.s);
}

bool json_reader_skip(struct json_reader *r)
{
	if (!r->unknown)
		return false;
	if (r->skip_depth == 0)
		r->unknown = NULL;
	return true;
}

void json_reader_reserve(struct json_reader *r, struct json_frame *frame)
{
	size_t cap = frame->cap ? frame->cap * 2 : 4;
	size_t old = frame->cap ? frame->cap + 1 : 0;
	size_t size = frame->field->size;

	if (frame->items && frame->n < frame->cap)
		return;
	frame->items = json_resize(r->root, frame->items, old * size, (cap + 1) * size);
	if (frame->field->shape == JSON_MAP)
		frame->keys = json_resize(r->root, frame->keys, old * sizeof(char *),
		                          (cap + 1) * sizeof(char *));
	frame->cap = cap;
}

void *json_reader_place(struct json_reader *r, unsigned kinds, const struct json_field **ret_field)
{
	struct json_frame *frame = json_reader_top(r);

	if (!frame || !(kinds & 1u << frame->field->kind))
		return NULL;
	*ret_field = frame->field;
	if (!frame->type) {
		json_reader_reserve(r, frame);
		return frame->items + frame->n * frame->field->size;
	}
	return frame->field->shape == JSON_ONE ? frame->object + frame->field->offset : NULL;
}

int json_reader_done(struct json_reader *r)
{
	struct json_frame *frame = json_reader_top(r);

	if (!frame)
		return 1;
	if (!frame->type) {
		frame->n++;
		return 1;
	}
	if (frame->field->shape == JSON_ONE && frame->field->aux_offset != JSON_NO_AUX)
		*(bool *)(frame->object + frame->field->aux_offset) = true;
	frame->field = NULL;
	return 1;
}
