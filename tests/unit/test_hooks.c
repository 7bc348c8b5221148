/* SPDX-License-Identifier: Apache-2.0 */
/* Hooks of the parent's side and the document they read. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "runtime/hooks.h"
#include "test.h"

static const struct state_record record = {
	.oci_version = "1.2.0", .id = "web", .bundle = "/b", .rootfs = "/b/r", .boot_id = "x"};

#define DOCUMENT(status, pid)                                                                      \
	"{\"ociVersion\":\"1.2.0\",\"id\":\"web\",\"status\":\"" status "\"" pid                   \
	",\"bundle\":\"/b\"}"

/* A hook that adds what it reads to the file "said", then @rest of the script. */
struct script {
	char *text;
	char *args[4];
};

static struct oci_hook saying(struct script *script, const char *rest)
{
	script->text = mem_printf("cat >>%s/said; %s", test_dir(), rest);
	script->args[0] = (char *)"sh";
	script->args[1] = (char *)"-c";
	script->args[2] = script->text;
	script->args[3] = NULL;
	return (struct oci_hook){.path = "/bin/sh", .args = script->args, .n_args = 3};
}

static char *read_file(const char *name, struct error *err)
{
	auto_free char *path = mem_printf("%s/%s", test_dir(), name);
	char *text = NULL;

	REQUIRE_OK(file_read(AT_FDCWD, path, 4096, &text, err));
	return text;
}

TEST(without_hooks_there_is_no_document)
{
	EXPECT_INT(hooks_state_open(NULL, err), -1);
	EXPECT_INT(err->kind, ERR_NONE);
	EXPECT_OK(hooks_state_write(-1, &record, STATE_CREATED, 1, err));
	EXPECT_OK(hooks_run_poststart(NULL, &record, 1, err));
	hooks_run_poststop(NULL, &record);
}

TEST(a_document_replaces_a_longer_one)
{
	const struct oci_hooks hooks = {0};
	auto_fd int fd = hooks_state_open(&hooks, err);
	auto_free char *text = NULL;

	REQUIRE_OK(fd);
	EXPECT_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_OK(hooks_state_write(fd, &record, STATE_CREATING, 1234567, err));
	EXPECT_OK(hooks_state_write(fd, &record, STATE_CREATED, 7, err));
	REQUIRE(lseek(fd, 0, SEEK_SET) == 0);
	EXPECT_OK(file_read_fd(fd, "state", 4096, &text, err));
	EXPECT_STR(text, DOCUMENT("created", ",\"pid\":7"));
}

TEST(poststart_hooks_read_of_a_running_container)
{
	struct script scripts[2];
	struct oci_hook list[2] = {saying(&scripts[0], "exit 0"), saying(&scripts[1], "exit 4")};
	const struct oci_hooks hooks = {.poststart = list, .n_poststart = 2};
	auto_free char *text = NULL;

	EXPECT_ERROR(hooks_run_poststart(&hooks, &record, 42, err), ERR_SYSTEM,
	             "hooks.poststart[1]: /bin/sh: exit status 4");
	text = read_file("said", err);
	EXPECT_STR(text, DOCUMENT("running", ",\"pid\":42") DOCUMENT("running", ",\"pid\":42"));
	free(scripts[0].text);
	free(scripts[1].text);
}

static void check_poststop(struct error *err)
{
	struct script scripts[2];
	struct oci_hook list[2] = {saying(&scripts[0], "echo bad; exit 4"),
	                           saying(&scripts[1], "exit 0")};
	const struct oci_hooks hooks = {.poststop = list, .n_poststop = 2};
	auto_free char *log = mem_printf("%s/log", test_dir());
	auto_free char *said = NULL;
	auto_free char *logged = NULL;

	REQUIRE_OK(log_open(log, LOG_TEXT, LOG_WARN, err));
	hooks_run_poststop(&hooks, &record);
	said = read_file("said", err);
	EXPECT_STR(said, DOCUMENT("stopped", ",\"pid\":0") DOCUMENT("stopped", ",\"pid\":0"));
	logged = read_file("log", err);
	EXPECT_CONTAINS(logged, " warning hooks.poststop[0]: /bin/sh: exit status 4: bad\n");
}

TEST(all_poststop_hooks_run_whatever_one_does)
{
	test_child(check_poststop);
}
