/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/exe_file: a process that goes on from its file on another mount. */
#include "kernel/exe_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "kernel/mount.h"
#include "test.h"

static int written_before = 1;
static const char *const constants[] = {"one", "two"};

static bool is_exe_readonly(void)
{
	struct statvfs vfs;
	auto_fd int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	return fd >= 0 && fstatvfs(fd, &vfs) == 0 && (vfs.f_flag & ST_RDONLY);
}

/* Mappings of the file at this path. On a mount attached nowhere it has another. */
static size_t count_mappings(const char *ours)
{
	auto_stream FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	size_t n = 0;

	while (maps && fgets(line, sizeof(line), maps))
		n += strstr(line, ours) != NULL;
	return n;
}

static void go_on_elsewhere(struct error *err)
{
	char path[4096] = "";
	auto_fd int exe_fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	auto_fd int tree_fd = mount_clone_readonly(exe_fd);
	auto_free char *name = mem_printf("/proc/self/fd/%d", tree_fd);
	auto_fd int fd = -1;

	if (geteuid() != 0 || tree_fd < 0)
		test_skip("only root in a user namespace may change the file of a process");
	EXPECT(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	written_before = 7;
	EXPECT_INT(exe_file_replace(fd, err), 0);
	EXPECT(is_exe_readonly());
	EXPECT_INT(count_mappings(path), 0);
	EXPECT_INT(written_before, 7);
	EXPECT_STR(constants[1], "two");
}

TEST(the_process_goes_on_and_its_exe_is_on_the_other_mount)
{
	test_child(go_on_elsewhere);
}

TEST(what_is_no_executable_is_refused_and_the_process_lives)
{
	auto_fd int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	EXPECT(exe_file_replace(fd, err) < 0);
	EXPECT(err->errnum != 0);
	EXPECT_STR(constants[0], "one");
}
