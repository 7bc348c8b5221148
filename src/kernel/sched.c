/* SPDX-License-Identifier: Apache-2.0 */
/* See sched.h. System calls are made raw: glibc has no wrappers, or fixed sets of 1024 CPUs. */
#include "kernel/sched.h"

#include <errno.h>
#include <linux/ioprio.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As linux/sched/types.h has it, which newer C libraries define a second time. */
struct attributes {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns;
	uint64_t deadline_ns;
	uint64_t period_ns;
	/* since Linux 5.3 */
	uint32_t util_min;
	uint32_t util_max;
};

#define FIRST_SIZE 48 /* without the clamps: older kernels take no more */

int sched_set_params(pid_t pid, const struct sched_params *params, struct error *err)
{
	const struct attributes attr = {
		.size = params->flags & SCHED_FLAG_UTIL_CLAMP ? sizeof(attr) : FIRST_SIZE,
		.policy = params->policy,
		.flags = params->flags,
		.nice = params->nice,
		.priority = params->priority,
		.runtime_ns = params->runtime_ns,
		.deadline_ns = params->deadline_ns,
		.period_ns = params->period_ns,
		.util_min = UINT32_MAX,
		.util_max = UINT32_MAX,
	};

	if (syscall(SYS_sched_setattr, pid, &attr, 0) == 0)
		return 0;
	/* Flags it does not know. */
	if (errno == E2BIG)
		errno = EOPNOTSUPP;
	return error_errno(err, "set the scheduling policy");
}

int sched_set_cpus(pid_t pid, const struct number_set *cpus, struct error *err)
{
	if (syscall(SYS_sched_setaffinity, pid, sizeof(cpus->bits), cpus->bits) < 0)
		return error_errno(err, "set the CPUs to run on");
	return 0;
}

int sched_get_cpus(struct number_set *ret, struct error *err)
{
	*ret = (struct number_set){0};
	if (syscall(SYS_sched_getaffinity, 0, sizeof(ret->bits), ret->bits) < 0)
		return error_errno(err, "find the CPUs to run on");
	return 0;
}

int sched_set_ioprio(pid_t pid, int ioprio, struct error *err)
{
	if (syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, pid, ioprio) < 0)
		return error_errno(err, "set the I/O priority");
	return 0;
}
