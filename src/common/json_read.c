/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one reader of JSON. yajl finds the tokens; each fills its member of the struct at
 * once, led by the tables, so there is no tree in between. Here are the objects, arrays and
 * maps, and yajl itself; json_scalar.c has the values in them, json_reader.c the stack.
 */
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/json_reader.h"
#include "common/json_scalar.h"
#include "common/mem.h"

/* Maps up to this size look for a duplicate key at once, larger ones when they end. */
#define SMALL_MAP 32

/* A new frame, zeroed; NULL with the error set if there are too many. */
static struct json_frame *push(struct json_reader *r)
{
	if (r->depth + r->skip_depth >= JSON_MAX_DEPTH) {
		json_reader_fail(r, ERR_LIMIT, "nested too deeply (limit %d)", JSON_MAX_DEPTH);
		return NULL;
	}
	r->frames[r->depth] = (struct json_frame){0};
	return &r->frames[r->depth++];
}

static int skip_container(struct json_reader *r)
{
	if (r->depth + r->skip_depth >= JSON_MAX_DEPTH)
		return json_reader_fail(r, ERR_LIMIT, "nested too deeply (limit %d)",
		                        JSON_MAX_DEPTH);
	r->skip_depth++;
	return 1;
}

static int on_start_map(void *ctx)
{
	struct json_reader *r = ctx;
	struct json_frame *parent = json_reader_top(r);
	const struct json_field *field = parent ? parent->field : NULL;
	struct json_frame *frame;
	char *object = r->root;

	if (r->unknown)
		return skip_container(r);
	if (parent && parent->type && field->shape == JSON_MAP) {
		frame = push(r);
		if (!frame)
			return 0;
		frame->field = field;
		json_reader_reserve(r, frame);
		return 1;
	}
	if (parent) {
		char *slot = json_reader_place(r, 1u << JSON_OBJECT, &field);

		if (!slot)
			return json_reader_fail_type(r, "object");
		object = parent->type ? json_alloc(r->root, field->size) : slot;
		if (parent->type)
			memcpy(slot, &object, sizeof(object));
	}
	frame = push(r);
	if (!frame)
		return 0;
	frame->type = parent ? field->type : r->type;
	frame->object = object;
	return 1;
}

/* Writers mostly keep the order of the spec: look first for what follows the last member. */
static const struct json_field *find_field(struct json_frame *frame, const char *s, size_t len)
{
	size_t n = frame->type->n_fields;

	for (size_t i = 0; i < n; i++) {
		size_t at = frame->next + i < n ? frame->next + i : frame->next + i - n;
		const struct json_field *field = &frame->type->fields[at];

		if (field->name_len == len && memcmp(field->name, s, len) == 0) {
			frame->next = (unsigned)at + 1;
			return field;
		}
	}
	return NULL;
}

static int start_member(struct json_reader *r, struct json_frame *frame, const char *s, size_t len)
{
	const struct json_field *field = find_field(frame, s, len);
	uint64_t bit;

	if (!field) {
		r->unknown = json_strndup(r->root, s, len);
		if (frame->type->is_strict)
			return json_reader_fail(r, ERR_INVALID, "unknown member");
		return 1;
	}
	frame->field = field;
	bit = (uint64_t)1 << (field - frame->type->fields);
	if (frame->seen & bit)
		return json_reader_fail(r, ERR_INVALID, "duplicate member");
	frame->seen |= bit;
	return 1;
}

static int start_entry(struct json_reader *r, struct json_frame *frame, const char *s, size_t len)
{
	size_t n = frame->n;

	json_reader_reserve(r, frame);
	frame->keys[n] = json_strndup(r->root, s, len);
	for (size_t i = 0; i < n && n < SMALL_MAP; i++) {
		if (strcmp(frame->keys[i], frame->keys[n]) == 0)
			return json_reader_fail(r, ERR_INVALID, "duplicate member");
	}
	return 1;
}

