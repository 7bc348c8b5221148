/* SPDX-License-Identifier: Apache-2.0 */
/* The processes of a container without a cgroup, found by its PID namespace. */
#ifndef RTL_RUNTIME_PROCESSES_H
#define RTL_RUNTIME_PROCESSES_H

#include "common/error.h"
#include "runtime/state.h"

/*
 * processes_signal() - send @sig to every process in the PID namespace of @state's init
 *
 * Each through a pidfd that was opened before its namespace was compared. Processes that are made
 * meanwhile may be missed, as with any other way but a cgroup's.
 * Return: 0, or -1; ERR_UNSUPPORTED if the container shares the caller's PID namespace.
 */
int processes_signal(const struct state *state, int sig, struct error *err);

#endif
