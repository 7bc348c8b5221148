/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent that answers SCMP_ACT_NOTIFY: where it listens, and what it is sent.
 * runtime-spec, config-linux, Seccomp and The container process state.
 * Process: runtime parent.
 */
#ifndef RTL_RUNTIME_SECCOMP_LISTENER_H
#define RTL_RUNTIME_SECCOMP_LISTENER_H

#include <sys/types.h>

#include "common/error.h"
#include "libocispec/oci_config.h"
#include "libocispec/oci_state.h"
#include "runtime/state.h"

/*
 * seccomp_listener_path() - the agent's socket
 *
 * linux.seccomp.listenerPath, or as crun the annotation run.oci.seccomp.receiver or
 * RUN_OCI_SECCOMP_RECEIVER of the environment.
 * Return: the path, which must be absolute and of a socket; or NULL with an error that names
 * where it comes from. It is not connected to: that would keep an agent waiting for hooks.
 */
const char *seccomp_listener_path(const struct oci_config *config, struct error *err);

/* Whose filter it is. */
struct seccomp_listener_owner {
	const struct oci_config *config;
	const struct state_record *record;
	enum oci_status status;
	pid_t container_pid; /* its init */
	pid_t pid;           /* the process with the filter */
};

/**
 * seccomp_listener_send() - send the container process state and the listener @fd to the agent
 * @path: from seccomp_listener_path()
 *
 * An agent that does not take it within 10 s is an error.
 */
int seccomp_listener_send(const char *path, const struct seccomp_listener_owner *owner, int fd,
                          struct error *err);

#endif