static int on_map_key(void *ctx, const unsigned char *bytes, size_t len)
{
	struct json_reader *r = ctx;
	struct json_frame *frame = json_reader_top(r);
	const char *s = (const char *)bytes;

	if (!json_scalar_check(r, s, len, "member name"))
		return 0;
	if (r->unknown)
		return 1;
	return frame->type ? start_member(r, frame, s, len) : start_entry(r, frame, s, len);
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A key that a large map has twice, or NULL. */
static char *find_duplicate_key(const struct json_frame *frame)
{
	auto_free char **sorted = NULL;

	if (frame->n <= SMALL_MAP)
		return NULL;
	sorted = mem_calloc(frame->n, sizeof(*sorted));
	memcpy(sorted, frame->keys, frame->n * sizeof(*sorted));
	qsort(sorted, frame->n, sizeof(*sorted), compare_keys);
	for (size_t i = 1; i < frame->n; i++) {
		if (strcmp(sorted[i - 1], sorted[i]) == 0)
			return sorted[i];
	}
	return NULL;
}

/* Hand the items of the array or map on top to the struct they belong to. */
static int end_items(struct json_reader *r)
{
	struct json_frame *frame = json_reader_top(r);
	struct json_frame *parent = frame - 1;
	const struct json_field *field = frame->field;
	char *slot = parent->object + field->offset;
	char *duplicate = NULL;

	if (field->shape == JSON_MAP) {
		struct json_map map = {frame->keys, (char **)frame->items, frame->n};

		duplicate = find_duplicate_key(frame);
		frame->keys[frame->n] = duplicate;
		if (duplicate)
			return json_reader_fail(r, ERR_INVALID, "duplicate member");
		memcpy(slot, &map, sizeof(map));
	} else {
		memcpy(slot, &frame->items, sizeof(frame->items));
		memcpy(parent->object + field->aux_offset, &frame->n, sizeof(frame->n));
	}
	r->depth--;
	if (frame->n < field->min_items)
		return json_reader_fail(r, ERR_INVALID, "expected at least %u item%s",
		                        field->min_items, field->min_items == 1 ? "" : "s");
	return json_reader_done(r);
}

static int end_object(struct json_reader *r, struct json_frame *frame)
{
	for (size_t i = 0; i < frame->type->n_fields; i++) {
		const struct json_field *field = &frame->type->fields[i];

		if (field->mode == JSON_REQUIRED && !(frame->seen >> i & 1)) {
			frame->field = field;
			return json_reader_fail(r, ERR_INVALID, "missing required member");
		}
	}
	r->depth--;
	return json_reader_done(r);
}

/* The end of an object or array within an unknown member. */
static int end_skipped(struct json_reader *r)
{
	r->skip_depth--;
	json_reader_skip(r);
	return 1;
}

static int on_end_map(void *ctx)
{
	struct json_reader *r = ctx;

	if (r->unknown)
		return end_skipped(r);
	return json_reader_top(r)->type ? end_object(r, json_reader_top(r)) : end_items(r);
}

static int on_start_array(void *ctx)
{
	struct json_reader *r = ctx;
	struct json_frame *parent = json_reader_top(r);
	struct json_frame *frame;

	if (r->unknown)
		return skip_container(r);
	if (!parent || !parent->type || parent->field->shape != JSON_ARRAY)
		return json_reader_fail_type(r, "array");
	frame = push(r);
	if (!frame)
		return 0;
	frame->field = parent->field;
	json_reader_reserve(r, frame);
	return 1;
}

static int on_end_array(void *ctx)
{
	struct json_reader *r = ctx;

	return r->unknown ? end_skipped(r) : end_items(r);
}

static void *yajl_take(void *ctx, size_t size)
{
	(void)ctx;
	return mem_realloc(NULL, size, 1);
}

static void yajl_drop(void *ctx, void *p)
{
	(void)ctx;
	free(p);
}

static void *yajl_resize(void *ctx, void *p, size_t size)
{
	(void)ctx;
	return mem_realloc(p, size, 1);
}

static yajl_handle new_yajl(struct json_reader *r)
{
	static const yajl_callbacks callbacks = {
		.yajl_null = json_scalar_null,
		.yajl_boolean = json_scalar_boolean,
		.yajl_number = json_scalar_number,
		.yajl_string = json_scalar_string,
		.yajl_start_map = on_start_map,
		.yajl_map_key = on_map_key,
		.yajl_end_map = on_end_map,
		.yajl_start_array = on_start_array,
		.yajl_end_array = on_end_array,
	};
	yajl_alloc_funcs alloc = {
		.malloc = yajl_take,
		.realloc = yajl_resize,
		.free = yajl_drop,
	};
	yajl_handle yajl = yajl_alloc(&callbacks, &alloc, r);

	/* json_scalar_check() does it, and can name the member */
	yajl_config(yajl, yajl_dont_validate_strings, 1);
	return yajl;
}

/* A syntax error, in yajl's words without its "parse error: " and line end. */
static void fail_syntax(struct json_reader *r)
{
	unsigned char *text = yajl_get_error(r->yajl, 0, (const unsigned char *)r->text, r->len);
	const char *colon = strstr((char *)text, ": ");
	const char *words = colon ? colon + 2 : (char *)text;

	json_reader_fail(r, ERR_INVALID, "invalid JSON: %.*s", (int)strcspn(words, ".\n"), words);
	yajl_free_error(r->yajl, text);
}

static yajl_status parse(struct json_reader *r)
{
	yajl_status status = yajl_parse(r->yajl, (const unsigned char *)r->text, r->len);

	if (status != yajl_status_ok)
		return status;
	r->is_at_end = true;
	return yajl_complete_parse(r->yajl);
}

void *json_read(const struct json_type *type, const char *name, const char *text, size_t len,
                size_t max_bytes, struct error *err)
{
	struct json_reader r;
	yajl_status status;

	if (max_bytes && len > max_bytes) {
		error_set(err, ERR_LIMIT, "%s: larger than %zu bytes", name, max_bytes);
		return NULL;
	}
	if (len == 0) {
		error_set(err, ERR_INVALID, "%s: empty", name);
		return NULL;
	}
	/* not an initialiser: it would clear all the frames */
	r.name = name;
	r.text = text;
	r.len = len;
	r.type = type;
	r.root = json_new_sized(type, len + len / 2 + 512);
	r.err = err;
	r.unknown = NULL;
	r.skip_depth = 0;
	r.depth = 0;
	r.is_at_end = false;
	r.yajl = new_yajl(&r);
	status = parse(&r);
	if (status == yajl_status_error)
		fail_syntax(&r);
	yajl_free(r.yajl);
	if (status == yajl_status_ok)
		return r.root;
	json_free(r.root);
	return NULL;
}
