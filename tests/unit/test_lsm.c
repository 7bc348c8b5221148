/* SPDX-License-Identifier: Apache-2.0 */
/* Labels where no security module takes them, and where /proc is not procfs. */
#include "kernel/lsm.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "test.h"

TEST(a_label_that_nobody_takes_is_an_error)
{
	auto_fd int procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (lsm_has_selinux())
		test_skip("SELinux is active");
	EXPECT(lsm_set_selinux_key(procfd, "system_u:system_r:container_t:s0", err) < 0);
	EXPECT_CONTAINS(err->msg, "set SELinux label system_u:system_r:container_t:s0 of keys");
	EXPECT(lsm_set_selinux_exec(procfd, "system_u:system_r:container_t:s0", err) < 0);
	EXPECT_CONTAINS(err->msg, "set SELinux label system_u:system_r:container_t:s0");
}

TEST(labels_are_written_to_procfs_only)
{
	auto_free char *dir = mem_printf("%s/thread-self", test_dir());
	auto_free char *attr = mem_printf("%s/attr", dir);
	auto_free char *file = mem_printf("%s/keycreate", attr);
	auto_fd int procfd = open(test_dir(), O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_fd int fd = -1;
	struct stat st;

	REQUIRE(mkdir(dir, 0755) == 0 && mkdir(attr, 0755) == 0);
	fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	EXPECT_ERROR(lsm_set_selinux_key(procfd, "label", err), ERR_DENIED,
	             "set SELinux label label of keys: Operation not permitted");
	EXPECT(fstat(fd, &st) == 0 && st.st_size == 0);
}
