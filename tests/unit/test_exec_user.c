/* SPDX-License-Identifier: Apache-2.0 */
/* --user of an exec: numbers, and names from the files of a root directory. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "runtime/exec_user.h"
#include "test.h"

static const char passwd[] = "# a comment\nroot:x:0:0::/:\n\nann:x:1000:1001::/:/bin/sh\n"
			     "short:x:5\nbad:x:-1:0:\nlast:x:7:8";
static const char group[] = "root:x:0:\nstaff:x:50:ann,bob\nwheel:x:10:bob\nanns:x:11:anna,an\n"
			    "mail:x:12:bob,ann\n";

static void write_file(const char *root, const char *name, const char *text)
{
	auto_free char *path = mem_printf("%s/etc/%s", root, name);
	auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	REQUIRE(fd >= 0 && file_write_all(fd, text, strlen(text)) == 0);
}

/* A root directory with both files. */
static int open_root(void)
{
	const char *root = test_dir();
	auto_free char *etc = mem_printf("%s/etc", root);

	mkdir(etc, 0755);
	write_file(root, "passwd", passwd);
	write_file(root, "group", group);
	return open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static const struct oci_user container_user = {
	.uid = 1, .gid = 2, .additional_gids = (uint32_t[]){3}, .n_additional_gids = 1};

TEST(numbers_need_no_files_and_keep_what_they_do_not_name)
{
	auto_json struct oci_config *owner = json_new(&oci_config_type);
	struct oci_user user = container_user;

	EXPECT(!exec_user_needs_root("5:6") && !exec_user_needs_root("-1"));
	EXPECT_OK(exec_user_set(owner, -1, "5", &user, err));
	EXPECT(user.uid == 5 && user.gid == 2 && user.n_additional_gids == 1);
	EXPECT_OK(exec_user_set(owner, -1, "4294967294:6", &user, err));
	EXPECT(user.uid == 4294967294 && user.gid == 6 && user.n_additional_gids == 1);
}

TEST(a_name_brings_its_group_and_the_groups_that_list_it)
{
	auto_json struct oci_config *owner = json_new(&oci_config_type);
	auto_fd int root_fd = open_root();
	struct oci_user user = container_user;

	EXPECT(exec_user_needs_root("ann") && exec_user_needs_root("5:staff"));
	EXPECT_OK(exec_user_set(owner, root_fd, "ann", &user, err));
	EXPECT(user.uid == 1000 && user.gid == 1001);
	EXPECT_INT(user.n_additional_gids, 2);
	EXPECT(user.additional_gids[0] == 50 && user.additional_gids[1] == 12);
	EXPECT_OK(exec_user_set(owner, root_fd, "last:wheel", &user, err));
	EXPECT(user.uid == 7 && user.gid == 10 && user.n_additional_gids == 0);
}

TEST(what_cannot_be_understood_is_an_error_and_no_user)
{
	static const char *const bad[] = {"",     ":",      ":0",         "0:",         "-1",
	                                  "+0",   "0x0",    "0 ",         " 0",         "1.0",
	                                  "0:-1", "0:0x0",  "4294967295", "4294967296", "0:0:0",
	                                  "nobo", "ann:xx", "short",      "bad",        "0root"};
	auto_json struct oci_config *owner = json_new(&oci_config_type);
	auto_fd int root_fd = open_root();

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct oci_user user = container_user;

		EXPECT(exec_user_set(owner, root_fd, bad[i], &user, err) < 0);
		EXPECT(strncmp(err->msg, "--user ", 7) == 0);
	}
}

TEST(the_message_names_file_and_entry)
{
	auto_json struct oci_config *owner = json_new(&oci_config_type);
	auto_fd int root_fd = open_root();
	struct oci_user user = container_user;

	EXPECT_ERROR(exec_user_set(owner, root_fd, "eve", &user, err), ERR_NOT_FOUND,
	             "--user eve: /etc/passwd of the container has no eve");
	EXPECT_ERROR(exec_user_set(owner, root_fd, "short", &user, err), ERR_INVALID,
	             "--user short: /etc/passwd of the container: the entry of short is malformed");
	EXPECT_ERROR(exec_user_set(owner, root_fd, "bad", &user, err), ERR_INVALID,
	             "--user bad: /etc/passwd of the container: user -1: is not a number below "
	             "4294967295");
}

TEST(without_a_group_file_a_named_user_has_no_further_groups)
{
	auto_json struct oci_config *owner = json_new(&oci_config_type);
	auto_fd int root_fd = open_root();
	struct oci_user user = container_user;

	REQUIRE(unlinkat(root_fd, "etc/group", 0) == 0);
	EXPECT_OK(exec_user_set(owner, root_fd, "ann", &user, err));
	EXPECT(user.uid == 1000 && user.n_additional_gids == 0);
}
