/* SPDX-License-Identifier: Apache-2.0 */
/* The process of an exec, from the container's and the options. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "runtime/exec_process.h"
#include "test.h"

static char *const command[] = {(char *)"ls", (char *)"-l", NULL};

static struct oci_config *container(struct error *err)
{
	static const char text[] =
		"{\"ociVersion\":\"1.2.0\",\"process\":{\"terminal\":true,\"consoleSize\":{"
		"\"height\":1,"
		"\"width\":2},\"cwd\":\"/work\",\"args\":[\"sh\"],\"env\":[\"PATH=/bin\",\"A=1\","
		"\"AB=2\"],\"user\":{\"uid\":5,\"gid\":6,\"umask\":7,\"additionalGids\":[8]},"
		"\"capabilities\":{\"bounding\":[\"CAP_KILL\"],\"inheritable\":[\"CAP_KILL\"]}}}";
	struct oci_config *config = oci_config_read("config.json", text, sizeof(text) - 1, err);

	REQUIRE_OK(config);
	return config;
}

static const struct oci_process *make(struct oci_config *config,
                                      const struct runtime_exec_options *exec, struct error *err)
{
	struct oci_process *document = NULL;

	return exec_process_make(config, -1, exec, &document, err);
}

TEST(what_no_option_changes_is_the_containers)
{
	auto_json struct oci_config *config = container(err);
	const struct runtime_exec_options exec = {.args = command};
	const struct oci_process *process = make(config, &exec, err);

	REQUIRE_OK(process);
	EXPECT_INT(process->n_args, 2);
	EXPECT_STR(process->args[0], "ls");
	EXPECT_STR(process->args[1], "-l");
	EXPECT_STR(process->args[2], NULL);
	EXPECT_STR(process->cwd, "/work");
	EXPECT_INT(process->n_env, 3);
	EXPECT(process->user->uid == 5 && process->user->gid == 6);
	EXPECT_INT(process->capabilities->n_bounding, 1);
	EXPECT(!process->no_new_privileges);
}

TEST(a_terminal_is_there_if_it_is_asked_for)
{
	auto_json struct oci_config *config = container(err);
	struct runtime_exec_options exec = {.args = command};
	const struct oci_process *process = make(config, &exec, err);

	EXPECT(!process->terminal && !process->console_size);
	exec.has_tty = true;
	process = make(config, &exec, err);
	EXPECT(process->terminal && process->console_size);
}

TEST(the_container_itself_stays_as_it_was)
{
	auto_json struct oci_config *config = container(err);
	static const char *const env[] = {"A=9", "NEW=1"};
	static const char *const caps[] = {"CAP_CHOWN"};
	static const char *const gids[] = {"9"};
	const struct runtime_exec_options exec = {.args = command,
	                                          .env = env,
	                                          .n_env = 2,
	                                          .caps = caps,
	                                          .n_caps = 1,
	                                          .user = "1:2",
	                                          .additional_gids = gids,
	                                          .n_additional_gids = 1,
	                                          .cwd = "/",
	                                          .has_no_new_privs = true};

	REQUIRE_OK(make(config, &exec, err));
	EXPECT_INT(config->process->n_env, 3);
	EXPECT_STR(config->process->env[1], "A=1");
	EXPECT_INT(config->process->capabilities->n_bounding, 1);
	EXPECT_INT(config->process->user->uid, 5);
	EXPECT_INT(config->process->user->n_additional_gids, 1);
	EXPECT_STR(config->process->cwd, "/work");
	EXPECT_STR(config->process->args[0], "sh");
	EXPECT(!config->process->no_new_privileges);
}

TEST(a_variable_that_is_there_is_replaced_in_its_place)
{
	auto_json struct oci_config *config = container(err);
	static const char *const env[] = {"A=new", "B=", "A=newer", "C=x=y", "PAT=h"};
	const struct runtime_exec_options exec = {.args = command, .env = env, .n_env = 5};
	const struct oci_process *process = make(config, &exec, err);

	REQUIRE_OK(process);
	EXPECT_INT(process->n_env, 6);
	EXPECT_STR(process->env[0], "PATH=/bin");
	EXPECT_STR(process->env[1], "A=newer");
	EXPECT_STR(process->env[2], "AB=2");
	EXPECT_STR(process->env[3], "B=");
	EXPECT_STR(process->env[4], "C=x=y");
	EXPECT_STR(process->env[5], "PAT=h");
	EXPECT_STR(process->env[6], NULL);
}

TEST(what_is_no_variable_is_refused)
{
	auto_json struct oci_config *config = container(err);
	static const char *const env[] = {"OK=1", "A"};
	static const char *const nameless[] = {"=x"};
	static const char *const empty[] = {""};
	struct runtime_exec_options exec = {.args = command, .env = env, .n_env = 2};

	EXPECT_ERROR(make(config, &exec, err), ERR_INVALID, "--env A: is not NAME=VALUE");
	exec.env = nameless;
	exec.n_env = 1;
	EXPECT_ERROR(make(config, &exec, err), ERR_INVALID, "--env =x: is not NAME=VALUE");
	exec.env = empty;
	EXPECT_ERROR(make(config, &exec, err), ERR_INVALID, "--env : is not NAME=VALUE");
}

TEST(a_user_is_one_or_two_numbers)
{
	auto_json struct oci_config *config = container(err);
	struct runtime_exec_options exec = {.args = command, .user = "0"};
	const struct oci_process *process = make(config, &exec, err);

	EXPECT(process->user->uid == 0 && process->user->gid == 6);
	EXPECT_INT(process->user->umask, 7);
	exec.user = "4294967294:1000";
	process = make(config, &exec, err);
	EXPECT(process->user->uid == 4294967294U && process->user->gid == 1000);
	EXPECT_INT(process->user->n_additional_gids, 1);
}

TEST(anything_else_is_no_user)
{
	static const char *const numbers[] = {"-1",  "0x0", "1 ",         "+1",
	                                      "1.0", "1x",  "4294967295", "18446744073709551616"};
	static const char *const halves[] = {"", ":", "1:", ":1"};
	auto_json struct oci_config *config = container(err);

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct runtime_exec_options exec = {.args = command, .user = numbers[i]};
		auto_free char *text =
			mem_printf("--user %s: user %s: is not a number below 4294967295",
		                   numbers[i], numbers[i]);

		EXPECT_ERROR(make(config, &exec, err), ERR_INVALID, text);
	}
	for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++) {
		const struct runtime_exec_options exec = {.args = command, .user = halves[i]};
		auto_free char *text =
			mem_printf("--user %s: expected USER or USER:GROUP", halves[i]);

		EXPECT_ERROR(make(config, &exec, err), ERR_INVALID, text);
	}
	EXPECT_INT(config->process->user->uid, 5);
}

TEST(further_groups_are_added)
{
	auto_json struct oci_config *config = container(err);
	static const char *const gids[] = {"9", "10"};
	static const char *const wrong[] = {"9", "wheel"};
	struct runtime_exec_options exec = {
		.args = command, .additional_gids = gids, .n_additional_gids = 2};
	const struct oci_process *process = make(config, &exec, err);

	EXPECT_INT(process->user->n_additional_gids, 3);
	EXPECT_INT(process->user->additional_gids[0], 8);
	EXPECT_INT(process->user->additional_gids[2], 10);
	EXPECT_INT(process->user->uid, 5);
	exec.additional_gids = wrong;
	EXPECT_ERROR(make(config, &exec, err), ERR_INVALID,
	             "--additional-gids wheel: is not a number below 4294967295");
}

TEST(capabilities_are_added_to_three_sets)
{
	auto_json struct oci_config *config = container(err);
	static const char *const caps[] = {"CAP_CHOWN", "CAP_FOWNER"};
	const struct runtime_exec_options exec = {.args = command, .caps = caps, .n_caps = 2};
	const struct oci_process *process = make(config, &exec, err);
	const struct oci_capabilities *sets = process->capabilities;

	EXPECT_INT(sets->n_bounding, 3);
	EXPECT_STR(sets->bounding[0], "CAP_KILL");
	EXPECT_STR(sets->bounding[2], "CAP_FOWNER");
	EXPECT_INT(sets->n_effective, 2);
	EXPECT_INT(sets->n_permitted, 2);
	EXPECT_INT(sets->n_inheritable, 1);
	EXPECT_INT(sets->n_ambient, 0);
}

TEST(a_container_without_user_variables_or_capabilities_can_be_given_them)
{
	static const char text[] =
		"{\"ociVersion\":\"1.2.0\",\"process\":{\"cwd\":\"/\",\"args\":[\"sh\"]}}";
	auto_json struct oci_config *config =
		oci_config_read("config.json", text, sizeof(text) - 1, err);
	static const char *const env[] = {"A=1"};
	static const char *const caps[] = {"CAP_CHOWN"};
	static const char *const gids[] = {"9"};
	const struct runtime_exec_options exec = {.args = command,
	                                          .env = env,
	                                          .n_env = 1,
	                                          .caps = caps,
	                                          .n_caps = 1,
	                                          .user = "3",
	                                          .additional_gids = gids,
	                                          .n_additional_gids = 1};
	const struct oci_process *process = make(config, &exec, err);

	REQUIRE_OK(process);
	EXPECT_STR(process->env[0], "A=1");
	EXPECT(process->user->uid == 3 && process->user->gid == 0);
	EXPECT_INT(process->user->additional_gids[0], 9);
	EXPECT_STR(process->capabilities->bounding[0], "CAP_CHOWN");
}

TEST(directory_and_no_new_privileges_are_options)
{
	auto_json struct oci_config *config = container(err);
	struct runtime_exec_options exec = {
		.args = command, .cwd = "/else", .has_no_new_privs = true};
	const struct oci_process *process = make(config, &exec, err);

	EXPECT_STR(process->cwd, "/else");
	EXPECT(process->no_new_privileges);
	config->process->no_new_privileges = true;
	exec.has_no_new_privs = false;
	EXPECT(make(config, &exec, err)->no_new_privileges);
}

TEST(a_document_replaces_all_of_it)
{
	static const char text[] = "{\"cwd\":\"/d\",\"args\":[\"doc\"],\"terminal\":true}";
	auto_json struct oci_config *config = container(err);
	auto_json struct oci_process *document = NULL;
	auto_free char *path = mem_printf("%s/process.json", test_dir());
	const struct runtime_exec_options exec = {
		.process_file = path, .args = command, .user = "not looked at"};
	const struct oci_process *process;
	auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	REQUIRE(write(fd, text, sizeof(text) - 1) > 0);
	process = exec_process_make(config, -1, &exec, &document, err);
	REQUIRE_OK(process);
	EXPECT(process == document);
	EXPECT_STR(process->args[0], "doc");
	EXPECT(process->terminal && !process->user && !process->env);
}

TEST(a_document_that_is_wrong_is_named)
{
	auto_json struct oci_config *config = container(err);
	auto_json struct oci_process *document = NULL;
	const struct runtime_exec_options missing = {.process_file = "/nowhere/p.json"};
	const struct runtime_exec_options empty = {.process_file = "/dev/null"};

	EXPECT_ERROR(exec_process_make(config, -1, &missing, &document, err), ERR_NOT_FOUND,
	             "open /nowhere/p.json: No such file or directory");
	EXPECT(!exec_process_make(config, -1, &empty, &document, err));
	EXPECT_INT(err->kind, ERR_INVALID);
	EXPECT(strncmp(err->msg, "/dev/null:", 10) == 0);
	EXPECT(!document);
}
