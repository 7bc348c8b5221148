/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which directory holds the state, and what it must be like. The rules are an ordinary user's: as
 * root the children become one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "runtime/caller.h"
#include "runtime/state_dir.h"
#include "test.h"

#define SOMEBODY 65534

static const struct runtime_options automatic;

static char *at(const char *path)
{
	return mem_printf("%s/%s", test_dir(), path);
}

static void make_dir(const char *path, mode_t mode)
{
	auto_free char *full = at(path);

	REQUIRE(mkdir(full, mode) == 0 && chmod(full, mode) == 0);
}

/* Be somebody without privilege, with the directory of the test his own and nothing set. */
static void become_ordinary(void)
{
	struct stat st;
	char path[64];

	if (geteuid() == 0) {
		REQUIRE(chown(test_dir(), SOMEBODY, SOMEBODY) == 0);
		if (setresgid(SOMEBODY, SOMEBODY, SOMEBODY) < 0 ||
		    setresuid(SOMEBODY, SOMEBODY, SOMEBODY) < 0)
			test_skip("this root cannot become somebody else");
	}
	snprintf(path, sizeof(path), "/run/user/%u", geteuid());
	if (stat(path, &st) == 0)
		test_skip("the user has a directory below /run/user");
	umask(022);
	setenv("TMPDIR", test_dir(), 1);
	unsetenv("XDG_RUNTIME_DIR");
	REQUIRE(!caller_get()->is_real_root);
}

static bool is_at(int fd, const char *path)
{
	auto_free char *full = at(path);
	struct stat one;
	struct stat two;

	return fd >= 0 && fstat(fd, &one) == 0 && lstat(full, &two) == 0 &&
	       one.st_ino == two.st_ino && S_ISDIR(two.st_mode) && (two.st_mode & 07777) == 0700;
}

/* Is it rtl-UID in the temporary directory? */
static bool is_temporary(int fd)
{
	auto_free char *name = mem_printf("rtl-%u", geteuid());

	return is_at(fd, name);
}

static void set_runtime_dir(const char *path)
{
	auto_free char *full = at(path);

	setenv("XDG_RUNTIME_DIR", full, 1);
}

