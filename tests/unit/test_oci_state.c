/* SPDX-License-Identifier: Apache-2.0 */
/* The state document, and what a seccomp listener is sent. */
#include "test.h"

#include <string.h>

#include "libocispec/oci_state.h"

static struct oci_state *read_state(const char *text, struct error *err)
{
	return oci_state_read("state", text, strlen(text), err);
}

TEST(a_state_is_built_on_the_stack_and_written)
{
	struct oci_state state = {
		.oci_version = "1.3.0",
		.id = "web",
		.status = OCI_STATUS_STOPPED,
		.bundle = "/b",
		.annotations = {(char *[]){"k"}, (char *[]){"v"}, 1},
	};
	auto_str struct str out = {0};

	oci_state_write(&state, NULL, &out);
	EXPECT_STR(out.s,
	           "{\"ociVersion\":\"1.3.0\",\"id\":\"web\",\"status\":\"stopped\",\"pid\":0,"
	           "\"bundle\":\"/b\",\"annotations\":{\"k\":\"v\"}}");
}

TEST(a_state_is_read)
{
	auto_json struct oci_state *state = read_state(
		"{\"ociVersion\":\"1.0.2\",\"id\":\"a\",\"status\":\"running\",\"pid\":12,"
		"\"bundle\":\"/b\",\"rootfs\":\"/r\",\"owner\":\"\"}",
		err);

	REQUIRE(state);
	EXPECT_INT(state->status, OCI_STATUS_RUNNING);
	EXPECT_INT(state->pid, 12);
	EXPECT(!state->annotations.keys);
}

TEST(a_state_needs_a_known_status_and_a_pid_that_can_be)
{
	EXPECT_ERROR(read_state("{\"status\":\"frozen\"}", err), ERR_INVALID,
	             "state:1: status: unknown value \"frozen\"");
	EXPECT_ERROR(read_state("{\"pid\":-1}", err), ERR_INVALID,
	             "state:1: pid: -1 is out of range (0 to 2147483647)");
	EXPECT_ERROR(read_state("{\"ociVersion\":\"\",\"id\":\"\",\"bundle\":\"\"}", err),
	             ERR_INVALID, "state:1: status: missing required member");
}

TEST(a_container_process_state_holds_the_state)
{
	struct oci_state state = {
		.oci_version = "1.3.0", .id = "a", .status = OCI_STATUS_CREATING, .bundle = "/b"};
	struct oci_container_process_state message = {
		.oci_version = "1.3.0",
		.fds = (char *[]){"seccompFd"},
		.n_fds = 1,
		.pid = 4,
		.metadata = "m",
		.state = &state,
	};
	auto_str struct str out = {0};

	json_write(&oci_container_process_state_type, &message, NULL, &out);
	EXPECT_STR(out.s,
	           "{\"ociVersion\":\"1.3.0\",\"fds\":[\"seccompFd\"],\"pid\":4,\"metadata\":"
	           "\"m\",\"state\":{\"ociVersion\":\"1.3.0\",\"id\":\"a\",\"status\":"
	           "\"creating\",\"pid\":0,\"bundle\":\"/b\"}}");
}
