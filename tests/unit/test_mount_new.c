/* SPDX-License-Identifier: Apache-2.0 */
/* Filesystems that are mounted nowhere yet. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "deny_call.h"
#include "kernel/mount.h"
#include "kernel/mount_new.h"
#include "kernel/syscalls.h"
#include "test.h"
#include "user_ns.h"

static void makes_and_attaches(struct error *err)
{
	const struct mount_flags flags = {.set = MS_NOSUID | MS_RDONLY, .rec_set = MS_NOEXEC};
	auto_free char *path = mem_printf("%s/place", test_dir());
	struct mount_target place = {.path = "place"};
	struct statvfs vfs;
	struct stat st;
	auto_fd int tree = -1;

	user_ns_enter();
	tree = mount_new_make("tmpfs", "name", &flags, "mode=1770,size=64k", err);
	REQUIRE_OK(tree);
	REQUIRE(mkdir(path, 0755) == 0);
	place.fd = open(path, O_PATH | O_CLOEXEC);
	EXPECT(mount_attach(&place, tree) == 0);
	EXPECT(stat(path, &st) == 0 && st.st_mode == (S_IFDIR | 01770));
	REQUIRE(statvfs(path, &vfs) == 0);
	EXPECT_INT(vfs.f_flag & (ST_RDONLY | ST_NOSUID | ST_NOEXEC | ST_NODEV),
	           ST_RDONLY | ST_NOSUID | ST_NOEXEC);
	EXPECT_INT(vfs.f_blocks * vfs.f_frsize, 65536);
}

TEST(a_filesystem_is_made_and_attached_later)
{
	test_child(makes_and_attaches);
}

static void names_what_is_refused(struct error *err)
{
	const struct mount_flags none = {0};
	char longest[300];

	user_ns_enter();
	EXPECT_ERROR(mount_new_make("tmpfs", "x", &none, "size=1m,nonsense=1,mode=700", err),
	             ERR_SYSTEM,
	             "tmpfs: option nonsense=1: Invalid argument (tmpfs: Unknown parameter "
	             "'nonsense')");
	EXPECT_ERROR(mount_new_make("nosuchfs", "x", &none, NULL, err), ERR_SYSTEM,
	             "open filesystem nosuchfs: No such device");
	memset(longest, 'x', sizeof(longest) - 1);
	memcpy(longest, "mode=", 5);
	longest[sizeof(longest) - 1] = '\0';
	EXPECT_ERROR(mount_new_make("tmpfs", "x", &none, longest, err), ERR_LIMIT,
	             "tmpfs: option mode=xxxxxxxxxxxxxxx...: too long");
}

TEST(an_option_that_is_refused_is_named_with_the_kernels_words)
{
	test_child(names_what_is_refused);
}

static void says_that_the_call_is_missing(struct error *err)
{
	const struct mount_flags none = {0};

	deny_call(SYS_fsopen, ENOSYS);
	EXPECT(mount_new_make("tmpfs", "x", &none, NULL, err) < 0);
	EXPECT_INT(err->errnum, ENOSYS);
	*err = (struct error){0};
	error_set(err, ERR_INVALID, "mount tmpfs");
	EXPECT(mount_new_explain("tmpfs", "nonsense", err) < 0);
	EXPECT_STR(err->msg, "mount tmpfs (options: nonsense)");
}

TEST(a_kernel_without_the_calls_says_so)
{
	test_child(says_that_the_call_is_missing);
}

static void explains(struct error *err)
{
	user_ns_enter();
	error_set(err, ERR_INVALID, "mount tmpfs on /x");
	EXPECT(mount_new_explain("tmpfs", "mode=700,nonsense", err) < 0);
	EXPECT_STR(err->msg, "mount tmpfs on /x: tmpfs: option nonsense: Invalid argument (tmpfs: "
	                     "Unknown parameter 'nonsense')");
	*err = (struct error){0};
	error_set(err, ERR_INVALID, "mount tmpfs on /x");
	EXPECT(mount_new_explain("tmpfs", "mode=700", err) < 0);
	EXPECT_STR(err->msg, "mount tmpfs on /x (options: mode=700)");
}

TEST(a_failed_mount_is_explained_where_it_can_be)
{
	test_child(explains);
}
