/* SPDX-License-Identifier: Apache-2.0 */
/* The verb ps: which processes a container has. How they are shown is ps_program.h,
 * process_table.h. */
#ifndef RTL_RUNTIME_PS_H
#define RTL_RUNTIME_PS_H

#include <stddef.h>
#include <sys/types.h>

#include "common/error.h"
#include "runtime/options.h"
#include "runtime/state.h"

/*
 * runtime_ps() - PIDs of all processes of container @id, ascending
 * @ret: array the caller frees; NULL for none, as of a stopped container
 *
 * From its cgroup, else from /proc by its PID namespace (processes.h).
 */
int runtime_ps(const struct runtime_options *opts, const char *id, pid_t **ret, size_t *ret_n,
               struct error *err);

/* ps_list() - the same of an open container. */
int ps_list(const struct state *state, pid_t **ret, size_t *ret_n, struct error *err);

#endif
