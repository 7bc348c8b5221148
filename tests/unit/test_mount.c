/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounts onto a place held by descriptor, in a mount namespace of each test's own. Every case runs
 * with the calls of the new mount API, then where they answer ENOSYS, then EPERM.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/path.h"
#include "deny_call.h"
#include "kernel/mount.h"
#include "kernel/syscalls.h"
#include "test.h"
#include "user_ns.h"

#ifndef ST_NOSYMFOLLOW
#define ST_NOSYMFOLLOW 0x2000
#endif

static void deny_new_api(int errnum)
{
	deny_call(SYS_open_tree, errnum);
	deny_call(SYS_move_mount, errnum);
	deny_call(SYS_mount_setattr, errnum);
}

#define MOUNTS(sentence)                                                                           \
	static void body_##sentence(struct error *err);                                            \
	static void new_##sentence(struct error *err)                                              \
	{                                                                                          \
		user_ns_enter();                                                                   \
		body_##sentence(err);                                                              \
	}                                                                                          \
	static void enosys_##sentence(struct error *err)                                           \
	{                                                                                          \
		user_ns_enter();                                                                   \
		deny_new_api(ENOSYS);                                                              \
		body_##sentence(err);                                                              \
	}                                                                                          \
	static void eperm_##sentence(struct error *err)                                            \
	{                                                                                          \
		user_ns_enter();                                                                   \
		deny_new_api(EPERM);                                                               \
		body_##sentence(err);                                                              \
	}                                                                                          \
	TEST(sentence)                                                                             \
	{                                                                                          \
		test_child(new_##sentence);                                                        \
	}                                                                                          \
	TEST(sentence##_on_an_old_kernel)                                                          \
	{                                                                                          \
		test_child(enosys_##sentence);                                                     \
	}                                                                                          \
	TEST(sentence##_in_a_sandbox)                                                              \
	{                                                                                          \
		test_child(eperm_##sentence);                                                      \
	}                                                                                          \
	static void body_##sentence(struct error *err)

static char *at(const char *path)
{
	return mem_printf("%s/%s", test_dir(), path);
}

/* The directory @path, made, as a place to mount on. */
static struct mount_target target(const char *path)
{
	auto_free char *full = at(path);
	struct mount_target ret = {.path = path};

	REQUIRE(mkdir(full, 0755) == 0);
	ret.rootfd = open(test_dir(), O_PATH | O_DIRECTORY | O_CLOEXEC);
	ret.fd = open(full, O_PATH | O_DIRECTORY | O_CLOEXEC);
	REQUIRE(ret.rootfd >= 0 && ret.fd >= 0);
	return ret;
}

static unsigned long flags_of(const char *path)
{
	auto_free char *full = at(path);
	struct statvfs vfs;

	REQUIRE(statvfs(full, &vfs) == 0);
	return vfs.f_flag;
}

/* The line of mountinfo about @path, which the caller frees. */
static char *mountinfo(const char *path, struct error *err)
{
	auto_free char *text = NULL;
	auto_free char *name = mem_printf(" %s/%s ", test_dir(), path);
	char *at_name;
	char *start;

	REQUIRE_OK(file_read(AT_FDCWD, "/proc/self/mountinfo", 1 << 20, &text, err));
	at_name = strstr(text, name);
	REQUIRE(at_name);
	for (start = at_name; start > text && start[-1] != '\n'; start--)
		;
	return mem_strndup(start, strcspn(start, "\n"));
}

static bool exists(const char *path)
{
	auto_free char *full = at(path);

	return access(full, F_OK) == 0;
}

static void touch(const char *path)
{
	auto_free char *full = at(path);
	auto_fd int fd = open(full, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	REQUIRE(fd >= 0);
}

/* source/ with a file, and source/sub/ with a tmpfs that has a file as well. */
static int make_source(struct error *err)
{
	const struct mount_flags none = {0};
	struct mount_target source = target("source");
	struct mount_target sub = target("source/sub");

	touch("source/file");
	REQUIRE_OK(mount_fs(&sub, "tmpfs", "tmpfs", &none, NULL, err));
	touch("source/sub/below");
	return source.fd;
}

MOUNTS(a_filesystem_is_mounted_with_its_flags_and_data)
{
	const struct mount_flags flags = {.set = MS_NOSUID | MS_NODEV | MS_NOEXEC};
	struct mount_target place = target("place");
	auto_free char *full = at("place");
	struct stat st;

	EXPECT_OK(mount_fs(&place, "tmpfs", "shm", &flags, "mode=1777,size=64k", err));
	EXPECT_INT(flags_of("place") & (ST_NOSUID | ST_NODEV | ST_NOEXEC | ST_RDONLY),
	           ST_NOSUID | ST_NODEV | ST_NOEXEC);
	EXPECT(stat(full, &st) == 0 && st.st_mode == (S_IFDIR | 01777));
}

MOUNTS(a_filesystem_gets_its_propagation)
{
	const struct mount_flags flags = {.propagation = MS_SHARED};
	struct mount_target place = target("place");
	auto_free char *info = NULL;

	EXPECT_OK(mount_fs(&place, "tmpfs", "tmpfs", &flags, NULL, err));
	info = mountinfo("place", err);
	EXPECT_CONTAINS(info, " shared:");
	EXPECT_OK(mount_set_propagation(path_open_in_root(place.rootfd, "place", O_PATH, err),
	                                MS_PRIVATE | MS_REC, err));
	free(info);
	info = mountinfo("place", err);
	EXPECT(!strstr(info, " shared:"));
}

MOUNTS(a_filesystem_that_cannot_be_mounted_is_named)
{
	const struct mount_flags none = {0};
	struct mount_target place = target("place");

	EXPECT_ERROR(mount_fs(&place, "nosuchfs", "x", &none, NULL, err), ERR_SYSTEM,
	             "mount nosuchfs on place: No such device");
	EXPECT_ERROR(mount_fs(&place, "tmpfs", "x", &none, "size=1m,nosuchoption", err), ERR_SYSTEM,
	             "mount tmpfs on place: Invalid argument: tmpfs: option nosuchoption: "
	             "Invalid argument (tmpfs: Unknown parameter 'nosuchoption')");
}

MOUNTS(options_that_the_kernel_would_cut_off_are_refused)
{
	const struct mount_flags none = {0};
	struct mount_target place = target("place");
	char data[4097];

	memset(data, 'x', sizeof(data) - 1);
	data[sizeof(data) - 1] = '\0';
	EXPECT_ERROR(mount_fs(&place, "tmpfs", "x", &none, data, err), ERR_LIMIT,
	             "mount tmpfs on place: options of 4096 bytes, at most 4095");
}

MOUNTS(recursive_flags_are_flags_of_a_new_filesystem)
{
	const struct mount_flags flags = {.rec_set = MS_RDONLY | MS_NOSUID,
	                                  .set = MS_NOEXEC | MS_NODEV,
	                                  .rec_clear = MS_NODEV};
	struct mount_target place = target("place");

	EXPECT_OK(mount_fs(&place, "tmpfs", "x", &flags, NULL, err));
	EXPECT_INT(flags_of("place") & (ST_RDONLY | ST_NOSUID | ST_NOEXEC | ST_NODEV),
	           ST_RDONLY | ST_NOSUID | ST_NOEXEC);
}

MOUNTS(the_flags_of_a_mount_are_changed_where_it_is)
{
	const struct mount_flags bind = {.set = MS_BIND | MS_REC | MS_NOEXEC};
	const struct mount_flags change = {.set = MS_REMOUNT | MS_RDONLY,
	                                   .clear = MS_NOEXEC,
	                                   .rec_set = MS_NOSUID,
	                                   .propagation = MS_SHARED};
	int source = make_source(err);
	struct mount_target place = target("place");
	auto_free char *info = NULL;

	REQUIRE_OK(mount_bind(&place, source, &bind, err));
	place.fd = path_open_in_root(place.rootfd, "place", O_PATH, err);
	EXPECT_OK(mount_change(&place, &change, err));
	EXPECT_INT(flags_of("place") & (ST_RDONLY | ST_NOSUID | ST_NOEXEC), ST_RDONLY | ST_NOSUID);
	EXPECT_INT(flags_of("place/sub") & (ST_RDONLY | ST_NOSUID), ST_NOSUID);
	EXPECT_INT(flags_of("source") & (ST_RDONLY | ST_NOSUID), 0);
	info = mountinfo("place", err);
	EXPECT_CONTAINS(info, " shared:");
}

MOUNTS(what_is_no_mount_has_no_flags_to_change)
{
	const struct mount_flags change = {.set = MS_REMOUNT | MS_RDONLY};
	struct mount_target place = target("place");

	EXPECT(mount_change(&place, &change, err) < 0);
	EXPECT_CONTAINS(err->msg, "set mount options of place: ");
}

MOUNTS(a_link_can_be_mounted_on_and_be_the_source)
{
	const struct mount_flags flags = {.set = MS_BIND};
	auto_free char *from = at("from");
	auto_free char *to = at("to");
	auto_fd int source = -1;
	struct mount_target place = {.path = "to", .is_nofollow = true};
	char text[64] = {0};

	REQUIRE(symlink("there", from) == 0 && symlink("nowhere", to) == 0);
	source = open(from, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	place.rootfd = open(test_dir(), O_PATH | O_CLOEXEC);
	place.fd = open(to, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	EXPECT_OK(mount_bind(&place, source, &flags, err));
	EXPECT(readlink(to, text, sizeof(text) - 1) > 0);
	EXPECT_STR(text, "there");
}

MOUNTS(a_bind_shows_the_source_without_the_mounts_below)
{
	const struct mount_flags flags = {.set = MS_BIND};
	int source = make_source(err);
	struct mount_target place = target("place");

	EXPECT_OK(mount_bind(&place, source, &flags, err));
	EXPECT(exists("place/file"));
	EXPECT(!exists("place/sub/below"));
}

MOUNTS(a_recursive_bind_shows_the_mounts_below)
{
	const struct mount_flags flags = {.set = MS_BIND | MS_REC};
	int source = make_source(err);
	struct mount_target place = target("place");

	EXPECT_OK(mount_bind(&place, source, &flags, err));
	EXPECT(exists("place/sub/below"));
}

MOUNTS(the_flags_of_a_bind_are_of_the_new_mount_alone)
{
	const struct mount_flags flags = {.set = MS_BIND | MS_REC | MS_RDONLY | MS_NOSUID |
	                                         MS_NOEXEC | MS_NOATIME};
	int source = make_source(err);
	struct mount_target place = target("place");
	unsigned long want = ST_RDONLY | ST_NOSUID | ST_NOEXEC | ST_NOATIME;

	EXPECT_OK(mount_bind(&place, source, &flags, err));
	EXPECT_INT(flags_of("place") & want, want);
	EXPECT_INT(flags_of("source") & want, 0);
	EXPECT_INT(flags_of("place/sub") & want, 0);
}

MOUNTS(a_bind_clears_what_its_source_has_and_may_lose)
{
	const struct mount_flags on = {.set = MS_BIND | MS_RDONLY | MS_NOEXEC | MS_NOATIME};
	const struct mount_flags off = {.set = MS_BIND | MS_NOSUID, .clear = MS_RDONLY | MS_NOEXEC};
	int source = make_source(err);
	struct mount_target first = target("first");
	struct mount_target second = target("second");
	auto_fd int covering = -1;

	REQUIRE_OK(mount_bind(&first, source, &on, err));
	covering = path_open_in_root(first.rootfd, "first", O_PATH, err);
	EXPECT_OK(mount_bind(&second, covering, &off, err));
	EXPECT_INT(flags_of("second") & (ST_RDONLY | ST_NOEXEC | ST_NOSUID | ST_NOATIME),
	           ST_NOSUID | ST_NOATIME);
}

MOUNTS(a_bind_changes_the_mode_of_atime)
{
	const struct mount_flags on = {.set = MS_BIND | MS_NOATIME};
	const struct mount_flags strict = {.set = MS_BIND | MS_STRICTATIME,
	                                   .clear = MS_NOATIME | MS_RELATIME};
	int source = make_source(err);
	struct mount_target first = target("first");
	struct mount_target second = target("second");
	auto_fd int covering = -1;

	REQUIRE_OK(mount_bind(&first, source, &on, err));
	covering = path_open_in_root(first.rootfd, "first", O_PATH, err);
	EXPECT_OK(mount_bind(&second, covering, &strict, err));
	EXPECT_INT(flags_of("second") & (ST_NOATIME | ST_RELATIME), 0);
}

MOUNTS(a_flag_the_source_has_stays_where_none_is_named)
{
	const struct mount_flags on = {.set = MS_BIND | MS_NODEV | MS_NOSUID | MS_NOSYMFOLLOW};
	const struct mount_flags none = {.set = MS_BIND | MS_NOEXEC};
	int source = make_source(err);
	struct mount_target first = target("first");
	struct mount_target second = target("second");
	auto_fd int covering = -1;
	unsigned long want = ST_NODEV | ST_NOSUID | ST_NOEXEC | ST_NOSYMFOLLOW;

	REQUIRE_OK(mount_bind(&first, source, &on, err));
	covering = path_open_in_root(first.rootfd, "first", O_PATH, err);
	EXPECT_OK(mount_bind(&second, covering, &none, err));
	EXPECT_INT(flags_of("second") & want, want);
}

MOUNTS(a_file_is_bound_onto_a_file)
{
	const struct mount_flags flags = {.set = MS_BIND};
	int source = make_source(err);
	auto_fd int file = openat(source, "file", O_PATH | O_CLOEXEC);
	struct mount_target place = {.path = "file"};
	auto_free char *full = at("file");
	struct stat one;
	struct stat two;

	touch("file");
	place.rootfd = open(test_dir(), O_PATH | O_CLOEXEC);
	place.fd = open(full, O_PATH | O_CLOEXEC);
	EXPECT_OK(mount_bind(&place, file, &flags, err));
	EXPECT(stat(full, &one) == 0 && fstat(file, &two) == 0 && one.st_ino == two.st_ino);
}

MOUNTS(a_bind_that_is_impossible_names_its_target)
{
	const struct mount_flags flags = {.set = MS_BIND};
	int source = make_source(err);
	auto_fd int file = openat(source, "file", O_PATH | O_CLOEXEC);
	struct mount_target place = target("place");

	/* move_mount(2) says that the argument is invalid, mount(2) that it is not a directory */
	EXPECT(mount_bind(&place, file, &flags, err) < 0);
	EXPECT_INT(err->kind, ERR_SYSTEM);
	EXPECT_CONTAINS(err->msg, "bind mount on place: ");
}

MOUNTS(a_mount_is_made_read_only_and_keeps_its_other_flags)
{
	const struct mount_flags flags = {.set = MS_NOSUID | MS_NODEV | MS_NOATIME};
	struct mount_target place = target("place");
	unsigned long want = ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOATIME;
	auto_fd int fd = -1;

	REQUIRE_OK(mount_fs(&place, "tmpfs", "tmpfs", &flags, NULL, err));
	fd = path_open_in_root(place.rootfd, "place", O_PATH, err);
	EXPECT_OK(mount_set_readonly(fd, err));
	EXPECT_INT(flags_of("place") & want, want);
}

MOUNTS(recursive_flags_reach_the_mounts_below)
{
	const struct mount_flags flags = {.set = MS_BIND | MS_REC,
	                                  .rec_set = MS_RDONLY | MS_NOEXEC};
	int source = make_source(err);
	struct mount_target place = target("place");

	EXPECT_OK(mount_bind(&place, source, &flags, err));
	EXPECT_INT(flags_of("place") & (ST_RDONLY | ST_NOEXEC), ST_RDONLY | ST_NOEXEC);
	EXPECT_INT(flags_of("place/sub") & (ST_RDONLY | ST_NOEXEC), ST_RDONLY | ST_NOEXEC);
	EXPECT_INT(flags_of("source/sub") & (ST_RDONLY | ST_NOEXEC), 0);
}

/*
 * Locked by a second user namespace: what the first one set. mount(2) cannot stand in where
 * recursive flags are asked for.
 */
static void check_locked(struct error *err)
{
	const struct mount_flags on = {.set = MS_BIND | MS_RDONLY | MS_NOSUID};
	const struct mount_flags off = {
		.set = MS_BIND | MS_NODEV, .clear = MS_RDONLY | MS_NOSUID, .rec_set = MS_NOEXEC};
	struct mount_target first;
	struct mount_target second;
	auto_fd int covering = -1;
	int source = 0;

	user_ns_enter();
	source = make_source(err);
	first = target("first");
	second = target("second");
	REQUIRE_OK(mount_bind(&first, source, &on, err));
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		test_skip("user namespaces cannot be nested here");
	/* descriptors from before lead to the mounts of the first namespace */
	second.rootfd = open(test_dir(), O_PATH | O_CLOEXEC);
	covering = path_open_in_root(second.rootfd, "first", O_PATH, err);
	second.fd = path_open_in_root(second.rootfd, "second", O_PATH, err);
	EXPECT_OK(mount_bind(&second, covering, &off, err));
	EXPECT_INT(flags_of("second") & (ST_RDONLY | ST_NOSUID | ST_NODEV),
	           ST_RDONLY | ST_NOSUID | ST_NODEV);
}

TEST(a_locked_flag_is_kept)
{
	test_child(check_locked);
}

static void check_clone_here(struct error *err)
{
	auto_free char *source = NULL;
	auto_fd int mount_fd = -1;
	auto_free char *info = NULL;

	user_ns_enter();
	make_source(err);
	source = at("source");
	REQUIRE(chdir(source) == 0);
	mount_fd = mount_clone_here();
	REQUIRE(mount_fd >= 0);
	EXPECT_INT(fcntl(mount_fd, F_GETFD), FD_CLOEXEC);
	info = mountinfo("source", err);
	EXPECT(exists("source/sub/below"));
	EXPECT(faccessat(mount_fd, "sub/below", F_OK, 0) == 0);
}

TEST(the_working_directory_is_bound_onto_itself)
{
	test_child(check_clone_here);
}

static void check_clone_here_enosys(struct error *err)
{
	(void)err;
	deny_call(SYS_open_tree, ENOSYS);
	EXPECT(mount_clone_here() < 0 && errno == ENOSYS);
}

TEST(the_working_directory_is_not_bound_without_the_calls)
{
	test_child(check_clone_here_enosys);
}
