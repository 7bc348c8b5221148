/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process object of config.json, which is also the document of `exec --process`.
 * runtime-spec, config, Process. Members for other systems than Linux are not
 * described: the reader skips them.
 */
#ifndef LIBOCISPEC_OCI_PROCESS_H
#define LIBOCISPEC_OCI_PROCESS_H

#include "common/json.h"

/* clang-format off */
#define OCI_IOPRIO_CLASS(V)                            \
	V(OCI_IOPRIO_CLASS_RT, "IOPRIO_CLASS_RT")      \
	V(OCI_IOPRIO_CLASS_BE, "IOPRIO_CLASS_BE")      \
	V(OCI_IOPRIO_CLASS_IDLE, "IOPRIO_CLASS_IDLE")

#define OCI_SCHED_POLICY(V)                            \
	V(OCI_SCHED_OTHER, "SCHED_OTHER")              \
	V(OCI_SCHED_FIFO, "SCHED_FIFO")                \
	V(OCI_SCHED_RR, "SCHED_RR")                    \
	V(OCI_SCHED_BATCH, "SCHED_BATCH")              \
	V(OCI_SCHED_ISO, "SCHED_ISO")                  \
	V(OCI_SCHED_IDLE, "SCHED_IDLE")                \
	V(OCI_SCHED_DEADLINE, "SCHED_DEADLINE")

#define OCI_SCHED_FLAG(V)                                              \
	V(OCI_SCHED_FLAG_RESET_ON_FORK, "SCHED_FLAG_RESET_ON_FORK")    \
	V(OCI_SCHED_FLAG_RECLAIM, "SCHED_FLAG_RECLAIM")                \
	V(OCI_SCHED_FLAG_DL_OVERRUN, "SCHED_FLAG_DL_OVERRUN")          \
	V(OCI_SCHED_FLAG_KEEP_POLICY, "SCHED_FLAG_KEEP_POLICY")        \
	V(OCI_SCHED_FLAG_KEEP_PARAMS, "SCHED_FLAG_KEEP_PARAMS")        \
	V(OCI_SCHED_FLAG_UTIL_CLAMP_MIN, "SCHED_FLAG_UTIL_CLAMP_MIN")  \
	V(OCI_SCHED_FLAG_UTIL_CLAMP_MAX, "SCHED_FLAG_UTIL_CLAMP_MAX")

#define OCI_CONSOLE_SIZE(F, T)                                 \
	F(T, UINT64, REQUIRED, height, "height")               \
	F(T, UINT64, REQUIRED, width, "width")

#define OCI_USER(F, T)                                         \
	F(T, UINT32, ALWAYS, uid, "uid")                       \
	F(T, UINT32, ALWAYS, gid, "gid")                       \
	F(T, UINT32, OPTIONAL, umask, "umask")                 \
	F(T, ARRAY(UINT32), OPTIONAL, additional_gids, "additionalGids")

#define OCI_CAPABILITIES(F, T)                                 \
	F(T, ARRAY(STRING), OPTIONAL, bounding, "bounding")    \
	F(T, ARRAY(STRING), OPTIONAL, effective, "effective")  \
	F(T, ARRAY(STRING), OPTIONAL, inheritable, "inheritable") \
	F(T, ARRAY(STRING), OPTIONAL, permitted, "permitted")  \
	F(T, ARRAY(STRING), OPTIONAL, ambient, "ambient")

#define OCI_RLIMIT(F, T)                                       \
	F(T, STRING, REQUIRED, type, "type", .pattern = &oci_process_rlimit_pattern) \
	F(T, UINT64, REQUIRED, hard, "hard")                   \
	F(T, UINT64, REQUIRED, soft, "soft")

#define OCI_IO_PRIORITY(F, T)                                  \
	F(T, ENUM(oci_ioprio_class), REQUIRED, class, "class") \
	F(T, INT32, ALWAYS, priority, "priority")

#define OCI_SCHEDULER(F, T)                                    \
	F(T, ENUM(oci_sched_policy), REQUIRED, policy, "policy") \
	F(T, INT32, ZERO, nice, "nice")                        \
	F(T, INT32, ZERO, priority, "priority")                \
	F(T, ARRAY(ENUM(oci_sched_flag)), OPTIONAL, flags, "flags") \
	F(T, UINT64, ZERO, runtime_ns, "runtime")              \
	F(T, UINT64, ZERO, deadline_ns, "deadline")            \
	F(T, UINT64, ZERO, period_ns, "period")

#define OCI_EXEC_CPU_AFFINITY(F, T)                            \
	F(T, STRING, OPTIONAL, initial, "initial", .pattern = &oci_process_cpus_pattern) \
	F(T, STRING, OPTIONAL, final, "final", .pattern = &oci_process_cpus_pattern)

#define OCI_PROCESS(F, T)                                      \
	F(T, BOOL, ZERO, terminal, "terminal")                 \
	F(T, OBJECT(oci_console_size), OPTIONAL, console_size, "consoleSize") \
	F(T, OBJECT(oci_user), OPTIONAL, user, "user")         \
	F(T, ARRAY(STRING), OPTIONAL, args, "args")            \
	F(T, ARRAY(STRING), OPTIONAL, env, "env")              \
	F(T, STRING, REQUIRED, cwd, "cwd")                     \
	F(T, OBJECT(oci_capabilities), OPTIONAL, capabilities, "capabilities") \
	F(T, ARRAY(OBJECT(oci_rlimit)), OPTIONAL, rlimits, "rlimits") \
	F(T, BOOL, ZERO, no_new_privileges, "noNewPrivileges") \
	F(T, STRING, OPTIONAL, apparmor_profile, "apparmorProfile") \
	F(T, INT32, OPTIONAL, oom_score_adj, "oomScoreAdj")    \
	F(T, OBJECT(oci_scheduler), OPTIONAL, scheduler, "scheduler") \
	F(T, STRING, OPTIONAL, selinux_label, "selinuxLabel")  \
	F(T, OBJECT(oci_io_priority), OPTIONAL, io_priority, "ioPriority") \
	F(T, OBJECT(oci_exec_cpu_affinity), OPTIONAL, exec_cpu_affinity, "execCPUAffinity")
/* clang-format on */

JSON_ENUM(oci_ioprio_class, OCI_IOPRIO_CLASS)
JSON_ENUM(oci_sched_policy, OCI_SCHED_POLICY)
JSON_ENUM(oci_sched_flag, OCI_SCHED_FLAG)
JSON_STRUCT(oci_console_size, OCI_CONSOLE_SIZE)
JSON_STRUCT(oci_user, OCI_USER)
JSON_STRUCT(oci_capabilities, OCI_CAPABILITIES)
JSON_STRUCT(oci_rlimit, OCI_RLIMIT)
JSON_STRUCT(oci_io_priority, OCI_IO_PRIORITY)
JSON_STRUCT(oci_scheduler, OCI_SCHEDULER)
JSON_STRUCT(oci_exec_cpu_affinity, OCI_EXEC_CPU_AFFINITY)
JSON_STRUCT(oci_process, OCI_PROCESS)

/**
 * oci_process_read() - read a process document
 * @name: how errors call it
 * @text: @len bytes of JSON, at most OCI_CONFIG_MAX_BYTES
 *
 * Return: the process, released with json_free(); or NULL with ERR_INVALID or ERR_LIMIT.
 */
struct oci_process *oci_process_read(const char *name, const char *text, size_t len,
                                     struct error *err);

#endif
