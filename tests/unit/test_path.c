/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resolution inside a root. Every case of RESOLUTION() runs twice: with openat2(2), and in a child
 * where that answers ENOSYS, so that the walk does the work. What lies outside of the root is
 * called "outside" and is never to be seen.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/path.h"
#include "deny_call.h"
#include "test.h"

#define ROUNDS 20000

#define RESOLUTION(sentence)                                                                       \
	static void body_##sentence(struct error *err);                                            \
	static void walk_##sentence(struct error *err)                                             \
	{                                                                                          \
		deny_call(SYS_openat2, ENOSYS);                                                    \
		body_##sentence(err);                                                              \
	}                                                                                          \
	TEST(sentence)                                                                             \
	{                                                                                          \
		body_##sentence(err);                                                              \
	}                                                                                          \
	TEST(sentence##_by_the_walk)                                                               \
	{                                                                                          \
		test_child(walk_##sentence);                                                       \
	}                                                                                          \
	static void body_##sentence(struct error *err)

static char *at(const char *path)
{
	return mem_printf("%s/%s", test_dir(), path);
}

static void make_dir(const char *path)
{
	auto_free char *full = at(path);

	REQUIRE(mkdir(full, 0755) == 0);
}

static void make_file(const char *path)
{
	auto_free char *full = at(path);
	auto_fd int fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	REQUIRE(fd >= 0);
}

static void make_link(const char *target, const char *path)
{
	auto_free char *full = at(path);

	REQUIRE(symlink(target, full) == 0);
}

/*
 * root/dir/file, root/file and a set of links; outside of the root "outside" and "file" stand
 * where an escape would lead to.
 */
static int make_root(void)
{
	auto_free char *root = NULL;
	int fd;

	make_dir("outside");
	make_file("outside/secret");
	make_file("secret");
	make_dir("root");
	make_dir("root/dir");
	make_dir("root/dir/below");
	make_file("root/dir/file");
	make_file("root/file");
	root = at("root");
	fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	return fd;
}

/* Is the descriptor @fd the file @path below test_dir()? */
static bool is_at(int fd, const char *path)
{
	auto_free char *full = at(path);
	struct stat one;
	struct stat two;

	return fd >= 0 && fstat(fd, &one) == 0 && lstat(full, &two) == 0 &&
	       one.st_ino == two.st_ino && one.st_dev == two.st_dev;
}

static bool opens(int root, const char *path, int flags, const char *expected, struct error *err)
{
	auto_fd int fd = path_open_in_root(root, path, flags, err);

	return is_at(fd, expected);
}

static bool makes(int root, const char *path, bool is_dir, const char *expected, struct error *err)
{
	auto_fd int fd = path_make_in_root(root, path, is_dir, err);

	return is_at(fd, expected);
}

static bool exists(const char *path)
{
	auto_free char *full = at(path);
	struct stat st;

	return lstat(full, &st) == 0;
}

static bool has_mode(const char *path, mode_t mode)
{
	auto_free char *full = at(path);
	struct stat st;

	return lstat(full, &st) == 0 && st.st_mode == mode;
}

RESOLUTION(plain_paths_are_found_however_their_slashes_stand)
{
	auto_fd int root = make_root();

	EXPECT(opens(root, "/dir/file", O_PATH, "root/dir/file", err));
	EXPECT(opens(root, "dir/file", O_RDONLY, "root/dir/file", err));
	EXPECT(opens(root, "//dir///file", O_RDONLY, "root/dir/file", err));
	EXPECT(opens(root, "./dir/./below/.", O_PATH, "root/dir/below", err));
	EXPECT(opens(root, "dir/", O_PATH, "root/dir", err));
	EXPECT(opens(root, "/", O_PATH | O_DIRECTORY, "root", err));
	EXPECT(opens(root, "", O_PATH, "root", err));
}

RESOLUTION(dots_do_not_lead_above_the_root)
{
	auto_fd int root = make_root();

	EXPECT(opens(root, "..", O_PATH, "root", err));
	EXPECT(opens(root, "/../../../../../../..", O_PATH, "root", err));
	EXPECT(opens(root, "dir/../../../dir/file", O_PATH, "root/dir/file", err));
	EXPECT(opens(root, "dir/below/../file", O_PATH, "root/dir/file", err));
	EXPECT_ERROR(path_open_in_root(root, "../outside", O_PATH, err), ERR_NOT_FOUND,
	             "open ../outside in the root filesystem: No such file or directory");
	EXPECT_ERROR(path_open_in_root(root, "dir/../../secret", O_PATH, err), ERR_NOT_FOUND,
	             "open dir/../../secret in the root filesystem: No such file or directory");
}

RESOLUTION(absolute_links_start_at_the_root)
{
	auto_fd int root = make_root();

	make_link("/dir/file", "root/absolute");
	make_link("/", "root/dir/top");
	make_link("/../../outside", "root/escape");
	EXPECT(opens(root, "absolute", O_RDONLY, "root/dir/file", err));
	EXPECT(opens(root, "dir/top", O_PATH, "root", err));
	EXPECT(opens(root, "dir/top/dir/top/file", O_PATH, "root/file", err));
	EXPECT(opens(root, "dir/top/../../file", O_PATH, "root/file", err));
	EXPECT_ERROR(path_open_in_root(root, "escape", O_PATH, err), ERR_NOT_FOUND,
	             "open escape in the root filesystem: No such file or directory");
}

RESOLUTION(a_link_to_a_host_path_stays_inside)
{
	auto_fd int root = make_root();
	auto_free char *outside = at("outside");

	make_link(outside, "root/host");
	EXPECT(path_open_in_root(root, "host/secret", O_PATH, err) < 0);
	EXPECT_INT(err->kind, ERR_NOT_FOUND);
}

RESOLUTION(dots_in_links_are_relative_to_the_link)
{
	auto_fd int root = make_root();

	make_link("../file", "root/dir/up");
	make_link("../../../../file", "root/dir/far-up");
	make_link("dir/below", "root/short");
	EXPECT(opens(root, "dir/up", O_PATH, "root/file", err));
	EXPECT(opens(root, "dir/far-up", O_PATH, "root/file", err));
	/* not root/file: ".." is of what the link leads to */
	EXPECT(opens(root, "short/../file", O_PATH, "root/dir/file", err));
}

RESOLUTION(a_chain_of_forty_links_is_followed_and_no_longer_one)
{
	auto_fd int root = make_root();

	make_link("/dir/file", "root/link1");
	for (int i = 2; i <= 41; i++) {
		auto_free char *target = mem_printf("link%d", i - 1);
		auto_free char *name = mem_printf("root/link%d", i);

		make_link(target, name);
	}
	EXPECT(opens(root, "link40", O_PATH, "root/dir/file", err));
	EXPECT_ERROR(path_open_in_root(root, "link41", O_PATH, err), ERR_SYSTEM,
	             "open link41 in the root filesystem: Too many levels of symbolic links");
}

RESOLUTION(loops_of_links_end)
{
	auto_fd int root = make_root();

	make_link("self", "root/self");
	make_link("b", "root/a");
	make_link("/a", "root/b");
	make_link("grow/x", "root/grow");
	EXPECT_ERROR(path_open_in_root(root, "self", O_PATH, err), ERR_SYSTEM,
	             "open self in the root filesystem: Too many levels of symbolic links");
	EXPECT_ERROR(path_open_in_root(root, "a/x", O_PATH, err), ERR_SYSTEM,
	             "open a/x in the root filesystem: Too many levels of symbolic links");
	EXPECT_ERROR(path_open_in_root(root, "grow", O_PATH, err), ERR_SYSTEM,
	             "open grow in the root filesystem: Too many levels of symbolic links");
	EXPECT_ERROR(path_make_in_root(root, "a", true, err), ERR_SYSTEM,
	             "make directory a in the root filesystem: Too many levels of symbolic links");
}

RESOLUTION(nofollow_is_for_the_last_component_only)
{
	auto_fd int root = make_root();

	make_link("dir", "root/link");
	EXPECT(opens(root, "link", O_PATH | O_NOFOLLOW, "root/link", err));
	EXPECT(opens(root, "link/file", O_RDONLY | O_NOFOLLOW, "root/dir/file", err));
	EXPECT(opens(root, "link/", O_PATH | O_NOFOLLOW, "root/dir", err));
	EXPECT(opens(root, "link/.", O_PATH | O_NOFOLLOW, "root/dir", err));
	EXPECT_ERROR(path_open_in_root(root, "link", O_RDONLY | O_NOFOLLOW, err), ERR_SYSTEM,
	             "open link in the root filesystem: Too many levels of symbolic links");
}

RESOLUTION(a_file_is_no_directory)
{
	static const char *const paths[] = {"file/x", "file/..", "file/.",
	                                    "file/",  "link/",   "link/../file"};
	auto_fd int root = make_root();

	make_link("file", "root/link");
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		auto_free char *text =
			mem_printf("open %s in the root filesystem: Not a directory", paths[i]);

		EXPECT_ERROR(path_open_in_root(root, paths[i], O_PATH, err), ERR_SYSTEM, text);
	}
	EXPECT_ERROR(path_open_in_root(root, "file", O_PATH | O_DIRECTORY, err), ERR_SYSTEM,
	             "open file in the root filesystem: Not a directory");
	EXPECT_ERROR(path_open_in_root(root, "file", O_RDONLY | O_DIRECTORY, err), ERR_SYSTEM,
	             "open file in the root filesystem: Not a directory");
}

RESOLUTION(magic_links_of_proc_are_refused)
{
	static const char *const paths[] = {"self/root", "self/cwd/x", "self/exe", "self/fd/0",
	                                    "self/ns/mnt"};
	auto_fd int root = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_fd int plain = -1;

	REQUIRE(root >= 0);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		auto_free char *text =
			mem_printf("open %s in the root filesystem: Too many levels of symbolic "
		                   "links",
		                   paths[i]);

		EXPECT_ERROR(path_open_in_root(root, paths[i], O_PATH, err), ERR_SYSTEM, text);
	}
	plain = path_open_in_root(root, "mounts", O_RDONLY, err);
	EXPECT_OK(plain);
}

