/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation that cannot fail. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "test.h"

TEST(new_memory_is_zero)
{
	auto_free unsigned char *one = mem_zalloc(1000);
	auto_free uint64_t *many = mem_calloc(100, sizeof(*many));

	for (int i = 0; i < 1000; i++)
		EXPECT(one[i] == 0);
	for (int i = 0; i < 100; i++)
		EXPECT(many[i] == 0);
}

TEST(no_bytes_are_memory_too)
{
	auto_free void *none = mem_calloc(0, 8);
	auto_free void *empty = mem_realloc(NULL, 0, 8);

	EXPECT(none != NULL);
	EXPECT(empty != NULL);
}

TEST(strings_are_copied_whole_or_in_part)
{
	auto_free char *whole = mem_strdup("text");
	auto_free char *part = mem_strndup("text", 2);
	auto_free char *all = mem_strndup("text", 100);
	auto_free char *made = mem_printf("%s-%d", "a", 7);

	EXPECT_STR(whole, "text");
	EXPECT_STR(part, "te");
	EXPECT_STR(all, "text");
	EXPECT_STR(made, "a-7");
	EXPECT(mem_strdup(NULL) == NULL);
}

TEST(an_array_grows_by_doubling_and_keeps_its_members)
{
	auto_free int *array = NULL;
	size_t n = 0;

	for (int i = 0; i < 1000; i++) {
		mem_array_grow(array, n);
		array[n++] = i;
	}
	for (int i = 0; i < 1000; i++)
		EXPECT_INT(array[i], i);
}

TEST(a_vector_of_strings_is_released_with_errno_kept)
{
	char **strv = mem_calloc(3, sizeof(*strv));

	strv[0] = mem_strdup("a");
	strv[1] = mem_strdup("b");
	errno = EXDEV;
	mem_strv_free(strv);
	mem_strv_free(NULL);
	EXPECT_INT(errno, EXDEV);
}

TEST(cleanup_keeps_errno_and_closes)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int kept = fd;

	errno = EXDEV;
	cleanup_fd(&fd);
	EXPECT_INT(errno, EXDEV);
	EXPECT(fcntl(kept, F_GETFD) < 0);
	fd = -1;
	errno = EXDEV;
	cleanup_fd(&fd);
	EXPECT_INT(errno, EXDEV);
}

/* What a child that ran @allocate says on stderr; its exit status is given back. */
static int run_out(void (*allocate)(void), char *said, size_t size)
{
	int fds[2];
	int status;
	ssize_t n;
	pid_t pid;

	REQUIRE(pipe2(fds, O_CLOEXEC) == 0);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		allocate();
		_exit(0);
	}
	close(fds[1]);
	n = read(fds[0], said, size - 1);
	said[n < 0 ? 0 : n] = '\0';
	close(fds[0]);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void overflow(void)
{
	mem_realloc(NULL, SIZE_MAX / 2, 3);
}

TEST(a_product_that_overflows_ends_the_process_with_a_line_on_stderr)
{
	char said[256];

	EXPECT_INT(run_out(overflow, said, sizeof(said)), 1);
	EXPECT_STR(said, "rtl: out of memory\n");
}
