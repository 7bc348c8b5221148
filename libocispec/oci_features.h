/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `features` prints. runtime-spec, features and features-linux. Names are strings
 * and not enums here, so that the document of a newer runtime can be read too.
 */
#ifndef LIBOCISPEC_OCI_FEATURES_H
#define LIBOCISPEC_OCI_FEATURES_H

#include "common/json.h"

/* gnu17 predefines it as 1, and the spec calls a member so. */
#undef linux

/* clang-format off */
#define OCI_FEATURES_SWITCH(F, T)                              \
	F(T, BOOL, OPTIONAL, enabled, "enabled")

#define OCI_FEATURES_CGROUP(F, T)                              \
	F(T, BOOL, OPTIONAL, v1, "v1")                         \
	F(T, BOOL, OPTIONAL, v2, "v2")                         \
	F(T, BOOL, OPTIONAL, systemd, "systemd")               \
	F(T, BOOL, OPTIONAL, systemd_user, "systemdUser")      \
	F(T, BOOL, OPTIONAL, rdma, "rdma")

#define OCI_FEATURES_SECCOMP(F, T)                             \
	F(T, BOOL, OPTIONAL, enabled, "enabled")               \
	F(T, ARRAY(STRING), OPTIONAL, actions, "actions")      \
	F(T, ARRAY(STRING), OPTIONAL, operators, "operators")  \
	F(T, ARRAY(STRING), OPTIONAL, archs, "archs")          \
	F(T, ARRAY(STRING), OPTIONAL, known_flags, "knownFlags") \
	F(T, ARRAY(STRING), OPTIONAL, supported_flags, "supportedFlags")

#define OCI_FEATURES_MEMORY_POLICY(F, T)                       \
	F(T, ARRAY(STRING), OPTIONAL, modes, "modes")          \
	F(T, ARRAY(STRING), OPTIONAL, flags, "flags")

#define OCI_FEATURES_INTEL_RDT(F, T)                           \
	F(T, BOOL, OPTIONAL, enabled, "enabled")               \
	F(T, BOOL, OPTIONAL, schemata, "schemata")             \
	F(T, BOOL, OPTIONAL, monitoring, "monitoring")

#define OCI_FEATURES_MOUNT_EXTENSIONS(F, T)                    \
	F(T, OBJECT(oci_features_switch), OPTIONAL, idmap, "idmap")

#define OCI_FEATURES_LINUX(F, T)                               \
	F(T, ARRAY(STRING), OPTIONAL, namespaces, "namespaces") \
	F(T, ARRAY(STRING), OPTIONAL, capabilities, "capabilities", \
	  .pattern = &oci_features_capability_pattern)         \
	F(T, OBJECT(oci_features_cgroup), OPTIONAL, cgroup, "cgroup") \
	F(T, OBJECT(oci_features_seccomp), OPTIONAL, seccomp, "seccomp") \
	F(T, OBJECT(oci_features_switch), OPTIONAL, apparmor, "apparmor") \
	F(T, OBJECT(oci_features_switch), OPTIONAL, selinux, "selinux") \
	F(T, OBJECT(oci_features_intel_rdt), OPTIONAL, intel_rdt, "intelRdt") \
	F(T, OBJECT(oci_features_memory_policy), OPTIONAL, memory_policy, "memoryPolicy") \
	F(T, OBJECT(oci_features_mount_extensions), OPTIONAL, mount_extensions, "mountExtensions") \
	F(T, OBJECT(oci_features_switch), OPTIONAL, net_devices, "netDevices")

#define OCI_FEATURES(F, T)                                     \
	F(T, STRING, REQUIRED, oci_version_min, "ociVersionMin") \
	F(T, STRING, REQUIRED, oci_version_max, "ociVersionMax") \
	F(T, ARRAY(STRING), OPTIONAL, hooks, "hooks")          \
	F(T, ARRAY(STRING), OPTIONAL, mount_options, "mountOptions") \
	F(T, OBJECT(oci_features_linux), OPTIONAL, linux, "linux") \
	F(T, MAP(STRING), OPTIONAL, annotations, "annotations") \
	F(T, ARRAY(STRING), OPTIONAL, unsafe_annotations, "potentiallyUnsafeConfigAnnotations")
/* clang-format on */

JSON_STRUCT(oci_features_switch, OCI_FEATURES_SWITCH)
JSON_STRUCT(oci_features_cgroup, OCI_FEATURES_CGROUP)
JSON_STRUCT(oci_features_seccomp, OCI_FEATURES_SECCOMP)
JSON_STRUCT(oci_features_memory_policy, OCI_FEATURES_MEMORY_POLICY)
JSON_STRUCT(oci_features_intel_rdt, OCI_FEATURES_INTEL_RDT)
JSON_STRUCT(oci_features_mount_extensions, OCI_FEATURES_MOUNT_EXTENSIONS)
JSON_STRUCT(oci_features_linux, OCI_FEATURES_LINUX)
JSON_STRUCT(oci_features, OCI_FEATURES)

/**
 * oci_features_read() - read a features document
 * @name: how errors call it
 * @text: @len bytes of JSON
 *
 * Return: the features, released with json_free(); or NULL with ERR_INVALID or ERR_LIMIT.
 */
struct oci_features *oci_features_read(const char *name, const char *text, size_t len,
                                       struct error *err);

/* oci_features_write() - append @features to @out; @indent as in json_write(). */
void oci_features_write(const struct oci_features *features, const char *indent, struct str *out);

#endif
