/* SPDX-License-Identifier: Apache-2.0 */
/* Directories of a real hierarchy (root only), and of a made-up one. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/process.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_tree.h"
#include "test.h"

/* A cgroup of this test in the first hierarchy there is: its mount point and its path. */
struct live {
	struct cgroup_layout layout;
	char *path;
	int root_fd;
};

static void live_clear(struct live *live)
{
	struct error ignored = {0};

	if (live->root_fd >= 0 && live->path)
		cgroup_tree_remove(live->root_fd, live->path, &ignored);
	free(live->path);
	fd_close(&live->root_fd);
	cgroup_layout_clear(&live->layout);
}

#define auto_live __attribute__((cleanup(live_clear)))

/* test_skip() leaves the test without the end of its scopes. */
static _Noreturn void live_skip(struct live *live, const char *reason)
{
	live_clear(live);
	test_skip(reason);
}

static void live_open(struct live *live, bool is_v1, struct error *err)
{
	const char *mount_point;

	*live = (struct live){.root_fd = -1};
	if (geteuid() != 0)
		test_skip("for root only");
	REQUIRE_OK(cgroup_layout_find(&live->layout, err));
	mount_point = is_v1 ? NULL : live->layout.v2.mount_point;
	for (size_t i = 0; is_v1 && i < live->layout.n_v1; i++)
		if (cgroup_has_controller(live->layout.v1[i].controllers, "pids"))
			mount_point = live->layout.v1[i].mount_point;
	if (!mount_point || access(mount_point, W_OK) < 0)
		live_skip(live, "no such hierarchy that can be written");
	live->root_fd = open(mount_point, O_PATH | O_DIRECTORY | O_CLOEXEC);
	live->path = mem_printf("/rtl-unit-tree-%d", getpid());
	if (cgroup_tree_make(live->root_fd, live->path, NULL) < 0)
		live_skip(live, "no cgroup may be made here");
}

/* A child that waits for ever, in the cgroup @path. */
static pid_t start_in(struct live *live, const char *path, struct error *err)
{
	auto_fd int fd = cgroup_tree_open(live->root_fd, path);
	struct process_clone args = {.cgroup_fd = -1};
	pid_t pid = process_clone(&args, NULL, err);

	if (pid == 0)
		for (;;)
			pause();
	REQUIRE_OK(pid);
	REQUIRE_OK(cgroup_tree_attach(fd, pid));
	return pid;
}

static void test_kill(bool is_v1, int sig, struct error *err)
{
	auto_live struct live live;
	auto_free pid_t *pids = NULL;
	size_t n = 0;
	pid_t a, b;

	live_open(&live, is_v1, err);
	auto_free char *below = mem_printf("%s/a/b", live.path);
	auto_fd int fd = cgroup_tree_open(live.root_fd, live.path);

	REQUIRE_OK(cgroup_tree_make(live.root_fd, below, NULL));
	a = start_in(&live, live.path, err);
	b = start_in(&live, below, err);
	EXPECT_OK(cgroup_tree_pids(fd, &pids, &n, err));
	EXPECT_INT(n, 2);
	EXPECT_OK(cgroup_tree_kill(fd, sig, err));
	EXPECT_INT(process_exit_status(process_wait(a, err)), 128 + sig);
	EXPECT_INT(process_exit_status(process_wait(b, err)), 128 + sig);
	EXPECT(!cgroup_tree_is_populated(fd));
	EXPECT_OK(cgroup_tree_remove(live.root_fd, live.path, err));
	EXPECT(faccessat(live.root_fd, live.path + 1, F_OK, 0) < 0);
}

TEST(every_process_of_a_v2_tree_is_killed_and_the_tree_removed)
{
	test_kill(false, SIGKILL, err);
}

TEST(every_process_of_a_v1_tree_is_killed_and_the_tree_removed)
{
	test_kill(true, SIGKILL, err);
}

TEST(another_signal_reaches_every_process_of_a_tree)
{
	test_kill(false, SIGTERM, err);
}

TEST(a_tree_with_a_process_is_not_removed)
{
	auto_live struct live live;
	pid_t pid;

	live_open(&live, false, err);
	pid = start_in(&live, live.path, err);
	EXPECT_INT(cgroup_tree_remove(live.root_fd, live.path, err), -1);
	EXPECT_INT(err->kind, ERR_STATE);
	EXPECT_CONTAINS(err->msg, "processes are still in it");
	EXPECT_INT(faccessat(live.root_fd, live.path + 1, F_OK, 0), 0);
	kill(pid, SIGKILL);
	process_wait(pid, err);
}

