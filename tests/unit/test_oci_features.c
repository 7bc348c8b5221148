/* SPDX-License-Identifier: Apache-2.0 */
/* The features document. */
#include "test.h"

#include <string.h>

#include "libocispec/oci_features.h"

static const char full[] =
	"{\"ociVersionMin\":\"1.0.0\",\"ociVersionMax\":\"1.3.0\",\"hooks\":[\"poststop\"],"
	"\"mountOptions\":[\"ro\",\"tmpcopyup\"],\"linux\":{\"namespaces\":[\"pid\",\"future\"],"
	"\"capabilities\":[\"CAP_CHOWN\"],\"cgroup\":{\"v1\":true,\"v2\":true,\"systemd\":false,"
	"\"systemdUser\":false,\"rdma\":true},\"seccomp\":{\"enabled\":true,\"actions\":[\"SCMP_"
	"ACT_"
	"KILL\"],\"operators\":[\"SCMP_CMP_EQ\"],\"archs\":[\"SCMP_ARCH_X86\"],\"knownFlags\":["
	"\"SECCOMP_FILTER_FLAG_LOG\"],\"supportedFlags\":[]},\"apparmor\":{\"enabled\":true},"
	"\"selinux\":{\"enabled\":false},\"intelRdt\":{\"enabled\":false,\"schemata\":true,"
	"\"monitoring\":true},\"memoryPolicy\":{\"modes\":[\"MPOL_BIND\"],\"flags\":[\"MPOL_F_"
	"STATIC_"
	"NODES\"]},\"mountExtensions\":{\"idmap\":{\"enabled\":true}},\"netDevices\":{\"enabled\":"
	"true}},\"annotations\":{\"k\":\"v\"},\"potentiallyUnsafeConfigAnnotations\":[\"x.\"]}";

static struct oci_features *read_features(const char *text, struct error *err)
{
	return oci_features_read("features", text, strlen(text), err);
}

TEST(features_are_written_as_they_were_read)
{
	auto_json struct oci_features *features = NULL;
	auto_str struct str out = {0};

	REQUIRE_OK(features = read_features(full, err));
	oci_features_write(features, NULL, &out);
	EXPECT_STR(out.s, full);
}

TEST(a_switch_may_be_off_on_or_unknown)
{
	auto_json struct oci_features *features = read_features(
		"{\"ociVersionMin\":\"1\",\"ociVersionMax\":\"1\",\"linux\":{\"apparmor\":{}}}",
		err);

	REQUIRE(features);
	EXPECT(!features->linux->apparmor->has_enabled);
	EXPECT(!features->linux->selinux);
}

TEST(features_are_checked)
{
	EXPECT_ERROR(read_features("{\"ociVersionMin\":\"1\"}", err), ERR_INVALID,
	             "features:1: ociVersionMax: missing required member");
	EXPECT_ERROR(read_features("{\"linux\":{\"capabilities\":[\"CHOWN\"]}}", err), ERR_INVALID,
	             "features:1: linux.capabilities[0]: expected a capability such as CAP_CHOWN, "
	             "got \"CHOWN\"");
}
