/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a container, as hooks receive it and `state` prints it (runtime-spec,
 * runtime, State), and what a seccomp listener is sent (config-linux, The container
 * process state). Small enough to be built on the stack and written.
 */
#ifndef LIBOCISPEC_OCI_STATE_H
#define LIBOCISPEC_OCI_STATE_H

#include "common/json.h"

/* clang-format off */
/* paused is no status of the spec, which lets a runtime define more */
#define OCI_STATUS(V)                                          \
	V(OCI_STATUS_CREATING, "creating")                     \
	V(OCI_STATUS_CREATED, "created")                       \
	V(OCI_STATUS_RUNNING, "running")                       \
	V(OCI_STATUS_PAUSED, "paused")                         \
	V(OCI_STATUS_STOPPED, "stopped")

#define OCI_STATE(F, T)                                        \
	F(T, STRING, REQUIRED, oci_version, "ociVersion")      \
	F(T, STRING, REQUIRED, id, "id")                       \
	F(T, ENUM(oci_status), REQUIRED, status, "status")     \
	F(T, INT32, ALWAYS, pid, "pid", .min = 0, .max = INT32_MAX) \
	F(T, STRING, REQUIRED, bundle, "bundle")               \
	F(T, MAP(STRING), OPTIONAL, annotations, "annotations")

#define OCI_CONTAINER_PROCESS_STATE(F, T)                      \
	F(T, STRING, REQUIRED, oci_version, "ociVersion")      \
	F(T, ARRAY(STRING), OPTIONAL, fds, "fds")              \
	F(T, INT32, REQUIRED, pid, "pid", .min = 0, .max = INT32_MAX) \
	F(T, STRING, OPTIONAL, metadata, "metadata")           \
	F(T, OBJECT(oci_state), REQUIRED, state, "state")
/* clang-format on */

JSON_ENUM(oci_status, OCI_STATUS)
JSON_STRUCT(oci_state, OCI_STATE)
JSON_STRUCT(oci_container_process_state, OCI_CONTAINER_PROCESS_STATE)

/**
 * oci_state_read() - read a state document
 * @name: how errors call it
 * @text: @len bytes of JSON
 *
 * Return: the state, released with json_free(); or NULL with ERR_INVALID or ERR_LIMIT.
 */
struct oci_state *oci_state_read(const char *name, const char *text, size_t len, struct error *err);

/* oci_state_write() - append @state to @out; @indent as in json_write(). */
void oci_state_write(const struct oci_state *state, const char *indent, struct str *out);

#endif
