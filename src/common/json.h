/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON documents described by tables. Each object is described once, as a list of
 * members; the C struct, the table that drives the one reader and the one writer,
 * and the release come from that list:
 *
 *	#define OCI_ROOT(F, T)                                  \
 *		F(T, STRING, REQUIRED, path, "path")            \
 *		F(T, BOOL, ZERO, readonly, "readonly")
 *	JSON_STRUCT(oci_root, OCI_ROOT)            in the header: struct oci_root
 *	JSON_TYPE(oci_root, OCI_ROOT)              in the source: oci_root_type
 *
 * A row is F(T, kind, mode, member, "name", designated initialisers ...).
 *
 * kind            member of the struct
 *  BOOL            bool x
 *  INT32 INT64     int32_t x, int64_t x; UINT16 UINT32 UINT64 likewise
 *  STRING          const char *x; NULL is absent
 *  ENUM(e)         enum e x; a JSON string; 0 is absent, see JSON_ENUM()
 *  OBJECT(t)       struct t *x; NULL is absent
 *  ARRAY(kind)     <kind> *x; size_t n_x; NULL is absent, objects lie in the array itself;
 *                  ARRAY(STRING) is char **x with a NULL behind the last one (an argv)
 *  MAP(STRING)     struct json_map x; keys NULL is absent; order is kept
 *  MAP(OBJECT(t))  the same with struct t *values, n of them
 *
 * mode
 *  REQUIRED        absent or null is an error
 *  OPTIONAL        absence is told from a value: for numbers and bool by has_x
 *  ZERO            bool and numbers: absent reads as 0, and 0 is not written
 *  ALWAYS          bool and numbers: absent reads as 0, and 0 is written
 *
 * Further initialisers: .min and .max (both), .min_items, .pattern.
 *
 * Ownership: everything that can be reached from a root belongs to the root, and
 * json_free(root) releases it in one go. It is plain data, usable after a fork.
 */
#ifndef RTL_COMMON_JSON_H
#define RTL_COMMON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/error.h"
#include "common/str.h"

/* Deepest nesting of objects and arrays that is read. */
#define JSON_MAX_DEPTH 64

enum json_kind {
	JSON_BOOL,
	JSON_INT32,
	JSON_INT64,
	JSON_UINT16,
	JSON_UINT32,
	JSON_UINT64,
	JSON_STRING,
	JSON_ENUM,
	JSON_OBJECT,
};

enum json_shape { JSON_ONE, JSON_ARRAY, JSON_MAP };

enum json_mode { JSON_REQUIRED, JSON_OPTIONAL, JSON_ZERO, JSON_ALWAYS };

/* Names of an enum's values: names[value], NULL for 0 and behind the last. */
struct json_enum {
	const char *const *names;
	unsigned n; /* largest value */
};

/* What a string must look like, beyond being one. */
struct json_pattern {
	const char *expected; /* completes "expected ..." */
	bool (*match)(const char *s);
};

struct json_type;

#define JSON_NO_AUX UINT16_MAX

/* One member of an object: a row of its table. */
struct json_field {
	const char *name;
	uint8_t name_len;
	uint8_t kind;  /* enum json_kind */
	uint8_t shape; /* enum json_shape */
	uint8_t mode;  /* enum json_mode */
	uint16_t size; /* bytes of one value where it stands in an array or map */
	uint16_t offset;
	uint16_t aux_offset;           /* of has_x or n_x; JSON_NO_AUX for none */
	uint16_t min_items;            /* array or map */
	const struct json_type *type;  /* JSON_OBJECT */
	const struct json_enum *names; /* JSON_ENUM */
	const struct json_pattern *pattern;
	int64_t min; /* the kind's own range when max is 0 */
	uint64_t max;
};

/* An object: its table. */
struct json_type {
	const struct json_field *fields;
	size_t n_fields; /* at most 64 */
	size_t size;     /* of the struct */
	bool is_strict;  /* an unknown member is an error instead of being skipped */
};

struct json_map {
	char **keys;
	char **values;
	size_t n;
};

/* json_map_find() - the value of @key, or NULL; borrowed. */
const char *json_map_find(const struct json_map *map, const char *key);

/**
 * json_read() - read a document
 * @type:      its root object
 * @name:      how errors call it, such as "config.json"
 * @text:      the document; need not be terminated, not kept
 * @len:       bytes of @text
 * @max_bytes: limit on @len; 0 for none
 *
 * Errors read "config.json:41: linux.resources.memory.limit: expected an integer,
 * got string".
 *
 * Return: the root, which the caller releases with json_free(); or NULL with
 *         ERR_INVALID or ERR_LIMIT.
 */
void *json_read(const struct json_type *type, const char *name, const char *text, size_t len,
                size_t max_bytes, struct error *err);

/* json_new() - an empty root object of @type, to be filled; released with json_free(). */
void *json_new(const struct json_type *type);

/* json_new_sized() - the same with a guess at how many bytes the document will need. */
void *json_new_sized(const struct json_type *type, size_t bytes);

