/* SPDX-License-Identifier: Apache-2.0 */
/* The document of `rtl features`. */
#include <string.h>

#include "libocispec/oci_features.h"
#include "runtime/features.h"
#include "runtime/spec.h"
#include "test.h"

static bool has(char *const *list, size_t n, const char *wanted)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], wanted) == 0)
			return true;
	}
	return false;
}

#define EXPECT_HAS(object, list, wanted) EXPECT(has((object)->list, (object)->n_##list, wanted))

TEST(features_can_be_read_back_and_name_what_the_vocabularies_hold)
{
	auto_str struct str text = {0};
	auto_json struct oci_features *features = NULL;

	features_format(&text);
	features = oci_features_read("features", text.s, text.len, err);
	REQUIRE_OK(features);
	EXPECT_STR(features->oci_version_max, SPEC_VERSION);
	EXPECT_INT(features->n_hooks, 6);
	EXPECT_HAS(features, mount_options, "nosymfollow");
	EXPECT_HAS(features->linux, namespaces, "cgroup");
	EXPECT_HAS(features->linux, capabilities, "CAP_CHOWN");
	EXPECT_HAS(features->linux, capabilities, "CAP_SYS_ADMIN");
	EXPECT_HAS(features->linux->seccomp, actions, "SCMP_ACT_NOTIFY");
	EXPECT_HAS(features->linux->seccomp, operators, "SCMP_CMP_MASKED_EQ");
	EXPECT_HAS(features->linux->seccomp, archs, "SCMP_ARCH_X86_64");
	EXPECT_HAS(features->linux->seccomp, known_flags, "SECCOMP_FILTER_FLAG_LOG");
}

TEST(only_known_seccomp_flags_are_supported)
{
	auto_str struct str text = {0};
	auto_json struct oci_features *features = NULL;
	struct oci_features_seccomp *seccomp;

	features_format(&text);
	features = oci_features_read("features", text.s, text.len, err);
	REQUIRE_OK(features);
	seccomp = features->linux->seccomp;
	EXPECT_HAS(seccomp, supported_flags, "SECCOMP_FILTER_FLAG_LOG");
	for (size_t i = 0; i < seccomp->n_supported_flags; i++)
		EXPECT_HAS(seccomp, known_flags, seccomp->supported_flags[i]);
}
