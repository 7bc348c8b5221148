/* SPDX-License-Identifier: Apache-2.0 */
/* descriptors.json of a checkpoint, which anybody may have written. */
#include <string.h>

#include "common/mem.h"
#include "runtime/criu_streams.h"
#include "test.h"

static int parse(const char *text, struct criu_streams *ret, struct error *err)
{
	ret->text = mem_strdup(text);
	return criu_streams_parse(ret, err);
}

TEST(pipes_and_files_outside_are_found_with_their_number)
{
	struct criu_streams streams = {0};

	EXPECT_OK(parse(" [ \"file[1b:4]\" , \"\",\n\"pipe:[4711]\"]\n", &streams, err));
	EXPECT_INT(streams.n, 2);
	EXPECT_STR(streams.fds[0].key, "file[1b:4]");
	EXPECT_INT(streams.fds[0].fd, 0);
	EXPECT_STR(streams.fds[1].key, "pipe:[4711]");
	EXPECT_INT(streams.fds[1].fd, 2);
	free(streams.text);
}

TEST(what_runc_writes_is_read_and_what_is_no_pipe_passed_over)
{
	struct criu_streams streams = {0};

	EXPECT_OK(parse("[\"/dev/null\",\"pipe:[1]\",\"/a \\\"b\\\\\"]", &streams, err));
	EXPECT_INT(streams.n, 1);
	EXPECT_INT(streams.fds[0].fd, 1);
	free(streams.text);
	EXPECT_OK(parse("[]", &streams, err));
	EXPECT_INT(streams.n, 0);
	free(streams.text);
}

TEST(more_than_three_are_passed_over)
{
	struct criu_streams streams = {0};

	EXPECT_OK(parse("[\"\",\"\",\"\",\"pipe:[1]\",\"pipe:[2]\"]", &streams, err));
	EXPECT_INT(streams.n, 0);
	free(streams.text);
}

TEST(what_is_no_array_of_strings_is_refused)
{
	static const char *const samples[] = {
		"",         "{}",  "[",      "[\"a\"",        "[\"a",
		"[\"a\\",   "[1]", "[null]", "[\"a\" \"b\"]", "[\"a\\\"]",
		"pipe:[1]",
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct criu_streams streams = {0};

		EXPECT_ERROR(parse(samples[i], &streams, err), ERR_INVALID,
		             "descriptors.json: expected an array of strings");
		free(streams.text);
	}
}