/* json_free() - release a root of json_read() or json_new() and all it holds; accepts NULL. */
void json_free(void *root);

/* json_cleanup() - for auto_json. */
void json_cleanup(void *p);

#define auto_json auto_call(json_cleanup)

/* json_alloc() - @size zeroed bytes that belong to @root. */
void *json_alloc(void *root, size_t size);

/*
 * json_resize() - give @p, of @old_size bytes (NULL: 0), room for @new_size bytes; the new ones
 * are zero. @p is not to be used any more.
 */
void *json_resize(void *root, void *p, size_t old_size, size_t new_size);

/* json_strdup() - a copy of @s that belongs to @root; NULL gives NULL. */
char *json_strdup(void *root, const char *s);

/* json_strndup() - a terminated copy of the @len bytes at @s that belongs to @root. */
char *json_strndup(void *root, const char *s, size_t len);

/**
 * json_write() - append an object to @out
 * @type:   its table
 * @object: the struct; need not come from json_read()
 * @indent: one level of indentation, such as "\t"; NULL for no spaces at all
 * @out:    appended to, without a newline at the end
 *
 * Members come in the order of the description; absent ones are left out.
 */
void json_write(const struct json_type *type, const void *object, const char *indent,
                struct str *out);

/*
 * json_append_string() - append @s as a JSON string, quotes included. Bytes that are
 * not UTF-8 become U+FFFD.
 */
void json_append_string(struct str *out, const char *s);

/* json_append_string_n() - the same for @len bytes, among which NUL is escaped. */
void json_append_string_n(struct str *out, const char *s, size_t len);

/* json_enum_name() - the name of @value; NULL for 0 and for a value out of range. */
const char *json_enum_name(const struct json_enum *names, unsigned value);

/* json_enum_find() - the value called @name; 0 if there is none. */
unsigned json_enum_find(const struct json_enum *names, const char *name);

/* json_enum_find_n() - the same for a name of @len bytes, which holds no NUL. */
unsigned json_enum_find_n(const struct json_enum *names, const char *name, size_t len);

/*
 * JSON_ENUM() - declare enum @name and its table @name_names from a list of
 * V(ENUMERATOR, "name"). Values count from 1; 0 stands for an absent member.
 * JSON_ENUM_NAMES() defines the table.
 */
#define JSON_ENUM(name, LIST)                                                                      \
	enum name { name##_absent, LIST(JSON_ENUM_VALUE_) };                                       \
	extern const struct json_enum name##_names;
#define JSON_ENUM_VALUE_(value, text) value,

#define JSON_ENUM_NAMES(name, LIST)                                                                \
	const struct json_enum name##_names = {                                                    \
		.names = (const char *const[]){NULL, LIST(JSON_ENUM_TEXT_) NULL},                  \
		.n = sizeof((const char *const[]){LIST(JSON_ENUM_TEXT_)}) / sizeof(char *),        \
	};
#define JSON_ENUM_TEXT_(value, text) text,

/* JSON_STRUCT() - declare struct @name and its table @name_type from a list of rows. */
#define JSON_STRUCT(name, LIST)                                                                    \
	struct name {                                                                              \
		LIST(JSON_MEMBER_, name)                                                           \
	};                                                                                         \
	extern const struct json_type name##_type;

