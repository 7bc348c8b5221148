/* SPDX-License-Identifier: Apache-2.0 */
/* See oci_resources.h. */
#include "libocispec/oci_resources.h"

#include <string.h>

#include "libocispec/oci_config.h"

/* as the kernel's cgroup files are named: 64KB, 2MB, 1GB */
static bool is_page_size(const char *s)
{
	size_t digits = strspn(s, "0123456789");

	if (digits == 0 || s[0] == '0')
		return false;
	s += digits;
	return *s && strchr("KMG", *s) && strcmp(s + 1, "B") == 0;
}

static const struct json_pattern oci_resources_page_size_pattern = {"a page size such as 2MB",
                                                                    is_page_size};

JSON_TYPE(oci_device_rule, OCI_DEVICE_RULE)
JSON_TYPE(oci_memory, OCI_MEMORY)
JSON_TYPE(oci_cpu, OCI_CPU)
JSON_TYPE(oci_pids, OCI_PIDS)
JSON_TYPE(oci_weight_device, OCI_WEIGHT_DEVICE)
JSON_TYPE(oci_throttle_device, OCI_THROTTLE_DEVICE)
JSON_TYPE(oci_block_io, OCI_BLOCK_IO)
JSON_TYPE(oci_hugepage_limit, OCI_HUGEPAGE_LIMIT)
JSON_TYPE(oci_interface_priority, OCI_INTERFACE_PRIORITY)
JSON_TYPE(oci_network, OCI_NETWORK)
JSON_TYPE(oci_rdma, OCI_RDMA)
JSON_TYPE(oci_resources, OCI_RESOURCES)

struct oci_resources *oci_resources_read(const char *name, const char *text, size_t len,
                                         struct error *err)
{
	return json_read(&oci_resources_type, name, text, len, OCI_CONFIG_MAX_BYTES, err);
}
