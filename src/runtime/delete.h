/* SPDX-License-Identifier: Apache-2.0 */
/* The verb delete. */
#ifndef RTL_RUNTIME_DELETE_H
#define RTL_RUNTIME_DELETE_H

#include <stdbool.h>

#include "common/error.h"
#include "libocispec/oci_config.h"
#include "runtime/options.h"
#include "runtime/state.h"

/*
 * runtime_delete() - remove the stopped container @id: its cgroup, poststop hooks, state
 * @is_forced: a container that runs is killed first; one that does not exist is no error;
 *             what a killed create left half made is removed
 *
 * A container that was created and never started is killed in any case.
 */
int runtime_delete(const struct runtime_options *opts, const char *id, bool is_forced,
                   struct error *err);

/*
 * delete_stopped() - remove a container whose init has ended; @state is locked
 * @record: NULL if a create was killed before it wrote one
 * @hooks:  of its config, or NULL
 */
int delete_stopped(const struct state *state, const struct state_record *record,
                   const struct oci_hooks *hooks, struct error *err);

/* delete_with_hooks() - the same with the hooks of the container's own config.json. */
int delete_with_hooks(struct state *state, struct error *err);

#endif
