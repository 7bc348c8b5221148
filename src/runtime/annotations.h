/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The annotations of config.json that change what a runtime does: those of crun, which
 * Podman and its users pass. docs/man/rtl.1, ANNOTATIONS, has the same table.
 */
#ifndef RTL_RUNTIME_ANNOTATIONS_H
#define RTL_RUNTIME_ANNOTATIONS_H

#include <stdbool.h>

#include "common/error.h"
#include "common/json.h"
#include "libocispec/oci_config.h"

#define ANNOTATION_KEEP_GROUPS "run.oci.keep_original_groups"
#define ANNOTATION_HOOKS_STDOUT "run.oci.hooks.stdout"
#define ANNOTATION_HOOKS_STDERR "run.oci.hooks.stderr"
#define ANNOTATION_PIDFD_RECEIVER "run.oci.pidfd_receiver"
#define ANNOTATION_DELEGATE_CGROUP "run.oci.delegate-cgroup"
#define ANNOTATION_TIMENS_OFFSET "run.oci.timens_offset"
#define ANNOTATION_MOUNT_CONTEXT "run.oci.mount_context_type"
#define ANNOTATION_FAIL_UNKNOWN "run.oci.seccomp_fail_unknown_syscall"
#define ANNOTATION_BPF_DATA "run.oci.seccomp_bpf_data"
#define ANNOTATION_SECCOMP_RECEIVER "run.oci.seccomp.receiver"

/* Prefix of all of them, as `rtl features` names what may be unsafe to take from others. */
#define ANNOTATION_PREFIX "run.oci."

/* annotations_find() - the value of @name; NULL if it is absent. */
const char *annotations_find(const struct oci_config *config, const char *name);

/*
 * annotations_check() - refuse what would be lost in silence, and malformed values
 *
 * A handler that rtl is not, and confinement that it cannot give, are errors. What has no meaning
 * here is ignored, with a debug line.
 */
int annotations_check(const struct oci_config *config, struct error *err);

#endif
