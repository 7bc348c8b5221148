/* SPDX-License-Identifier: Apache-2.0 */
/* See protobuf.h. */
#include "common/protobuf.h"

#include <string.h>

static void put_varint(struct str *out, uint64_t value)
{
	while (value >= 0x80) {
		str_append_char(out, (char)(value | 0x80));
		value >>= 7;
	}
	str_append_char(out, (char)value);
}

static void put_key(struct str *out, unsigned field, enum protobuf_wire wire)
{
	put_varint(out, (uint64_t)field << 3 | wire);
}

void protobuf_put_int(struct str *out, unsigned field, int64_t value)
{
	put_key(out, field, PROTOBUF_VARINT);
	put_varint(out, (uint64_t)value);
}

void protobuf_put_bytes(struct str *out, unsigned field, const void *data, size_t n)
{
	put_key(out, field, PROTOBUF_BYTES);
	put_varint(out, n);
	str_append_n(out, data, n);
}

void protobuf_put_string(struct str *out, unsigned field, const char *s)
{
	if (s)
		protobuf_put_bytes(out, field, s, strlen(s));
}

static int get_varint(struct protobuf_reader *reader, uint64_t *ret)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < PROTOBUF_MAX_VARINT && reader->left; i++) {
		uint8_t byte = *reader->data++;

		reader->left--;
		value |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (!(byte & 0x80)) {
			*ret = value;
			return 0;
		}
	}
	return -1;
}

static int get_fixed(struct protobuf_reader *reader, size_t size, uint64_t *ret)
{
	if (reader->left < size)
		return -1;
	*ret = 0;
	for (size_t i = 0; i < size; i++)
		*ret |= (uint64_t)reader->data[i] << (8 * i);
	reader->data += size;
	reader->left -= size;
	return 0;
}

static int get_bytes(struct protobuf_reader *reader, struct protobuf_field *field)
{
	uint64_t n;

	if (get_varint(reader, &n) < 0 || n > reader->left)
		return -1;
	field->data = reader->data;
	field->n = (size_t)n;
	reader->data += n;
	reader->left -= n;
	return 0;
}

static int get_value(struct protobuf_reader *reader, struct protobuf_field *field)
{
	switch (field->wire) {
	case PROTOBUF_VARINT:
		return get_varint(reader, &field->value);
	case PROTOBUF_FIXED64:
		return get_fixed(reader, 8, &field->value);
	case PROTOBUF_FIXED32:
		return get_fixed(reader, 4, &field->value);
	case PROTOBUF_BYTES:
		return get_bytes(reader, field);
	}
	return -1;
}

int protobuf_next(struct protobuf_reader *reader, struct protobuf_field *ret)
{
	uint64_t key;

	*ret = (struct protobuf_field){0};
	if (!reader->left)
		return 0;
	if (get_varint(reader, &key) == 0 && key >> 3 && key >> 3 <= PROTOBUF_MAX_FIELD) {
		ret->number = (unsigned)(key >> 3);
		ret->wire = (enum protobuf_wire)(key & 7);
		if (get_value(reader, ret) == 0)
			return 1;
	}
	reader->left = 0;
	return -1;
}

void protobuf_copy_string(const struct protobuf_field *field, char *ret, size_t size)
{
	size_t n = field->n < size ? field->n : size - 1;

	while (n && field->data[n - 1] <= ' ')
		n--;
	for (size_t i = 0; i < n; i++)
		ret[i] =
			field->data[i] >= ' ' && field->data[i] <= '~' ? (char)field->data[i] : '?';
	ret[n] = '\0';
}
