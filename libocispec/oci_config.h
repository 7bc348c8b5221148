/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.json. runtime-spec, config. The objects of other systems than Linux
 * (windows, solaris, vm, zos, freebsd) are not described: the reader skips them.
 * What is checked here is each member by itself; conditions between members are the
 * runtime's.
 */
#ifndef LIBOCISPEC_OCI_CONFIG_H
#define LIBOCISPEC_OCI_CONFIG_H

#include "common/json.h"
#include "libocispec/oci_linux.h"
#include "libocispec/oci_process.h"

/* gnu17 predefines it as 1, and the spec calls a member so. */
#undef linux

/* Largest document that is read. */
#define OCI_CONFIG_MAX_BYTES (16 << 20)

/* clang-format off */
#define OCI_ROOT(F, T)                                         \
	F(T, STRING, REQUIRED, path, "path")                   \
	F(T, BOOL, ZERO, readonly, "readonly")

#define OCI_MOUNT(F, T)                                        \
	F(T, STRING, REQUIRED, destination, "destination")     \
	F(T, STRING, OPTIONAL, type, "type")                   \
	F(T, STRING, OPTIONAL, source, "source")               \
	F(T, ARRAY(STRING), OPTIONAL, options, "options")      \
	F(T, ARRAY(OBJECT(oci_id_mapping)), OPTIONAL, uid_mappings, "uidMappings") \
	F(T, ARRAY(OBJECT(oci_id_mapping)), OPTIONAL, gid_mappings, "gidMappings")

#define OCI_HOOK(F, T)                                         \
	F(T, STRING, REQUIRED, path, "path")                   \
	F(T, ARRAY(STRING), OPTIONAL, args, "args")            \
	F(T, ARRAY(STRING), OPTIONAL, env, "env")              \
	F(T, INT64, OPTIONAL, timeout_s, "timeout", .min = 1, .max = INT64_MAX)

#define OCI_HOOKS(F, T)                                        \
	F(T, ARRAY(OBJECT(oci_hook)), OPTIONAL, prestart, "prestart") \
	F(T, ARRAY(OBJECT(oci_hook)), OPTIONAL, create_runtime, "createRuntime") \
	F(T, ARRAY(OBJECT(oci_hook)), OPTIONAL, create_container, "createContainer") \
	F(T, ARRAY(OBJECT(oci_hook)), OPTIONAL, start_container, "startContainer") \
	F(T, ARRAY(OBJECT(oci_hook)), OPTIONAL, poststart, "poststart") \
	F(T, ARRAY(OBJECT(oci_hook)), OPTIONAL, poststop, "poststop")

#define OCI_CONFIG(F, T)                                       \
	F(T, STRING, REQUIRED, oci_version, "ociVersion")      \
	F(T, OBJECT(oci_process), OPTIONAL, process, "process") \
	F(T, OBJECT(oci_root), OPTIONAL, root, "root")         \
	F(T, STRING, OPTIONAL, hostname, "hostname")           \
	F(T, STRING, OPTIONAL, domainname, "domainname")       \
	F(T, ARRAY(OBJECT(oci_mount)), OPTIONAL, mounts, "mounts") \
	F(T, OBJECT(oci_hooks), OPTIONAL, hooks, "hooks")      \
	F(T, MAP(STRING), OPTIONAL, annotations, "annotations") \
	F(T, OBJECT(oci_linux), OPTIONAL, linux, "linux")
/* clang-format on */

JSON_STRUCT(oci_root, OCI_ROOT)
JSON_STRUCT(oci_mount, OCI_MOUNT)
JSON_STRUCT(oci_hook, OCI_HOOK)
JSON_STRUCT(oci_hooks, OCI_HOOKS)
JSON_STRUCT(oci_config, OCI_CONFIG)

/**
 * oci_config_read() - read a config.json
 * @name: how errors call it
 * @text: @len bytes of JSON, at most OCI_CONFIG_MAX_BYTES
 *
 * Return: the config, released with json_free(); or NULL with ERR_INVALID or ERR_LIMIT.
 */
struct oci_config *oci_config_read(const char *name, const char *text, size_t len,
                                   struct error *err);

/* oci_config_write() - append @config to @out; @indent as in json_write(). */
void oci_config_write(const struct oci_config *config, const char *indent, struct str *out);

#endif
