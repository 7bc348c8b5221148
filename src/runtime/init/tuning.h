/* SPDX-License-Identifier: Apache-2.0 */
/* How the container's process is to be scheduled and where its memory lies, as the kernel takes it.
 */
#ifndef RTL_RUNTIME_INIT_TUNING_H
#define RTL_RUNTIME_INIT_TUNING_H

#include <stdbool.h>

#include "kernel/sched.h"

struct init_tuning {
	/* Applied by the parent, whose rights over the host they need. */
	const char *policy; /* name of the one in params; NULL: none is asked for */
	struct sched_params params;
	int ioprio; /* 0: none is asked for */
	bool has_initial_cpus;
	struct number_set initial_cpus;

	/* Applied by the process itself. */
	const char *final_text; /* list of the CPUs in final_cpus; NULL: all of the cpuset */
	struct number_set final_cpus;
	const char *memory_mode_name; /* NULL: no memory policy is asked for */
	const char *memory_since;     /* the first kernel that has it */
	const char *memory_nodes_text;
	int memory_mode;
	const struct number_set *memory_nodes; /* NULL: none */
	struct number_set memory_nodes_set;
	bool has_persona;
	unsigned long persona;
};

#endif
