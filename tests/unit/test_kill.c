/* SPDX-License-Identifier: Apache-2.0 */
/* Who is signalled by the verb kill, and who is not. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/process.h"
#include "runtime/kill.h"
#include "runtime/state.h"
#include "test.h"

static const struct runtime_options *options(void)
{
	static char root[512];
	static struct runtime_options opts = {.root = root};

	snprintf(root, sizeof(root), "%s/state", test_dir());
	return &opts;
}

/* Container web with process @pid (0: none yet) in @state, which stays locked. */
static void make(pid_t pid, int pidfd, struct state *state, struct error *err)
{
	auto_json struct state_record *record = json_new(&state_record_type);

	record->oci_version = "1.2.0";
	record->id = "web";
	record->bundle = record->rootfs = "/";
	record->created = "2026-01-02T03:04:05.000000000Z";
	REQUIRE_OK(state_boot_id(record, err));
	if (pid) {
		record->is_set_up = true;
		REQUIRE_OK(state_identify(record, pid, pidfd, err));
	}
	REQUIRE_OK(state_create(options(), "web", state, err));
	REQUIRE_OK(state_save(state, record, err));
}

TEST(the_init_process_gets_the_signal)
{
	const struct process_clone plain = {.cgroup_fd = -1};
	auto_state struct state state = {.root_fd = -1, .dir_fd = -1, .pidfd = -1};
	auto_fd int pidfd = -1;
	pid_t pid = process_clone(&plain, &pidfd, err);
	int status;

	while (pid == 0)
		pause();
	make(pid, pidfd, &state, err);
	EXPECT_OK(runtime_kill(options(), "web", 0, false, err));
	EXPECT_OK(runtime_kill(options(), "web", SIGTERM, false, err));
	status = process_wait(pid, err);
	EXPECT_INT(process_exit_status(status), 128 + SIGTERM);
	EXPECT_ERROR(runtime_kill(options(), "web", SIGTERM, false, err), ERR_STATE,
	             "kill container web: container not running");
}

/* Its record has no PID yet, and 0 would be the callers' own group of processes. */
static void check_creating(struct error *err)
{
	auto_state struct state state = {.root_fd = -1, .dir_fd = -1, .pidfd = -1};

	setpgid(0, 0);
	make(0, -1, &state, err);
	EXPECT_ERROR(runtime_kill(options(), "web", SIGKILL, false, err), ERR_STATE,
	             "kill container web: container not running");
	EXPECT_ERROR(runtime_kill(options(), "web", SIGKILL, true, err), ERR_STATE,
	             "kill container web: container not running");
}

TEST(a_container_in_the_making_is_not_signalled)
{
	test_child(check_creating);
}

TEST(a_container_that_does_not_exist_is_named)
{
	EXPECT_ERROR(runtime_kill(options(), "web", SIGKILL, false, err), ERR_NOT_FOUND,
	             "container does not exist: web");
}
