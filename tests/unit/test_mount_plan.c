/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts of config.json taken apart. */
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "runtime/mount_plan.h"
#include "test.h"

/* A config with the mounts of the JSON array @mounts. */
static struct oci_config *config_with(const char *mounts, struct error *err)
{
	auto_free char *text =
		mem_printf("{\"ociVersion\":\"1.2.0\",\"mounts\":%s,\"linux\":{}}", mounts);
	struct oci_config *config = oci_config_read("config.json", text, strlen(text), err);

	REQUIRE_OK(config);
	return config;
}

static int plan(struct oci_config *config, const struct idmap_pair *maps, struct init_mount **ret,
                struct error *err)
{
	return mount_plan_make(config, "/bundle", maps, ret, err);
}

/* The error of a config with the one mount @mount. */
#define EXPECT_REFUSED(mount, kind, text)                                                          \
	do {                                                                                       \
		auto_json struct oci_config *config = config_with("[" mount "]", err);             \
		struct init_mount *none = NULL;                                                    \
                                                                                                   \
		EXPECT_ERROR(plan(config, NULL, &none, err), kind,                                 \
		             "config.json: mounts[0]: " text);                                     \
		EXPECT(none == NULL);                                                              \
	} while (0)

TEST(flags_are_told_from_the_filesystems_own_options)
{
	auto_json struct oci_config *config = config_with(
		"[{\"destination\":\"/dev/shm\",\"type\":\"tmpfs\",\"source\":\"shm\",\"options\":"
		"[\"nosuid\",\"mode=1777\",\"noexec\",\"size=64m\",\"rslave\",\"rro\"]},"
		"{\"destination\":\"/proc\",\"type\":\"proc\"}]",
		err);
	auto_free struct init_mount *mounts = NULL;

	REQUIRE_OK(plan(config, NULL, &mounts, err));
	EXPECT_STR(mounts[0].destination, "/dev/shm");
	EXPECT_STR(mounts[0].type, "tmpfs");
	EXPECT_STR(mounts[0].source, "shm");
	EXPECT_STR(mounts[0].data, "mode=1777,size=64m");
	EXPECT_INT(mounts[0].flags.set, MS_NOSUID | MS_NOEXEC);
	EXPECT_INT(mounts[0].flags.propagation, MS_SLAVE | MS_REC);
	EXPECT_INT(mounts[0].flags.rec_set, MS_RDONLY);
	EXPECT(!mounts[0].is_bind && !mounts[0].is_own_dir);
	EXPECT_STR(mounts[1].data, NULL);
	EXPECT(mounts[1].is_own_dir);
}

TEST(no_mounts_are_a_plan_too)
{
	auto_json struct oci_config *config = config_with("[]", err);
	auto_free struct init_mount *mounts = NULL;

	EXPECT_OK(plan(config, NULL, &mounts, err));
	EXPECT(mounts != NULL);
}

TEST(a_bind_is_known_by_type_or_option)
{
	auto_json struct oci_config *config =
		config_with("[{\"destination\":\"/a\",\"source\":\"/x\",\"type\":\"bind\"},"
	                    "{\"destination\":\"/b\",\"source\":\"/x\",\"type\":\"rbind\"},"
	                    "{\"destination\":\"/c\",\"source\":\"/x\",\"options\":[\"bind\"]},"
	                    "{\"destination\":\"/d\",\"source\":\"/"
	                    "x\",\"type\":\"none\",\"options\":[\"rbind\","
	                    "\"ro\"]}]",
	                    err);
	auto_free struct init_mount *mounts = NULL;

	REQUIRE_OK(plan(config, NULL, &mounts, err));
	for (size_t i = 0; i < 4; i++)
		EXPECT(mounts[i].is_bind);
	EXPECT_INT(mounts[0].flags.set, MS_BIND);
	EXPECT_INT(mounts[1].flags.set, MS_BIND | MS_REC);
	EXPECT_INT(mounts[2].flags.set, MS_BIND);
	EXPECT_INT(mounts[3].flags.set, MS_BIND | MS_REC | MS_RDONLY);
}

TEST(the_source_of_a_bind_is_relative_to_the_bundle)
{
	auto_json struct oci_config *config =
		config_with("[{\"destination\":\"/a\",\"source\":\"x/../y\",\"type\":\"bind\"},"
	                    "{\"destination\":\"/b\",\"source\":\"../up\",\"type\":\"bind\"},"
	                    "{\"destination\":\"/c\",\"source\":\"/abs//x/\",\"type\":\"bind\"},"
	                    "{\"destination\":\"/d\",\"source\":\"tmpfs\",\"type\":\"tmpfs\"}]",
	                    err);
	auto_free struct init_mount *mounts = NULL;

	REQUIRE_OK(plan(config, NULL, &mounts, err));
	EXPECT_STR(mounts[0].source, "/bundle/y");
	EXPECT_STR(mounts[1].source, "/up");
	EXPECT_STR(mounts[2].source, "/abs/x");
	EXPECT_STR(mounts[3].source, "tmpfs");
}

