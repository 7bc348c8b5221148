/* SPDX-License-Identifier: Apache-2.0 */
/* The config.json of `rtl spec`. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "libocispec/oci_config.h"
#include "runtime/spec.h"
#include "test.h"

static struct oci_config *read_back(bool is_rootless, struct error *err)
{
	auto_str struct str text = {0};

	spec_format(is_rootless, &text);
	return oci_config_read("config.json", text.s, text.len, err);
}

static bool has_namespace(const struct oci_config *config, enum oci_namespace_type type)
{
	for (size_t i = 0; i < config->linux->n_namespaces; i++) {
		if (config->linux->namespaces[i].type == type)
			return true;
	}
	return false;
}

static const struct oci_mount *find_mount(const struct oci_config *config, const char *destination)
{
	for (size_t i = 0; i < config->n_mounts; i++) {
		if (strcmp(config->mounts[i].destination, destination) == 0)
			return &config->mounts[i];
	}
	return NULL;
}

static bool has_option(const struct oci_mount *mount, const char *option)
{
	for (size_t i = 0; mount && i < mount->n_options; i++) {
		if (strcmp(mount->options[i], option) == 0)
			return true;
	}
	return false;
}

TEST(the_default_config_is_confined_and_can_be_read_back)
{
	auto_json struct oci_config *config = read_back(false, err);

	REQUIRE_OK(config);
	EXPECT_STR(config->oci_version, SPEC_VERSION);
	EXPECT(config->process->no_new_privileges);
	EXPECT(config->root->readonly);
	EXPECT_STR(config->process->args[0], "sh");
	EXPECT_INT(config->process->capabilities->n_bounding, 3);
	EXPECT_INT(config->process->capabilities->n_ambient, 0);
	EXPECT(has_namespace(config, OCI_NAMESPACE_NETWORK));
	EXPECT(has_namespace(config, OCI_NAMESPACE_CGROUP));
	EXPECT(!has_namespace(config, OCI_NAMESPACE_USER));
	EXPECT(has_option(find_mount(config, "/dev/pts"), "gid=5"));
	EXPECT(has_option(find_mount(config, "/sys"), "ro"));
	EXPECT(config->linux->n_masked_paths > 0 && config->linux->n_readonly_paths > 0);
	REQUIRE(config->linux->resources);
	EXPECT(!config->linux->resources->devices[0].allow);
}

TEST(the_rootless_config_needs_no_privilege)
{
	auto_json struct oci_config *config = read_back(true, err);

	REQUIRE_OK(config);
	EXPECT(has_namespace(config, OCI_NAMESPACE_USER));
	EXPECT(!has_namespace(config, OCI_NAMESPACE_NETWORK));
	EXPECT(!has_option(find_mount(config, "/dev/pts"), "gid=5"));
	EXPECT(has_option(find_mount(config, "/dev/pts"), "newinstance"));
	EXPECT(has_option(find_mount(config, "/sys"), "rbind"));
	EXPECT(!config->linux->resources);
	EXPECT_INT(config->linux->n_uid_mappings, 1);
	EXPECT_INT(config->linux->uid_mappings[0].container_id, 0);
	EXPECT_INT(config->linux->uid_mappings[0].host_id, geteuid());
	EXPECT_INT(config->linux->uid_mappings[0].size, 1);
	EXPECT_INT(config->linux->gid_mappings[0].host_id, getegid());
}

TEST(an_existing_config_is_not_overwritten)
{
	auto_free char *path = mem_printf("%s/config.json", test_dir());
	auto_free char *refused = mem_printf("%s exists", path);
	auto_free char *text = NULL;

	REQUIRE_OK(spec_write(test_dir(), NULL, false, err));
	REQUIRE_OK(file_write(AT_FDCWD, path, "mine", err));
	EXPECT_ERROR(spec_write(test_dir(), NULL, false, err), ERR_EXISTS, refused);
	REQUIRE_OK(file_read(AT_FDCWD, path, 1 << 16, &text, err));
	EXPECT(memcmp(text, "mine", 4) == 0);
}

TEST(a_bundle_that_is_not_there_is_named)
{
	auto_free char *path = mem_printf("%s/nowhere", test_dir());
	auto_free char *refused = mem_printf("open bundle %s: No such file or directory", path);

	EXPECT_ERROR(spec_write(path, NULL, false, err), ERR_NOT_FOUND, refused);
}
