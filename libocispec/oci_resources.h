/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The linux.resources object, which is also the document of `update --resources`.
 * runtime-spec, config-linux, Control groups. A limit that is absent leaves the
 * kernel's value alone, so nearly every number carries its presence.
 */
#ifndef LIBOCISPEC_OCI_RESOURCES_H
#define LIBOCISPEC_OCI_RESOURCES_H

#include "common/json.h"

/* clang-format off */
/* type is "a", "b" or "c" or absent (all); major and minor absent match every number */
#define OCI_DEVICE_RULE(F, T)                                  \
	F(T, BOOL, REQUIRED, allow, "allow")                   \
	F(T, STRING, OPTIONAL, type, "type")                   \
	F(T, INT64, OPTIONAL, major, "major")                  \
	F(T, INT64, OPTIONAL, minor, "minor")                  \
	F(T, STRING, OPTIONAL, access, "access")

#define OCI_MEMORY(F, T)                                       \
	F(T, INT64, OPTIONAL, limit, "limit")                  \
	F(T, INT64, OPTIONAL, reservation, "reservation")      \
	F(T, INT64, OPTIONAL, swap, "swap")                    \
	F(T, INT64, OPTIONAL, kernel, "kernel")                \
	F(T, INT64, OPTIONAL, kernel_tcp, "kernelTCP")         \
	F(T, UINT64, OPTIONAL, swappiness, "swappiness")       \
	F(T, BOOL, OPTIONAL, disable_oom_killer, "disableOOMKiller") \
	F(T, BOOL, OPTIONAL, use_hierarchy, "useHierarchy")    \
	F(T, BOOL, OPTIONAL, check_before_update, "checkBeforeUpdate")

#define OCI_CPU(F, T)                                          \
	F(T, UINT64, OPTIONAL, shares, "shares")               \
	F(T, INT64, OPTIONAL, quota_us, "quota")               \
	F(T, UINT64, OPTIONAL, burst_us, "burst")              \
	F(T, UINT64, OPTIONAL, period_us, "period")            \
	F(T, INT64, OPTIONAL, realtime_runtime_us, "realtimeRuntime") \
	F(T, UINT64, OPTIONAL, realtime_period_us, "realtimePeriod") \
	F(T, STRING, OPTIONAL, cpus, "cpus")                   \
	F(T, STRING, OPTIONAL, mems, "mems")                   \
	F(T, INT64, OPTIONAL, idle, "idle")

/* The schema requires limit; callers that write "pids": {} mean no limit. */
#define OCI_PIDS(F, T)                                         \
	F(T, INT64, OPTIONAL, limit, "limit")

#define OCI_WEIGHT_DEVICE(F, T)                                \
	F(T, INT64, REQUIRED, major, "major")                  \
	F(T, INT64, REQUIRED, minor, "minor")                  \
	F(T, UINT16, OPTIONAL, weight, "weight")               \
	F(T, UINT16, OPTIONAL, leaf_weight, "leafWeight")

#define OCI_THROTTLE_DEVICE(F, T)                              \
	F(T, INT64, REQUIRED, major, "major")                  \
	F(T, INT64, REQUIRED, minor, "minor")                  \
	F(T, UINT64, ALWAYS, rate, "rate")

#define OCI_BLOCK_IO(F, T)                                     \
	F(T, UINT16, OPTIONAL, weight, "weight")               \
	F(T, UINT16, OPTIONAL, leaf_weight, "leafWeight")      \
	F(T, ARRAY(OBJECT(oci_weight_device)), OPTIONAL, weight_device, "weightDevice") \
	F(T, ARRAY(OBJECT(oci_throttle_device)), OPTIONAL, throttle_read_bps_device, \
	  "throttleReadBpsDevice")                             \
	F(T, ARRAY(OBJECT(oci_throttle_device)), OPTIONAL, throttle_write_bps_device, \
	  "throttleWriteBpsDevice")                            \
	F(T, ARRAY(OBJECT(oci_throttle_device)), OPTIONAL, throttle_read_iops_device, \
	  "throttleReadIOPSDevice")                            \
	F(T, ARRAY(OBJECT(oci_throttle_device)), OPTIONAL, throttle_write_iops_device, \
	  "throttleWriteIOPSDevice")

#define OCI_HUGEPAGE_LIMIT(F, T)                               \
	F(T, STRING, REQUIRED, page_size, "pageSize", .pattern = &oci_resources_page_size_pattern) \
	F(T, UINT64, REQUIRED, limit_bytes, "limit")

#define OCI_INTERFACE_PRIORITY(F, T)                           \
	F(T, STRING, REQUIRED, name, "name")                   \
	F(T, UINT32, REQUIRED, priority, "priority")

#define OCI_NETWORK(F, T)                                      \
	F(T, UINT32, OPTIONAL, class_id, "classID")            \
	F(T, ARRAY(OBJECT(oci_interface_priority)), OPTIONAL, priorities, "priorities")

#define OCI_RDMA(F, T)                                         \
	F(T, UINT32, OPTIONAL, hca_handles, "hcaHandles")      \
	F(T, UINT32, OPTIONAL, hca_objects, "hcaObjects")

#define OCI_RESOURCES(F, T)                                    \
	F(T, ARRAY(OBJECT(oci_device_rule)), OPTIONAL, devices, "devices") \
	F(T, OBJECT(oci_memory), OPTIONAL, memory, "memory")   \
	F(T, OBJECT(oci_cpu), OPTIONAL, cpu, "cpu")            \
	F(T, OBJECT(oci_pids), OPTIONAL, pids, "pids")         \
	F(T, OBJECT(oci_block_io), OPTIONAL, block_io, "blockIO") \
	F(T, ARRAY(OBJECT(oci_hugepage_limit)), OPTIONAL, hugepage_limits, "hugepageLimits") \
	F(T, OBJECT(oci_network), OPTIONAL, network, "network") \
	F(T, MAP(OBJECT(oci_rdma)), OPTIONAL, rdma, "rdma")    \
	F(T, MAP(STRING), OPTIONAL, unified, "unified")
/* clang-format on */

JSON_STRUCT(oci_device_rule, OCI_DEVICE_RULE)
JSON_STRUCT(oci_memory, OCI_MEMORY)
JSON_STRUCT(oci_cpu, OCI_CPU)
JSON_STRUCT(oci_pids, OCI_PIDS)
JSON_STRUCT(oci_weight_device, OCI_WEIGHT_DEVICE)
JSON_STRUCT(oci_throttle_device, OCI_THROTTLE_DEVICE)
JSON_STRUCT(oci_block_io, OCI_BLOCK_IO)
JSON_STRUCT(oci_hugepage_limit, OCI_HUGEPAGE_LIMIT)
JSON_STRUCT(oci_interface_priority, OCI_INTERFACE_PRIORITY)
JSON_STRUCT(oci_network, OCI_NETWORK)
JSON_STRUCT(oci_rdma, OCI_RDMA)
JSON_STRUCT(oci_resources, OCI_RESOURCES)

/**
 * oci_resources_read() - read a resources document
 * @name: how errors call it
 * @text: @len bytes of JSON, at most OCI_CONFIG_MAX_BYTES
 *
 * Return: the resources, released with json_free(); or NULL with ERR_INVALID or ERR_LIMIT.
 */
struct oci_resources *oci_resources_read(const char *name, const char *text, size_t len,
                                         struct error *err);

#endif
