/* SPDX-License-Identifier: Apache-2.0 */
/* See json_merge.h. */
#include "common/json_merge.h"

#include <string.h>

/* An array or map with its count; for a map keys, values and count stand in one struct. */
static size_t count(const struct json_field *field, const char *object)
{
	size_t n;

	if (field->shape == JSON_MAP)
		return ((const struct json_map *)(object + field->offset))->n;
	memcpy(&n, object + field->aux_offset, sizeof(n));
	return n;
}

static void merge_array(const struct json_field *field, char *to, const char *from)
{
	size_t n = count(field, from);

	if (!n)
		return;
	*(void **)(to + field->offset) = *(void *const *)(from + field->offset);
	memcpy(to + field->aux_offset, &n, sizeof(n));
}

static size_t find_key(const struct json_map *map, const char *key)
{
	size_t i = 0;

	while (i < map->n && strcmp(map->keys[i], key) != 0)
		i++;
	return i;
}

/* The values of a map lie one behind the other: pointers to strings, or whole objects. */
static void merge_map(const struct json_field *field, void *root, struct json_map *to,
                      const struct json_map *from)
{
	size_t size = field->size, n = to->n + from->n;
	char **keys, *values;

	if (!from->n)
		return;
	keys = json_alloc(root, (n + 1) * sizeof(*keys));
	values = json_alloc(root, (n + 1) * size);
	if (to->n) {
		memcpy(keys, to->keys, to->n * sizeof(*keys));
		memcpy(values, to->values, to->n * size);
	}
	to->keys = keys;
	to->values = (char **)values;
	for (size_t i = 0; i < from->n; i++) {
		size_t place = find_key(to, from->keys[i]);

		keys[place] = from->keys[i];
		memcpy(values + place * size, (const char *)from->values + i * size, size);
		to->n += place == to->n;
	}
}

static void merge_object(const struct json_field *field, void *root, char *to, const char *from)
{
	void *theirs = *(void *const *)(from + field->offset),
	     **ours = (void **)(to + field->offset);

	if (theirs && *ours)
		json_merge(field->type, root, *ours, theirs);
	else if (theirs)
		*ours = theirs;
}

static void merge_string(const struct json_field *field, char *to, const char *from)
{
	const char *theirs = *(const char *const *)(from + field->offset);

	if (theirs)
		*(const char **)(to + field->offset) = theirs;
}

static void merge_scalar(const struct json_field *field, char *to, const char *from)
{
	if (field->aux_offset != JSON_NO_AUX) {
		if (!*(const bool *)(from + field->aux_offset))
			return;
		*(bool *)(to + field->aux_offset) = true;
	}
	memcpy(to + field->offset, from + field->offset, field->size);
}

void json_merge(const struct json_type *type, void *root, void *to, const void *from)
{
	for (size_t i = 0; i < type->n_fields; i++) {
		const struct json_field *field = &type->fields[i];

		if (field->shape == JSON_ARRAY)
			merge_array(field, to, from);
		else if (field->shape == JSON_MAP)
			merge_map(field, root, (void *)((char *)to + field->offset),
			          (const void *)((const char *)from + field->offset));
		else if (field->kind == JSON_OBJECT)
			merge_object(field, root, to, from);
		else if (field->kind != JSON_STRING)
			merge_scalar(field, to, from);
		else
			merge_string(field, to, from);
	}
}
