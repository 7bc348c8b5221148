/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs create and run: from a bundle to a container. */
#ifndef RTL_RUNTIME_CREATE_H
#define RTL_RUNTIME_CREATE_H

#include "common/error.h"
#include "runtime/options.h"

/*
 * runtime_create() - make container @id from a bundle, its init waiting for start
 *
 * Process: runtime parent.
 * Return:  0, or -1; on failure no state, process, mount or cgroup is left.
 */
int runtime_create(const struct runtime_options *opts, const char *id,
                   const struct runtime_create_options *create, struct error *err);

/*
 * runtime_run() - create, start and unless detached wait for the end, then delete
 * @ret_status: exit status of the container, 128 + signal when it was killed; 0 if detached
 *
 * Signals that reach rtl meanwhile are passed on to the init process.
 */
int runtime_run(const struct runtime_options *opts, const char *id,
                const struct runtime_create_options *create, int *ret_status, struct error *err);

#endif
