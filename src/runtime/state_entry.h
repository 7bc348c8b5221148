/* SPDX-License-Identifier: Apache-2.0 */
/* What `rtl state` and `rtl list` tell of a container: runc's members, in its order. */
#ifndef RTL_RUNTIME_STATE_ENTRY_H
#define RTL_RUNTIME_STATE_ENTRY_H

#include "common/json.h"
#include "runtime/state.h"

/* The spec's state object, and rootfs, created and owner beside it. */
/* clang-format off */
#define STATE_ENTRY(F, T)                                       \
	F(T, STRING, REQUIRED, oci_version, "ociVersion")       \
	F(T, STRING, REQUIRED, id, "id")                        \
	F(T, INT32, ALWAYS, pid, "pid")                         \
	F(T, STRING, REQUIRED, status, "status")                \
	F(T, STRING, REQUIRED, bundle, "bundle")                \
	F(T, STRING, REQUIRED, rootfs, "rootfs")                \
	F(T, STRING, REQUIRED, created, "created")              \
	F(T, MAP(STRING), OPTIONAL, annotations, "annotations") \
	F(T, STRING, REQUIRED, owner, "owner")                  \
	F(T, STRING, OPTIONAL, paused_by, "pausedBy")
/* clang-format on */
JSON_STRUCT(state_entry, STATE_ENTRY)

/*
 * state_entry_make() - what is told of @state: borrowed from it, but for the owner, which the
 *                      caller frees
 *
 * A create that was killed early has left no record: its members are empty.
 */
struct state_entry state_entry_make(const struct state *state);

/* state_entry_format() - that as a document, indented; caller frees. */
char *state_entry_format(const struct state *state);

#endif
