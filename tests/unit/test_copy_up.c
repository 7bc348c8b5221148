/* SPDX-License-Identifier: Apache-2.0 */
/* A directory is copied into another, as tmpcopyup does it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "runtime/init/copy_up.h"
#include "test.h"

/* from/ and to/ in the directory of the test. */
struct place {
	int from_fd;
	int to_fd;
};

static void place_clear(struct place *place)
{
	close(place->from_fd);
	close(place->to_fd);
}

static int open_new(const char *name)
{
	auto_free char *path = mem_printf("%s/%s", test_dir(), name);

	REQUIRE(mkdir(path, 0755) == 0);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static struct place make_place(void)
{
	struct place place = {.from_fd = open_new("from")};

	place.to_fd = open_new("to");
	REQUIRE(place.from_fd >= 0 && place.to_fd >= 0);
	return place;
}

static void put(int dirfd, const char *name, const char *text, mode_t mode)
{
	auto_fd int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	REQUIRE(fd >= 0 && file_write_all(fd, text, strlen(text)) == 0 && fchmod(fd, mode) == 0);
}

static void expect_text(int dirfd, const char *name, const char *text, struct error *err)
{
	auto_free char *actual = NULL;

	EXPECT_OK(file_read(dirfd, name, 1 << 20, &actual, err));
	EXPECT_STR(actual, text);
}

TEST(a_tree_is_copied_with_modes_times_and_links)
{
	auto_call(place_clear) struct place place = make_place();
	const struct timespec times[2] = {{.tv_sec = 1000000}, {.tv_sec = 2000000, .tv_nsec = 5}};
	char target[16] = {0};
	struct stat st;

	REQUIRE(mkdirat(place.from_fd, "dir", 0755) == 0);
	put(place.from_fd, "dir/file", "content", 0640);
	REQUIRE(symlinkat("file", place.from_fd, "dir/link") == 0);
	REQUIRE(mkfifoat(place.from_fd, "pipe", 0600) == 0);
	REQUIRE(utimensat(place.from_fd, "dir/file", times, 0) == 0);
	REQUIRE(fchmodat(place.from_fd, "dir", 0555, 0) == 0);
	EXPECT_OK(copy_up_tree(place.from_fd, place.to_fd, "/p", err));
	expect_text(place.to_fd, "dir/file", "content", err);
	EXPECT(fstatat(place.to_fd, "dir/file", &st, 0) == 0 && (st.st_mode & 07777) == 0640);
	EXPECT_INT(st.st_mtim.tv_sec, 2000000);
	EXPECT_INT(st.st_mtim.tv_nsec, 5);
	EXPECT(fstatat(place.to_fd, "dir", &st, 0) == 0 && (st.st_mode & 07777) == 0555);
	EXPECT(fstatat(place.to_fd, "pipe", &st, 0) == 0 && S_ISFIFO(st.st_mode));
	EXPECT(readlinkat(place.to_fd, "dir/link", target, sizeof(target) - 1) > 0);
	EXPECT_STR(target, "file");
	EXPECT(fchmodat(place.from_fd, "dir", 0755, 0) == 0);
	EXPECT(fchmodat(place.to_fd, "dir", 0755, 0) == 0);
}

TEST(attributes_are_copied)
{
	auto_call(place_clear) struct place place = make_place();
	auto_free char *from = mem_printf("%s/from/file", test_dir());
	auto_free char *to = mem_printf("%s/to/file", test_dir());
	char value[16] = {0};

	put(place.from_fd, "file", "x", 0644);
	if (setxattr(from, "user.note", "hello", 5, 0) < 0)
		test_skip("no user attributes on this filesystem");
	EXPECT_OK(copy_up_tree(place.from_fd, place.to_fd, "/p", err));
	EXPECT_INT(getxattr(to, "user.note", value, sizeof(value) - 1), 5);
	EXPECT_STR(value, "hello");
}

TEST(a_link_to_a_directory_is_not_entered)
{
	auto_call(place_clear) struct place place = make_place();
	auto_fd int outside = open_new("outside");
	struct stat st;

	put(outside, "secret", "x", 0600);
	REQUIRE(symlinkat("../outside", place.from_fd, "away") == 0);
	EXPECT_OK(copy_up_tree(place.from_fd, place.to_fd, "/p", err));
	EXPECT(fstatat(place.to_fd, "away", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode));
}

TEST(an_empty_directory_is_an_empty_copy)
{
	auto_call(place_clear) struct place place = make_place();
	struct stat st;

	EXPECT_OK(copy_up_tree(place.from_fd, place.to_fd, "/p", err));
	EXPECT(fstat(place.to_fd, &st) == 0 && st.st_nlink == 2);
}

/* The directory @depth levels below @fd. */
static void go_down(int fd, int depth)
{
	auto_fd int here = dup(fd);

	for (int i = 0; i < depth; i++) {
		int next;

		REQUIRE(mkdirat(here, "d", 0755) == 0);
		next = openat(here, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		REQUIRE(next >= 0);
		close(here);
		here = next;
	}
}

TEST(a_tree_may_be_so_deep_and_no_deeper)
{
	auto_call(place_clear) struct place place = make_place();

	go_down(place.from_fd, COPY_UP_MAX_DEPTH - 1);
	EXPECT_OK(copy_up_tree(place.from_fd, place.to_fd, "/p", err));
}

TEST(a_tree_that_is_too_deep_is_an_error)
{
	auto_call(place_clear) struct place place = make_place();

	go_down(place.from_fd, COPY_UP_MAX_DEPTH);
	EXPECT_ERROR(copy_up_tree(place.from_fd, place.to_fd, "/p", err), ERR_LIMIT,
	             "tmpcopyup of /p: more than 128 levels");
}

TEST(what_cannot_be_read_is_named)
{
	auto_call(place_clear) struct place place = make_place();

	if (geteuid() == 0)
		test_skip("root reads everything");
	put(place.from_fd, "file", "x", 0);
	EXPECT_ERROR(copy_up_tree(place.from_fd, place.to_fd, "/p", err), ERR_DENIED,
	             "tmpcopyup of /p: open file: Permission denied");
}

TEST(what_is_there_already_is_not_written_over)
{
	auto_call(place_clear) struct place place = make_place();

	put(place.from_fd, "file", "x", 0644);
	put(place.to_fd, "file", "mine", 0644);
	EXPECT_ERROR(copy_up_tree(place.from_fd, place.to_fd, "/p", err), ERR_EXISTS,
	             "tmpcopyup of /p: copy file: File exists");
	expect_text(place.to_fd, "file", "mine", err);
}
