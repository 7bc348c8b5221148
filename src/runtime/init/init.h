/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the runtime parent prepares for the init, and the phases that use it. The
 * init is a fork of the parent: it reads this struct from its own copy of memory.
 * Everything that can be checked or looked up beforehand was: the init only acts.
 *
 * Every phase is a function of its own file, documented there with what it holds
 * and what it must leave; phases.c holds their order.
 */
#ifndef RTL_RUNTIME_INIT_INIT_H
#define RTL_RUNTIME_INIT_INIT_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "common/error.h"
#include "kernel/caps.h"
#include "kernel/mount_option.h"
#include "libocispec/oci_config.h"

/* One mount, its options taken apart. */
struct init_mount {
	const char *destination;
	const char *type;
	const char *source; /* bind: absolute path on the host */
	const char *data;   /* options for the filesystem, or NULL */
	struct mount_flags flags;
	bool is_bind;
	bool is_own_dir; /* proc, sysfs: a symlink in the way is refused */
	int tree_fd;     /* ID-mapped: the finished bind, detached, made by the parent; or -1 */
};

struct init_tuning;

/* A namespace to join: given by path and opened by the parent; of an exec, the container's. */
struct init_join {
	int fd; /* -1: the joiner gets it from ctx->container */
	int flag;
	const char *name;
};

/* Whose namespaces an exec joins; identity as in the state. */
struct init_container {
	int pidfd; /* or -1 */
	pid_t pid;
	uint64_t start_time;
};

struct init_rlimit {
	int resource;
	struct rlimit limit;
	const char *name;
};

/* Room for "LISTEN_PID=" and any number. */
#define INIT_LISTEN_PID_SIZE 24

struct init_ctx {
	const struct oci_config *config;
	const struct oci_process *process;
	const char *id;
	const char *rootfs; /* absolute path; the init's working directory when it begins */

	/* Descriptors, opened by the parent, all CLOEXEC. */
	int channel_fd;         /* see channel.h */
	int proc_fd;            /* the host's /proc, O_PATH: the trusted handle */
	int start_fd;           /* FIFO to wait on before execve, or -1 (run) */
	int result_fd;          /* FIFO on which a failed execve is told to `start`, or -1 */
	int hook_state_fd;      /* state document for the init's own hooks, or -1 */
	int hook_output_fds[2]; /* where hooks write, see hook_list.h */
	int exec_root_fd;       /* exec without a mount namespace: the container's root, or -1 */

	/* Namespaces. */
	const struct init_join *joins;
	size_t n_joins;
	struct init_container container; /* of an exec */
	uint64_t clone_flags;            /* new namespaces made with the process */
	uint64_t own_flags;              /* all that are not the parent\'s: new or given by path */
	int unshare_flags;               /* cgroup and time: made by the init itself */
	bool has_user_ns;                /* it runs in another user namespace than the parent */
	bool is_in_user_ns;              /* that one, or the parent's own, is not the initial one */
	bool has_mount_ns;               /* a mount namespace of its own */
	bool is_mount_ns_joined;         /* that was given by path */
	uint32_t root_uid;               /* IDs to work with inside the user namespace */
	uint32_t root_gid;
	bool denies_setgroups;  /* the namespace's map was written without privilege */
	bool has_joiner;        /* a process stands between: see join.c */
	bool waits_for_placing; /* maps or cgroup are written after the clone */
	bool is_cgroup_v2;      /* /sys/fs/cgroup is cgroup2 */
	bool no_pivot;

	/* The filesystem. */
	const struct init_mount *mounts;
	size_t n_mounts;

	/* The process. */
	struct caps_sets caps;
	const struct init_rlimit *rlimits;
	size_t n_rlimits;
	struct sock_filter *filter; /* NULL: none */
	unsigned short n_filter;
	unsigned filter_flags;
	const struct init_tuning *tuning; /* NULL: scheduled as the caller is */
	bool has_listener;                /* the filter notifies; then has_joiner */
	int listener_rd_fd; /* init to joiner: the listener's number, see join.c; -1 but there */
	int listener_wr_fd;
	unsigned preserve_fds;
	char *listen_pid; /* entry of process.env that gets the init's PID, or NULL */
	bool no_new_keyring;
	bool keeps_groups;         /* those of the caller */
	const char *timens_offset; /* text for timens_offsets in place of linux.timeOffsets */
	bool has_parent_hooks;     /* prestart or createRuntime */
	bool is_exec;              /* a further process of a running container */

