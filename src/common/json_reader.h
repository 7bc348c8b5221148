/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the reader of JSON stands: the stack of frames, which is the path from the root to
 * the value being read. Private to json_read.c, json_scalar.c and json_reader.c.
 *
 * Invariant: a frame's items are complete up to n; the item being read is number n. An
 * error's path is made from the frames when it happens, and its line is counted then.
 */
#ifndef RTL_COMMON_JSON_READER_H
#define RTL_COMMON_JSON_READER_H

#include <yajl/yajl_parse.h>

#include "common/json.h"

/* Longest foreign text quoted in a message. */
#define JSON_QUOTE_BYTES 64

struct json_frame {
	const struct json_type *type;   /* of an object; NULL in an array or map */
	const struct json_field *field; /* object: member being read or NULL; else: what this is */
	char *object;                   /* object: the struct */
	uint64_t seen;                  /* object: members met, a bit each */
	unsigned next;                  /* object: the member expected next */
	char **keys;                    /* map: n keys, and key n while its value is read */
	char *items;                    /* array or map */
	size_t n;
	size_t cap; /* room in items and keys, besides a spare one */
};

struct json_reader {
	const char *name;
	const char *text;
	size_t len;
	yajl_handle yajl;
	const struct json_type *type;
	void *root;
	struct error *err;
	char *unknown;       /* name of the member being skipped, or NULL */
	unsigned skip_depth; /* objects and arrays open within it */
	unsigned depth;      /* frames in use */
	bool is_at_end;      /* all the text was read: yajl's offset means nothing any more */
	struct json_frame frames[JSON_MAX_DEPTH];
};

/* json_reader_top() - the innermost frame; NULL outside of the root. */
static inline struct json_frame *json_reader_top(struct json_reader *r)
{
	return r->depth ? &r->frames[r->depth - 1] : NULL;
}

/* json_reader_fail() - fill the error with path, line and text; 0, which makes yajl stop. */
int json_reader_fail(struct json_reader *r, enum error_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* json_reader_fail_type() - the same for a value of the wrong type. */
int json_reader_fail_type(struct json_reader *r, const char *got);

/* json_reader_fail_quoted() - the same for "@before" and the foreign text @s in quotes. */
int json_reader_fail_quoted(struct json_reader *r, const char *before, const char *s, size_t len);

/* json_reader_expected() - what belongs where the reader stands, such as "a string". */
const char *json_reader_expected(struct json_reader *r);

/*
 * json_reader_skip() - is the value that was just read part of an unknown member? If it is
 * the whole of it, the member is over.
 */
bool json_reader_skip(struct json_reader *r);

/* json_reader_reserve() - room for item n and its key, and for one more that stays zero. */
void json_reader_reserve(struct json_reader *r, struct json_frame *frame);

/*
 * json_reader_place() - the place for a value of one of the kinds in the mask @kinds, and its
 * description; NULL if something else belongs here.
 */
void *json_reader_place(struct json_reader *r, unsigned kinds, const struct json_field **ret_field);

/* json_reader_done() - the value where the reader stands is complete; 1, for yajl to go on. */
int json_reader_done(struct json_reader *r);

#endif
