/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes of a container without a cgroup, found by its PID namespace. All of these are
 * ERR_UNSUPPORTED for a container that shares the caller's PID namespace: its processes cannot
 * be told from others. Process: runtime parent.
 */
#ifndef RTL_RUNTIME_PROCESSES_H
#define RTL_RUNTIME_PROCESSES_H

#include <stddef.h>
#include <sys/types.h>

#include "common/error.h"
#include "runtime/state.h"

/* All that is to be stopped must stand still within this time. */
#define PROCESSES_STOP_TIMEOUT_MS 10000

/*
 * processes_list() - PIDs in the PID namespace of @state's init, ascending
 * @ret: array the caller frees; NULL for none
 */
int processes_list(const struct state *state, pid_t **ret, size_t *ret_n, struct error *err);

/*
 * processes_signal() - send @sig to every process in the PID namespace of @state's init
 *
 * Each through a pidfd that was opened before its namespace was compared. Processes that are made
 * meanwhile may be missed, as with any other way but a cgroup's.
 */
int processes_signal(const struct state *state, int sig, struct error *err);

/*
 * processes_stop() - SIGSTOP to every process until all stand still and no new one appears
 *
 * Return: 0; or -1, and then all were told to go on. ERR_LIMIT when the time was over.
 */
int processes_stop(const struct state *state, struct error *err);

#endif