/* JSON_TYPE() - define the table of an object; JSON_STRICT_TYPE() refuses unknown members. */
#define JSON_TYPE(name, LIST) JSON_TYPE_(name, LIST, false)
#define JSON_STRICT_TYPE(name, LIST) JSON_TYPE_(name, LIST, true)
#define JSON_TYPE_(name, LIST, strict)                                                             \
	static const struct json_field name##_fields[] = {LIST(JSON_FIELD_, name)};                \
	_Static_assert(sizeof(name##_fields) / sizeof(struct json_field) <= 64, #name);            \
	const struct json_type name##_type = {                                                     \
		.fields = name##_fields,                                                           \
		.n_fields = sizeof(name##_fields) / sizeof(struct json_field),                     \
		.size = sizeof(struct name),                                                       \
		.is_strict = (strict),                                                             \
	};

/*
 * From here on: how a row becomes a member and a table entry. JSON_FORM_<kind> gives the form
 * of the member (NUMBER, PLAIN, LIST or MAP) and the C type in it.
 */
/* clang-format off */
#define JSON_FORM_BOOL        NUMBER, bool
#define JSON_FORM_INT32       NUMBER, int32_t
#define JSON_FORM_INT64       NUMBER, int64_t
#define JSON_FORM_UINT16      NUMBER, uint16_t
#define JSON_FORM_UINT32      NUMBER, uint32_t
#define JSON_FORM_UINT64      NUMBER, uint64_t
#define JSON_FORM_STRING      PLAIN, const char *
#define JSON_FORM_ENUM(e)     PLAIN, enum e
#define JSON_FORM_OBJECT(t)   PLAIN, struct t *
#define JSON_FORM_ARRAY(kind) LIST, JSON_ITEM_##kind
#define JSON_FORM_MAP(kind)   MAP, JSON_MAP_OF_##kind

#define JSON_ITEM_UINT32      uint32_t
#define JSON_ITEM_STRING      char *
#define JSON_ITEM_ENUM(e)     enum e
#define JSON_ITEM_OBJECT(t)   struct t
#define JSON_MAP_OF_STRING    struct json_map
#define JSON_MAP_OF_OBJECT(t) struct { char **keys; struct t *values; size_t n; }

#define JSON_MEMBER_(T, kind, mode, member, ...) \
	JSON_CALL_(JSON_MEMBER_IN_, JSON_FORM_##kind, mode, T, member)
#define JSON_CALL_(prefix, form, ...)                JSON_CALL_FORM_(prefix, form, __VA_ARGS__)
#define JSON_CALL_FORM_(prefix, form, ...)           prefix##form(__VA_ARGS__)

#define JSON_MEMBER_IN_NUMBER(type, mode, T, member) JSON_HAS_##mode(member) type member;
#define JSON_MEMBER_IN_PLAIN(type, mode, T, member)  type member;
#define JSON_MEMBER_IN_LIST(type, mode, T, member)   type *member; size_t n_##member;
#define JSON_MEMBER_IN_MAP(type, mode, T, member)    type member;
#define JSON_HAS_REQUIRED(member)
#define JSON_HAS_OPTIONAL(member)                    bool has_##member;
#define JSON_HAS_ZERO(member)
#define JSON_HAS_ALWAYS(member)

#define JSON_FIELD_(T, kind_, mode_, member, name_, ...) {                     \
	.name = name_, .name_len = sizeof(name_) - 1,                           \
	.mode = JSON_##mode_, .offset = offsetof(struct T, member),             \
	JSON_SHAPE_OF_##kind_,                                                  \
	.aux_offset = JSON_CALL_(JSON_AUX_IN_, JSON_FORM_##kind_, mode_, T, member), \
	__VA_ARGS__ },
#define JSON_AUX_IN_NUMBER(type, mode, T, member)    JSON_AUX_##mode(T, member)
#define JSON_AUX_IN_PLAIN(type, mode, T, member)     JSON_NO_AUX
#define JSON_AUX_IN_LIST(type, mode, T, member)      offsetof(struct T, n_##member)
#define JSON_AUX_IN_MAP(type, mode, T, member)       JSON_NO_AUX
#define JSON_AUX_REQUIRED(T, member)                 JSON_NO_AUX
#define JSON_AUX_OPTIONAL(T, member)                 offsetof(struct T, has_##member)
#define JSON_AUX_ZERO(T, member)                     JSON_NO_AUX
#define JSON_AUX_ALWAYS(T, member)                   JSON_NO_AUX

#define JSON_SHAPE_OF_BOOL        .shape = JSON_ONE, JSON_KIND_OF_BOOL
#define JSON_SHAPE_OF_INT32       .shape = JSON_ONE, JSON_KIND_OF_INT32
#define JSON_SHAPE_OF_INT64       .shape = JSON_ONE, JSON_KIND_OF_INT64
#define JSON_SHAPE_OF_UINT16      .shape = JSON_ONE, JSON_KIND_OF_UINT16
#define JSON_SHAPE_OF_UINT32      .shape = JSON_ONE, JSON_KIND_OF_UINT32
#define JSON_SHAPE_OF_UINT64      .shape = JSON_ONE, JSON_KIND_OF_UINT64
#define JSON_SHAPE_OF_STRING      .shape = JSON_ONE, JSON_KIND_OF_STRING
#define JSON_SHAPE_OF_ENUM(e)     .shape = JSON_ONE, JSON_KIND_OF_ENUM(e)
#define JSON_SHAPE_OF_OBJECT(t)   .shape = JSON_ONE, JSON_KIND_OF_OBJECT(t)
#define JSON_SHAPE_OF_ARRAY(kind) .shape = JSON_ARRAY, JSON_KIND_OF_##kind
#define JSON_SHAPE_OF_MAP(kind)   .shape = JSON_MAP, JSON_KIND_OF_##kind

#define JSON_KIND_OF_BOOL         .kind = JSON_BOOL, .size = sizeof(bool)
#define JSON_KIND_OF_INT32        .kind = JSON_INT32, .size = sizeof(int32_t)
#define JSON_KIND_OF_INT64        .kind = JSON_INT64, .size = sizeof(int64_t)
#define JSON_KIND_OF_UINT16       .kind = JSON_UINT16, .size = sizeof(uint16_t)
#define JSON_KIND_OF_UINT32       .kind = JSON_UINT32, .size = sizeof(uint32_t)
#define JSON_KIND_OF_UINT64       .kind = JSON_UINT64, .size = sizeof(uint64_t)
#define JSON_KIND_OF_STRING       .kind = JSON_STRING, .size = sizeof(char *)
#define JSON_KIND_OF_ENUM(e)      .kind = JSON_ENUM, .size = sizeof(enum e), .names = &e##_names
#define JSON_KIND_OF_OBJECT(t)    .kind = JSON_OBJECT, .size = sizeof(struct t), .type = &t##_type
/* clang-format on */

#endif
