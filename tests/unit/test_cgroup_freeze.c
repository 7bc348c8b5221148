/* SPDX-License-Identifier: Apache-2.0 */
/* Files that stand for a cgroup whose kernel answers nothing; bats freezes real ones. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "kernel/cgroup_freeze.h"
#include "test.h"

static int open_dir(void)
{
	return open(test_dir(), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void make_file(int dir_fd, const char *name, const char *text)
{
	struct error error = {0}, *err = &error;

	REQUIRE_OK(file_replace(dir_fd, name, text, strlen(text), 0644, err));
}

static void expect_file(int dir_fd, const char *name, const char *text)
{
	auto_free char *found = NULL;
	struct error error = {0}, *err = &error;

	REQUIRE_OK(file_read(dir_fd, name, 4096, &found, err));
	EXPECT_STR(found, text);
}

TEST(v2_is_frozen_when_the_events_say_so)
{
	auto_fd int fd = open_dir();

	make_file(fd, "cgroup.freeze", "0\n");
	make_file(fd, "cgroup.events", "populated 1\nfrozen 1\n");
	EXPECT_INT(cgroup_freeze_get(fd), 0);
	EXPECT_OK(cgroup_freeze_set(fd, true, 1000, err));
	expect_file(fd, "cgroup.freeze", "1\n");
	EXPECT_INT(cgroup_freeze_get(fd), 1);
}

TEST(what_does_not_freeze_in_time_is_thawed)
{
	auto_fd int fd = open_dir();

	make_file(fd, "cgroup.freeze", "0\n");
	make_file(fd, "cgroup.events", "populated 1\nfrozen 0\n");
	EXPECT_ERROR(cgroup_freeze_set(fd, true, 5, err), ERR_LIMIT,
	             "cgroup.freeze: not every process could be frozen within 5 ms");
	expect_file(fd, "cgroup.freeze", "0\n");
}

TEST(v2_is_thawed_when_the_events_say_so)
{
	auto_fd int fd = open_dir();

	make_file(fd, "cgroup.freeze", "1\n");
	make_file(fd, "cgroup.events", "populated 1\nfrozen 0\n");
	EXPECT_OK(cgroup_freeze_set(fd, false, 1000, err));
	expect_file(fd, "cgroup.freeze", "0\n");
	make_file(fd, "cgroup.events", "populated 1\nfrozen 1\n");
	EXPECT_ERROR(cgroup_freeze_set(fd, false, 5, err), ERR_LIMIT,
	             "cgroup.freeze: not every process could be thawed within 5 ms");
}

TEST(v1_is_told_its_words)
{
	auto_fd int fd = open_dir();

	make_file(fd, "freezer.state", "THAWED");
	EXPECT_INT(cgroup_freeze_get(fd), 0);
	EXPECT_OK(cgroup_freeze_set(fd, true, 1000, err));
	expect_file(fd, "freezer.state", "FROZEN");
	EXPECT_INT(cgroup_freeze_get(fd), 1);
	EXPECT_OK(cgroup_freeze_set(fd, false, 1000, err));
	expect_file(fd, "freezer.state", "THAWED");
	make_file(fd, "freezer.state", "FREEZING\n");
	EXPECT_INT(cgroup_freeze_get(fd), 1);
}

TEST(a_cgroup_without_a_freezer_is_no_freezer)
{
	auto_fd int fd = open_dir();

	EXPECT_INT(cgroup_freeze_get(fd), -1);
	EXPECT_ERROR(cgroup_freeze_set(fd, true, 5, err), ERR_UNSUPPORTED,
	             "the cgroup has neither cgroup.freeze (Linux 5.2) nor freezer.state");
}

TEST(a_cgroup_that_is_removed_meanwhile_is_not_found)
{
	auto_fd int fd = open_dir();

	make_file(fd, "cgroup.freeze", "0\n");
	EXPECT_ERROR(cgroup_freeze_set(fd, true, 5, err), ERR_NOT_FOUND,
	             "cgroup.freeze: the cgroup was removed");
}
