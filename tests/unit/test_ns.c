/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces: kinds, joining, telling one's own. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "kernel/ns.h"
#include "libocispec/oci_linux.h"
#include "test.h"
#include "user_ns.h"

static int proc_fd(void)
{
	int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	return fd;
}

TEST(every_kind_of_the_spec_is_known_and_the_user_namespace_comes_first)
{
	EXPECT_STR(ns_kinds[0].name, "user");
	EXPECT_INT(ns_n_kinds, oci_namespace_type_names.n);
	for (unsigned type = 1; type <= oci_namespace_type_names.n; type++) {
		int found = 0;

		for (size_t i = 0; i < ns_n_kinds; i++)
			found += !strcmp(ns_kinds[i].name, oci_namespace_type_names.names[type]);
		EXPECT_INT(found, 1);
	}
}

TEST(every_kind_has_a_flag_and_a_file_of_its_own)
{
	auto_fd int proc = proc_fd();
	int flags = 0;

	for (size_t i = 0; i < ns_n_kinds; i++) {
		char path[64];
		struct stat st;

		EXPECT(!(flags & ns_kinds[i].flag));
		flags |= ns_kinds[i].flag;
		snprintf(path, sizeof(path), "self/ns/%s", ns_kinds[i].proc_name);
		EXPECT(fstatat(proc, path, &st, 0) == 0);
	}
}

static void check_own(struct error *err)
{
	auto_fd int proc = proc_fd();
	auto_fd int before = openat(proc, "self/ns/uts", O_RDONLY | O_CLOEXEC);
	auto_fd int after = -1;

	user_ns_enter();
	EXPECT(ns_is_own(proc, before, "uts"));
	EXPECT(!ns_is_own(proc, before, "ipc"));
	EXPECT(!ns_is_own(proc, -1, "uts"));
	EXPECT_OK(ns_unshare(CLONE_NEWUTS, err));
	EXPECT(!ns_is_own(proc, before, "uts"));
	after = openat(proc, "self/ns/uts", O_RDONLY | O_CLOEXEC);
	EXPECT(ns_is_own(proc, after, "uts"));
	EXPECT_OK(ns_unshare(CLONE_NEWUTS, err));
	EXPECT_OK(ns_join(after, CLONE_NEWUTS, "uts", err));
	EXPECT(ns_is_own(proc, after, "uts"));
}

TEST(ones_own_namespace_is_told_from_another_and_joined)
{
	test_child(check_own);
}

static void check_wrong(struct error *err)
{
	auto_fd int proc = proc_fd();
	auto_fd int uts = openat(proc, "self/ns/uts", O_RDONLY | O_CLOEXEC);
	auto_fd int file = open("/dev/null", O_RDONLY | O_CLOEXEC);

	user_ns_enter();
	EXPECT_ERROR(ns_join(uts, CLONE_NEWIPC, "ipc", err), ERR_SYSTEM,
	             "join ipc namespace: Invalid argument");
	EXPECT_ERROR(ns_join(file, 0, "network", err), ERR_SYSTEM,
	             "join network namespace: Invalid argument");
	EXPECT_ERROR(ns_join(-1, 0, "network", err), ERR_SYSTEM,
	             "join network namespace: Bad file descriptor");
	EXPECT_ERROR(ns_unshare(0x1, err), ERR_SYSTEM, "create namespaces (0x1): Invalid argument");
}

TEST(a_namespace_of_another_kind_is_not_joined)
{
	test_child(check_wrong);
}

static void check_initial(struct error *err)
{
	auto_fd int proc = proc_fd();

	(void)err;
	user_ns_enter();
	EXPECT(!ns_is_initial_user(proc));
}

TEST(a_user_namespace_with_one_id_is_not_the_initial_one)
{
	test_child(check_initial);
}

TEST(namespaces_of_another_process_are_compared_and_opened)
{
	auto_fd int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_fd int fd = ns_open(proc, getpid(), CLONE_NEWUTS);

	(void)err;
	EXPECT(ns_is_own(proc, fd, "uts"));
	for (size_t i = 0; i < ns_n_kinds; i++)
		EXPECT_INT(ns_is_shared(proc, getpid(), &ns_kinds[i]), 1);
	EXPECT_INT(ns_is_shared(proc, 0x7ffffff0, &ns_kinds[0]), -1);
	EXPECT_INT(ns_open(proc, 0x7ffffff0, CLONE_NEWUTS), -1);
}
