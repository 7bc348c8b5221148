/* SPDX-License-Identifier: Apache-2.0 */
/* See oci_process.h. */
#include "libocispec/oci_process.h"

#include <string.h>

#include "libocispec/oci_config.h"

/* RLIMIT_ and capital letters */
static bool is_rlimit(const char *s)
{
	if (!str_has_prefix(s, "RLIMIT_"))
		return false;
	s += strlen("RLIMIT_");
	return *s && !s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")];
}

static bool is_cpu_list(const char *s)
{
	return !s[strspn(s, "0123456789, -")];
}

static const struct json_pattern oci_process_rlimit_pattern = {
	"a resource limit such as RLIMIT_NOFILE", is_rlimit};
static const struct json_pattern oci_process_cpus_pattern = {"a list of CPUs such as 0-3,7",
                                                             is_cpu_list};

JSON_ENUM_NAMES(oci_ioprio_class, OCI_IOPRIO_CLASS)
JSON_ENUM_NAMES(oci_sched_policy, OCI_SCHED_POLICY)
JSON_ENUM_NAMES(oci_sched_flag, OCI_SCHED_FLAG)
JSON_TYPE(oci_console_size, OCI_CONSOLE_SIZE)
JSON_TYPE(oci_user, OCI_USER)
JSON_TYPE(oci_capabilities, OCI_CAPABILITIES)
JSON_TYPE(oci_rlimit, OCI_RLIMIT)
JSON_TYPE(oci_io_priority, OCI_IO_PRIORITY)
JSON_TYPE(oci_scheduler, OCI_SCHEDULER)
JSON_TYPE(oci_exec_cpu_affinity, OCI_EXEC_CPU_AFFINITY)
JSON_TYPE(oci_process, OCI_PROCESS)

struct oci_process *oci_process_read(const char *name, const char *text, size_t len,
                                     struct error *err)
{
	return json_read(&oci_process_type, name, text, len, OCI_CONFIG_MAX_BYTES, err);
}
