/* SPDX-License-Identifier: Apache-2.0 */
/* The linux object of config.json. runtime-spec, config-linux. */
#ifndef LIBOCISPEC_OCI_LINUX_H
#define LIBOCISPEC_OCI_LINUX_H

#include "common/json.h"
#include "libocispec/oci_resources.h"
#include "libocispec/oci_seccomp.h"

/* clang-format off */
#define OCI_NAMESPACE_TYPE(V)                                  \
	V(OCI_NAMESPACE_PID, "pid")                            \
	V(OCI_NAMESPACE_NETWORK, "network")                    \
	V(OCI_NAMESPACE_MOUNT, "mount")                        \
	V(OCI_NAMESPACE_IPC, "ipc")                            \
	V(OCI_NAMESPACE_UTS, "uts")                            \
	V(OCI_NAMESPACE_USER, "user")                          \
	V(OCI_NAMESPACE_CGROUP, "cgroup")                      \
	V(OCI_NAMESPACE_TIME, "time")

/* The spec has the first four; the recursive ones are what other runtimes take as well. */
#define OCI_PROPAGATION(V)                                     \
	V(OCI_PROPAGATION_PRIVATE, "private")                  \
	V(OCI_PROPAGATION_SHARED, "shared")                    \
	V(OCI_PROPAGATION_SLAVE, "slave")                      \
	V(OCI_PROPAGATION_UNBINDABLE, "unbindable")            \
	V(OCI_PROPAGATION_RPRIVATE, "rprivate")                \
	V(OCI_PROPAGATION_RSHARED, "rshared")                  \
	V(OCI_PROPAGATION_RSLAVE, "rslave")                    \
	V(OCI_PROPAGATION_RUNBINDABLE, "runbindable")

#define OCI_MEMORY_POLICY_MODE(V)                              \
	V(OCI_MPOL_DEFAULT, "MPOL_DEFAULT")                    \
	V(OCI_MPOL_BIND, "MPOL_BIND")                          \
	V(OCI_MPOL_INTERLEAVE, "MPOL_INTERLEAVE")              \
	V(OCI_MPOL_WEIGHTED_INTERLEAVE, "MPOL_WEIGHTED_INTERLEAVE") \
	V(OCI_MPOL_PREFERRED, "MPOL_PREFERRED")                \
	V(OCI_MPOL_PREFERRED_MANY, "MPOL_PREFERRED_MANY")      \
	V(OCI_MPOL_LOCAL, "MPOL_LOCAL")

#define OCI_MEMORY_POLICY_FLAG(V)                              \
	V(OCI_MPOL_F_NUMA_BALANCING, "MPOL_F_NUMA_BALANCING")  \
	V(OCI_MPOL_F_RELATIVE_NODES, "MPOL_F_RELATIVE_NODES")  \
	V(OCI_MPOL_F_STATIC_NODES, "MPOL_F_STATIC_NODES")

#define OCI_PERSONALITY_DOMAIN(V)                              \
	V(OCI_PERSONALITY_LINUX, "LINUX")                      \
	V(OCI_PERSONALITY_LINUX32, "LINUX32")

#define OCI_ID_MAPPING(F, T)                                   \
	F(T, UINT32, REQUIRED, container_id, "containerID")    \
	F(T, UINT32, REQUIRED, host_id, "hostID")              \
	F(T, UINT32, REQUIRED, size, "size")

#define OCI_NAMESPACE(F, T)                                    \
	F(T, ENUM(oci_namespace_type), REQUIRED, type, "type") \
	F(T, STRING, OPTIONAL, path, "path")

/*
 * major and minor are required but for a FIFO, which is the runtime's to check. The schema
 * limits fileMode to 0777, but writers exist that put in the set-ID and file type bits too.
 */
#define OCI_DEVICE(F, T)                                       \
	F(T, STRING, REQUIRED, path, "path")                   \
	F(T, STRING, REQUIRED, type, "type", .pattern = &oci_linux_device_type_pattern) \
	F(T, INT64, OPTIONAL, major, "major")                  \
	F(T, INT64, OPTIONAL, minor, "minor")                  \
	F(T, UINT32, OPTIONAL, file_mode, "fileMode", .min = 0, .max = 0177777) \
	F(T, UINT32, OPTIONAL, uid, "uid")                     \
	F(T, UINT32, OPTIONAL, gid, "gid")

#define OCI_NET_DEVICE(F, T)                                   \
	F(T, STRING, OPTIONAL, name, "name")

