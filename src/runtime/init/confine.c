/* SPDX-License-Identifier: Apache-2.0 */
/* LSM labels, no_new_privs and the seccomp filter. Process: container init, child of exec. */
#include "kernel/confine.h"

#include <fcntl.h>
#include <unistd.h>

#include "kernel/lsm.h"
#include "runtime/init/init.h"

/**
 * init_labels() - labels for the execve, and no_new_privs
 *
 * Holds: the trusted handle of /proc; the parent has seen that the LSM is active.
 */
int init_labels(struct init_ctx *ctx, struct error *err)
{
	const struct oci_process *process = ctx->process;

	if (process->apparmor_profile && process->apparmor_profile[0] &&
	    lsm_set_apparmor_exec(ctx->proc_fd, process->apparmor_profile, err) < 0)
		return error_wrap(err, "process.apparmorProfile");
	if (process->selinux_label && process->selinux_label[0] &&
	    lsm_set_selinux_exec(ctx->proc_fd, process->selinux_label, err) < 0)
		return error_wrap(err, "process.selinuxLabel");
	return process->no_new_privileges ? confine_no_new_privs(err) : 0;
}

/* Tell the joiner which number the listener will have: the lowest that is free. */
static int announce_listener(const struct init_ctx *ctx, struct error *err)
{
	int number = fcntl(ctx->channel_fd, F_DUPFD_CLOEXEC, 0);

	if (number < 0)
		return error_errno(err, "find a number for the seccomp listener");
	close(number);
	if (write(ctx->listener_wr_fd, &number, sizeof(number)) != sizeof(number))
		return error_errno(err, "tell the number of the seccomp listener");
	return 0;
}

/**
 * init_filter() - load the seccomp filter
 *
 * Holds: no_new_privs, or CAP_SYS_ADMIN kept by init_identity() for this.
 * Must:  be the last but for what every filter lets through that lets a program run at all:
 *        read, write, execve, exit.
 * Must not: call anything to pass a listener on: the filter may trap the very call. The joiner
 *        takes it (join.c).
 */
int init_filter(struct init_ctx *ctx, struct error *err)
{
	if (!ctx->filter)
		return 0;
	if (ctx->has_listener && announce_listener(ctx, err) < 0)
		return -1;
	return confine_seccomp(ctx->filter, ctx->n_filter, ctx->filter_flags, err) < 0 ? -1 : 0;
}
