/* SPDX-License-Identifier: Apache-2.0 */
/* See oci_features.h. */
#include "libocispec/oci_features.h"

#include <string.h>

#include "libocispec/oci_config.h"

static bool is_capability(const char *s)
{
	if (!str_has_prefix(s, "CAP_"))
		return false;
	s += strlen("CAP_");
	return *s && !s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")];
}

static const struct json_pattern oci_features_capability_pattern = {
	"a capability such as CAP_CHOWN", is_capability};

JSON_TYPE(oci_features_switch, OCI_FEATURES_SWITCH)
JSON_TYPE(oci_features_cgroup, OCI_FEATURES_CGROUP)
JSON_TYPE(oci_features_seccomp, OCI_FEATURES_SECCOMP)
JSON_TYPE(oci_features_memory_policy, OCI_FEATURES_MEMORY_POLICY)
JSON_TYPE(oci_features_intel_rdt, OCI_FEATURES_INTEL_RDT)
JSON_TYPE(oci_features_mount_extensions, OCI_FEATURES_MOUNT_EXTENSIONS)
JSON_TYPE(oci_features_linux, OCI_FEATURES_LINUX)
JSON_TYPE(oci_features, OCI_FEATURES)

struct oci_features *oci_features_read(const char *name, const char *text, size_t len,
                                       struct error *err)
{
	return json_read(&oci_features_type, name, text, len, OCI_CONFIG_MAX_BYTES, err);
}

void oci_features_write(const struct oci_features *features, const char *indent, struct str *out)
{
	json_write(&oci_features_type, features, indent, out);
}
