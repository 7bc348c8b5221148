/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks of the init's side: createContainer runs in the container's namespaces with
 * the host's files still in reach; startContainer in the container as it will be.
 * runtime-spec, config, POSIX-platform Hooks.
 */
#include <limits.h>
#include <unistd.h>

#include "common/process.h"
#include "runtime/init/channel.h"
#include "runtime/init/hook_list.h"
#include "runtime/init/init.h"

/**
 * init_hooks() - let the parent run its hooks, then run createContainer
 *
 * Holds: all mounts are made, "/" is the host's.
 * Must:  go on only when every hook before it succeeded.
 */
int init_hooks(struct init_ctx *ctx, struct error *err)
{
	const struct oci_hooks *hooks = ctx->config->hooks;

	if (!ctx->has_parent_hooks)
		return 0;
	if (channel_send(ctx->channel_fd, STEP_HOOKS, 0, err) < 0 ||
	    channel_expect(ctx->channel_fd, STEP_HOOKED, NULL, err) < 0)
		return -1;
	return hook_list_run_to("createContainer", hooks->create_container,
	                        hooks->n_create_container, ctx->hook_state_fd, ctx->hook_output_fds,
	                        err);
}

/**
 * init_start_hooks() - run startContainer
 *
 * Holds: the identity and filter of the container's process.
 */
int init_start_hooks(struct init_ctx *ctx, struct error *err)
{
	const struct oci_hooks *hooks = ctx->config->hooks;

	if (!hooks)
		return 0;
	return hook_list_run_to("startContainer", hooks->start_container, hooks->n_start_container,
	                        ctx->hook_state_fd, ctx->hook_output_fds, err);
}
