/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of a JSON document, and the names of its enums. A document is a chain of
 * blocks, used from the front and released together. The root object stands at a fixed
 * place in the first one, so that its address leads to the document.
 */
#include "common/json.h"

#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"

#define BLOCK_BYTES 4096
#define ALIGNMENT 8

struct block {
	struct block *next;
};

struct document {
	struct block *blocks; /* all but the one this stands in */
	char *free;           /* unused bytes, zeroed, up to end */
	char *end;
	_Alignas(16) char root[];
};

static struct document *document_of(void *root)
{
	return (struct document *)((char *)root - offsetof(struct document, root));
}

static size_t round_up(size_t size)
{
	return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

void *json_new_sized(const struct json_type *type, size_t bytes)
{
	size_t head = sizeof(struct document) + round_up(type->size);
	size_t size = head + bytes;
	struct document *document = mem_zalloc(size);

	document->free = (char *)document + head;
	document->end = (char *)document + size;
	return document->root;
}

void *json_new(const struct json_type *type)
{
	return json_new_sized(type, BLOCK_BYTES);
}

void json_free(void *root)
{
	struct document *document;
	int saved = errno;

	if (!root)
		return;
	document = document_of(root);
	while (document->blocks) {
		struct block *block = document->blocks;

		document->blocks = block->next;
		free(block);
	}
	free(document);
	errno = saved;
}

void json_cleanup(void *p)
{
	json_free(*(void **)p);
}

/* Start a block with room for @size bytes; what is left of the present one is given up. */
static void add_block(struct document *document, size_t size)
{
	size_t head = round_up(sizeof(struct block));
	size_t bytes = size > BLOCK_BYTES ? size : BLOCK_BYTES;
	struct block *block = mem_zalloc(head + bytes);

	block->next = document->blocks;
	document->blocks = block;
	document->free = (char *)block + head;
	document->end = document->free + bytes;
}

static void *take(struct document *document, size_t size)
{
	char *p;

	if (size > (size_t)(document->end - document->free))
		add_block(document, size);
	p = document->free;
	document->free += size;
	return p;
}

void *json_alloc(void *root, size_t size)
{
	struct document *document = document_of(root);
	size_t gap = -(uintptr_t)document->free & (ALIGNMENT - 1);

	if (gap <= (size_t)(document->end - document->free))
		document->free += gap;
	else
		document->free = document->end = NULL;
	return take(document, size);
}

void *json_resize(void *root, void *p, size_t old_size, size_t new_size)
{
	struct document *document = document_of(root);
	void *copy;

	if (p && (char *)p + old_size == document->free &&
	    new_size - old_size <= (size_t)(document->end - document->free)) {
		document->free += new_size - old_size;
		return p;
	}
	copy = json_alloc(root, new_size);
	if (p)
		memcpy(copy, p, old_size);
	return copy;
}

char *json_strndup(void *root, const char *s, size_t len)
{
	char *copy = take(document_of(root), len + 1);

	memcpy(copy, s, len);
	return copy;
}

char *json_strdup(void *root, const char *s)
{
	return s ? json_strndup(root, s, strlen(s)) : NULL;
}

const char *json_enum_name(const struct json_enum *names, unsigned value)
{
	return value <= names->n ? names->names[value] : NULL;
}

unsigned json_enum_find_n(const struct json_enum *names, const char *name, size_t len)
{
	for (unsigned value = 1; value <= names->n; value++) {
		if (strncmp(names->names[value], name, len) == 0 && !names->names[value][len])
			return value;
	}
	return 0;
}

unsigned json_enum_find(const struct json_enum *names, const char *name)
{
	return json_enum_find_n(names, name, strlen(name));
}

const char *json_map_find(const struct json_map *map, const char *key)
{
	for (size_t i = 0; i < map->n; i++) {
		if (strcmp(map->keys[i], key) == 0)
			return map->values[i];
	}
	return NULL;
}
