/* SPDX-License-Identifier: Apache-2.0 */
/* What stood in a file is put back, line by line where a file has one for each device. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "runtime/limit_file.h"
#include "test.h"

/* @file holds @old; after writing @line, this is written to get it back. */
static void expect_undo(const char *file, const char *old, const char *line, const char *back,
                        struct error *err)
{
	auto_fd int fd = open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_limit_file_undo struct limit_file_undo undo = {0};

	REQUIRE_OK(file_replace(fd, file, old, strlen(old), 0644, err));
	EXPECT_INT(limit_file_write(fd, file, line, &undo), 0);
	REQUIRE(undo.n == 1);
	EXPECT_STR(undo.v[0].file, file);
	EXPECT_STR(undo.v[0].text, back);
	EXPECT_INT(undo.v[0].dir_fd, fd);
}

TEST(a_single_value_comes_back)
{
	expect_undo("memory.max", "max\n", "100", "max\n", err);
	expect_undo("cpu.max", "max 100000\n", "50 1000", "max 100000\n", err);
	expect_undo("cpuset.cpus", "\n", "0", "\n", err);
	expect_undo("io.weight", "default 100\n8:0 50\n", "200", "default 100\n", err);
	expect_undo("memory.oom_control", "oom_kill_disable 1\nunder_oom 0\n", "0", "1", err);
	expect_undo("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\n", "1", "0", err);
}

TEST(the_line_of_a_device_comes_back)
{
	const char *old = "8:0 rbps=5 wbps=max riops=max wiops=max\n"
			  "18:0 rbps=7 wbps=max riops=max wiops=max\n";

	expect_undo("io.max", old, "18:0 rbps=9", "18:0 rbps=7 wbps=max riops=max wiops=max", err);
	expect_undo("io.max", old, "1:0 rbps=9", "1:0 rbps=max wbps=max riops=max wiops=max", err);
	expect_undo("io.bfq.weight", "default 100\n", "8:0 300", "8:0 default", err);
	expect_undo("blkio.throttle.read_bps_device", "8:0 100\n", "8:0 200", "8:0 100", err);
	expect_undo("blkio.throttle.read_bps_device", "", "8:0 200", "8:0 0", err);
	expect_undo("rdma.max", "", "mlx hca_handle=1", "mlx hca_handle=max hca_object=max", err);
}

TEST(values_come_back_last_one_first)
{
	auto_fd int fd = open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct limit_file_undo undo = {0};
	auto_free char *text = NULL;

	REQUIRE_OK(file_replace(fd, "a", "1\n", 2, 0644, err));
	EXPECT_INT(limit_file_write(fd, "a", "2", &undo), 0);
	EXPECT_INT(limit_file_write(fd, "a", "3", &undo), 0);
	limit_file_undo(&undo);
	REQUIRE_OK(file_read(fd, "a", 16, &text, err));
	EXPECT_STR(text, "1\n");
	EXPECT_INT(undo.n, 0);
}

TEST(the_second_file_is_written_where_the_first_is_missing)
{
	auto_fd int fd = open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_free char *text = NULL;

	REQUIRE_OK(file_replace(fd, "b", "", 0, 0644, err));
	EXPECT_INT(limit_file_write(fd, "a|b", "1|2", NULL), 0);
	REQUIRE_OK(file_read(fd, "b", 16, &text, err));
	EXPECT_STR(text, "2");
	EXPECT_INT(limit_file_write(fd, "x|y", "1", NULL), -1);
	EXPECT_INT(errno, ENOENT);
}
