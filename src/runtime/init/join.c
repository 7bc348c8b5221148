/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Namespaces given by path, and those of a running container. Process: the joiner, a
 * child of the parent between it and the init.
 *
 * Holds:   the caller's rights.
 * Must:    leave the init as a child of the parent (CLONE_PARENT), in all namespaces.
 *
 * A namespace owned by the host is entered with the caller's rights, before the user
 * namespace; what needs the rights of the user namespace is entered after it. Which is
 * which only the kernel knows: what it refuses is tried once more.
 */
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/process.h"
#include "kernel/confine.h"
#include "kernel/ns.h"
#include "runtime/init/channel.h"
#include "runtime/init/init.h"

#define MAX_JOINS 16

static int join_user(const struct init_ctx *ctx, struct error *err)
{
	for (size_t i = 0; i < ctx->n_joins; i++) {
		if (ctx->joins[i].flag == CLONE_NEWUSER)
			return ns_join(ctx->joins[i].fd, CLONE_NEWUSER, "user", err);
	}
	return 0;
}

/* Everything but the user namespace; with @is_last_try, a refusal is an error. */
static int join_others(const struct init_ctx *ctx, bool done[], bool is_last_try, struct error *err)
{
	for (size_t i = 0; i < ctx->n_joins; i++) {
		const struct init_join *join = &ctx->joins[i];

		if (done[i] || join->flag == CLONE_NEWUSER)
			continue;
		done[i] = ns_join(join->fd, join->flag, join->name, err) == 0;
		if (!done[i] && (is_last_try || err->kind != ERR_DENIED))
			return -1;
	}
	return 0;
}

static int join_all(const struct init_ctx *ctx, struct error *err)
{
	bool done[MAX_JOINS] = {false};

	if (ctx->n_joins > MAX_JOINS)
		return error_set(err, ERR_LIMIT, "more than %d namespaces to join", MAX_JOINS);
	if (join_others(ctx, done, false, err) < 0 || join_user(ctx, err) < 0)
		return -1;
	return join_others(ctx, done, true, err);
}

static int clone_init(struct init_ctx *ctx, bool exec, struct error *err)
{
	const struct process_clone how = {
		.flags = ctx->clone_flags | CLONE_PARENT,
		.cgroup_fd = -1,
	};
	pid_t pid = process_clone(&how, NULL, err);

	if (pid < 0)
		return -1;
	if (pid == 0 && exec)
		init_exec_main(ctx);
	if (pid == 0)
		init_main(ctx);
	return channel_send(ctx->channel_fd, STEP_CHILD, pid, err);
}

__attribute__((noreturn)) void init_join_main(struct init_ctx *ctx, bool exec)
{
	struct error err = {0};

	/*
	 * Before the container's PID namespace is entered: its processes must not trace
	 * this one or open its descriptors (CVE-2016-9962). The OOM score's file belongs to
	 * the host's root from then on.
	 */
	if (init_oom_score(ctx, &err) == 0 && confine_undumpable(&err) == 0 &&
	    join_all(ctx, &err) == 0 && (!exec || init_close_joined(ctx, &err) == 0) &&
	    clone_init(ctx, exec, &err) == 0)
		_exit(EXIT_SUCCESS);
	error_wrap(&err, "namespaces");
	channel_send_error(ctx->channel_fd, &err);
	_exit(EXIT_FAILURE);
}