	/* Set by phases for later ones. */
	int rootfs_fd;
	char *executable;
};

/* Nothing open yet. */
#define INIT_CTX_NONE                                                                              \
	{                                                                                          \
		.channel_fd = -1, .proc_fd = -1, .start_fd = -1, .result_fd = -1,                  \
		.hook_state_fd = -1, .hook_output_fds = {-1, -1}, .exec_root_fd = -1,              \
		.rootfs_fd = -1, .listener_rd_fd = -1, .listener_wr_fd = -1,                       \
	}

/* A phase: its name comes before every error. */
struct init_phase {
	const char *name;
	int (*run)(struct init_ctx *ctx, struct error *err);
};

/*
 * init_main() - be the container's init: all phases of create, ending in execve
 *
 * Process: container init, straight after clone. Failure goes home over the channel.
 */
__attribute__((noreturn)) void init_main(struct init_ctx *ctx);

/*
 * init_exec_main() - be a further process of a running container, its namespaces joined
 *
 * Process: child of exec.
 */
__attribute__((noreturn)) void init_exec_main(struct init_ctx *ctx);

/*
 * init_join_main() - enter the namespaces of ctx->joins, then clone the init as a child of
 *                    the parent and end; with ctx->has_listener, once it has sent the listener
 * @exec: whether that child is init_exec_main() instead of init_main()
 *
 * Process: a child of the parent that lives only for this. setns(2) of a PID namespace
 * concerns later children only, and the parent itself must not enter anything.
 */
__attribute__((noreturn)) void init_join_main(struct init_ctx *ctx, bool exec);

/*
 * init_forget_environment() - wipe the caller's environment, which lies in this process's memory
 *                             and which /proc/PID/environ would show to the container
 */
void init_forget_environment(void);

/*
 * init_close_joined() - close what an exec's process does not need in the container, before it is
 *                       seen there
 * ctx->proc_fd stays open only if a label is to be written; else it is -1 afterwards.
 */
int init_close_joined(struct init_ctx *ctx, struct error *err);

/*
 * init_close_descriptors() - close all but the streams, what is preserved, the channel, the FIFOs
 *
 * A created container's init waits, maybe long, and other processes of the container may look
 * into it. What is left is close-on-exec. Afterwards ctx->proc_fd and ctx->rootfs_fd are -1.
 */
int init_close_descriptors(struct init_ctx *ctx, struct error *err);

/*
 * init_open_container() - ctx->joins with descriptors of the container's namespaces into @joins,
 * after a last look that its process is the one of the state
 */
int init_open_container(const struct init_ctx *ctx, struct init_join joins[], struct error *err);

/* init_join_each() - enter @n namespaces by descriptor, in whichever order the kernel allows. */
int init_join_each(const struct init_join *joins, size_t n, struct error *err);

/* init_source_flags() - how the source of a bind mount with @flags is opened: flags of open(2). */
int init_source_flags(const struct mount_flags *flags);

/* init_oom_score() - process.oomScoreAdj, before the process becomes undumpable. */
int init_oom_score(const struct init_ctx *ctx, struct error *err);

/* The phases, in the order of create; see the file of each. */
int init_placed(struct init_ctx *ctx, struct error *err);
int init_namespaces(struct init_ctx *ctx, struct error *err);
int init_keyring(struct init_ctx *ctx, struct error *err);
int init_exec_root(struct init_ctx *ctx, struct error *err);
int init_mounts(struct init_ctx *ctx, struct error *err);
int init_devices(struct init_ctx *ctx, struct error *err);
int init_terminal(struct init_ctx *ctx, struct error *err);
int init_masks(struct init_ctx *ctx, struct error *err);
int init_hooks(struct init_ctx *ctx, struct error *err);
int init_rootfs(struct init_ctx *ctx, struct error *err);
int init_sysctl(struct init_ctx *ctx, struct error *err);
int init_tuning(struct init_ctx *ctx, struct error *err);
int init_labels(struct init_ctx *ctx, struct error *err);
int init_identity(struct init_ctx *ctx, struct error *err);
int init_executable(struct init_ctx *ctx, struct error *err);
int init_filter(struct init_ctx *ctx, struct error *err);
int init_start(struct init_ctx *ctx, struct error *err);
int init_start_hooks(struct init_ctx *ctx, struct error *err);
int init_execve(struct init_ctx *ctx, struct error *err);

#endif