TEST(the_directory_given_is_made_with_all_above_it)
{
	auto_free char *root = at("a/b/c");
	const struct runtime_options opts = {.root = root};
	auto_fd int fd = state_dir_open(&opts, err);
	auto_fd int again = state_dir_open(&opts, err);

	EXPECT(is_at(fd, "a/b/c"));
	EXPECT(is_at(again, "a/b/c"));
	EXPECT(is_at(openat(fd, "..", O_PATH | O_CLOEXEC), "a/b"));
	EXPECT_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

TEST(the_directory_given_is_taken_as_it_is)
{
	auto_free char *root = at("open");
	const struct runtime_options opts = {.root = root};
	auto_fd int fd = -1;
	struct stat st;

	make_dir("open", 0755);
	fd = state_dir_open(&opts, err);
	EXPECT(fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0755);
}

TEST(a_directory_that_cannot_be_is_named)
{
	const struct runtime_options null_root = {.root = "/dev/null"};
	const struct runtime_options below = {.root = "/dev/null/x/y"};
	const struct runtime_options empty = {.root = ""};

	EXPECT_ERROR(state_dir_open(&null_root, err), ERR_SYSTEM,
	             "open state directory /dev/null: Not a directory");
	EXPECT_ERROR(state_dir_open(&below, err), ERR_SYSTEM,
	             "open state directory /dev/null/x/y: Not a directory");
	EXPECT_ERROR(state_dir_open(&empty, err), ERR_NOT_FOUND,
	             "create state directory : No such file or directory");
}

static void check_runtime_dir(struct error *err)
{
	auto_fd int fd = -1;

	become_ordinary();
	make_dir("run", 0700);
	set_runtime_dir("run");
	fd = state_dir_open(&automatic, err);
	EXPECT(is_at(fd, "run/rtl"));
}

TEST(the_runtime_directory_of_the_user_is_used)
{
	test_child(check_runtime_dir);
}

static void check_linked_runtime_dir(struct error *err)
{
	auto_free char *link = NULL;
	auto_fd int fd = -1;

	become_ordinary();
	make_dir("run", 0700);
	link = at("link");
	REQUIRE(symlink("run", link) == 0);
	set_runtime_dir("link");
	fd = state_dir_open(&automatic, err);
	EXPECT(is_at(fd, "run/rtl"));
}

TEST(the_runtime_directory_may_be_named_by_a_link)
{
	test_child(check_linked_runtime_dir);
}

static void check_bad_runtime_dirs(struct error *err)
{
	auto_free char *file = NULL;
	auto_fd int one = -1;

	become_ordinary();
	make_dir("open", 0755);
	make_dir("group", 0770);
	file = at("file");
	one = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	for (int i = 0; i < 6; i++) {
		static const char *const paths[] = {"open", "group", "missing", "file"};
		auto_fd int fd = -1;

		if (i < 4)
			set_runtime_dir(paths[i]);
		else
			setenv("XDG_RUNTIME_DIR", i == 4 ? "" : "/", 1);
		fd = state_dir_open(&automatic, err);
		EXPECT(is_temporary(fd));
	}
}

TEST(a_runtime_directory_that_is_open_to_others_or_somebody_elses_is_passed_over)
{
	test_child(check_bad_runtime_dirs);
}

static void check_relative_runtime_dir(struct error *err)
{
	auto_fd int fd = -1;

	become_ordinary();
	make_dir("run", 0700);
	REQUIRE(chdir(test_dir()) == 0);
	setenv("XDG_RUNTIME_DIR", "run", 1);
	fd = state_dir_open(&automatic, err);
	EXPECT(is_temporary(fd));
}

TEST(a_relative_runtime_directory_is_passed_over)
{
	test_child(check_relative_runtime_dir);
}

static void check_temporary(struct error *err)
{
	auto_fd int fd = -1;
	auto_fd int again = -1;

	become_ordinary();
	fd = state_dir_open(&automatic, err);
	again = state_dir_open(&automatic, err);
	EXPECT(is_temporary(fd));
	EXPECT(is_temporary(again));
}

TEST(without_a_runtime_directory_it_lies_in_the_temporary_one)
{
	test_child(check_temporary);
}

static void check_open_temporary(struct error *err)
{
	auto_free char *name = NULL;
	auto_free char *text = NULL;

	become_ordinary();
	name = mem_printf("rtl-%u", geteuid());
	make_dir(name, 0755);
	text = mem_printf("state directory %s/%s belongs to user %u with mode 755, not to user %u "
	                  "with 700: remove it or set XDG_RUNTIME_DIR",
	                  test_dir(), name, geteuid(), geteuid());
	EXPECT_ERROR(state_dir_open(&automatic, err), ERR_DENIED, text);
}

TEST(one_in_the_temporary_directory_that_is_open_to_others_is_refused)
{
	test_child(check_open_temporary);
}

static void check_linked_temporary(struct error *err)
{
	auto_free char *link = NULL;
	auto_free char *text = NULL;

	become_ordinary();
	make_dir("private", 0700);
	link = mem_printf("%s/rtl-%u", test_dir(), geteuid());
	REQUIRE(symlink("private", link) == 0);
	text = mem_printf("open state directory %s: Not a directory", link);
	EXPECT_ERROR(state_dir_open(&automatic, err), ERR_SYSTEM, text);
}

TEST(one_in_the_temporary_directory_that_is_a_link_is_refused)
{
	test_child(check_linked_temporary);
}

static void check_foreign_temporary(struct error *err)
{
	auto_free char *name = mem_printf("%s/rtl-%d", test_dir(), SOMEBODY);
	auto_free char *text = mem_printf(
		"state directory %s belongs to user 1 with mode 755, not to user %d with "
		"700: remove it or set XDG_RUNTIME_DIR",
		name, SOMEBODY);

	if (geteuid() != 0)
		test_skip("only root can make what is somebody else's");
	REQUIRE(mkdir(name, 0755) == 0);
	if (chown(name, 1, 1) < 0)
		test_skip("this root cannot give files away");
	become_ordinary();
	EXPECT_ERROR(state_dir_open(&automatic, err), ERR_DENIED, text);
}

TEST(one_in_the_temporary_directory_that_is_somebody_elses_is_refused)
{
	test_child(check_foreign_temporary);
}