TEST(removal_waits_for_a_process_that_is_ending)
{
	auto_live struct live live;
	struct process_clone args = {.cgroup_fd = -1};
	int gate[2];
	char byte;
	pid_t pid;

	live_open(&live, false, err);
	auto_fd int fd = cgroup_tree_open(live.root_fd, live.path);

	/* its end is on its way when the removal begins: it goes on when we close the pipe */
	REQUIRE(pipe2(gate, O_CLOEXEC) == 0);
	pid = process_clone(&args, NULL, err);
	if (pid == 0) {
		close(gate[1]);
		_exit(read(gate[0], &byte, 1) == 0 ? 0 : 1);
	}
	REQUIRE_OK(pid);
	REQUIRE_OK(cgroup_tree_attach(fd, pid));
	close(gate[0]);
	close(gate[1]);
	EXPECT_OK(cgroup_tree_remove(live.root_fd, live.path, err));
	process_wait(pid, err);
}

TEST(a_deep_tree_is_removed)
{
	auto_live struct live live;
	int fd;

	live_open(&live, false, err);
	fd = cgroup_tree_open(live.root_fd, live.path);
	/* deeper than descriptors or a path would reach */
	for (int depth = 0; depth < 1500; depth++) {
		auto_fd int parent = fd;

		REQUIRE(mkdirat(parent, "d", 0755) == 0);
		fd = openat(parent, "d", O_PATH | O_DIRECTORY | O_CLOEXEC);
		REQUIRE(fd >= 0);
	}
	close(fd);
	EXPECT_OK(cgroup_tree_remove(live.root_fd, live.path, err));
	EXPECT(faccessat(live.root_fd, live.path + 1, F_OK, 0) < 0);
}

TEST(a_missing_tree_is_removed_without_an_error)
{
	auto_fd int fd = open(test_dir(), O_PATH | O_DIRECTORY | O_CLOEXEC);

	EXPECT_OK(cgroup_tree_remove(fd, "/nothing/here", err));
}

TEST(making_a_path_says_whether_it_is_new)
{
	auto_fd int fd = open(test_dir(), O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool is_new = false;

	EXPECT_OK(cgroup_tree_make(fd, "/a/b/c", &is_new));
	EXPECT(is_new);
	EXPECT_OK(cgroup_tree_make(fd, "/a/b/c", &is_new));
	EXPECT(!is_new);
	EXPECT_OK(cgroup_tree_make(fd, "/a/b", &is_new));
	EXPECT(!is_new);
}

static void put(int fd, const char *path, const char *text)
{
	auto_fd int file = openat(fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	REQUIRE(file >= 0 && file_write_all(file, text, strlen(text)) == 0);
}

static void expect_file(int fd, const char *path, const char *text, struct error *err)
{
	auto_free char *found = NULL;

	REQUIRE_OK(file_read(fd, path, 1 << 20, &found, err));
	EXPECT_STR(found, text);
}

TEST(a_cpuset_without_cpus_gets_those_of_its_parent)
{
	auto_fd int fd = open(test_dir(), O_PATH | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(cgroup_tree_make(fd, "a/b", NULL) == 0);
	put(fd, "cpuset.cpus", "0-3\n");
	put(fd, "cpuset.mems", "0\n");
	put(fd, "a/cpuset.cpus", "1-2\n");
	put(fd, "a/cpuset.mems", "\n");
	put(fd, "a/b/cpuset.cpus", "");
	put(fd, "a/b/cpuset.mems", "");
	EXPECT_OK(cgroup_tree_init_cpuset(fd, "/a/b", err));
	expect_file(fd, "a/b/cpuset.cpus", "1-2\n", err);
	expect_file(fd, "a/cpuset.mems", "0\n", err);
	expect_file(fd, "a/b/cpuset.mems", "0\n", err);
}

TEST(a_controller_is_enabled_in_every_directory_above)
{
	auto_fd int fd = open(test_dir(), O_PATH | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(cgroup_tree_make(fd, "a/b", NULL) == 0);
	put(fd, "cgroup.controllers", "cpu memory\n");
	put(fd, "cgroup.subtree_control", "cpu memory\n");
	put(fd, "a/cgroup.controllers", "cpu memory\n");
	put(fd, "a/cgroup.subtree_control", "");
	EXPECT_OK(cgroup_tree_enable(fd, "/a/b", "memory", err));
	expect_file(fd, "cgroup.subtree_control", "cpu memory\n", err);
	expect_file(fd, "a/cgroup.subtree_control", "+memory", err);
	EXPECT_ERROR(cgroup_tree_enable(fd, "/a/b", "pids", err), ERR_UNSUPPORTED,
	             "this host has no pids controller on cgroup v2");
	put(fd, "a/cgroup.controllers", "cpu\n");
	put(fd, "a/cgroup.subtree_control", "");
	EXPECT_ERROR(cgroup_tree_enable(fd, "/a/b", "memory", err), ERR_UNSUPPORTED,
	             "the memory controller is not delegated to the cgroup /a");
}
