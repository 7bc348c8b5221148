/* SPDX-License-Identifier: Apache-2.0 */
/* See process_tuning.h. runtime-spec, config, Linux Process; config-linux, Memory Policy. */
#include "runtime/process_tuning.h"

#include <errno.h>
#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/personality.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/str.h"
#include "kernel/mempolicy.h"

#define NICE_MIN (-20)
#define NICE_MAX 19
#define PRIORITY_MAX 99

/* What a policy takes beside flags. */
enum policy_kind { POLICY_FAIR, POLICY_REALTIME, POLICY_DEADLINE, POLICY_NONE };

/* Indexed by enum oci_sched_policy. */
static const struct {
	uint32_t number;
	enum policy_kind kind;
} policies[] = {
	[OCI_SCHED_OTHER] = {SCHED_NORMAL, POLICY_FAIR},
	[OCI_SCHED_FIFO] = {SCHED_FIFO, POLICY_REALTIME},
	[OCI_SCHED_RR] = {SCHED_RR, POLICY_REALTIME},
	[OCI_SCHED_BATCH] = {SCHED_BATCH, POLICY_FAIR},
	[OCI_SCHED_ISO] = {0, POLICY_NONE},
	[OCI_SCHED_IDLE] = {SCHED_IDLE, POLICY_FAIR},
	[OCI_SCHED_DEADLINE] = {SCHED_DEADLINE, POLICY_DEADLINE},
};

/* Indexed by enum oci_sched_flag, with the kernel that first has them. */
static const struct {
	uint64_t bit;
	const char *since;
} sched_flags[] = {
	[OCI_SCHED_FLAG_RESET_ON_FORK] = {SCHED_FLAG_RESET_ON_FORK, "3.14"},
	[OCI_SCHED_FLAG_RECLAIM] = {SCHED_FLAG_RECLAIM, "4.13"},
	[OCI_SCHED_FLAG_DL_OVERRUN] = {SCHED_FLAG_DL_OVERRUN, "4.16"},
	[OCI_SCHED_FLAG_KEEP_POLICY] = {SCHED_FLAG_KEEP_POLICY, "5.3"},
	[OCI_SCHED_FLAG_KEEP_PARAMS] = {SCHED_FLAG_KEEP_PARAMS, "5.3"},
	[OCI_SCHED_FLAG_UTIL_CLAMP_MIN] = {SCHED_FLAG_UTIL_CLAMP_MIN,
                                           "5.3 with CONFIG_UCLAMP_TASK"},
	[OCI_SCHED_FLAG_UTIL_CLAMP_MAX] = {SCHED_FLAG_UTIL_CLAMP_MAX,
                                           "5.3 with CONFIG_UCLAMP_TASK"},
};

static const int ioprio_classes[] = {
	[OCI_IOPRIO_CLASS_RT] = IOPRIO_CLASS_RT,
	[OCI_IOPRIO_CLASS_BE] = IOPRIO_CLASS_BE,
	[OCI_IOPRIO_CLASS_IDLE] = IOPRIO_CLASS_IDLE,
};

enum nodes_rule { NODES_NONE, NODES_ANY, NODES_SOME };

/* Indexed by enum oci_memory_policy_mode. */
static const struct {
	int number;
	enum nodes_rule nodes;
	const char *since;
} memory_modes[] = {
	[OCI_MPOL_DEFAULT] = {MPOL_DEFAULT, NODES_NONE, "2.6.7"},
	[OCI_MPOL_BIND] = {MPOL_BIND, NODES_SOME, "2.6.7"},
	[OCI_MPOL_INTERLEAVE] = {MPOL_INTERLEAVE, NODES_SOME, "2.6.7"},
	[OCI_MPOL_WEIGHTED_INTERLEAVE] = {MEMPOLICY_WEIGHTED_INTERLEAVE, NODES_SOME, "6.9"},
	[OCI_MPOL_PREFERRED] = {MPOL_PREFERRED, NODES_ANY, "2.6.7"},
	[OCI_MPOL_PREFERRED_MANY] = {MEMPOLICY_PREFERRED_MANY, NODES_SOME, "5.15"},
	[OCI_MPOL_LOCAL] = {MPOL_LOCAL, NODES_NONE, "3.8"},
};

static const int memory_flags[] = {
	[OCI_MPOL_F_NUMA_BALANCING] = MPOL_F_NUMA_BALANCING,
	[OCI_MPOL_F_RELATIVE_NODES] = MPOL_F_RELATIVE_NODES,
	[OCI_MPOL_F_STATIC_NODES] = MPOL_F_STATIC_NODES,
};

static const unsigned long personas[] = {
	[OCI_PERSONALITY_LINUX] = PER_LINUX,
	[OCI_PERSONALITY_LINUX32] = PER_LINUX32,
};

