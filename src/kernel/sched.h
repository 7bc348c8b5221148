/* SPDX-License-Identifier: Apache-2.0 */
/* How a process is scheduled: policy, CPUs, and its place in the queues of block devices. */
#ifndef RTL_KERNEL_SCHED_H
#define RTL_KERNEL_SCHED_H

#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/number_set.h"

/* sched_setattr(2), in its words. */
struct sched_params {
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns;
	uint64_t deadline_ns;
	uint64_t period_ns;
};

/*
 * sched_set_params() - schedule @pid as @params say; 0 is this process
 *
 * A utilization clamp has no value in @params: its flags reset it to the system's.
 * ERR_UNSUPPORTED where the kernel lacks the call or a flag.
 */
int sched_set_params(pid_t pid, const struct sched_params *params, struct error *err);

/* sched_set_cpus() - let @pid (0: this process) run on @cpus, as far as its cpuset has them. */
int sched_set_cpus(pid_t pid, const struct number_set *cpus, struct error *err);

/* sched_get_cpus() - the CPUs that this process may run on. */
int sched_get_cpus(struct number_set *ret, struct error *err);

/* sched_set_ioprio() - I/O priority (IOPRIO_PRIO_VALUE()) of @pid; 0 is this process. */
int sched_set_ioprio(pid_t pid, int ioprio, struct error *err);

#endif
