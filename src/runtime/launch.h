/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a finished plan to a waiting init, for create and exec: clone, maps, cgroup,
 * terminal, and the conversation over the init channel. Process: runtime parent.
 */
#ifndef RTL_RUNTIME_LAUNCH_H
#define RTL_RUNTIME_LAUNCH_H

#include <sys/types.h>

#include "common/error.h"
#include "kernel/idmap.h"
#include "runtime/cgroup_place.h"
#include "runtime/init/init.h"

struct launch {
	struct init_ctx *ctx;
	const struct idmap_pair *maps;    /* NULL: no new user namespace */
	const struct cgroup_place *place; /* NULL: none */
	int rootfs_fd;                    /* working directory of the init, or -1 */
	int lock_fd;                      /* descriptor that the init must not keep, or -1 */
	bool is_exec;
	bool may_be_frozen; /* the container is paused: no child may run, or end, until it is not */

	/* Called when the init is in its cgroup and waits to go on; NULL: it need not wait. */
	int (*on_placed)(struct launch *launch, void *data, struct error *err);
	/* Called when the init waits for its parent's hooks; NULL: it will not. */
	int (*on_hooks)(struct launch *launch, void *data, struct error *err);
	/*
	 * Called with the listener of the filter, which the caller of this closes; needed when
	 * ctx->has_listener. From here on the init's calls may wait for an agent.
	 */
	int (*on_listener)(struct launch *launch, int fd, void *data, struct error *err);
	void *data;

	/* Results, -1 until they are there; released by launch_clear(). */
	pid_t pid;
	int pidfd;
	pid_t joiner; /* while it has a listener to send */
	int channel_fd;
	int master_fd; /* of its terminal */
};

/* No descriptor, no process. */
#define LAUNCH_NONE                                                                                \
	{                                                                                          \
		.rootfs_fd = -1, .lock_fd = -1, .pid = -1, .pidfd = -1, .joiner = -1,              \
		.channel_fd = -1, .master_fd = -1,                                                 \
	}

/*
 * launch_begin() - clone the init and put it where it belongs
 *
 * On failure no process is left.
 */
int launch_begin(struct launch *launch, struct error *err);

/*
 * launch_wait_ready() - until the init is set up and waits for STEP_START
 *
 * Signals are blocked (supervise_block_signals()); SIGHUP, SIGINT, SIGQUIT and SIGTERM end the
 * wait. Return: 0, or -1 with the init's own error, ERR_STATE for such a signal, or ERR_LIMIT when
 * an agent leaves the init's calls unanswered; the process is then still to be ended by
 * launch_abort().
 */
int launch_wait_ready(struct launch *launch, struct error *err);

/* launch_start() - the state is recorded: go on. */
int launch_start(struct launch *launch, struct error *err);

/* launch_wait_exec() - until the program runs; -1 with the reason why it does not. */
int launch_wait_exec(struct launch *launch, struct error *err);

/* launch_abort() - kill and reap the init, if there is one. */
void launch_abort(struct launch *launch);

/* launch_clear() - close descriptors; the process goes on. */
void launch_clear(struct launch *launch);

#endif
