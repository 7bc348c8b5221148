/* SPDX-License-Identifier: Apache-2.0 */
/* See oci_state.h. */
#include "libocispec/oci_state.h"

#include "libocispec/oci_config.h"

JSON_ENUM_NAMES(oci_status, OCI_STATUS)
JSON_TYPE(oci_state, OCI_STATE)
JSON_TYPE(oci_container_process_state, OCI_CONTAINER_PROCESS_STATE)

struct oci_state *oci_state_read(const char *name, const char *text, size_t len, struct error *err)
{
	return json_read(&oci_state_type, name, text, len, OCI_CONFIG_MAX_BYTES, err);
}

void oci_state_write(const struct oci_state *state, const char *indent, struct str *out)
{
	json_write(&oci_state_type, state, indent, out);
}
