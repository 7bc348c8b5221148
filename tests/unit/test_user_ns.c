/* SPDX-License-Identifier: Apache-2.0 */
/* ID maps of a container: those of config.json, and those of an ordinary user. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "runtime/user_ns.h"
#include "test.h"
#include "user_ns.h"

static void expect_row(const struct idmap *map, size_t i, uint32_t inside, uint32_t outside,
                       uint32_t count)
{
	REQUIRE(i < map->n);
	EXPECT_INT(map->entries[i].inside, inside);
	EXPECT_INT(map->entries[i].outside, outside);
	EXPECT_INT(map->entries[i].count, count);
}

TEST(the_rows_of_a_config_keep_their_order)
{
	static struct oci_id_mapping uids[] = {{0, 1000, 1}, {1, 100000, 65536}};
	static struct oci_id_mapping gids[] = {{5, 6, 7}};
	const struct oci_linux conf = {.uid_mappings = uids,
	                               .n_uid_mappings = 2,
	                               .gid_mappings = gids,
	                               .n_gid_mappings = 1};
	auto_idmap struct idmap_pair maps = {0};

	user_ns_from_config(&conf, &maps);
	EXPECT_INT(maps.uid.n, 2);
	expect_row(&maps.uid, 0, 0, 1000, 1);
	expect_row(&maps.uid, 1, 1, 100000, 65536);
	EXPECT_INT(maps.gid.n, 1);
	expect_row(&maps.gid, 0, 5, 6, 7);
}

/* Put @text in the place of the host's file @path, for this mount namespace. */
static void cover(const char *path, const char *text)
{
	auto_free char *own = mem_printf("%s/%s", test_dir(), strrchr(path, '/') + 1);
	auto_fd int fd = open(own, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	REQUIRE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	if (mount(own, path, NULL, MS_BIND, NULL) < 0)
		test_skip("there is no file of sub-IDs to cover");
}

/* Inside the caller has ID 0, and this name. */
static void enter(const char *subuid, const char *subgid)
{
	user_ns_enter();
	cover("/etc/passwd", "other:x:7:7::/:\nann:x:0:0::/:\n");
	cover("/etc/subuid", subuid);
	cover("/etc/subgid", subgid);
}

static void check_granted(struct error *err)
{
	const struct oci_user user = {.uid = 33, .gid = 34};
	auto_idmap struct idmap_pair maps = {0};

	(void)err;
	enter("other:1:1\nann:100000:65536\n0:500000:10\n", "ann:200000:65536\n");
	user_ns_default(&user, &maps);
	EXPECT_INT(maps.uid.n, 3);
	expect_row(&maps.uid, 0, 0, 0, 1);
	expect_row(&maps.uid, 1, 1, 100000, 65536);
	expect_row(&maps.uid, 2, 65537, 500000, 10);
	EXPECT_INT(maps.gid.n, 2);
	expect_row(&maps.gid, 0, 0, 0, 1);
	expect_row(&maps.gid, 1, 1, 200000, 65536);
}

TEST(root_is_the_caller_and_his_sub_ids_follow)
{
	test_child(check_granted);
}

static void check_single(const char *subuid, const char *subgid)
{
	const struct oci_user user = {.uid = 33, .gid = 34};
	auto_idmap struct idmap_pair maps = {0};
	auto_idmap struct idmap_pair root = {0};

	enter(subuid, subgid);
	user_ns_default(&user, &maps);
	EXPECT(maps.uid.n == 1 && maps.gid.n == 1);
	expect_row(&maps.uid, 0, 33, 0, 1);
	expect_row(&maps.gid, 0, 34, 0, 1);
	user_ns_default(NULL, &root);
	expect_row(&root.uid, 0, 0, 0, 1);
	expect_row(&root.gid, 0, 0, 0, 1);
}

static void check_none(struct error *err)
{
	(void)err;
	check_single("other:1:1\n", "");
}

static void check_half(struct error *err)
{
	(void)err;
	check_single("ann:100000:65536\n", "other:100000:65536\n");
}

static void check_other_half(struct error *err)
{
	(void)err;
	check_single("", "ann:100000:65536\n");
}

TEST(without_sub_ids_the_one_id_is_the_one_the_process_wants)
{
	test_child(check_none);
}

TEST(half_a_grant_is_none)
{
	test_child(check_half);
	test_child(check_other_half);
}
