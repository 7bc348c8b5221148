/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to criu and its answers, byte by byte. */
#include <string.h>

#include "common/protobuf.h"
#include "runtime/criu_rpc.h"
#include "test.h"

/* The options of a request, field by field: what number has which value or text. */
static struct protobuf_reader options_of(const struct str *request, int type)
{
	struct protobuf_reader reader = {.data = (const uint8_t *)request->s, .left = request->len};
	struct protobuf_field field;

	EXPECT_INT(protobuf_next(&reader, &field), 1);
	EXPECT(field.number == 1 && field.value == (uint64_t)type);
	EXPECT_INT(protobuf_next(&reader, &field), 1);
	EXPECT_INT(field.number, 2);
	return (struct protobuf_reader){.data = field.data, .left = field.n};
}

static void expect_int(struct protobuf_reader *reader, unsigned number, int64_t value)
{
	struct protobuf_field field;

	EXPECT_INT(protobuf_next(reader, &field), 1);
	EXPECT_INT(field.number, number);
	EXPECT_INT((int64_t)field.value, value);
}

static void expect_text(struct protobuf_reader *reader, unsigned number, const char *text)
{
	struct protobuf_field field;
	char got[64];

	EXPECT_INT(protobuf_next(reader, &field), 1);
	EXPECT_INT(field.number, number);
	protobuf_copy_string(&field, got, sizeof(got));
	EXPECT_STR(got, text);
}

TEST(what_is_not_asked_for_is_not_sent)
{
	const struct criu_rpc_options options = {.images_dir_fd = 5};
	auto_str struct str request = {0};
	struct protobuf_reader reader;

	criu_rpc_request(&request, CRIU_RPC_DUMP, &options);
	reader = options_of(&request, 1);
	expect_int(&reader, 1, 5);
	expect_int(&reader, 34, 0); /* a mode of 0 is one: ignore */
	EXPECT_INT(reader.left, 0);
}

TEST(options_have_the_numbers_of_the_protocol)
{
	const struct criu_rpc_options options = {
		.images_dir_fd = 5,
		.work_dir_fd = 6,
		.pid = 4711,
		.leave_running = true,
		.tcp_established = true,
		.lazy_pages = true,
		.root = "/r",
		.lsm_mount_context = "ctx",
		.cgroups_mode = CRIU_RPC_CGROUPS_SOFT,
		.page_server_address = "::1",
		.page_server_port = 99,
	};
	auto_str struct str request = {0};
	struct protobuf_reader reader;

	criu_rpc_request(&request, CRIU_RPC_RESTORE, &options);
	reader = options_of(&request, 2);
	expect_int(&reader, 1, 5);
	expect_int(&reader, 2, 4711);
	expect_int(&reader, 17, 6);
	expect_int(&reader, 3, 1);
	expect_int(&reader, 5, 1);
	expect_int(&reader, 48, 1);
	expect_text(&reader, 13, "/r");
	expect_text(&reader, 63, "ctx");
	expect_int(&reader, 34, 3);
	expect_text(&reader, 11, "??::1?c"); /* {1: "::1", 2: 99}, as text */
	EXPECT_INT(reader.left, 0);
}

TEST(lists_are_messages_of_two_fields)
{
	const struct criu_rpc_pair mount = {"data", "host"};
	const struct criu_rpc_fd pipe = {"pipe:[1]", 2};
	const char *const external = "net[7]:key";
	const struct criu_rpc_options options = {
		.ext_mounts = &mount,
		.n_ext_mounts = 1,
		.inherit_fds = &pipe,
		.n_inherit_fds = 1,
		.externals = &external,
		.n_externals = 1,
	};
	auto_str struct str request = {0};
	struct protobuf_reader reader;

	criu_rpc_request(&request, CRIU_RPC_DUMP, &options);
	reader = options_of(&request, 1);
	expect_int(&reader, 1, 0);
	expect_int(&reader, 34, 0);
	expect_text(&reader, 23, "??data??host");
	expect_text(&reader, 37, "net[7]:key");
	expect_text(&reader, 27, "??pipe:[1]");
	EXPECT_INT(reader.left, 0);
}

static int parse(const char *data, size_t n, struct criu_rpc_response *ret, struct error *err)
{
	return criu_rpc_response(data, n, ret, err);
}
#define PARSE(data, ret) parse(data, sizeof(data) - 1, ret, err)

TEST(a_version_is_one_number)
{
	struct criu_rpc_response said;

	EXPECT_OK(PARSE("\x08\x0a\x10\x01\x52\x06\x08\x03\x10\x11\x20\x01", &said));
	EXPECT_INT(said.type, CRIU_RPC_VERSION);
	EXPECT(said.is_success);
	EXPECT_INT(said.version, 31701);
	EXPECT_ERROR(PARSE("\x08\x0a\x10\x01\x52\x03\x08\xff\x7f", &said), ERR_INVALID,
	             "criu's answer has a damaged field 10");
}

TEST(a_notification_names_what_happens_and_the_process)
{
	struct criu_rpc_response said;

	EXPECT_OK(PARSE("\x08\x06\x10\x01\x2a\x11\x0a\x0cpost-restore\x10\xe7\x24", &said));
	EXPECT_INT(said.type, CRIU_RPC_NOTIFY);
	EXPECT_STR(said.script, "post-restore");
	EXPECT_INT(said.pid, 4711);
}

TEST(a_failure_has_criu_s_words_and_errno)
{
	struct criu_rpc_response said;

	EXPECT_OK(PARSE("\x08\x02\x10\x00\x38\x11\x4a\x06no way", &said));
	EXPECT(!said.is_success);
	EXPECT_INT(said.error, 17);
	EXPECT_STR(said.message, "no way");
}

TEST(features_are_flags)
{
	struct criu_rpc_response said;
	auto_str struct str request = {0};

	criu_rpc_feature_request(&request);
	EXPECT_INT(request.len, 8);
	EXPECT(memcmp(request.s, "\x08\x09\x2a\x04\x08\x01\x10\x01", 8) == 0);
	EXPECT_OK(PARSE("\x08\x09\x10\x01\x42\x04\x08\x01\x10\x00", &said));
	EXPECT(said.has_mem_track && !said.has_lazy_pages);
}

TEST(bytes_that_are_no_answer_are_refused)
{
	struct criu_rpc_response said;

	EXPECT_ERROR(PARSE("", &said), ERR_INVALID, "criu's answer is no message of its RPC");
	EXPECT_ERROR(PARSE("\x10\x01", &said), ERR_INVALID,
	             "criu's answer is no message of its RPC");
	EXPECT_ERROR(PARSE("\x08\x06\x2a\x02\x0a\x05", &said), ERR_INVALID,
	             "criu's answer has a damaged field 5");
}
