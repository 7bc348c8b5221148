/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scheduler, I/O priority, CPU affinity, memory policy and personality of config.json turned into
 * the kernel's numbers. For create and exec alike. Process: runtime parent.
 */
#ifndef RTL_RUNTIME_PROCESS_TUNING_H
#define RTL_RUNTIME_PROCESS_TUNING_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/error.h"
#include "libocispec/oci_config.h"
#include "runtime/init/tuning.h"

/*
 * process_tuning_make() - look up names, check numbers
 * @linux_conf: NULL if there is no such object
 * @is_exec:    execCPUAffinity applies
 * @ret:        NULL if nothing is asked for; caller frees, and it borrows from the arguments
 * Return: 0, or -1 with the member that is wrong.
 */
int process_tuning_make(const struct oci_process *process, const struct oci_linux *linux_conf,
                        bool is_exec, struct init_tuning **ret, struct error *err);

/* process_tuning_is_early() - is there something for process_tuning_apply() to do? */
bool process_tuning_is_early(const struct init_tuning *tuning);

/*
 * process_tuning_apply() - what takes the parent's rights: policy and I/O priority of @pid
 *
 * The process must be in its cgroup and still have the parent's user ID.
 */
int process_tuning_apply(const struct init_tuning *tuning, pid_t pid, struct error *err);

#endif
