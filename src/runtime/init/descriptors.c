/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stays open in a process of the container. Process: joiner of an exec, container init.
 *
 * Must: leave nothing open that leads to the host once a process of the container could look
 *       into this one (CVE-2016-9962, CVE-2024-21626). Being undumpable keeps out all but those
 *       with CAP_SYS_PTRACE in our user namespace.
 */
#include "common/process.h"
#include "common/str.h"
#include "runtime/init/init.h"

/* A label is written by the process that is to have it, through the host's /proc. */
static bool needs_proc(const struct init_ctx *ctx)
{
	const struct oci_process *process = ctx->process;

	return !str_is_empty(process->apparmor_profile) || !str_is_empty(process->selinux_label);
}

static int close_others(struct init_ctx *ctx, int proc_fd, struct error *err)
{
	int keep[] = {ctx->channel_fd,        ctx->start_fd,     ctx->result_fd,
	              ctx->hook_state_fd,     ctx->exec_root_fd, ctx->listener_rd_fd,
	              ctx->listener_wr_fd,    proc_fd,           ctx->hook_output_fds[0],
	              ctx->hook_output_fds[1]};

	if (process_close_except(ctx->proc_fd, 3 + ctx->preserve_fds, keep,
	                         sizeof(keep) / sizeof(keep[0]), err) < 0)
		return -1;
	ctx->proc_fd = proc_fd;
	ctx->rootfs_fd = -1;
	return 0;
}

int init_close_joined(struct init_ctx *ctx, struct error *err)
{
	return close_others(ctx, needs_proc(ctx) ? ctx->proc_fd : -1, err);
}

int init_close_descriptors(struct init_ctx *ctx, struct error *err)
{
	/* Without /proc this was done by the joiner; what was opened since is closed again. */
	return ctx->proc_fd < 0 ? 0 : close_others(ctx, -1, err);
}
