/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wire format of protocol buffers: fields of a number and a value, which is a
 * varint or a run of bytes (text, or a message of its own). Written into a growing
 * string, read from bytes that somebody else sent. No schema: who reads knows which
 * number means what, and passes over the others.
 */
#ifndef RTL_COMMON_PROTOBUF_H
#define RTL_COMMON_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

#include "common/str.h"

/* Both hold for what is written and what is read. */
#define PROTOBUF_MAX_FIELD 536870911
#define PROTOBUF_MAX_VARINT 10 /* bytes */

enum protobuf_wire {
	PROTOBUF_VARINT = 0,
	PROTOBUF_FIXED64 = 1,
	PROTOBUF_BYTES = 2,
	PROTOBUF_FIXED32 = 5,
};

/* protobuf_put_int() - an int32, uint32, bool or enum; a negative one as its 64 bits. */
void protobuf_put_int(struct str *out, unsigned field, int64_t value);

/* protobuf_put_bytes() - @n bytes: a message that was written before. */
void protobuf_put_bytes(struct str *out, unsigned field, const void *data, size_t n);

/* protobuf_put_string() - the terminated @s; NULL is not written. */
void protobuf_put_string(struct str *out, unsigned field, const char *s);

/* What is left to read; borrowed. */
struct protobuf_reader {
	const uint8_t *data;
	size_t left;
};

struct protobuf_field {
	unsigned number;
	enum protobuf_wire wire;
	uint64_t value;      /* all but PROTOBUF_BYTES */
	const uint8_t *data; /* PROTOBUF_BYTES: inside the message that is read */
	size_t n;
};

/*
 * protobuf_next() - the next field
 * Return: 1 with @ret filled, 0 at the end, -1 if the bytes are no message; then nothing more
 *         can be read.
 */
int protobuf_next(struct protobuf_reader *reader, struct protobuf_field *ret);

/*
 * protobuf_copy_string() - the bytes of @field as text into @ret, cut to fit and always terminated
 *
 * What is no printable ASCII becomes '?'; blanks and newlines at the end are left out.
 */
void protobuf_copy_string(const struct protobuf_field *field, char *ret, size_t size);

#endif