RESOLUTION(descriptors_close_on_exec)
{
	auto_fd int root = make_root();
	auto_fd int path = path_open_in_root(root, "file", O_PATH, err);
	auto_fd int file = path_open_in_root(root, "file", O_RDONLY, err);
	auto_fd int made = path_make_in_root(root, "new", true, err);

	EXPECT_INT(fcntl(path, F_GETFD), FD_CLOEXEC);
	EXPECT_INT(fcntl(file, F_GETFD), FD_CLOEXEC);
	EXPECT_INT(fcntl(made, F_GETFD), FD_CLOEXEC);
}

RESOLUTION(missing_directories_are_made_down_to_the_last_component)
{
	auto_fd int root = make_root();

	umask(022);
	EXPECT(makes(root, "/a/b/c", true, "root/a/b/c", err));
	EXPECT(has_mode("root/a", S_IFDIR | 0755));
	EXPECT(has_mode("root/a/b/c", S_IFDIR | 0755));
	EXPECT(makes(root, "d/e/f", false, "root/d/e/f", err));
	EXPECT(has_mode("root/d/e", S_IFDIR | 0755));
	EXPECT(has_mode("root/d/e/f", S_IFREG | 0644));
	EXPECT(makes(root, "dir/new", false, "root/dir/new", err));
}

