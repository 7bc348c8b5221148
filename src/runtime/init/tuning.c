/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPUs, memory policy and execution domain. Process: container init, child of exec. The
 * scheduling policy and the I/O priority were set by the parent (process_tuning.c).
 */
#include "runtime/init/tuning.h"

#include <errno.h>

#include "kernel/mempolicy.h"
#include "kernel/personality.h"
#include "runtime/init/init.h"

/*
 * The CPUs that the caller was confined to are not the container's: its cpuset is. The kernel
 * keeps a mask that was set by hand through a change of cgroup (since Linux 6.2).
 */
static int set_cpus(const struct init_tuning *tuning, struct error *err)
{
	struct number_set all;
	struct error ignored;

	if (tuning && tuning->final_text)
		return sched_set_cpus(0, &tuning->final_cpus, err) < 0
		               ? error_wrap(err, "process.execCPUAffinity.final %s",
		                            tuning->final_text)
		               : 0;
	number_set_fill(&all);
	(void)sched_set_cpus(0, &all, &ignored);
	return 0;
}

static int set_memory_policy(const struct init_tuning *tuning, struct error *err)
{
	if (!tuning->memory_mode_name ||
	    mempolicy_set(tuning->memory_mode, tuning->memory_nodes, err) == 0)
		return 0;
	error_wrap(err, "linux.memoryPolicy: %s, nodes \"%s\"", tuning->memory_mode_name,
	           tuning->memory_nodes_text);
	if (err->errnum == ENOSYS)
		return error_append(err, " (the kernel is built without CONFIG_NUMA)");
	return error_append(err, " (%s is there since Linux %s)", tuning->memory_mode_name,
	                    tuning->memory_since);
}

/**
 * init_tuning() - run where and how linux.memoryPolicy, linux.personality and
 *                 process.execCPUAffinity say
 *
 * Holds: the cgroup has been joined, whose cpuset bounds CPUs and nodes.
 * Must:  come before the filter, which may forbid all of this.
 */
int init_tuning(struct init_ctx *ctx, struct error *err)
{
	const struct init_tuning *tuning = ctx->tuning;

	if (set_cpus(tuning, err) < 0)
		return -1;
	if (!tuning)
		return 0;
	if (set_memory_policy(tuning, err) < 0)
		return -1;
	if (tuning->has_persona && personality_set(tuning->persona, err) < 0)
		return error_wrap(err, "linux.personality");
	return 0;
}
