/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles on disk. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "runtime/bundle.h"
#include "test.h"

#define CONFIG(path) "{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"" path "\"}}"

static char *at(const char *path)
{
	return mem_printf("%s/%s", test_dir(), path);
}

static void put(const char *path, const char *text)
{
	auto_free char *full = at(path);
	auto_fd int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	REQUIRE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static void make_dir(const char *path)
{
	auto_free char *full = at(path);

	REQUIRE(mkdir(full, 0755) == 0);
}

/* A bundle with @config and the directory rootfs. */
static void make(const char *config)
{
	make_dir("b");
	make_dir("b/rootfs");
	put("b/config.json", config);
}

static int open_it(struct bundle *ret, struct error *err)
{
	auto_free char *path = at("b");
	const struct runtime_create_options create = {.bundle = path};

	return bundle_open(&create, ret, err);
}

/* Opening it must fail with this text, in which %s is the bundle's path. */
static void expect_error(enum error_kind kind, const char *before, const char *after,
                         struct error *err)
{
	auto_bundle struct bundle bundle = {.rootfs_fd = -1};
	auto_free char *text = mem_printf("%s%s/b%s", before, test_dir(), after);

	EXPECT_ERROR(open_it(&bundle, err), kind, text);
	EXPECT(!bundle.path && !bundle.config && bundle.rootfs_fd == -1);
}

TEST(a_bundle_has_its_paths_its_config_and_the_text_of_it)
{
	auto_bundle struct bundle bundle = {.rootfs_fd = -1};
	auto_free char *path = at("b");
	auto_free char *rootfs = at("b/rootfs");

	make(CONFIG("rootfs"));
	REQUIRE_OK(open_it(&bundle, err));
	EXPECT_STR(bundle.path, path);
	EXPECT_STR(bundle.rootfs, rootfs);
	EXPECT_STR(bundle.text, CONFIG("rootfs"));
	EXPECT_INT(bundle.text_len, strlen(CONFIG("rootfs")));
	EXPECT_INT(fcntl(bundle.rootfs_fd, F_GETFD), FD_CLOEXEC);
	EXPECT(fcntl(bundle.rootfs_fd, F_GETFL) & O_PATH);
	EXPECT(bundle.config->linux != NULL);
}

TEST(the_root_filesystem_may_lie_anywhere)
{
	auto_bundle struct bundle bundle = {.rootfs_fd = -1};
	auto_free char *other = at("other");
	auto_free char *absolute =
		mem_printf("{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"%s//.\"}}", other);

	make(CONFIG("../other/"));
	make_dir("other");
	REQUIRE_OK(open_it(&bundle, err));
	EXPECT_STR(bundle.rootfs, other);
	bundle_close(&bundle);
	put("b/config.json", absolute);
	REQUIRE_OK(open_it(&bundle, err));
	EXPECT_STR(bundle.rootfs, other);
}

static void check_here(struct error *err)
{
	const struct runtime_create_options none = {0};
	const struct runtime_create_options relative = {.bundle = "../b/"};
	auto_bundle struct bundle bundle = {.rootfs_fd = -1};
	auto_free char *path = at("b");

	make(CONFIG("rootfs"));
	REQUIRE(chdir(path) == 0);
	REQUIRE_OK(bundle_open(&none, &bundle, err));
	EXPECT_STR(bundle.path, path);
	bundle_close(&bundle);
	REQUIRE_OK(bundle_open(&relative, &bundle, err));
	EXPECT_STR(bundle.path, path);
}

TEST(without_a_name_the_bundle_is_the_working_directory)
{
	test_child(check_here);
}

static void check_config_option(struct error *err)
{
	const struct runtime_create_options create = {.bundle = "b", .config = "elsewhere.json"};
	auto_bundle struct bundle bundle = {.rootfs_fd = -1};

	make("");
	put("elsewhere.json", CONFIG("rootfs"));
	REQUIRE(chdir(test_dir()) == 0);
	EXPECT_OK(bundle_open(&create, &bundle, err));
}

TEST(another_config_is_looked_up_from_the_working_directory)
{
	test_child(check_config_option);
}

TEST(a_bundle_that_is_missing_is_named)
{
	const struct runtime_create_options file = {.bundle = "/dev/null"};
	auto_bundle struct bundle bundle = {.rootfs_fd = -1};

	expect_error(ERR_NOT_FOUND, "open bundle ", ": No such file or directory", err);
	EXPECT_ERROR(bundle_open(&file, &bundle, err), ERR_SYSTEM,
	             "open bundle /dev/null: Not a directory");
	make_dir("b");
	expect_error(ERR_NOT_FOUND, "bundle ", ": open config.json: No such file or directory",
	             err);
}

TEST(a_config_that_is_wrong_is_named_with_its_bundle)
{
	auto_bundle struct bundle bundle = {.rootfs_fd = -1};
	auto_free char *path = at("b");

	make("{\"ociVersion\":7}");
	EXPECT(open_it(&bundle, err) < 0);
	EXPECT_INT(err->kind, ERR_INVALID);
	EXPECT(strncmp(err->msg, "bundle ", 7) == 0);
	EXPECT_CONTAINS(err->msg, path);
	EXPECT_CONTAINS(err->msg, ": config.json:1: ociVersion: expected a string");
	put("b/config.json", "{\"ociVersion\":\"1.0.0\"}");
	expect_error(ERR_INVALID, "bundle ", ": config.json: root: missing", err);
}

TEST(a_root_filesystem_that_is_no_directory_is_refused)
{
	auto_free char *link = at("b/link");

	make(CONFIG("missing"));
	expect_error(ERR_NOT_FOUND, "open root filesystem ", "/missing: No such file or directory",
	             err);
	put("b/config.json", CONFIG("config.json"));
	expect_error(ERR_INVALID, "root filesystem ", "/config.json is not a directory", err);
	REQUIRE(symlink("rootfs", link) == 0);
	put("b/config.json", CONFIG("link"));
	expect_error(ERR_INVALID, "root filesystem ",
	             "/link is a symlink: root.path must name the directory itself", err);
	put("b/config.json", CONFIG("link/"));
	expect_error(ERR_INVALID, "root filesystem ",
	             "/link is a symlink: root.path must name the directory itself", err);
}