RESOLUTION(what_exists_is_taken_as_it_is)
{
	auto_fd int root = make_root();

	make_link("/dir/file", "root/link");
	EXPECT(makes(root, "dir", false, "root/dir", err));
	EXPECT(makes(root, "file", true, "root/file", err));
	EXPECT(makes(root, "link", false, "root/dir/file", err));
	EXPECT(makes(root, "/", true, "root", err));
	EXPECT(makes(root, "", true, "root", err));
}

RESOLUTION(nothing_is_made_below_a_file_or_above_the_root)
{
	auto_fd int root = make_root();

	EXPECT_ERROR(path_make_in_root(root, "file/x", true, err), ERR_SYSTEM,
	             "make directory file/x in the root filesystem: Not a directory");
	EXPECT_ERROR(path_make_in_root(root, "file/x/y", false, err), ERR_SYSTEM,
	             "make file file/x/y in the root filesystem: Not a directory");
	EXPECT(makes(root, "../../up/x", false, "root/up/x", err));
	EXPECT(!exists("up"));
}

RESOLUTION(the_target_of_a_dangling_link_is_made_inside)
{
	auto_fd int root = make_root();
	auto_free char *outside = at("outside/made");
	auto_free char *inside = mem_printf("root%s", outside);

	make_link("/missing/file", "root/absolute");
	make_link("../missing-too", "root/dir/relative");
	make_link("../../../../far", "root/dir/far");
	make_link(outside, "root/host");
	EXPECT(makes(root, "absolute", false, "root/missing/file", err));
	EXPECT(makes(root, "dir/relative", true, "root/missing-too", err));
	EXPECT(makes(root, "dir/far", false, "root/far", err));
	EXPECT(makes(root, "host", false, inside, err));
	EXPECT(!exists("outside/made"));
	EXPECT(!exists("far"));
}

