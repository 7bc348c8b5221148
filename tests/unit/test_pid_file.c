/* SPDX-License-Identifier: Apache-2.0 */
/* --pid-file. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "runtime/pid_file.h"
#include "test.h"

TEST(the_file_holds_the_number_and_nothing_else)
{
	auto_free char *path = mem_printf("%s/pid", test_dir());
	auto_free char *text = NULL;
	struct stat st;

	umask(022);
	EXPECT_OK(pid_file_write(path, 4194304, err));
	EXPECT_INT(file_read(AT_FDCWD, path, 100, &text, err), 7);
	EXPECT_STR(text, "4194304");
	EXPECT(stat(path, &st) == 0 && st.st_mode == (S_IFREG | 0644));
}

TEST(an_older_file_is_replaced)
{
	auto_free char *path = mem_printf("%s/pid", test_dir());
	auto_free char *text = NULL;

	EXPECT_OK(pid_file_write(path, 123456, err));
	EXPECT_OK(pid_file_write(path, 7, err));
	EXPECT_INT(file_read(AT_FDCWD, path, 100, &text, err), 1);
	EXPECT_STR(text, "7");
}

static void check_relative(struct error *err)
{
	auto_free char *text = NULL;

	REQUIRE(chdir(test_dir()) == 0);
	EXPECT_OK(pid_file_write("./x/../pid", 7, err));
	EXPECT_INT(file_read(AT_FDCWD, "pid", 100, &text, err), 1);
}

TEST(a_relative_path_is_of_the_working_directory)
{
	test_child(check_relative);
}

TEST(no_path_is_nothing_to_do)
{
	EXPECT_OK(pid_file_write(NULL, 7, err));
}

TEST(a_file_that_cannot_be_written_is_named)
{
	EXPECT_ERROR(pid_file_write("/nowhere/pid", 7, err), ERR_NOT_FOUND,
	             "--pid-file /nowhere/pid: open its directory: No such file or directory");
	EXPECT_ERROR(pid_file_write("/dev/null/pid", 7, err), ERR_SYSTEM,
	             "--pid-file /dev/null/pid: open its directory: Not a directory");
}
