/* SPDX-License-Identifier: Apache-2.0 */
/* See oci_config.h. */
#include "libocispec/oci_config.h"

JSON_TYPE(oci_root, OCI_ROOT)
JSON_TYPE(oci_mount, OCI_MOUNT)
JSON_TYPE(oci_hook, OCI_HOOK)
JSON_TYPE(oci_hooks, OCI_HOOKS)
JSON_TYPE(oci_config, OCI_CONFIG)

struct oci_config *oci_config_read(const char *name, const char *text, size_t len,
                                   struct error *err)
{
	return json_read(&oci_config_type, name, text, len, OCI_CONFIG_MAX_BYTES, err);
}

void oci_config_write(const struct oci_config *config, const char *indent, struct str *out)
{
	json_write(&oci_config_type, config, indent, out);
}