RESOLUTION(a_dangling_link_on_the_way_leads_to_its_target)
{
	auto_fd int root = make_root();

	make_dir("root/var");
	make_link("../run", "root/var/run");
	make_link("/deep/er", "root/hop");
	make_link("hop", "root/hop-to-hop");
	EXPECT(makes(root, "/var/run/x/sock", false, "root/run/x/sock", err));
	EXPECT(makes(root, "hop-to-hop/y", true, "root/deep/er/y", err));
}

RESOLUTION(a_dangling_link_behind_another_link_is_relative_to_where_it_lies)
{
	auto_fd int root = make_root();

	make_link("dir/below", "root/short");
	make_link("../made", "root/dir/below/dangling");
	EXPECT(makes(root, "short/dangling", true, "root/dir/made", err));
	EXPECT(!exists("root/made"));
}

RESOLUTION(the_parent_of_a_path_is_opened_or_made)
{
	auto_fd int root = make_root();
	auto_free char *name = NULL;
	auto_free char *second = NULL;
	auto_fd int one = path_open_parent_in_root(root, "/new/dev/null", &name, err);
	auto_fd int two = path_open_parent_in_root(root, "dir/x/..//tty/", &second, err);

	EXPECT(is_at(one, "root/new/dev"));
	EXPECT_STR(name, "null");
	EXPECT(is_at(two, "root/dir"));
	EXPECT_STR(second, "tty");
	EXPECT(!exists("root/new/dev/null"));
}

RESOLUTION(the_root_has_no_parent)
{
	auto_fd int root = make_root();
	char *name = NULL;

	EXPECT_ERROR(path_open_parent_in_root(root, "/", &name, err), ERR_INVALID,
	             "/ names the root itself");
	EXPECT_ERROR(path_open_parent_in_root(root, "a/../..", &name, err), ERR_INVALID,
	             "a/../.. names the root itself");
	EXPECT_ERROR(path_open_parent_in_root(root, "file/x", &name, err), ERR_SYSTEM,
	             "make the directory of file/x in the root filesystem: Not a directory");
	EXPECT(name == NULL);
}

/* Two names change places until the parent ends: a directory and a link to the outside. */
_Noreturn static void swap_for_ever(const char *dir)
{
	auto_fd int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (pid_t parent = getppid(); getppid() == parent;)
		syscall(SYS_renameat2, fd, "swapped", fd, "link", 2 /* RENAME_EXCHANGE */);
	_exit(0);
}

static pid_t start_swapping(const char *target)
{
	auto_free char *dir = at("root/race");
	pid_t pid;

	make_dir("root/race");
	make_dir("root/race/swapped");
	make_file("root/race/swapped/inner");
	make_link(target, "root/race/link");
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0)
		swap_for_ever(dir);
	return pid;
}