static int check_range(const char *member, int32_t value, int32_t min, int32_t max,
                       struct error *err)
{
	if (value >= min && value <= max)
		return 0;
	return error_set(err, ERR_INVALID, "%s: %d is not between %d and %d", member, value, min,
	                 max);
}

static int check_deadline(const struct oci_scheduler *conf, bool is_deadline, struct error *err)
{
	bool has_times = conf->runtime_ns || conf->deadline_ns || conf->period_ns;

	if (!is_deadline)
		return has_times ? error_set(err, ERR_INVALID,
		                             "process.scheduler: runtime, deadline and period are "
		                             "SCHED_DEADLINE's")
		                 : 0;
	/* A period of 0 is the deadline's length. */
	if (conf->runtime_ns && conf->runtime_ns <= conf->deadline_ns &&
	    (!conf->period_ns || conf->deadline_ns <= conf->period_ns))
		return 0;
	return error_set(err, ERR_INVALID,
	                 "process.scheduler: SCHED_DEADLINE needs 0 < runtime (%llu) <= deadline "
	                 "(%llu) <= period (%llu)",
	                 (unsigned long long)conf->runtime_ns,
	                 (unsigned long long)conf->deadline_ns,
	                 (unsigned long long)conf->period_ns);
}

static int check_scheduler(const struct oci_scheduler *conf, enum policy_kind kind,
                           struct error *err)
{
	bool is_realtime = kind == POLICY_REALTIME;

	if (kind == POLICY_NONE)
		return error_set(err, ERR_UNSUPPORTED, "process.scheduler.policy: no Linux has %s",
		                 oci_sched_policy_names.names[conf->policy]);
	if (check_range("process.scheduler.nice", conf->nice, NICE_MIN, NICE_MAX, err) < 0)
		return -1;
	if (is_realtime &&
	    check_range("process.scheduler.priority", conf->priority, 1, PRIORITY_MAX, err) < 0)
		return -1;
	if (!is_realtime && conf->priority)
		return error_set(err, ERR_INVALID,
		                 "process.scheduler.priority: %s has none, only SCHED_FIFO and "
		                 "SCHED_RR do",
		                 oci_sched_policy_names.names[conf->policy]);
	return check_deadline(conf, kind == POLICY_DEADLINE, err);
}

static int make_scheduler(const struct oci_scheduler *conf, struct init_tuning *tuning,
                          struct error *err)
{
	if (check_scheduler(conf, policies[conf->policy].kind, err) < 0)
		return -1;
	tuning->policy = oci_sched_policy_names.names[conf->policy];
	tuning->params = (struct sched_params){
		.policy = policies[conf->policy].number,
		.nice = conf->nice,
		.priority = (uint32_t)conf->priority,
		.runtime_ns = conf->runtime_ns,
		.deadline_ns = conf->deadline_ns,
		.period_ns = conf->period_ns,
	};
	for (size_t i = 0; i < conf->n_flags; i++)
		tuning->params.flags |= sched_flags[conf->flags[i]].bit;
	return 0;
}

static int make_ioprio(const struct oci_io_priority *conf, struct init_tuning *tuning,
                       struct error *err)
{
	if (check_range("process.ioPriority.priority", conf->priority, 0, IOPRIO_NR_LEVELS - 1,
	                err) < 0)
		return -1;
	tuning->ioprio = IOPRIO_PRIO_VALUE(ioprio_classes[conf->class], conf->priority);
	return 0;
}

static int make_cpus(const char *member, const char *text, struct number_set *ret,
                     struct error *err)
{
	if (number_set_parse(text, ret, err) < 0)
		return error_wrap(err, "process.execCPUAffinity.%s", member);
	return 0;
}

/* Checked in create too, where nothing is done with it. */
static int make_affinity(const struct oci_exec_cpu_affinity *conf, bool is_exec,
                         struct init_tuning *tuning, struct error *err)
{
	bool has_initial = !str_is_empty(conf->initial);
	bool has_final = !str_is_empty(conf->final);

	if (has_initial && make_cpus("initial", conf->initial, &tuning->initial_cpus, err) < 0)
		return -1;
	if (has_final && make_cpus("final", conf->final, &tuning->final_cpus, err) < 0)
		return -1;
	tuning->has_initial_cpus = is_exec && has_initial;
	tuning->final_text = is_exec && has_final ? conf->final : NULL;
	return 0;
}

static int make_nodes(const struct oci_memory_policy *conf, struct init_tuning *tuning,
                      struct error *err)
{
	enum nodes_rule rule = memory_modes[conf->mode].nodes;

