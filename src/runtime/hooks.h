/* SPDX-License-Identifier: Apache-2.0 */
/* Hooks of the parent's side, and the state document that every hook reads. */
#ifndef RTL_RUNTIME_HOOKS_H
#define RTL_RUNTIME_HOOKS_H

#include <sys/types.h>

#include "common/error.h"
#include "libocispec/oci_config.h"
#include "runtime/state.h"

/*
 * hooks_state_open() - file for the state document, in memory; shared with the init
 * Return: a descriptor the caller closes, -1 with the error, or -1 with err->kind ERR_NONE if
 *         @hooks is NULL and none is needed.
 */
int hooks_state_open(const struct oci_hooks *hooks, struct error *err);

/* hooks_state_write() - put the document of @record with @status and @pid into @fd; -1 is ignored.
 */
int hooks_state_write(int fd, const struct state_record *record, enum state_status status,
                      pid_t pid, struct error *err);

/*
 * hooks_output_open() - the files that the annotations give for what hooks say
 * @ret: both are set, -1 where there is none; closed by the caller, also after a failure
 */
int hooks_output_open(const struct json_map *annotations, int ret[2], struct error *err);

/* hooks_run_poststart() - in the runtime's namespaces, once the program runs. */
int hooks_run_poststart(const struct oci_hooks *hooks, const struct state_record *record, pid_t pid,
                        struct error *err);

/* hooks_run_poststop() - after the end; what fails is a warning. */
void hooks_run_poststop(const struct oci_hooks *hooks, const struct state_record *record);

#endif
