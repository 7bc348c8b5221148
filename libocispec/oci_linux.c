/* SPDX-License-Identifier: Apache-2.0 */
/* See oci_linux.h. */
#include "libocispec/oci_linux.h"

#include <string.h>

static bool is_device_type(const char *s)
{
	return s[0] && strchr("cbup", s[0]) && !s[1];
}

static bool is_mem_bw_schema(const char *s)
{
	return str_has_prefix(s, "MB:") && !strchr(s, '\n');
}

static const struct json_pattern oci_linux_device_type_pattern = {"one of c, b, u and p",
                                                                  is_device_type};
static const struct json_pattern oci_linux_mem_bw_pattern = {"one line that begins with MB:",
                                                             is_mem_bw_schema};

JSON_ENUM_NAMES(oci_namespace_type, OCI_NAMESPACE_TYPE)
JSON_ENUM_NAMES(oci_propagation, OCI_PROPAGATION)
JSON_ENUM_NAMES(oci_memory_policy_mode, OCI_MEMORY_POLICY_MODE)
JSON_ENUM_NAMES(oci_memory_policy_flag, OCI_MEMORY_POLICY_FLAG)
JSON_ENUM_NAMES(oci_personality_domain, OCI_PERSONALITY_DOMAIN)
JSON_TYPE(oci_id_mapping, OCI_ID_MAPPING)
JSON_TYPE(oci_namespace, OCI_NAMESPACE)
JSON_TYPE(oci_device, OCI_DEVICE)
JSON_TYPE(oci_net_device, OCI_NET_DEVICE)
JSON_TYPE(oci_intel_rdt, OCI_INTEL_RDT)
JSON_TYPE(oci_memory_policy, OCI_MEMORY_POLICY)
JSON_TYPE(oci_personality, OCI_PERSONALITY)
JSON_TYPE(oci_time_offset, OCI_TIME_OFFSET)
JSON_TYPE(oci_time_offsets, OCI_TIME_OFFSETS)
JSON_TYPE(oci_linux, OCI_LINUX)
