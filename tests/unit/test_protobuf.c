/* SPDX-License-Identifier: Apache-2.0 */
/* The wire format of protocol buffers. */
#include <stdint.h>
#include <string.h>

#include "common/protobuf.h"
#include "test.h"

TEST(values_are_written_as_the_format_says)
{
	auto_str struct str out = {0};

	protobuf_put_int(&out, 1, 150);
	protobuf_put_string(&out, 2, "testing");
	protobuf_put_int(&out, 68, -1);
	protobuf_put_string(&out, 3, NULL);
	EXPECT_INT(out.len, 3 + 9 + 12);
	EXPECT(memcmp(out.s, "\x08\x96\x01\x12\x07testing\xa0\x04", 14) == 0);
	EXPECT(memcmp(out.s + 14, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10) == 0);
}

TEST(what_is_written_is_read_again)
{
	auto_str struct str out = {0};
	struct protobuf_field field;
	struct protobuf_reader reader;

	protobuf_put_int(&out, PROTOBUF_MAX_FIELD, INT64_MIN);
	protobuf_put_bytes(&out, 7, "a\0b", 3);
	reader = (struct protobuf_reader){.data = (const uint8_t *)out.s, .left = out.len};
	EXPECT_INT(protobuf_next(&reader, &field), 1);
	EXPECT_INT(field.number, PROTOBUF_MAX_FIELD);
	EXPECT_INT(field.wire, PROTOBUF_VARINT);
	EXPECT(field.value == (uint64_t)INT64_MIN);
	EXPECT_INT(protobuf_next(&reader, &field), 1);
	EXPECT_INT(field.number, 7);
	EXPECT_INT(field.n, 3);
	EXPECT(memcmp(field.data, "a\0b", 3) == 0);
	EXPECT_INT(protobuf_next(&reader, &field), 0);
}

TEST(fixed_values_are_passed_over_with_their_size)
{
	static const uint8_t data[] = "\x0d\x01\x02\x03\x04\x11\x01\0\0\0\0\0\0\x80\x18\x05";
	struct protobuf_reader reader = {.data = data, .left = sizeof(data) - 1};
	struct protobuf_field field;

	EXPECT_INT(protobuf_next(&reader, &field), 1);
	EXPECT(field.number == 1 && field.value == 0x04030201);
	EXPECT_INT(protobuf_next(&reader, &field), 1);
	EXPECT(field.number == 2 && field.value == 0x8000000000000001);
	EXPECT_INT(protobuf_next(&reader, &field), 1);
	EXPECT(field.number == 3 && field.value == 5);
	EXPECT_INT(protobuf_next(&reader, &field), 0);
}

TEST(bytes_that_are_no_message_are_an_error_and_end_the_reading)
{
	static const struct {
		const char *data;
		size_t n;
	} samples[] = {
		{"\x08", 1},     /* no value */
		{"\x00\x01", 2}, /* field 0 */
		{"\x0b", 1},     /* a group */
		{"\x12\x05"
	         "abcd",
	         6}, /* shorter than it says */
		{"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
	         "a",
	         12},                                                     /* far longer */
		{"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12}, /* eleven bytes */
		{"\x0d\x01\x02", 3},
		{"\x09\x01\x02", 3},
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct protobuf_reader reader = {
			.data = (const uint8_t *)samples[i].data,
			.left = samples[i].n,
		};
		struct protobuf_field field;

		EXPECT_INT(protobuf_next(&reader, &field), -1);
		EXPECT_INT(protobuf_next(&reader, &field), 0);
	}
}

TEST(text_is_cut_to_fit_and_printable)
{
	struct protobuf_field field = {.data = (const uint8_t *)"a\x1b[1m\xc3\xa4 \n", .n = 9};
	char text[32];
	char small[4];

	protobuf_copy_string(&field, text, sizeof(text));
	EXPECT_STR(text, "a?[1m??");
	protobuf_copy_string(&field, small, sizeof(small));
	EXPECT_STR(small, "a?[");
	field.n = 0;
	protobuf_copy_string(&field, small, sizeof(small));
	EXPECT_STR(small, "");
}
