/* SPDX-License-Identifier: Apache-2.0 */
/* Small files read, replaced and removed. */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "test.h"

#define DEEP 400

static int open_dir(void)
{
	int fd = open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	return fd;
}

static void put(int dirfd, const char *name, const char *text)
{
	auto_fd int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	REQUIRE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static bool exists(int dirfd, const char *name)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

TEST(a_file_is_read_whole_and_terminated)
{
	auto_fd int dir = open_dir();
	auto_free char *text = NULL;
	auto_free char *empty = NULL;

	put(dir, "f", "hello\n");
	put(dir, "empty", "");
	EXPECT_INT(file_read(dir, "f", 100, &text, err), 6);
	EXPECT_STR(text, "hello\n");
	EXPECT_INT(file_read(dir, "empty", 0, &empty, err), 0);
	EXPECT_STR(empty, "");
}

TEST(a_file_without_a_size_is_read_whole)
{
	auto_free char *text = NULL;
	auto_free char *status = NULL;
	ssize_t n = file_read(AT_FDCWD, "/proc/self/comm", 100, &text, err);

	REQUIRE_OK(n);
	EXPECT_INT(n, strlen(text));
	EXPECT(file_read(AT_FDCWD, "/proc/self/status", 1 << 16, &status, err) > 500);
}

TEST(the_limit_is_the_largest_size_that_is_read)
{
	auto_fd int dir = open_dir();
	auto_free char *text = NULL;
	char *none = NULL;

	put(dir, "f", "12345");
	EXPECT_INT(file_read(dir, "f", 5, &text, err), 5);
	EXPECT_ERROR(file_read(dir, "f", 4, &none, err), ERR_LIMIT, "read f: larger than 4 bytes");
	EXPECT_ERROR(file_read(AT_FDCWD, "/dev/zero", 100000, &none, err), ERR_LIMIT,
	             "read /dev/zero: larger than 100000 bytes");
	EXPECT(none == NULL);
}

TEST(what_cannot_be_read_is_named)
{
	auto_fd int dir = open_dir();
	char *none = NULL;

	EXPECT_ERROR(file_read(dir, "missing", 10, &none, err), ERR_NOT_FOUND,
	             "open missing: No such file or directory");
	EXPECT_ERROR(file_read(dir, ".", 10, &none, err), ERR_SYSTEM, "read .: Is a directory");
	EXPECT_ERROR(file_read_fd(-1, "it", 10, &none, err), ERR_SYSTEM,
	             "read it: Bad file descriptor");
}

TEST(writing_needs_an_existing_file)
{
	auto_fd int dir = open_dir();
	auto_free char *text = NULL;

	EXPECT_ERROR(file_write(dir, "f", "x", err), ERR_NOT_FOUND,
	             "open f: No such file or directory");
	put(dir, "f", "");
	EXPECT_OK(file_write(dir, "f", "text", err));
	EXPECT_INT(file_read(dir, "f", 100, &text, err), 4);
	EXPECT_STR(text, "text");
	EXPECT_ERROR(file_write(AT_FDCWD, "/dev/full", "x", err), ERR_SYSTEM,
	             "write x to /dev/full: No space left on device");
}

TEST(a_replaced_file_has_the_new_contents_and_mode)
{
	auto_fd int dir = open_dir();
	auto_free char *text = NULL;
	struct stat st;

	umask(022);
	put(dir, "f", "a longer old text");
	EXPECT_OK(file_replace(dir, "f", "new", 3, 0600, err));
	EXPECT_INT(file_read(dir, "f", 100, &text, err), 3);
	EXPECT_STR(text, "new");
	EXPECT(fstatat(dir, "f", &st, 0) == 0 && st.st_mode == (S_IFREG | 0600));
	EXPECT(!exists(dir, ".f.new"));
}

TEST(who_has_the_old_file_open_keeps_it)
{
	auto_fd int dir = open_dir();
	auto_fd int old = -1;
	auto_free char *text = NULL;

	put(dir, "f", "old");
	old = openat(dir, "f", O_RDONLY | O_CLOEXEC);
	EXPECT_OK(file_replace(dir, "f", "new", 3, 0600, err));
	EXPECT_INT(file_read_fd(old, "f", 100, &text, err), 3);
	EXPECT_STR(text, "old");
}

TEST(what_lies_at_the_temporary_name_is_not_written_to)
{
	auto_fd int dir = open_dir();
	auto_fd int planted = -1;
	auto_free char *text = NULL;
	struct stat st;

	put(dir, "victim", "safe");
	REQUIRE(symlinkat("victim", dir, ".f.new") == 0);
	EXPECT_OK(file_replace(dir, "f", "new", 3, 0600, err));
	EXPECT_INT(file_read(dir, "victim", 100, &text, err), 4);
	EXPECT_STR(text, "safe");
	put(dir, ".f.new", "planted");
	planted = openat(dir, ".f.new", O_RDWR | O_CLOEXEC);
	EXPECT_OK(file_replace(dir, "f", "new", 3, 0600, err));
	EXPECT(fstat(planted, &st) == 0 && st.st_nlink == 0);
	EXPECT(fstatat(dir, "f", &st, 0) == 0 && st.st_mode == (S_IFREG | 0600));
}

TEST(a_file_that_cannot_be_replaced_leaves_no_temporary_one)
{
	auto_fd int dir = open_dir();

	REQUIRE(mkdirat(dir, "d", 0755) == 0);
	EXPECT_ERROR(file_replace(dir, "d", "x", 1, 0600, err), ERR_SYSTEM,
	             "rename .d.new to d: Is a directory");
	EXPECT(!exists(dir, ".d.new"));
}

TEST(removing_what_is_not_there_succeeds)
{
	auto_fd int dir = open_dir();

	EXPECT_OK(file_remove_tree(dir, "missing", err));
}

TEST(a_tree_is_removed_with_all_kinds_of_entries)
{
	auto_fd int dir = open_dir();

	REQUIRE(mkdirat(dir, "tree", 0755) == 0 && mkdirat(dir, "tree/sub", 0755) == 0);
	REQUIRE(mkdirat(dir, "tree/sub/empty", 0755) == 0);
	REQUIRE(mkfifoat(dir, "tree/fifo", 0600) == 0);
	put(dir, "tree/file", "x");
	put(dir, "tree/sub/.hidden", "x");
	put(dir, "tree/sub/...", "x");
	REQUIRE(symlinkat("nowhere", dir, "tree/sub/dangling") == 0);
	EXPECT_OK(file_remove_tree(dir, "tree", err));
	EXPECT(!exists(dir, "tree"));
}

TEST(links_are_removed_and_not_followed)
{
	auto_fd int dir = open_dir();

	REQUIRE(mkdirat(dir, "kept", 0755) == 0 && mkdirat(dir, "tree", 0755) == 0);
	put(dir, "kept/file", "x");
	REQUIRE(symlinkat("../kept", dir, "tree/link") == 0);
	REQUIRE(symlinkat("kept", dir, "top-link") == 0);
	EXPECT_OK(file_remove_tree(dir, "tree", err));
	EXPECT_OK(file_remove_tree(dir, "top-link", err));
	EXPECT(!exists(dir, "tree") && !exists(dir, "top-link"));
	EXPECT(exists(dir, "kept/file"));
}

TEST(a_deep_tree_is_removed)
{
	auto_fd int top = open_dir();
	int here = dup(top);

	for (int i = 0; i < DEEP; i++) {
		int next;

		REQUIRE(mkdirat(here, "d", 0755) == 0);
		next = openat(here, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(here);
		here = next;
		REQUIRE(here >= 0);
	}
	put(here, "leaf", "x");
	close(here);
	EXPECT_OK(file_remove_tree(top, "d", err));
	EXPECT(!exists(top, "d"));
}

static int count_open(void)
{
	auto_dir DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	return n;
}

TEST(nothing_stays_open_after_success_or_failure)
{
	auto_fd int dir = open_dir();
	int before = count_open();
	char *none = NULL;

	REQUIRE(mkdirat(dir, "tree", 0755) == 0 && mkdirat(dir, "tree/sub", 0755) == 0);
	file_read(dir, "missing", 1, &none, err);
	file_replace(dir, "tree", "x", 1, 0600, err);
	file_remove_tree(dir, "tree", err);
	EXPECT_INT(count_open(), before);
}