TEST(destinations_are_absolute_and_clean)
{
	auto_json struct oci_config *config =
		config_with("[{\"destination\":\"dev//shm/\",\"type\":\"tmpfs\"},"
	                    "{\"destination\":\"/a/../../b/.\",\"type\":\"tmpfs\"}]",
	                    err);
	auto_free struct init_mount *mounts = NULL;

	REQUIRE_OK(plan(config, NULL, &mounts, err));
	EXPECT_STR(mounts[0].destination, "/dev/shm");
	EXPECT_STR(mounts[1].destination, "/b");
}

TEST(nothing_is_mounted_on_the_root)
{
	EXPECT_REFUSED("{\"destination\":\"/\",\"type\":\"tmpfs\"}", ERR_INVALID,
	               "destination: \"/\" is the root itself");
	EXPECT_REFUSED("{\"destination\":\"\",\"type\":\"tmpfs\"}", ERR_INVALID,
	               "destination: \"\" is the root itself");
	EXPECT_REFUSED("{\"destination\":\"/a/../..\",\"type\":\"tmpfs\"}", ERR_INVALID,
	               "destination: \"/a/../..\" is the root itself");
}

TEST(an_unknown_option_of_a_bind_is_named)
{
	EXPECT_REFUSED("{\"destination\":\"/a\",\"source\":\"/x\",\"type\":\"bind\",\"options\":"
	               "[\"ro\",\"noexce\"]}",
	               ERR_INVALID, "options: unknown option noexce for a bind mount");
}

TEST(a_bind_needs_a_source_and_anything_else_a_type)
{
	EXPECT_REFUSED("{\"destination\":\"/a\",\"type\":\"bind\"}", ERR_INVALID,
	               "source: missing for a bind mount");
	EXPECT_REFUSED("{\"destination\":\"/a\",\"source\":\"\",\"type\":\"bind\"}", ERR_INVALID,
	               "source: missing for a bind mount");
	EXPECT_REFUSED("{\"destination\":\"/a\",\"source\":\"x\"}", ERR_INVALID, "type: missing");
	EXPECT_REFUSED("{\"destination\":\"/a\",\"type\":\"\"}", ERR_INVALID, "type: missing");
}

TEST(options_beyond_the_kernels_are_noted)
{
	auto_json struct oci_config *config = config_with(
		"[{\"destination\":\"/a\",\"type\":\"tmpfs\",\"options\":[\"tmpcopyup\"]},"
		"{\"destination\":\"/b\",\"source\":\"/x\",\"type\":\"bind\",\"options\":"
		"[\"copy-symlink\",\"src-nofollow\",\"dest-nofollow\"]},"
		"{\"destination\":\"/c\",\"source\":\"/x\",\"options\":[\"rbind\",\"ridmap\"]},"
		"{\"destination\":\"/d\",\"source\":\"/x\",\"options\":[\"bind\","
		"\"idmap=uids=0-1-2;gids=0-1-2\"]},"
		"{\"destination\":\"/e\",\"source\":\"/x\",\"type\":\"bind\","
		"\"uidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}]}]",
		err);
	auto_free struct init_mount *mounts = NULL;

	REQUIRE_OK(plan(config, NULL, &mounts, err));
	EXPECT_INT(mounts[0].flags.extra, MOUNT_COPY_UP);
	EXPECT_INT(mounts[1].flags.extra,
	           MOUNT_COPY_SYMLINK | MOUNT_SRC_NOFOLLOW | MOUNT_DEST_NOFOLLOW);
	EXPECT_INT(mounts[2].flags.extra, MOUNT_IDMAP | MOUNT_IDMAP_REC);
	EXPECT_INT(mounts[3].flags.extra, MOUNT_IDMAP);
	EXPECT_INT(mounts[4].flags.extra, MOUNT_IDMAP);
	for (size_t i = 0; i < 5; i++) {
		EXPECT_STR(mounts[i].data, NULL);
		EXPECT_INT(mounts[i].tree_fd, -1);
	}
}