static void stop_swapping(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool is_inside(int fd)
{
	struct path_fd_link link = path_fd_link(fd);
	auto_free char *root = at("root/");
	char path[4096];
	ssize_t n = readlink(link.s, path, sizeof(path) - 1);

	if (n < 0)
		return false;
	path[n] = '\0';
	return strncmp(path, root, strlen(root)) == 0;
}

RESOLUTION(a_directory_that_turns_into_a_link_to_the_outside_never_leads_there)
{
	auto_fd int root = make_root();
	auto_free char *outside = at("outside");
	pid_t pid = start_swapping(outside);
	int found = 0;
	int escaped = 0;

	for (int i = 0; i < ROUNDS; i++) {
		auto_fd int fd = path_open_in_root(
			root, i % 2 ? "race/swapped/secret" : "race/swapped/inner", O_PATH, err);

		found += fd >= 0;
		escaped += fd >= 0 && !is_inside(fd);
	}
	stop_swapping(pid);
	EXPECT(found > 0);
	EXPECT_INT(escaped, 0);
}

RESOLUTION(dots_behind_a_directory_in_motion_never_lead_outside)
{
	auto_fd int root = make_root();
	pid_t pid = start_swapping("../../../outside");
	int found = 0;
	int escaped = 0;

	for (int i = 0; i < ROUNDS; i++) {
		auto_fd int fd = path_open_in_root(root, "race/swapped/../../../../outside/../race",
		                                   O_PATH, err);
		auto_fd int up = path_open_in_root(root, "race/swapped/../../dir", O_PATH, err);

		found += up >= 0;
		escaped += (fd >= 0 && !is_inside(fd)) || (up >= 0 && !is_inside(up));
	}
	stop_swapping(pid);
	EXPECT(found > 0);
	EXPECT_INT(escaped, 0);
}

RESOLUTION(nothing_is_made_outside_while_a_directory_turns_into_a_link)
{
	auto_fd int root = make_root();
	auto_free char *outside = at("outside");
	pid_t pid = start_swapping(outside);
	int made = 0;

	for (int i = 0; i < ROUNDS / 20; i++) {
		auto_free char *path = mem_printf("race/swapped/%d/x", i);
		auto_fd int fd = path_make_in_root(root, path, i % 2, err);

		made += fd >= 0;
		if (fd >= 0)
			EXPECT(is_inside(fd));
	}
	stop_swapping(pid);
	EXPECT(made > 0);
	for (int i = 0; i < ROUNDS / 20; i++) {
		auto_free char *path = mem_printf("outside/%d", i);

		EXPECT(!exists(path));
	}
}

TEST(clean_paths_have_no_dots_and_single_slashes)
{
	static const char *const cases[][2] = {
		{"/", "/"},           {"", "."},           {".", "."},
		{"..", "."},          {"/..", "/"},        {"a", "a"},
		{"a/", "a"},          {"//a//b/", "/a/b"}, {"/a/./b/../c", "/a/c"},
		{"a/..", "."},        {"../../a", "a"},    {"/../../a", "/a"},
		{"/a/../..", "/"},    {"/...", "/..."},    {"a/b/../../..", "."},
		{"/a/..b", "/a/..b"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		auto_free char *clean = path_clean(cases[i][0]);

		EXPECT_STR(clean, cases[i][1]);
	}
}

static void check_absolute(struct error *err)
{
	auto_free char *expected = NULL;
	auto_free char *relative = NULL;
	auto_free char *absolute = NULL;
	auto_free char *cwd = NULL;

	REQUIRE(chdir(test_dir()) == 0);
	cwd = getcwd(NULL, 0);
	expected = mem_printf("%s/b", cwd);
	relative = path_absolute("a/../b/.", err);
	absolute = path_absolute("/x//y", err);
	EXPECT_STR(relative, expected);
	EXPECT_STR(absolute, "/x/y");
	make_dir("gone");
	REQUIRE(chdir("gone") == 0 && rmdir(cwd) < 0);
	free(expected);
	expected = at("gone");
	REQUIRE(rmdir(expected) == 0);
	EXPECT_ERROR(path_absolute("x", err), ERR_NOT_FOUND,
	             "find the working directory for x: No such file or directory");
}

TEST(relative_paths_are_of_the_working_directory)
{
	test_child(check_absolute);
}

TEST(descriptors_have_a_name_in_proc)
{
	EXPECT_STR(path_fd_link(7).s, "/proc/self/fd/7");
	EXPECT_STR(path_fd_link(2147483647).s, "/proc/self/fd/2147483647");
}

TEST(a_link_as_last_component_can_be_opened_itself)
{
	auto_fd int root = open(test_dir(), O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_fd int link = -1;
	auto_fd int made = -1;
	auto_fd int dir = -1;
	struct stat st;

	REQUIRE(symlinkat("/etc", root, "out") == 0);
	link = path_make_nofollow_in_root(root, "/out", false, err);
	REQUIRE_OK(link);
	EXPECT(fstat(link, &st) == 0 && S_ISLNK(st.st_mode));
	/* those before the last are followed, inside the root */
	made = path_make_nofollow_in_root(root, "out/file", false, err);
	REQUIRE_OK(made);
	EXPECT(fstatat(root, "etc/file", &st, 0) == 0 && S_ISREG(st.st_mode));
	dir = path_make_nofollow_in_root(root, "new/dir", true, err);
	REQUIRE_OK(dir);
	EXPECT(fstatat(root, "new/dir", &st, 0) == 0 && S_ISDIR(st.st_mode));
	EXPECT_ERROR(path_make_nofollow_in_root(root, "/..", false, err), ERR_INVALID,
	             "/.. names the root itself");
}