	if (str_is_empty(conf->nodes))
		return rule != NODES_SOME ? 0
		                          : error_set(err, ERR_INVALID,
		                                      "linux.memoryPolicy.nodes: %s needs some",
		                                      tuning->memory_mode_name);
	if (rule == NODES_NONE)
		return error_set(err, ERR_INVALID, "linux.memoryPolicy.nodes: %s takes none",
		                 tuning->memory_mode_name);
	if (number_set_parse(conf->nodes, &tuning->memory_nodes_set, err) < 0)
		return error_wrap(err, "linux.memoryPolicy.nodes");
	tuning->memory_nodes = &tuning->memory_nodes_set;
	return 0;
}

static int make_memory_policy(const struct oci_memory_policy *conf, struct init_tuning *tuning,
                              struct error *err)
{
	const int both = MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES;

	if (!conf->mode)
		return error_set(err, ERR_INVALID, "linux.memoryPolicy.mode: missing");
	tuning->memory_mode_name = oci_memory_policy_mode_names.names[conf->mode];
	tuning->memory_mode = memory_modes[conf->mode].number;
	tuning->memory_since = memory_modes[conf->mode].since;
	tuning->memory_nodes_text = conf->nodes ? conf->nodes : "";
	for (size_t i = 0; i < conf->n_flags; i++)
		tuning->memory_mode |= memory_flags[conf->flags[i]];
	if ((tuning->memory_mode & both) == both)
		return error_set(err, ERR_INVALID,
		                 "linux.memoryPolicy.flags: MPOL_F_STATIC_NODES and "
		                 "MPOL_F_RELATIVE_NODES exclude each other");
	return make_nodes(conf, tuning, err);
}

static int make_persona(const struct oci_personality *conf, struct init_tuning *tuning,
                        struct error *err)
{
	if (!conf->domain)
		return error_set(err, ERR_INVALID, "linux.personality.domain: missing");
	if (conf->n_flags)
		return error_set(err, ERR_UNSUPPORTED,
		                 "linux.personality.flags[0]: %s: runtime-spec has no flags",
		                 conf->flags[0]);
	tuning->has_persona = true;
	tuning->persona = personas[conf->domain];
	return 0;
}

int process_tuning_make(const struct oci_process *process, const struct oci_linux *linux_conf,
                        bool is_exec, struct init_tuning **ret, struct error *err)
{
	const struct oci_memory_policy *memory = linux_conf ? linux_conf->memory_policy : NULL;
	const struct oci_personality *persona = linux_conf ? linux_conf->personality : NULL;
	auto_free struct init_tuning *tuning = NULL;

	*ret = NULL;
	if (!process->scheduler && !process->io_priority && !process->exec_cpu_affinity &&
	    !memory && !persona)
		return 0;
	tuning = mem_zalloc(sizeof(*tuning));
	if (process->scheduler && make_scheduler(process->scheduler, tuning, err) < 0)
		return -1;
	if (process->io_priority && make_ioprio(process->io_priority, tuning, err) < 0)
		return -1;
	if (process->exec_cpu_affinity &&
	    make_affinity(process->exec_cpu_affinity, is_exec, tuning, err) < 0)
		return -1;
	if ((memory && make_memory_policy(memory, tuning, err) < 0) ||
	    (persona && make_persona(persona, tuning, err) < 0))
		return -1;
	*ret = ptr_take(tuning);
	return 0;
}

bool process_tuning_is_early(const struct init_tuning *tuning)
{
	return tuning && (tuning->policy || tuning->ioprio);
}

/* Why the kernel may have refused. */
static int explain_scheduler(const struct init_tuning *tuning, struct error *err)
{
	error_wrap(err, "process.scheduler %s", tuning->policy);
	if (err->kind == ERR_DENIED)
		return error_append(err, " (it takes CAP_SYS_NICE on the host or RLIMIT_RTPRIO or "
		                         "RLIMIT_NICE; in a cgroup v1 cpu hierarchy also "
		                         "linux.resources.cpu.realtimeRuntime)");
	if (err->errnum != EINVAL && err->kind != ERR_UNSUPPORTED)
		return -1;
	/* The newest of the flags is the likeliest to be missing. */
	for (unsigned flag = oci_sched_flag_names.n; flag > 0; flag--) {
		if (tuning->params.flags & sched_flags[flag].bit)
			return error_append(err, " (%s is there since Linux %s)",
			                    oci_sched_flag_names.names[flag],
			                    sched_flags[flag].since);
	}
	return -1;
}

int process_tuning_apply(const struct init_tuning *tuning, pid_t pid, struct error *err)
{
	if (tuning->policy && sched_set_params(pid, &tuning->params, err) < 0)
		return explain_scheduler(tuning, err);
	if (tuning->ioprio && sched_set_ioprio(pid, tuning->ioprio, err) < 0)
		return error_wrap(err, "process.ioPriority");
	return 0;
}