#define OCI_INTEL_RDT(F, T)                                    \
	F(T, STRING, OPTIONAL, clos_id, "closID")              \
	F(T, ARRAY(STRING), OPTIONAL, schemata, "schemata")    \
	F(T, STRING, OPTIONAL, l3_cache_schema, "l3CacheSchema") \
	F(T, STRING, OPTIONAL, mem_bw_schema, "memBwSchema", .pattern = &oci_linux_mem_bw_pattern) \
	F(T, BOOL, ZERO, enable_monitoring, "enableMonitoring")

#define OCI_MEMORY_POLICY(F, T)                                \
	F(T, ENUM(oci_memory_policy_mode), OPTIONAL, mode, "mode") \
	F(T, STRING, OPTIONAL, nodes, "nodes")                 \
	F(T, ARRAY(ENUM(oci_memory_policy_flag)), OPTIONAL, flags, "flags")

#define OCI_PERSONALITY(F, T)                                  \
	F(T, ENUM(oci_personality_domain), OPTIONAL, domain, "domain") \
	F(T, ARRAY(STRING), OPTIONAL, flags, "flags")

#define OCI_TIME_OFFSET(F, T)                                  \
	F(T, INT64, ZERO, secs, "secs")                        \
	F(T, UINT32, ZERO, nanosecs, "nanosecs")

#define OCI_TIME_OFFSETS(F, T)                                 \
	F(T, OBJECT(oci_time_offset), OPTIONAL, boottime, "boottime") \
	F(T, OBJECT(oci_time_offset), OPTIONAL, monotonic, "monotonic")

#define OCI_LINUX(F, T)                                        \
	F(T, ARRAY(OBJECT(oci_id_mapping)), OPTIONAL, uid_mappings, "uidMappings") \
	F(T, ARRAY(OBJECT(oci_id_mapping)), OPTIONAL, gid_mappings, "gidMappings") \
	F(T, MAP(STRING), OPTIONAL, sysctl, "sysctl")          \
	F(T, OBJECT(oci_resources), OPTIONAL, resources, "resources") \
	F(T, STRING, OPTIONAL, cgroups_path, "cgroupsPath")    \
	F(T, ARRAY(OBJECT(oci_namespace)), OPTIONAL, namespaces, "namespaces") \
	F(T, ARRAY(OBJECT(oci_device)), OPTIONAL, devices, "devices") \
	F(T, MAP(OBJECT(oci_net_device)), OPTIONAL, net_devices, "netDevices") \
	F(T, OBJECT(oci_seccomp), OPTIONAL, seccomp, "seccomp") \
	F(T, ENUM(oci_propagation), OPTIONAL, rootfs_propagation, "rootfsPropagation") \
	F(T, ARRAY(STRING), OPTIONAL, masked_paths, "maskedPaths") \
	F(T, ARRAY(STRING), OPTIONAL, readonly_paths, "readonlyPaths") \
	F(T, STRING, OPTIONAL, mount_label, "mountLabel")      \
	F(T, OBJECT(oci_intel_rdt), OPTIONAL, intel_rdt, "intelRdt") \
	F(T, OBJECT(oci_memory_policy), OPTIONAL, memory_policy, "memoryPolicy") \
	F(T, OBJECT(oci_personality), OPTIONAL, personality, "personality") \
	F(T, OBJECT(oci_time_offsets), OPTIONAL, time_offsets, "timeOffsets")
/* clang-format on */

JSON_ENUM(oci_namespace_type, OCI_NAMESPACE_TYPE)
JSON_ENUM(oci_propagation, OCI_PROPAGATION)
JSON_ENUM(oci_memory_policy_mode, OCI_MEMORY_POLICY_MODE)
JSON_ENUM(oci_memory_policy_flag, OCI_MEMORY_POLICY_FLAG)
JSON_ENUM(oci_personality_domain, OCI_PERSONALITY_DOMAIN)
JSON_STRUCT(oci_id_mapping, OCI_ID_MAPPING)
JSON_STRUCT(oci_namespace, OCI_NAMESPACE)
JSON_STRUCT(oci_device, OCI_DEVICE)
JSON_STRUCT(oci_net_device, OCI_NET_DEVICE)
JSON_STRUCT(oci_intel_rdt, OCI_INTEL_RDT)
JSON_STRUCT(oci_memory_policy, OCI_MEMORY_POLICY)
JSON_STRUCT(oci_personality, OCI_PERSONALITY)
JSON_STRUCT(oci_time_offset, OCI_TIME_OFFSET)
JSON_STRUCT(oci_time_offsets, OCI_TIME_OFFSETS)
JSON_STRUCT(oci_linux, OCI_LINUX)

#endif