TEST(an_option_for_another_kind_of_mount_is_refused)
{
	EXPECT_REFUSED("{\"destination\":\"/a\",\"type\":\"proc\",\"options\":[\"tmpcopyup\"]}",
	               ERR_INVALID, "options: tmpcopyup: is for a tmpfs only");
	EXPECT_REFUSED("{\"destination\":\"/a\",\"source\":\"/x\",\"type\":\"bind\","
	               "\"options\":[\"tmpcopyup\"]}",
	               ERR_INVALID, "options: tmpcopyup: is for a tmpfs only");
	EXPECT_REFUSED("{\"destination\":\"/a\",\"type\":\"tmpfs\",\"options\":[\"ridmap\"]}",
	               ERR_INVALID, "options: idmap: is for bind mounts only");
	EXPECT_REFUSED("{\"destination\":\"/a\",\"type\":\"tmpfs\","
	               "\"gidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}]}",
	               ERR_INVALID, "options: idmap: is for bind mounts only");
	EXPECT_REFUSED("{\"destination\":\"/a\",\"type\":\"tmpfs\","
	               "\"options\":[\"src-nofollow\"]}",
	               ERR_INVALID, "options: src-nofollow: is for bind mounts only");
}

TEST(a_remount_needs_neither_source_nor_type_and_takes_flags_only)
{
	auto_json struct oci_config *config = config_with(
		"[{\"destination\":\"/a\",\"options\":[\"remount\",\"bind\",\"ro\"]}]", err);
	auto_free struct init_mount *mounts = NULL;

	REQUIRE_OK(plan(config, NULL, &mounts, err));
	EXPECT_INT(mounts[0].flags.set, MS_REMOUNT | MS_BIND | MS_RDONLY);
	EXPECT_REFUSED("{\"destination\":\"/a\",\"options\":[\"remount\",\"size=1m\"]}",
	               ERR_INVALID, "options: size=1m: remount changes flags of the mount only");
}

TEST(the_mount_that_is_wrong_is_numbered)
{
	auto_json struct oci_config *config = config_with(
		"[{\"destination\":\"/a\",\"type\":\"tmpfs\"},{\"destination\":\"/\"}]", err);
	struct init_mount *none = NULL;

	EXPECT_ERROR(plan(config, NULL, &none, err), ERR_INVALID,
	             "config.json: mounts[1]: destination: \"/\" is the root itself");
}

static const char pts[] = "[{\"destination\":\"/dev/pts\",\"type\":\"devpts\",\"options\":"
			  "[\"mode=0620\",\"gid=5\",\"gid=x\"]}]";

TEST(a_gid_that_the_namespace_does_not_have_is_left_out)
{
	auto_json struct oci_config *config = config_with(pts, err);
	auto_idmap struct idmap_pair maps = {0};
	auto_free struct init_mount *mounts = NULL;
	auto_free struct init_mount *mapped = NULL;
	auto_free struct init_mount *initial = NULL;

	idmap_add(&maps.uid, 0, 1000, 100);
	idmap_add(&maps.gid, 0, 1000, 1);
	REQUIRE_OK(plan(config, &maps, &mounts, err));
	EXPECT_STR(mounts[0].data, "mode=0620,gid=x");
	idmap_add(&maps.gid, 1, 100000, 5);
	REQUIRE_OK(plan(config, &maps, &mapped, err));
	EXPECT_STR(mapped[0].data, "mode=0620,gid=5,gid=x");
	REQUIRE_OK(plan(config, NULL, &initial, err));
	EXPECT_STR(initial[0].data, "mode=0620,gid=5,gid=x");
}

TEST(the_mount_label_is_for_filesystems_that_have_none_of_their_own)
{
	auto_json struct oci_config *config = config_with(
		"[{\"destination\":\"/a\",\"type\":\"tmpfs\",\"options\":[\"mode=755\"]},"
		"{\"destination\":\"/b\",\"type\":\"tmpfs\"},"
		"{\"destination\":\"/proc\",\"type\":\"proc\"},"
		"{\"destination\":\"/sys\",\"type\":\"sysfs\"},"
		"{\"destination\":\"/dev/mqueue\",\"type\":\"mqueue\"},"
		"{\"destination\":\"/sys/fs/cgroup\",\"type\":\"cgroup\"},"
		"{\"destination\":\"/c\",\"source\":\"/x\",\"type\":\"bind\"}]",
		err);
	auto_free struct init_mount *mounts = NULL;

	config->linux->mount_label = "u:r:t:s0:c1,c2";
	REQUIRE_OK(plan(config, NULL, &mounts, err));
	EXPECT_STR(mounts[0].data, "mode=755,context=\"u:r:t:s0:c1,c2\"");
	EXPECT_STR(mounts[1].data, "context=\"u:r:t:s0:c1,c2\"");
	for (size_t i = 2; i < 7; i++)
		EXPECT_STR(mounts[i].data, NULL);
}
