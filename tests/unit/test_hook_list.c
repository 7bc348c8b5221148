/* SPDX-License-Identifier: Apache-2.0 */
/* One list of hooks, which are shell scripts. */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "runtime/init/hook_list.h"
#include "test.h"

/* A hook that runs @script; its arguments are @args, of four. */
static struct oci_hook hook(char *args[4], const char *script)
{
	args[0] = (char *)"hook-name";
	args[1] = (char *)"-c";
	args[2] = (char *)script;
	args[3] = NULL;
	return (struct oci_hook){.path = "/bin/sh", .args = args, .n_args = 3};
}

static int run(const char *script, int state_fd, struct error *err)
{
	char *args[4];
	struct oci_hook one = hook(args, script);

	return hook_list_run("prestart", &one, 1, state_fd, err);
}

static int state_with(const char *text)
{
	int fd = memfd_create("state", MFD_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	return fd;
}

TEST(no_hooks_succeed)
{
	EXPECT_OK(hook_list_run("prestart", NULL, 0, -1, err));
}

TEST(hooks_run_in_order_until_one_fails)
{
	auto_free char *path = mem_printf("%s/said", test_dir());
	auto_free char *first = mem_printf("printf 1 >>%s", path);
	auto_free char *second = mem_printf("printf 2 >>%s; echo no; exit 3", path);
	auto_free char *third = mem_printf("printf 3 >>%s", path);
	auto_free char *text = NULL;
	char *args[3][4];
	struct oci_hook list[3] = {hook(args[0], first), hook(args[1], second),
	                           hook(args[2], third)};

	EXPECT_ERROR(hook_list_run("createRuntime", list, 3, -1, err), ERR_SYSTEM,
	             "hooks.createRuntime[1]: /bin/sh: exit status 3: no");
	EXPECT_INT(file_read(AT_FDCWD, path, 100, &text, err), 2);
	EXPECT_STR(text, "12");
}

TEST(each_hook_reads_the_state_from_its_start)
{
	auto_fd int state = state_with("document");
	char *args[2][4];
	struct oci_hook list[2];

	list[0] = hook(args[0], "[ \"$(cat)\" = document ]");
	list[1] = hook(args[1], "[ \"$(cat)\" = document ]");
	EXPECT_OK(hook_list_run("prestart", list, 2, state, err));
	EXPECT_OK(run("[ -z \"$(cat)\" ]", -1, err));
}

TEST(a_hook_has_the_arguments_and_the_environment_it_names_and_no_other)
{
	char *args[4];
	char *env[] = {(char *)"A=b", NULL};
	struct oci_hook one = hook(args, "[ \"$0$A$RTL_TEST\" = hook-nameb ]");

	setenv("RTL_TEST", "own", 1);
	one.env = env;
	one.n_env = 1;
	EXPECT_OK(hook_list_run("prestart", &one, 1, -1, err));
	one = hook(args, "[ -z \"$A$RTL_TEST\" ]");
	EXPECT_OK(hook_list_run("prestart", &one, 1, -1, err));
	unsetenv("RTL_TEST");
}

TEST(a_hook_without_arguments_has_its_path)
{
	struct oci_hook one = {.path = "/bin/true"};

	EXPECT_OK(hook_list_run("prestart", &one, 1, -1, err));
	one.path = "/bin/false";
	EXPECT_ERROR(hook_list_run("poststop", &one, 1, -1, err), ERR_SYSTEM,
	             "hooks.poststop[0]: /bin/false: exit status 1");
	one.path = "/nowhere";
	EXPECT_ERROR(hook_list_run("poststop", &one, 1, -1, err), ERR_SYSTEM,
	             "hooks.poststop[0]: /nowhere: exit status 127: execute: No such file or "
	             "directory");
}

TEST(a_hook_that_takes_longer_than_its_timeout_is_killed)
{
	char *args[4];
	struct oci_hook one = hook(args, "exec sleep 1000");

	one.has_timeout_s = true;
	one.timeout_s = 1;
	EXPECT_ERROR(hook_list_run("poststart", &one, 1, -1, err), ERR_LIMIT,
	             "hooks.poststart[0]: /bin/sh: killed after 1000 ms");
}

TEST(the_largest_timeout_is_no_short_one)
{
	char *args[4];
	struct oci_hook one = hook(args, "exit 0");

	one.has_timeout_s = true;
	one.timeout_s = INT64_MAX;
	EXPECT_OK(hook_list_run("poststart", &one, 1, -1, err));
	one.timeout_s = INT_MAX / 1000 + 1;
	EXPECT_OK(hook_list_run("poststart", &one, 1, -1, err));
}

TEST(a_hook_that_floods_neither_blocks_nor_spoils_the_error)
{
	EXPECT_OK(run("head -c 1000000 /dev/zero", -1, err));
	EXPECT_ERROR(run("head -c 1000000 /dev/zero; printf '\\nthe end\\n' >&2; exit 9", -1, err),
	             ERR_SYSTEM, "hooks.prestart[0]: /bin/sh: exit status 9: the end");
}
